// The four lists of the board as one, with what was just moved already where it belongs.
import { changeLeadStatus, type Lead, type LeadSource, type LeadStatus } from "@leadgen-pro/client";
import { type LiveList, useLeadGen, useLeads } from "@leadgen-pro/client/react";
import { useState } from "react";
import { tell } from "../../parts/refusal";
import { STATUSES } from "./status";

/** Leads fetched for a column at first, and with every "show more". */
const PAGE = 25;

export type Columns = Record<LeadStatus, LiveList<Lead>>;

export interface Search {
  words: string;
  source?: LeadSource;
  assignedTo?: string;
}

export interface Board {
  columns: Columns;
  move(lead: Lead, ...to: [status: "LOST", lostReason: string] | [status: Exclude<LeadStatus, "LOST">]): void;
}

export function useBoard({ words, ...narrowed }: Search): Board {
  const move = useMove();
  // A write shows in the lists a moment after it is made: until then a dropped card would jump back.
  const [moves, setMoves] = useState<Record<string, LeadStatus>>({});
  const lists: Columns = {
    NEW: useLeads({ status: "NEW", limit: PAGE, ...narrowed }),
    FOLLOW_UP: useLeads({ status: "FOLLOW_UP", limit: PAGE, ...narrowed }),
    CLOSING: useLeads({ status: "CLOSING", limit: PAGE, ...narrowed }),
    LOST: useLeads({ status: "LOST", limit: PAGE, ...narrowed }),
  };

  const known = new Map<string, Lead>();
  for (const status of STATUSES) for (const lead of lists[status].data ?? []) known.set(lead.id, lead);
  const all = [...known.values()].filter((lead) => matches(lead, words)).sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const column = (status: LeadStatus): LiveList<Lead> => ({
    ...lists[status],
    data: lists[status].data && all.filter((lead) => (moves[lead.id] ?? lead.status) === status),
  });

  return {
    columns: { NEW: column("NEW"), FOLLOW_UP: column("FOLLOW_UP"), CLOSING: column("CLOSING"), LOST: column("LOST") },
    move(lead, ...to) {
      setMoves((before) => ({ ...before, [lead.id]: to[0] }));
      void move(lead, ...to).finally(() => setMoves(({ [lead.id]: _, ...others }) => others));
    },
  };
}

/** Moves a lead; the promise settles when the database knows, refused or not. */
export function useMove() {
  const { db, actor } = useLeadGen();
  return async (lead: Lead, ...to: Parameters<Board["move"]> extends [Lead, ...infer To] ? To : never) => {
    if (actor) await changeLeadStatus(db, actor, lead.id, ...to).catch(tell);
  };
}

/** Firestore has no search in texts: this looks through what is on the page, by name, number and note. */
function matches(lead: Lead, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return true;
  const digits = wanted.replace(/\D/g, "").replace(/^(62|0)/, "");
  const isNumber = digits.length >= 3 && !/[a-z]/.test(wanted);
  return isNumber ? (lead.phone ?? "").includes(digits) : `${lead.name} ${lead.note ?? ""}`.toLowerCase().includes(wanted);
}
