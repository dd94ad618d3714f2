// One post: where it goes, how it stands, and what a person can do about it.
import type { Post, PostState } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Anchor, Badge, Button, Card, Group, Image, Stack, Text, ThemeIcon } from "@mantine/core";
import { IconExternalLink, IconMovie, IconPhoto, IconTextCaption } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { language } from "../../../i18n";
import { Confirm } from "../../../parts/confirm";
import { done } from "../../../parts/refusal";
import { dateTime } from "../../../parts/time";
import { platformOf } from "../platform";
import { Resolve } from "./resolve";

const COLOURS: Record<PostState, string> = {
  SCHEDULED: "blue", PREPARING: "blue", PUBLISHING: "blue", PUBLISHED: "zamrud", FAILED: "red", UNCONFIRMED: "kencana", CANCELLED: "gray",
};

interface Props {
  post: Post;
  channelName: string | undefined;
  /** Who ordered it, where that is not the reader. */
  by: string | undefined;
}

export function PostCard({ post, channelName, by }: Props) {
  const { t } = useTranslation();
  const platform = platformOf(post.channelId);
  const when = post.publishedAt
    ? t("studio.posts.publishedAt", { time: `${dateTime(post.publishedAt)} WIB` })
    : post.scheduledAt && post.state !== "FAILED" && post.state !== "CANCELLED"
      ? t("studio.posts.scheduledFor", { time: `${dateTime(post.scheduledAt)} WIB` })
      : t("studio.posts.createdAt", { time: `${dateTime(post.createdAt)} WIB` });
  return (
    <Card withBorder radius="lg" padding="md" component="article" aria-label={post.caption.slice(0, 60) || t(`studio.publish.kinds.${post.kind}`)}>
      <Group align="start" wrap="nowrap" gap="md">
        <Thumb post={post} />
        <Stack gap={6} miw={0} flex={1}>
          <Group gap={8}>
            <Badge variant="light" color={COLOURS[post.state]}>{t(`studio.posts.state.${post.state}`)}</Badge>
            <Text size="xs" c="dimmed">{t(`studio.publish.kinds.${post.kind}`)}</Text>
          </Group>
          <Group gap={6} wrap="nowrap">
            {platform && <platform.Icon size={16} aria-label={platform.name} />}
            <Text size="sm" fw={600} truncate>{channelName ?? platform?.name}</Text>
          </Group>
          <Text size="sm" c="dimmed">{when}{by && ` · ${t("studio.history.by", { name: by })}`}</Text>
          {post.caption && <Text size="sm" lineClamp={2}>{post.caption}</Text>}
          {post.waitingFor && post.state !== "PUBLISHED" && (
            <Text size="sm" c={post.waitingFor === "RECONNECT" ? "red" : undefined}>{t(`studio.posts.waiting.${post.waitingFor}`)}</Text>
          )}
          {post.error && (post.state === "FAILED" || post.state === "UNCONFIRMED") && (
            <Alert color={post.state === "FAILED" ? "red" : "kencana"} p="xs">
              <Text size="sm">{language() === "en" ? post.error.messageEn : post.error.message}</Text>
              <Text size="sm" fw={600}>{t(`studio.posts.remedy.${post.error.remedy}`)}</Text>
            </Alert>
          )}
          {post.externalIdProbable && <Text size="xs" c="dimmed">{t("studio.posts.probable")}</Text>}
          <Actions post={post} platform={platform?.name ?? ""} />
        </Stack>
      </Group>
    </Card>
  );
}

function Thumb({ post }: { post: Post }) {
  const [first] = post.media;
  if (first?.type === "IMAGE") return <Image src={first.url} alt={first.altText ?? ""} w={84} h={84} radius="md" loading="lazy" fallbackSrc="/icon.svg" />;
  return (
    <ThemeIcon size={84} radius="md" variant="light" aria-hidden>
      {first ? <IconMovie size={32} stroke={1.5} /> : post.kind === "TEXT" ? <IconTextCaption size={32} stroke={1.5} /> : <IconPhoto size={32} stroke={1.5} />}
    </ThemeIcon>
  );
}

function Actions({ post, platform }: { post: Post; platform: string }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const [asking, setAsking] = useState<"cancel" | "resolve">();
  const close = () => setAsking(undefined);
  return (
    <Group gap="xs" mt={4}>
      {post.permalink && (
        <Anchor href={post.permalink} target="_blank" rel="noopener noreferrer" size="sm" fw={600}>
          {t("studio.posts.open", { platform })} <IconExternalLink size={14} aria-hidden style={{ verticalAlign: "middle" }} />
        </Anchor>
      )}
      {post.state === "UNCONFIRMED" && <Button size="compact-sm" onClick={() => setAsking("resolve")}>{t("studio.posts.resolve")}</Button>}
      {(post.waitingFor === "RECONNECT" || (post.state === "FAILED" && post.error?.remedy === "RECONNECT")) && (
        <Button component={Link} to="/channels" size="compact-sm" variant="light" color="red">{t("studio.posts.reconnect")}</Button>
      )}
      {post.contentRequestId && (
        <Button component={Link} to={`/studio/history/${post.contentRequestId}`} size="compact-sm" variant="default">
          {t(post.state === "FAILED" ? "studio.posts.retry" : "studio.posts.content")}
        </Button>
      )}
      {post.state === "SCHEDULED" && <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsking("cancel")}>{t("studio.posts.cancel")}</Button>}
      <Confirm
        opened={asking === "cancel"} title={t("studio.posts.cancelAsk")} yes={t("studio.posts.cancelYes")} onClose={close}
        onYes={async () => { await client.cancelPost({ postId: post.id }); done(t("studio.posts.cancelled")); }}
      >
        <Text size="sm">{t("studio.posts.cancelHint")}</Text>
      </Confirm>
      <Resolve post={post} platform={platform} opened={asking === "resolve"} onClose={close} />
    </Group>
  );
}
