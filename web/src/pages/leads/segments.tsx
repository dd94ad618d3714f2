// The phone's board: one status at a time.
import type { Lead, LeadStatus } from "@leadgen-pro/client";
import { SimpleGrid, Tabs } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { ColumnEnd } from "./column-end";
import type { Board } from "./board-data";
import { LeadCard } from "./lead-card";
import classes from "./leads.module.css";
import { STATUSES } from "./status";

interface Props {
  board: Board;
  filtered: boolean;
  onMove(lead: Lead, to: LeadStatus): void;
}

export function LeadSegments({ board, filtered, onMove }: Props) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const here = STATUSES.find((status) => status === params.get("status")) ?? "NEW";
  const column = board.columns[here];

  function show(status: string | null) {
    setParams((before) => {
      before.set("status", status ?? "NEW");
      return before;
    }, { replace: true });
  }

  return (
    <Tabs value={here} onChange={show} variant="pills" keepMounted={false}>
      <Tabs.List grow className={classes.tabs} aria-label={t("leads.board")}>
        {STATUSES.map((status) => {
          const { data, hasMore, searched } = board.columns[status];
          return (
            <Tabs.Tab key={status} value={status} className={classes.tab}>
              <span className={classes.tabCount}>{data ? `${searched?.found ?? data.length}${hasMore && !searched ? "+" : ""}` : "–"}</span>
              <span>{t(`leads.status.${status}`)}</span>
            </Tabs.Tab>
          );
        })}
      </Tabs.List>
      <Tabs.Panel value={here} pt="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" verticalSpacing="xs">
          {column.data?.map((lead) => <LeadCard key={lead.id} lead={lead} onMove={onMove} actions />)}
        </SimpleGrid>
        <ColumnEnd column={column} filtered={filtered} />
      </Tabs.Panel>
    </Tabs>
  );
}
