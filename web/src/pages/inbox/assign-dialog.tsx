// A conversation into other hands: a partner's, or a branch's queue.
import { Button, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../../parts/failure";
import { done, tell } from "../../parts/refusal";
import { type Conversation, type Member, useCall, useMembers } from "./data";

interface Props {
  conversation: Conversation;
  opened: boolean;
  onClose(): void;
}

const labelOf = (member: Member) => member.displayName ?? member.email ?? member.id;

export function AssignDialog({ conversation, opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("inbox.assign.title")} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
      <Assign conversation={conversation} onClose={onClose} />
    </Modal>
  );
}

function Assign({ conversation, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation();
  const call = useCall();
  const { data, error } = useMembers(true);
  const [chosen, setChosen] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { id, assignedTo } = conversation;
  const able = (data ?? []).filter((it) => !it.disabled && it.id !== assignedTo);
  const branches = able.filter((it) => it.role === "CABANG" && (it.branchId ?? it.id) === it.id);
  const partners = able.filter((it) => it.role === "MITRA" && it.branchId);
  const branchName = (branchId: string | undefined) => data?.find((it) => it.id === branchId)?.displayName;
  const holder = data?.find((it) => it.id === assignedTo);

  async function move() {
    if (!chosen) return;
    setBusy(true);
    try {
      await call("assignConversation", { conversationId: id, assignedTo: chosen });
      const to = able.find((it) => it.id === chosen);
      done(t("inbox.assign.done", { name: to ? labelOf(to) : "" }));
      onClose();
    } catch (refusal) {
      tell(refusal);
    } finally {
      setBusy(false);
    }
  }

  if (error !== undefined) return <Failure error={error} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed">{t("inbox.assign.text")}</Text>
      {holder && <Text size="sm">{t("inbox.assign.now", { name: labelOf(holder) })}</Text>}
      <Select
        label={t("inbox.assign.who")}
        placeholder={t("inbox.assign.search")}
        size="md"
        searchable
        value={chosen}
        onChange={setChosen}
        nothingFoundMessage={t("inbox.assign.nobody")}
        comboboxProps={{ withinPortal: true }}
        data-autofocus
        data={[
          { group: t("inbox.assign.branch"), items: branches.map((it) => ({ value: it.id, label: labelOf(it) })) },
          {
            group: t("inbox.assign.people"),
            items: partners.map((it) => {
              const branch = branches.length > 1 && branchName(it.branchId);
              return { value: it.id, label: branch ? `${labelOf(it)} · ${branch}` : labelOf(it) };
            }),
          },
        ]}
      />
      <Button size="md" onClick={move} loading={busy} disabled={!chosen}>{t("inbox.assign.go")}</Button>
    </Stack>
  );
}
