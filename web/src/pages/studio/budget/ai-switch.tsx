// The one switch that stops all spending at once.
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Badge, Button, Card, Group, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconPower } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Confirm } from "../../../parts/confirm";
import { tell } from "../../../parts/refusal";
import { useRoster } from "../../../parts/roster";
import { dateTime } from "../../../parts/time";
import { useBudget } from "./budget-context";
import type { LiveSettings } from "./settings-data";

export function AiSwitch({ settings: { data: settings, loading } }: { settings: LiveSettings }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const { nameOf } = useRoster();
  const { refresh } = useBudget();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [reason, setReason] = useState("");

  async function turn(on: boolean) {
    const why = reason.trim();
    await client.switchAi({ on, ...(!on && why && { reason: why }) });
    setReason("");
    refresh();
  }

  async function turnOn() {
    setBusy(true);
    try {
      await turn(true);
    } catch (error) {
      tell(error);
    } finally {
      setBusy(false);
    }
  }

  if (loading) return <Skeleton h={140} radius="lg" />;
  const on = settings?.enabled === true;
  const who = settings?.changedBy === "service" ? t("studio.settings.service") : nameOf(settings?.changedBy);
  return (
    <Card withBorder radius="lg" padding="lg" component="section" aria-labelledby="ai-switch">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2} size="h4" id="ai-switch">{t("studio.settings.switchTitle")}</Title>
          <Badge size="lg" variant="light" color={on ? "zamrud" : "red"}>{t(on ? "studio.settings.on" : "studio.budget.off")}</Badge>
        </Group>
        {!settings && <Alert color="kencana">{t("studio.settings.none")}</Alert>}
        {settings?.changedAt && <Text size="sm" c="dimmed">{t(on ? "studio.settings.onSince" : "studio.settings.offSince", { who, when: `${dateTime(settings.changedAt)} WIB` })}</Text>}
        {!on && settings?.reason && <Text size="sm">{t("studio.settings.reason")}: {settings.reason}</Text>}
        {on ? (
          <Button variant="light" color="red" leftSection={<IconPower size={18} />} onClick={() => setAsking(true)} style={{ alignSelf: "start" }}>{t("studio.settings.turnOff")}</Button>
        ) : (
          <Button leftSection={<IconPower size={18} />} loading={busy} onClick={turnOn} style={{ alignSelf: "start" }}>{t("studio.settings.turnOn")}</Button>
        )}
      </Stack>
      <Confirm opened={asking} title={t("studio.settings.turnOffAsk")} yes={t("studio.settings.turnOff")} onYes={() => turn(false)} onClose={() => setAsking(false)}>
        <Text size="sm" mb="md">{t("studio.settings.turnOffHint")}</Text>
        <TextInput label={t("studio.settings.reason")} description={t("studio.settings.reasonHint")} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      </Confirm>
    </Card>
  );
}
