// The connected accounts, and connecting more of them.
import { Button, Menu, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { IconBrandFacebook, IconBrandInstagram, IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../parts/empty-state";
import { Failure } from "../../parts/failure";
import { PageHead } from "../../parts/page-head";
import { tell } from "../../parts/refusal";
import { usePerson } from "../../session";
import { useCall, useMembers } from "../inbox/data";
import { ChannelCard } from "./channel-card";
import { Connecting } from "./connecting";
import { begin } from "./consent";
import { type Channel, useChannels } from "./data";

export default function Channels() {
  const { t } = useTranslation();
  const call = useCall();
  const person = usePerson();
  const { data, error } = useChannels();
  const { data: members } = useMembers(person.role !== "MITRA");
  // What the person leaves for: a provider, or one account.
  const [leaving, setLeaving] = useState<string>();

  async function go(provider: "FACEBOOK" | "INSTAGRAM", channel?: Channel) {
    setLeaving(channel?.id ?? provider);
    try {
      await begin(call, provider, channel?.externalId);
    } catch (refusal) {
      setLeaving(undefined);
      tell(refusal);
    }
  }

  const holderOf = ({ ownerId }: Channel) => (ownerId === person.uid ? undefined : members?.find((it) => it.id === ownerId)?.displayName);
  const connect = <Connect onGo={(provider) => void go(provider)} leaving={leaving !== undefined} />;

  return (
    <>
      <PageHead title={t("channels.title")} text={t("channels.text")}>{data && data.length > 0 && connect}</PageHead>
      <Connecting />
      {error !== undefined ? (
        <Failure error={error} onRetry={() => location.reload()} />
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

function Connect({ onGo, leaving }: { onGo(provider: "FACEBOOK" | "INSTAGRAM"): void; leaving: boolean }) {
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
