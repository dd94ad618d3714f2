// The same posts by the day: a month with marks, and the chosen day's posts.
import type { Post } from "@leadgen-pro/client";
import { Card, Grid, Indicator, Stack, Text, Title } from "@mantine/core";
import { Calendar } from "@mantine/dates";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { isoDay, weekday } from "../../../parts/time";
import { fromWib } from "../wib";

const dayOf = (post: Post) => isoDay(post.publishedAt ?? post.scheduledAt ?? post.createdAt);

export function PostCalendar({ posts, card }: { posts: Post[]; card(post: Post): ReactNode }) {
  const { t } = useTranslation();
  const [day, setDay] = useState(() => isoDay(new Date()));
  const days = Map.groupBy(posts, dayOf);
  const chosen = days.get(day) ?? [];
  const colour = (of: Post[]) => (of.some(({ state }) => state === "FAILED" || state === "UNCONFIRMED") ? "red" : of.some(({ state }) => state === "PUBLISHED") ? "zamrud" : "blue");
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Card withBorder radius="lg" padding="md" style={{ alignItems: "center" }}>
          <Calendar
            size="md" aria-label={t("studio.posts.days")} maxLevel="year" hideOutsideDates ariaLabels={t("studio.dates", { returnObjects: true })}
            renderDay={(date) => {
              const of = days.get(date);
              return <Indicator disabled={!of} color={of && colour(of)} size={9} offset={-2} withBorder>{Number(date.slice(8))}</Indicator>;
            }}
            getDayProps={(date) => ({ selected: date === day, onClick: () => setDay(date), "aria-pressed": date === day })}
          />
        </Card>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Title order={2} size="h4" mb="sm">{weekday(fromWib(`${day} 12:00:00`))}</Title>
        <Stack>
          {chosen.length === 0 && <Text c="dimmed">{t("studio.posts.emptyDay")}</Text>}
          {chosen.map(card)}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
