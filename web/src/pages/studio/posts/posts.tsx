// What goes out and went out: what needs a person first, then what is coming, then what is over; or by the day.
import type { Post, PostState } from "@leadgen-pro/client";
import { usePosts } from "@leadgen-pro/client/react";
import { Button, SegmentedControl, SimpleGrid, Skeleton, Stack, Title } from "@mantine/core";
import { IconCalendarEvent } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { EmptyState } from "../../../parts/empty-state";
import { Failure } from "../../../parts/failure";
import { useRoster } from "../../../parts/roster";
import { usePerson } from "../../../session";
import { useKnownChannels } from "../known-channels";
import { PostCard } from "./post-card";
import { PostCalendar } from "./post-calendar";

const PAGE = 30;
const OPEN: PostState[] = ["SCHEDULED", "PREPARING", "PUBLISHING", "UNCONFIRMED"];

/** Whether a person has to do something. */
const needsPerson = (post: Post) => post.state === "UNCONFIRMED" || (OPEN.includes(post.state) && post.waitingFor === "RECONNECT");

export function Posts() {
  const { t } = useTranslation();
  const person = usePerson();
  const [view, setView] = useState("list");
  const recent = usePosts({ limit: PAGE });
  // A post planned long ago for a day to come is not among the latest: all open ones are listened to besides.
  const open = usePosts({ limit: 100, state: OPEN });
  const { data: channels = [] } = useKnownChannels();
  const { nameOf } = useRoster();

  const error = recent.error ?? open.error;
  if (error) return <Failure error={error} onRetry={recent.error ? recent.retry : open.retry} />;
  if (!recent.data || !open.data) return <Stack>{[1, 2, 3].map((one) => <Skeleton key={one} h={130} radius="lg" />)}</Stack>;

  const posts = [...new Map([...recent.data, ...open.data].map((post) => [post.id, post])).values()];
  const card = (post: Post) => (
    <PostCard key={post.id} post={post} channelName={channels.find(({ id }) => id === post.channelId)?.name} by={post.userId === person.uid ? undefined : nameOf(post.userId)} />
  );
  if (posts.length === 0) {
    return (
      <EmptyState Icon={IconCalendarEvent} title={t("studio.posts.empty")} text={t("studio.posts.emptyHint")}>
        <Button component={Link} to="/studio" mt="sm">{t("studio.history.emptyAction")}</Button>
      </EmptyState>
    );
  }
  const time = (post: Post) => (post.scheduledAt ?? post.createdAt).getTime();
  const parts = [
    { words: "studio.posts.attention", posts: posts.filter(needsPerson) },
    { words: "studio.posts.upcoming", posts: posts.filter((post) => OPEN.includes(post.state) && !needsPerson(post)).sort((a, b) => time(a) - time(b)) },
    { words: "studio.posts.over", posts: posts.filter((post) => !OPEN.includes(post.state)).sort((a, b) => (b.publishedAt ?? b.createdAt).getTime() - (a.publishedAt ?? a.createdAt).getTime()) },
  ] as const;

  return (
    <Stack gap="lg">
      <SegmentedControl value={view} onChange={setView} aria-label={t("studio.posts.label")} data={[{ value: "list", label: t("studio.posts.list") }, { value: "calendar", label: t("studio.posts.calendar") }]} style={{ alignSelf: "start" }} />
      {view === "calendar" ? (
        <PostCalendar posts={posts} card={card} />
      ) : (
        <>
          {parts.filter((part) => part.posts.length > 0).map((part) => (
            <section key={part.words} aria-label={t(part.words)}>
              <Title order={2} size="h4" mb="sm">{t(part.words)}</Title>
              <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">{part.posts.map(card)}</SimpleGrid>
            </section>
          ))}
          {recent.hasMore && <Button variant="default" onClick={recent.loadMore} style={{ alignSelf: "center" }}>{t("studio.posts.more")}</Button>}
        </>
      )}
    </Stack>
  );
}
