import type { Lead } from "@leadgen-pro/client";
import { Button, Group, Modal, Radio, Stack, Text, Textarea } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

/** The service takes 500 characters. */
const MOST = 500;

interface Props {
  /** Whom it is about; closed without one. */
  lead: Lead | undefined;
  onReason(lead: Lead, reason: string): void;
  onClose(): void;
}

/** Asks why a lead is lost: the contract wants a reason with every LOST. */
export function LostReason({ lead, onReason, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={!!lead} onClose={onClose} title={t("leads.lost.title", { name: lead?.name ?? "" })} centered closeButtonProps={{ "aria-label": t("parts.close") }}>
      {lead && <Question key={lead.id} onClose={onClose} onReason={(reason) => onReason(lead, reason)} />}
    </Modal>
  );
}

function Question({ onReason, onClose }: { onReason(reason: string): void; onClose(): void }) {
  const { t } = useTranslation();
  const reasons = t("leads.lost.reasons", { returnObjects: true });
  const [chosen, setChosen] = useState("");
  const [own, setOwn] = useState("");
  const [refused, setRefused] = useState(false);
  const reason = (chosen === "other" ? own : chosen).trim();

  function go(event: FormEvent) {
    event.preventDefault();
    if (reason) onReason(reason);
    else setRefused(true);
  }

  return (
    <form onSubmit={go}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">{t("leads.lost.text")}</Text>
        <Radio.Group value={chosen} onChange={setChosen} label={t("leads.lost.label")} required error={refused && !reason && t("leads.lost.required")}>
          <Stack gap={4} mt={6}>
            {reasons.map((one) => <Radio key={one} value={one} label={one} py={8} />)}
            <Radio value="other" label={t("leads.lost.other")} py={8} />
          </Stack>
        </Radio.Group>
        {chosen === "other" && (
          <Textarea aria-label={t("leads.lost.other")} value={own} onChange={(event) => setOwn(event.currentTarget.value)} maxLength={MOST} autosize minRows={2} data-autofocus />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>{t("parts.cancel")}</Button>
          <Button type="submit" color="red">{t("leads.lost.yes")}</Button>
        </Group>
      </Stack>
    </form>
  );
}
