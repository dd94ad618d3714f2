// A content in the shape in which pilgrims will see it.
import type { GeneratedContent } from "@leadgen-pro/client";
import { Avatar, Badge, Card, Group, Text } from "@mantine/core";
import { IconBookmark, IconDots, IconHeart, IconMessageCircle, IconSend2 } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useKnownChannels } from "../known-channels";
import type { Order } from "../order";
import { Medium } from "./medium";
import classes from "./preview.module.css";

interface Props {
  order: Order;
  generated?: GeneratedContent | undefined;
  /** Whether the text is being written right now. */
  writing?: boolean;
  /** Whether media are still to come. */
  mediaPending?: boolean;
}

export function Preview({ order, generated, writing = false, mediaPending = false }: Props) {
  const { t } = useTranslation();
  const { data: channels = [] } = useKnownChannels();
  const account = channels.find(({ platform, state }) => platform === order.platform && state !== "DISCONNECTED")?.name ?? t("studio.preview.account");
  const medium = <Medium generated={generated} media={order.options?.media ?? "NONE"} aspect={order.options?.aspect} pending={mediaPending} />;
  const text = <Words generated={generated} writing={writing} account={order.platform === "INSTAGRAM" ? account : undefined} />;
  const frame = (inside: ReactNode, more = "") => (
    <Card withBorder p={0} radius="lg" className={`${classes.frame} ${more}`} component="section" aria-label={t("studio.preview.label")} aria-busy={writing || mediaPending}>
      {inside}
    </Card>
  );
  if (order.platform === "WHATSAPP") {
    return frame(
      <div className={classes.bubble}>
        {medium}
        <div style={{ padding: 6 }}>{text}</div>
      </div>,
      classes.chat,
    );
  }
  if (order.platform === "FACEBOOK") {
    return frame(
      <>
        <Account name={account} />
        <div style={{ padding: "0 14px 12px" }}>{text}</div>
        {medium}
      </>,
    );
  }
  return frame(
    <>
      <Account name={account} />
      {medium}
      {order.options?.media && order.options?.media !== "NONE" && (
        <Group px="sm" pt="sm" gap="sm" aria-hidden>
          <IconHeart />
          <IconMessageCircle />
          <IconSend2 />
          <IconBookmark style={{ marginInlineStart: "auto" }} />
        </Group>
      )}
      <div style={{ padding: "10px 14px 16px" }}>{text}</div>
    </>,
  );
}

function Account({ name }: { name: string }) {
  const { t } = useTranslation();
  return (
    <Group p="sm" gap="xs" wrap="nowrap" aria-hidden>
      <div className={classes.ring}>
        <Avatar src="/icon.svg" size={32} radius="xl" alt="" />
      </div>
      <div>
        <Text size="sm" fw={700} lh={1.2}>{name}</Text>
        <Badge size="xs" variant="light" color="gray" tt="none">{t("studio.preview.sponsored")}</Badge>
      </div>
      <IconDots size={20} style={{ marginInlineStart: "auto" }} />
    </Group>
  );
}

function Words({ generated, writing, account }: { generated: GeneratedContent | undefined; writing: boolean; account: string | undefined }) {
  const { caption = "", hashtags = [] } = generated ?? {};
  return (
    <div className={`${classes.text} ${writing ? classes.writing : ""}`}>
      {account && caption && <strong aria-hidden>{account} </strong>}
      {caption}
      {hashtags.length > 0 && (
        <>
          {"\n\n"}
          <span className={classes.tag}>{hashtags.map((tag) => `#${tag}`).join(" ")}</span>
        </>
      )}
    </div>
  );
}
