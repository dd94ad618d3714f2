// Leads by status: a board on a wide screen, one status at a time on a phone, and the lead that the address names.
import type { Lead, LeadStatus } from "@leadgen-pro/client";
import { ActionIcon, Button, Drawer, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconFileImport, IconPlus, IconUserPlus } from "@tabler/icons-react";
import { lazy, Suspense, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate, useParams } from "react-router";
import { EmptyState } from "../../parts/empty-state";
import { PageHead } from "../../parts/page-head";
import { done } from "../../parts/refusal";
import { Roster } from "../../parts/roster";
import { useWide } from "../../parts/wide";
import { useBoard } from "./board-data";
import { Filters, useSearch } from "./filters";
import { LostReason } from "./lost-reason";
import { NewLead } from "./new-lead";
import { LeadSegments } from "./segments";
import { STATUSES } from "./status";

const LeadBoard = lazy(() => import("./board"));
const ImportLeads = lazy(() => import("./import-leads"));
const LeadDetail = lazy(() => import("./detail"));

export default function Leads() {
  return (
    <Roster>
      <Page />
    </Roster>
  );
}

function Page() {
  const { leadId } = useParams();
  const wide = useWide();
  const alone = !!leadId && !wide;
  useKeptScroll(alone);
  return (
    <>
      {alone && <Suspense fallback={<Skeleton h={400} />}><LeadDetail leadId={leadId} /></Suspense>}
      {/* Kept while a phone shows a lead: the way back finds the list as it was left. */}
      <div hidden={alone}><List leadId={alone ? undefined : leadId} /></div>
    </>
  );
}

/** Begins a detail at its top, and comes back to where the list was. */
function useKeptScroll(away: boolean) {
  const left = useRef(0);
  const was = useRef(away);
  useLayoutEffect(() => {
    if (was.current !== away) scrollTo({ top: away ? 0 : left.current });
    was.current = away;
    if (away) return;
    const keep = () => {
      left.current = scrollY;
    };
    addEventListener("scroll", keep, { passive: true });
    return () => removeEventListener("scroll", keep);
  }, [away]);
}

function List({ leadId }: { leadId: string | undefined }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const location = useLocation();
  const columns = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
  const search = useSearch();
  const board = useBoard(search);
  const [asking, ask] = useState<Lead>();
  const [adding, setAdding] = useState(false);
  const [importing, setImporting] = useState(false);
  const filtered = !!(search.words || search.source || search.assignedTo);
  const none = !filtered && STATUSES.every((status) => board.columns[status].data?.length === 0);

  function move(lead: Lead, to: LeadStatus, told = true) {
    if (to === "LOST") return ask(lead);
    board.move(lead, to);
    if (told) done(t("leads.moved", { name: lead.name, to: t(`leads.status.${to}`) }));
  }

  return (
    <>
      <PageHead title={t("leads.title")}>
        <Button variant="default" visibleFrom="xs" leftSection={<IconFileImport size={18} />} onClick={() => setImporting(true)}>{t("leads.import")}</Button>
        <ActionIcon variant="default" hiddenFrom="xs" aria-label={t("leads.import")} onClick={() => setImporting(true)}><IconFileImport size={20} /></ActionIcon>
        <Button leftSection={<IconPlus size={18} />} onClick={() => setAdding(true)}>{t("leads.add")}</Button>
      </PageHead>
      {none ? (
        <EmptyState Icon={IconUserPlus} title={t("leads.empty.title")} text={t("leads.empty.text")}>
          <Button mt="sm" leftSection={<IconPlus size={18} />} onClick={() => setAdding(true)}>{t("leads.add")}</Button>
        </EmptyState>
      ) : (
        <>
          <Filters search={search} />
          {columns ? (
            <Suspense fallback={<Skeleton h={360} radius="lg" />}>
              <LeadBoard board={board} filtered={filtered} onMove={(lead, to) => move(lead, to, false)} />
            </Suspense>
          ) : (
            <LeadSegments board={board} filtered={filtered} onMove={move} />
          )}
        </>
      )}

      <LostReason
        lead={asking}
        onClose={() => ask(undefined)}
        onReason={(lead, reason) => {
          ask(undefined);
          board.move(lead, "LOST", reason);
        }}
      />
      <NewLead opened={adding} onClose={() => setAdding(false)} />
      {importing && <Suspense><ImportLeads onClose={() => setImporting(false)} /></Suspense>}
      <Drawer
        opened={!!leadId} onClose={() => navigate({ pathname: "/leads", search: location.search })} position="right" size={520}
        title={t("leads.title")} closeButtonProps={{ "aria-label": t("parts.close") }}
      >
        {leadId && <Suspense fallback={<Skeleton h={400} />}><LeadDetail leadId={leadId} inDrawer /></Suspense>}
      </Drawer>
    </>
  );
}
