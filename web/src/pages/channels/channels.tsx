// The connected accounts, and connecting more of them.
import type { Channel } from "@leadgen-pro/client";
import { useChannels, useLeadGen } from "@leadgen-pro/client/react";
import { Button, Menu, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { IconBrandFacebook, IconBrandInstagram, IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../parts/empty-state";
import { Failure } from "../../parts/failure";
import { PageHead } from "../../parts/page-head";
import { tell } from "../../parts/refusal";
import { Roster, useRoster } from "../../parts/roster";
import { usePerson } from "../../session";
import { ChannelCard } from "./channel-card";
import { Connecting } from "./connecting";
import { begin, type Provider } from "./consent";

/** Accounts that the page shows. */
const MOST = 200;

/** First those that want something. */
const URGENCY = { NEEDS_RECONNECT: 0, CONNECTED: 1, DISCONNECTED: 2 };

export default function Channels() {
  return (
    <Roster>
      <Accounts />
    </Roster>
  );
}

function Accounts() {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const person = usePerson();
  const { data: found, error, retry } = useChannels({ limit: MOST });
  const data = found?.toSorted((one, other) => URGENCY[one.state] - URGENCY[other.state]);
  const { nameOf } = useRoster();
  // What the person leaves for: a provider, or one account.
  const [leaving, setLeaving] = useState<string>();

  async function go(provider: Provider, channel?: Channel) {
    setLeaving(channel?.id ?? provider);
    try {
      await begin(client, provider, channel?.externalId);
    } catch (refusal) {
      setLeaving(undefined);
      tell(refusal);
    }
  }

  const holderOf = ({ ownerId }: Channel) => (ownerId === undefined || ownerId === person.uid ? undefined : nameOf(ownerId));
  const connect = <Connect onGo={(provider) => void go(provider)} leaving={leaving !== undefined} />;

  return (
    <>
      <PageHead title={t("channels.title")} text={t("channels.text")}>{data && data.length > 0 && connect}</PageHead>
      <Connecting />
      {error ? (
        <Failure error={error} onRetry={retry} />
      ) : !data ? (
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }} role="status" aria-label={t("state.loading")}>
          {[1, 2, 3].map((it) => <Skeleton key={it} height={220} radius="md" />)}
        </SimpleGrid>
      ) : data.length === 0 ? (
        <EmptyState Icon={IconPlugConnected} title={t("channels.none")} text={t("channels.noneText")}>{connect}</EmptyState>
      ) : (
        <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
          {data.map((it) => (
            <ChannelCard key={it.id} channel={it} holder={holderOf(it)} leaving={leaving === it.id} onReconnect={() => void go(it.login ?? (it.platform === "INSTAGRAM" ? "INSTAGRAM" : "FACEBOOK"), it)} />
          ))}
        </SimpleGrid>
      )}
    </>
  );
}

function Connect({ onGo, leaving }: { onGo(provider: Provider): void; leaving: boolean }) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" width={320}>
      <Menu.Target>
        <Button size="md" leftSection={<IconPlus size={18} aria-hidden />} loading={leaving}>{t("channels.connect")}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconBrandFacebook size={22} />} onClick={() => onGo("FACEBOOK")}>
          {t("channels.facebook")}
          <Text size="xs" c="dimmed">{t("channels.facebookText")}</Text>
        </Menu.Item>
        <Menu.Item leftSection={<IconBrandInstagram size={22} />} onClick={() => onGo("INSTAGRAM")}>
          {t("channels.instagram")}
          <Text size="xs" c="dimmed">{t("channels.instagramText")}</Text>
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
