// Back from Meta: the consent becomes connected accounts, and the person reads what became of each.
import { type EnrolledChannel, LeadGenError, type LocalText } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Badge, Card, CloseButton, Group, Loader, Stack, Text, Title } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../../i18n";
import { Failure } from "../../parts/failure";
import { type Return, takeReturn } from "./consent";
import { PlatformMark } from "./platform";

type Stage = { is: "nothing" } | { is: "cancelled" } | { is: "stale" } | { is: "working" } | { is: "failed"; error: unknown } | { is: "done"; channels: EnrolledChannel[] };

// A page is loaded once for each way back, and React may draw it twice.
let returned: Return | undefined;

export function Connecting() {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const [stage, setStage] = useState<Stage>({ is: "nothing" });

  useEffect(() => {
    returned ??= takeReturn();
    const back = returned;
    if (back.is === "code") {
      returned = { is: "nothing" };
      setStage({ is: "working" });
      const { provider, redirectUri, account } = back.begun;
      client.connectChannel({ provider, redirectUri, code: back.code, state: back.state, ...(account && { accounts: [account] }) }).then(
        ({ channels }) => setStage({ is: "done", channels }),
        (error: unknown) => setStage({ is: "failed", error }),
      );
    } else if (back.is !== "nothing") {
      returned = { is: "nothing" };
      setStage({ is: back.is });
    }
  }, []);

  const close = () => setStage({ is: "nothing" });
  switch (stage.is) {
    case "nothing":
      return null;
    case "cancelled":
    case "stale":
      return <Alert mb="md" color={stage.is === "stale" ? "red" : "gray"} icon={<IconInfoCircle />} role="status" withCloseButton closeButtonLabel={t("parts.close")} onClose={close}>{t(`channels.${stage.is}`)}</Alert>;
    case "working":
      return (
        <Card withBorder mb="md" padding="lg" role="status">
          <Group wrap="nowrap">
            <Loader aria-hidden />
            <div>
              <Text fw={700}>{t("channels.working")}</Text>
              <Text size="sm" c="dimmed">{t("channels.workingText")}</Text>
            </div>
          </Group>
        </Card>
      );
    case "failed":
      return <Stack mb="md" gap="sm"><Failure error={stage.error} /><Each channels={heldOf(stage.error)} /></Stack>;
    case "done":
      return (
        <Card withBorder mb="md" padding="lg" component="section" aria-label={t("channels.result")}>
          <Group justify="space-between" mb="sm" wrap="nowrap">
            <Title order={2} size="h4">{t("channels.result")}</Title>
            <CloseButton size="lg" aria-label={t("channels.resultClose")} onClick={close} />
          </Group>
          <Each channels={stage.channels} />
        </Card>
      );
  }
}

/** When others hold all of them, the refusal lists them. */
function heldOf(error: unknown): EnrolledChannel[] {
  const channels = error instanceof LeadGenError ? error.details.channels : undefined;
  return Array.isArray(channels) ? (channels as EnrolledChannel[]) : [];
}

const COLOURS = { CONNECTED: "zamrud", RECONNECTED: "zamrud", KEPT: "gray", HELD: "kencana", FAILED: "red" };

function Each({ channels }: { channels: EnrolledChannel[] }) {
  const { t } = useTranslation();
  const words = (text: LocalText) => text[language()];
  return channels.map((it) => (
    <Group key={it.channelId} wrap="nowrap" align="flex-start" py="xs">
      <PlatformMark platform={it.platform} />
      <div style={{ minWidth: 0, flex: 1 }}>
        <Group gap="xs">
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>{it.name}</Text>
          <Badge variant="light" color={COLOURS[it.outcome]}>{t(`channels.outcomes.${it.outcome}`)}</Badge>
        </Group>
        {(it.outcome === "KEPT" || it.outcome === "HELD" || it.outcome === "FAILED") && !it.notes?.length && <Text size="sm" c="dimmed">{t(`channels.outcomeTexts.${it.outcome}`)}</Text>}
        {[...it.missing.map((lack) => lack.message), ...(it.notes ?? [])].map((text) => <Text key={text.id} size="sm" c="dimmed">{words(text)}</Text>)}
      </div>
    </Group>
  ));
}
