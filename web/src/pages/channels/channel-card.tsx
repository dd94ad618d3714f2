// A connected account: how it stands, what works, and what to do about what does not.
import type { Channel } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { ActionIcon, Alert, Badge, Button, Card, Checkbox, Group, Menu, Stack, Text, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconDotsVertical, IconPlugConnected, IconPlugConnectedX, IconPlugX, IconRefresh, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../../i18n";
import { Confirm } from "../../parts/confirm";
import { phoneText } from "../../parts/phone";
import { done } from "../../parts/refusal";
import { date, useNow, When } from "../../parts/time";
import { usePerson } from "../../session";
import classes from "./channels.module.css";
import { PlatformMark } from "./platform";
import { id as words } from "./words";

const STATES = {
  CONNECTED: { color: "zamrud", Icon: IconPlugConnected },
  NEEDS_RECONNECT: { color: "red", Icon: IconPlugConnectedX },
  DISCONNECTED: { color: "gray", Icon: IconPlugX },
};

const FEATURES = Object.keys(words.features) as (keyof typeof words.features)[];

interface Props {
  channel: Channel;
  /** Whose it is, where it is not the person's own. */
  holder: string | undefined;
  onReconnect(): void;
  leaving: boolean;
}

export function ChannelCard({ channel, holder, onReconnect, leaving }: Props) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const { name, username, platform, state, reconnect, problem, missing } = channel;
  const { color, Icon } = STATES[state];
  const lang = language();
  const lost = state !== "CONNECTED";

  return (
    <Card withBorder padding="lg" component="article" aria-label={name} className={classes.card}>
      <Group wrap="nowrap" align="flex-start">
        <PlatformMark platform={platform} />
        <div className={classes.name}>
          <Title order={2} size="h5" style={{ overflowWrap: "anywhere" }}>{name}</Title>
          <Text size="sm" c="dimmed" truncate>{[t(`channels.platforms.${platform}`), platform === "WHATSAPP" ? username && phoneText(`+${username.replace(/\D/g, "")}`) : username && username !== name && `@${username}`].filter(Boolean).join(" · ")}</Text>
        </div>
        <Menu position="bottom-end" width={220}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size={44} m={-8} aria-label={t("channels.actions", { name })}><IconDotsVertical size={20} /></ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconRefresh size={16} />} onClick={onReconnect}>{t(state === "DISCONNECTED" ? "channels.again" : "channels.reconnect")}</Menu.Item>
            {state !== "DISCONNECTED" && <Menu.Item leftSection={<IconPlugX size={16} />} color="red" onClick={() => setAsking(true)}>{t("channels.disconnect")}</Menu.Item>}
          </Menu.Dropdown>
        </Menu>
      </Group>

      <Badge variant="light" color={color} size="lg" leftSection={<Icon size={14} aria-hidden />} className={classes.state}>{t(`channels.states.${state}`)}</Badge>

      {state === "NEEDS_RECONNECT" && reconnect && <Alert color="red" icon={<IconAlertTriangle size={20} />} p="sm">{reconnect.message[lang]}</Alert>}
      {state === "CONNECTED" && problem && <Alert color="kencana" icon={<IconAlertTriangle size={20} />} p="sm">{problem.message[lang]}</Alert>}
      {state === "CONNECTED" && <Features channel={channel} />}
      {state === "CONNECTED" && missing?.map((it) => <Text key={it.feature} size="sm" c="dimmed">{it.message[lang]}</Text>)}
      <Facts channel={channel} holder={holder} />
      {lost && (
        <Button mt="auto" variant={state === "NEEDS_RECONNECT" ? "filled" : "default"} leftSection={<IconRefresh size={18} aria-hidden />} onClick={onReconnect} loading={leaving}>
          {t(state === "DISCONNECTED" ? "channels.again" : "channels.reconnect")}
        </Button>
      )}
      <Disconnect channel={channel} opened={asking} onClose={() => setAsking(false)} />
    </Card>
  );
}

function Features({ channel }: { channel: Channel }) {
  const { t } = useTranslation();
  const features: Partial<Record<string, boolean>> = channel.features ?? {};
  return (
    <Group gap={6} component="ul" className={classes.plain}>
      {FEATURES.filter((it) => it in features).map((it) => {
        const feature = t(`channels.features.${it}`);
        const works = features[it] === true;
        return (
          <li key={it}>
            <Badge variant="default" tt="none" fw={500} leftSection={works ? <IconCheck size={12} aria-hidden /> : <IconX size={12} aria-hidden />} data-works={works} className={classes.feature} aria-label={t(works ? "channels.works" : "channels.lacks", { feature })}>
              {feature}
            </Badge>
          </li>
        );
      })}
    </Group>
  );
}

function Facts({ channel: { state, lastEventAt, tokenExpiresAt, connectedAt }, holder }: { channel: Channel; holder: string | undefined }) {
  const { t } = useTranslation();
  const now = useNow();
  const ended = tokenExpiresAt !== undefined && tokenExpiresAt.getTime() < now;
  return (
    <Stack gap={2}>
      <Text size="sm" c="dimmed">{lastEventAt ? <>{t("channels.lastEvent")}: <When at={lastEventAt} /></> : t("channels.noEvent")}</Text>
      {state !== "DISCONNECTED" && (
        <Text size="sm" c="dimmed">
          {t("channels.access")}: {tokenExpiresAt ? t(ended ? "channels.ended" : "channels.until", { date: date(tokenExpiresAt) }) : t("channels.endless")}
        </Text>
      )}
      {connectedAt && state !== "DISCONNECTED" && <Text size="sm" c="dimmed">{t("channels.since", { date: date(connectedAt) })}</Text>}
      {holder && <Text size="sm" c="dimmed">{t("channels.holder", { name: holder })}</Text>}
    </Stack>
  );
}

function Disconnect({ channel, opened, onClose }: { channel: Channel; opened: boolean; onClose(): void }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const person = usePerson();
  const [release, setRelease] = useState(false);
  const { id, name } = channel;
  async function go() {
    await client.disconnectChannel({ channelId: id, ...(release && { release }) });
    done(t("channels.disconnected", { name }));
  }
  return (
    <Confirm opened={opened} onClose={onClose} title={t("channels.disconnectTitle", { name })} yes={t("channels.disconnect")} onYes={go}>
      <Text size="sm">{t("channels.disconnectText")}</Text>
      {person.role === "PUSAT" && <Checkbox mt="md" checked={release} onChange={(event) => setRelease(event.currentTarget.checked)} label={t("channels.release")} description={t("channels.releaseText")} />}
    </Confirm>
  );
}
