import { useLeadHistory } from "@leadgen-pro/client/react";
import { Button, Skeleton, Text, Timeline, Title } from "@mantine/core";
import {
  IconArrowsExchange, IconCheck, IconCopy, type Icon, IconLink, IconMessageCircle, IconNote, IconPencil, IconPlus, IconTrash, IconUserQuestion,
  IconUserShare,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Failure } from "../../parts/failure";
import { useRoster } from "../../parts/roster";
import { dateTime } from "../../parts/time";
import { type Mark, useHistoryWords } from "./history-words";

/** Entries fetched at first, and with every "show more". */
const PAGE = 20;

const MARKS: Record<Mark, Icon> = {
  created: IconPlus,
  moved: IconArrowsExchange,
  assigned: IconUserShare,
  noted: IconNote,
  edited: IconPencil,
  answered: IconCheck,
  claimed: IconUserQuestion,
  linked: IconLink,
  inquired: IconMessageCircle,
  joined: IconCopy,
  deleted: IconTrash,
};

/** What happened to a lead, the latest first. */
export function LeadHistory({ leadId }: { leadId: string }) {
  const { t } = useTranslation();
  const { data, error, retry, hasMore, loadMore, loading } = useLeadHistory(leadId, { limit: PAGE });
  const { ready } = useRoster();
  const tell = useHistoryWords();
  return (
    <section aria-labelledby="lead-history">
      <Title order={3} size="h4" mb="md" id="lead-history">{t("leads.detail.history")}</Title>
      {error ? <Failure error={error} onRetry={retry} /> : !data ? <Skeleton h={140} /> : data.length === 0 ? (
        <Text size="sm" c="dimmed">{t("leads.history.empty")}</Text>
      ) : (
        <Timeline bulletSize={28} lineWidth={2} active={-1} aria-busy={!ready || undefined}>
          {data.flatMap((entry) =>
            tell(entry).map(({ mark, text, more }, index) => {
              const Bullet = MARKS[mark];
              return (
                <Timeline.Item key={`${entry.id}-${index}`} bullet={<Bullet size={15} aria-hidden />}>
                  <Text size="sm" fw={500} style={{ overflowWrap: "anywhere" }}>{text}</Text>
                  {more && <Text size="sm" c="dimmed" lineClamp={4} style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>{more}</Text>}
                  <Text size="xs" c="dimmed"><time dateTime={entry.at.toISOString()}>{dateTime(entry.at)}</time></Text>
                </Timeline.Item>
              );
            }),
          )}
        </Timeline>
      )}
      {hasMore && <Button variant="subtle" mt="sm" loading={loading} onClick={loadMore}>{t("leads.more")}</Button>}
    </section>
  );
}
