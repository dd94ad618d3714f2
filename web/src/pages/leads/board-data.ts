// The four lists of the board as one, with what was just moved already where it belongs.
import { useState } from "react";
import { type Lead, type LeadFilter, type Live, useLeads, useUpdateLead } from "./data";
import { tell } from "../../parts/refusal";
import { STATUSES, type Status } from "./status";

/** Leads fetched for a column at first, and with every "show more". */
const PAGE = 25;

export interface Column extends Live<Lead[]> {
  /** Whether there may be more than are shown. */
  more: boolean;
}

export type Columns = Record<Status, Column>;

export interface Search {
  words: string;
  source?: LeadFilter["source"];
  assignedTo?: string;
}

export interface Board {
  columns: Columns;
  showMore(status: Status): void;
  move(lead: Lead, to: Status, lostReason?: string): void;
}

export function useBoard({ words, source, assignedTo }: Search): Board {
  const update = useUpdateLead();
  const [limits, setLimits] = useState<Record<Status, number>>({ NEW: PAGE, FOLLOW_UP: PAGE, CLOSING: PAGE, LOST: PAGE });
  // A write shows in the lists a moment after it is made: until then a dropped card would jump back.
  const [moves, setMoves] = useState<Record<string, Status>>({});
  const narrowed = { ...(source && { source }), ...(assignedTo && { assignedTo }) };
  const lists: Record<Status, Live<Lead[]>> = {
    NEW: useLeads({ status: "NEW", limit: limits.NEW, ...narrowed }),
    FOLLOW_UP: useLeads({ status: "FOLLOW_UP", limit: limits.FOLLOW_UP, ...narrowed }),
    CLOSING: useLeads({ status: "CLOSING", limit: limits.CLOSING, ...narrowed }),
    LOST: useLeads({ status: "LOST", limit: limits.LOST, ...narrowed }),
  };

  const known = new Map<string, Lead>();
  for (const status of STATUSES) for (const lead of lists[status].data ?? []) known.set(lead.id, lead);
  const all = [...known.values()].filter((lead) => matches(lead, words)).sort((a, b) => time(b) - time(a));

  const column = (status: Status): Column => ({
    ...lists[status],
    ...(lists[status].data && { data: all.filter((lead) => (moves[lead.id] ?? lead.status) === status) }),
    more: (lists[status].data?.length ?? 0) >= limits[status],
  });

  return {
    columns: { NEW: column("NEW"), FOLLOW_UP: column("FOLLOW_UP"), CLOSING: column("CLOSING"), LOST: column("LOST") },
    showMore: (status) => setLimits((before) => ({ ...before, [status]: before[status] + PAGE })),
    move(lead, to, lostReason) {
      setMoves((before) => ({ ...before, [lead.id]: to }));
      const reason = to === "LOST" ? { lostReason: lostReason ?? "" } : lead.lostReason ? { lostReason: null } : {};
      update(lead.id, { status: to, ...reason })
        .catch(tell)
        .finally(() => setMoves(({ [lead.id]: _, ...others }) => others));
    },
  };
}

const time = (lead: Lead) => lead.createdAt?.getTime() ?? 0;

/** Firestore has no search in texts: this looks through what is on the page, by name, number and note. */
function matches(lead: Lead, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return true;
  const digits = wanted.replace(/\D/g, "").replace(/^(62|0)/, "");
  const isNumber = digits.length >= 3 && !/[a-z]/.test(wanted);
  return isNumber ? (lead.phone ?? "").includes(digits) : `${lead.name} ${lead.note ?? ""}`.toLowerCase().includes(wanted);
}
