import type { Lead } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { IconUserShare } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Face } from "../../parts/people";
import { done, tell } from "../../parts/refusal";
import { useHolders, useRoster } from "../../parts/roster";
import { usePerson } from "../../session";

/** Who is in charge of a lead; for a branch and the head office the way to hand it over, its conversation with it. */
export function Holder({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const person = usePerson();
  const { holderName } = useRoster();
  const [asking, setAsking] = useState(false);
  const name = holderName(lead.assignedTo, lead.branchId);
  return (
    <>
      <Group justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Face name={lead.assignedTo === person.uid ? person.name : name} />
          <div style={{ minWidth: 0 }}>
            <Text size="xs" c="dimmed">{t("leads.detail.holder")}</Text>
            <Text size="sm" fw={600} truncate>{name}</Text>
          </div>
        </Group>
        {person.role !== "MITRA" && (
          <Button variant="light" size="compact-sm" leftSection={<IconUserShare size={16} />} onClick={() => setAsking(true)} flex="none">{t("leads.detail.assign")}</Button>
        )}
      </Group>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t("leads.detail.assign")} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
        <Assign lead={lead} onClose={() => setAsking(false)} />
      </Modal>
    </>
  );
}

function Assign({ lead, onClose }: { lead: Lead; onClose(): void }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const holders = useHolders();
  const [to, setTo] = useState<string | null>(lead.assignedTo);
  const [busy, setBusy] = useState(false);

  async function go() {
    if (!to) return;
    setBusy(true);
    try {
      await client.assignLead({ leadId: lead.id, assignedTo: to });
      const name = holders.flatMap(({ items }) => items).find(({ value }) => value === to)?.label ?? "";
      done(t("leads.detail.assigned", { name: lead.name, to: name }));
      onClose();
    } catch (error) {
      tell(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Stack>
      <Select label={t("leads.detail.holder")} placeholder={t("leads.form.holderPlaceholder")} data={holders} value={to} onChange={setTo} searchable data-autofocus allowDeselect={false} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>{t("parts.cancel")}</Button>
        <Button onClick={go} loading={busy} disabled={!to || to === lead.assignedTo}>{t("leads.detail.assign")}</Button>
      </Group>
    </Stack>
  );
}
