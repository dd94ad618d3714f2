// A conversation into other hands: a partner's, or a branch's queue.
import type { Conversation } from "@leadgen-pro/client";
import { useCallable } from "@leadgen-pro/client/react";
import { Button, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../../parts/failure";
import { done, tell } from "../../parts/refusal";
import { useHolders, useRoster } from "../../parts/roster";
import classes from "./inbox.module.css";

interface Props {
  conversation: Conversation;
  opened: boolean;
  onClose(): void;
}

export function AssignDialog({ conversation, opened, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={opened} onClose={onClose} title={t("inbox.assign.title")} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
      <Assign conversation={conversation} onClose={onClose} />
    </Modal>
  );
}

function Assign({ conversation: { id, assignedTo, branchId }, onClose }: Omit<Props, "opened">) {
  const { t } = useTranslation();
  const { call, state } = useCallable("assignConversation");
  const { error, holderName } = useRoster();
  const holders = useHolders();
  const [chosen, setChosen] = useState<string | null>(null);
  const others = holders.map(({ group, items }) => ({ group, items: items.filter((it) => it.value !== assignedTo) }));

  async function move() {
    if (!chosen) return;
    try {
      await call({ conversationId: id, assignedTo: chosen });
      const name = others.flatMap(({ items }) => items).find((it) => it.value === chosen)?.label ?? "";
      done(t("inbox.assign.done", { name }));
      onClose();
    } catch (refusal) {
      tell(refusal);
    }
  }

  if (error !== undefined) return <Failure error={error} />;
  return (
    <Stack>
      <Text size="sm" c="dimmed">{t("inbox.assign.text")}</Text>
      {assignedTo && <Text size="sm">{t("inbox.assign.now", { name: holderName(assignedTo, branchId ?? "") })}</Text>}
      <Select
        label={t("inbox.assign.who")}
        placeholder={t("inbox.assign.search")}
        size="md"
        searchable
        value={chosen}
        onChange={setChosen}
        nothingFoundMessage={t("inbox.assign.nobody")}
        withScrollArea={false}
        classNames={{ options: classes.options }}
        data={others}
        data-autofocus
      />
      <Button size="md" onClick={move} loading={state === "running"} disabled={!chosen}>{t("inbox.assign.go")}</Button>
    </Stack>
  );
}
