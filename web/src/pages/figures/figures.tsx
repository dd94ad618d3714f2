// How many leads came, and what became of them.
import type { AskLeadStats, LeadCounts } from "@leadgen-pro/client";
import { Card, Grid, Group, Select, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../parts/empty-state";
import { Failure } from "../../parts/failure";
import { PageHead } from "../../parts/page-head";
import { Roster, useRoster } from "../../parts/roster";
import { locale, span } from "../../parts/time";
import { usePerson } from "../../session";
import { SOURCES, STATUSES } from "../leads/status";
import { Breakdown, percent } from "./breakdown";
import { useCounts, useResponse } from "./data";
import { ending, type Period, PeriodChoice } from "./period";

const COLOURS = { NEW: "blue.6", FOLLOW_UP: "kencana.4", CLOSING: "zamrud.6", LOST: "gray.5" };

export default function Figures() {
  return (
    <Roster>
      <Page />
    </Roster>
  );
}

function Page() {
  const { t } = useTranslation();
  const person = usePerson();
  const { branches, branchName } = useRoster();
  const [period, setPeriod] = useState<Period>(() => ending("month"));
  const [branchId, setBranch] = useState<string | null>(null);
  // Half a range is no question yet: the numbers stay at the last whole one.
  const [asked, setAsked] = useState<AskLeadStats>(() => question(ending("month"), null));
  const { data, error, busy, retry } = useCounts(asked);

  function ask(next: Period, branch: string | null) {
    setPeriod(next);
    setBranch(branch);
    if (next.name !== "own" || (next.from && next.to)) setAsked(question(next, branch));
  }

  return (
    <>
      <PageHead title={t("figures.title")} text={t("figures.text")} />
      <Group mb="lg" gap="sm">
        <PeriodChoice period={period} onChange={(next) => ask(next, branchId)} />
        {person.role === "PUSAT" && (
          <Select
            aria-label={t("team.branch")} placeholder={t("figures.everywhere")} clearable searchable w={230} value={branchId} onChange={(branch) => ask(period, branch)}
            data={branches.map(({ id }) => ({ value: id, label: branchName(id) }))}
          />
        )}
      </Group>
      {error ? <Failure error={error} onRetry={retry} /> : !data ? (
        <Stack aria-busy><SimpleGrid cols={{ base: 2, md: 4 }}>{[0, 1, 2, 3].map((n) => <Skeleton key={n} h={104} />)}</SimpleGrid><Skeleton h={260} /></Stack>
      ) : (
        <div aria-busy={busy || undefined} style={{ opacity: busy ? 0.6 : 1 }}>
          {data.total === 0 ? (
            <EmptyState Icon={IconChartBar} title={t("figures.empty.title")} text={t("figures.empty.text")} />
          ) : (
            <Stack gap="md">
              <Tiles counts={data} asked={asked} />
              <Breakdowns counts={data} />
            </Stack>
          )}
        </div>
      )}
    </>
  );
}

function question({ from, to }: Period, branchId: string | null): AskLeadStats {
  return { ...(from && { from }), ...(to && { to }), ...(branchId && { branchId }) };
}

function Tiles({ counts, asked }: { counts: LeadCounts; asked: AskLeadStats }) {
  const { t } = useTranslation();
  const response = useResponse(asked);
  const { NEW = 0, FOLLOW_UP = 0, CLOSING = 0, LOST = 0 } = counts.byStatus;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
      <Tile label={t("figures.total")} value={counts.total.toLocaleString(locale())} />
      <Tile label={t("figures.open")} value={(NEW + FOLLOW_UP).toLocaleString(locale())} hint={t("figures.openHint")} />
      <Tile label={t("figures.closing")} value={percent(CLOSING, CLOSING + LOST)} hint={t("figures.closingHint")} />
      <Tile
        label={t("figures.response")} value={response?.medianMs === undefined ? "–" : span(response.medianMs)}
        hint={response && (response.answered > 0 ? t("figures.responseHint", { count: response.answered, of: response.of }) : t("figures.responseNone"))}
      />
    </SimpleGrid>
  );
}

function Tile({ label, value, hint }: { label: string; value: string; hint?: string | undefined }) {
  return (
    <Card withBorder padding="md">
      <Text size="sm" c="dimmed">{label}</Text>
      <Text fz={{ base: 24, sm: 30 }} fw={700} lh={1.25}>{value}</Text>
      {hint && <Text size="xs" c="dimmed">{hint}</Text>}
    </Card>
  );
}

function Breakdowns({ counts }: { counts: LeadCounts }) {
  const { t } = useTranslation();
  const { nameOf, members, branches, branchName } = useRoster();
  const statuses = STATUSES.map((status) => ({
    key: status, name: t(`leads.status.${status}`), value: counts.byStatus[status] ?? 0, color: COLOURS[status], to: `/leads?status=${status}`,
  }));
  const sources = SOURCES.map((source) => ({
    key: source, name: t(`leads.source.${source}`), value: counts.bySource[source] ?? 0, color: "zamrud.6", to: `/leads?source=${source}`,
  })).filter(({ value }) => value > 0).sort((a, b) => b.value - a.value);
  const isBranch = (uid: string) => branches.some(({ id }) => id === uid);
  // Whoever waits for a branch holds nothing yet, and is no line of this table.
  const placed = counts.byPartner.filter(({ uid, count }) => count > 0 || isBranch(uid) || members.some((member) => member.uid === uid && member.branchId));
  const partners = placed.map(({ uid, displayName, count }) => ({
    key: uid, name: isBranch(uid) ? t("parts.pool", { branch: branchName(uid) }) : (displayName ?? nameOf(uid)), value: count, color: "zamrud.6",
    to: `/leads?holder=${encodeURIComponent(uid)}`,
  })).sort((a, b) => b.value - a.value);
  return (
    <>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Breakdown title={t("figures.byStatus")} of={t("figures.status")} rows={statuses} total={counts.total} shape="donut" />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Breakdown title={t("figures.bySource")} of={t("figures.source")} rows={sources} total={counts.total} shape="bars" />
        </Grid.Col>
      </Grid>
      <Breakdown
        title={t("figures.byPartner")} of={t("figures.partner")} rows={partners} total={counts.total} shape="bars"
        note={counts.partnersTruncated ? t("figures.truncated", { count: counts.byPartner.length }) : undefined}
      />
    </>
  );
}
