// The four lists of the board as one, with what was just moved already where it belongs.
import { changeLeadStatus, type Lead, type LeadSource, leadsOfPhone, type LeadStatus } from "@leadgen-pro/client";
import { type LiveList, useLeadGen, useLeads } from "@leadgen-pro/client/react";
import { onSnapshot } from "firebase/firestore";
import { useEffect, useState } from "react";
import { e164Of } from "../../parts/phone";
import { tell } from "../../parts/refusal";
import { STATUSES } from "./status";

/** Leads fetched for a column at first, and with every "show more". */
const PAGE = 25;

/** The same while somebody searches by name: what is not fetched cannot be found. */
const SEARCHED = 500;

/** Most leads of a column that a search shows: hundreds of cards help nobody, least a cheap phone. */
const MOST_FOUND = 50;

export interface Column extends LiveList<Lead> {
  /** While somebody searches: how many leads were looked through, and how many of them are meant. */
  searched?: { through: number; found: number };
}

export type Columns = Record<LeadStatus, Column>;

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
  const limit = words.trim() ? SEARCHED : PAGE;
  const lists: Record<LeadStatus, LiveList<Lead>> = {
    NEW: useLeads({ status: "NEW", limit, ...narrowed }),
    FOLLOW_UP: useLeads({ status: "FOLLOW_UP", limit, ...narrowed }),
    CLOSING: useLeads({ status: "CLOSING", limit, ...narrowed }),
    LOST: useLeads({ status: "LOST", limit, ...narrowed }),
  };

  const found = useLeadsOfPhone(e164Of(words));
  const known = new Map<string, Lead>(found.map((lead) => [lead.id, lead]));
  for (const status of STATUSES) for (const lead of lists[status].data ?? []) known.set(lead.id, lead);
  const all = [...known.values()].filter((lead) => matches(lead, words)).sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  const column = (status: LeadStatus): Column => {
    const list = lists[status];
    if (!list.data) return list;
    const data = all.filter((lead) => (moves[lead.id] ?? lead.status) === status);
    if (!words.trim()) return { ...list, data };
    return { ...list, data: data.slice(0, MOST_FOUND), searched: { through: list.data.length, found: data.length } };
  };

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

/** The leads of a whole number, also those that no page has fetched yet. */
function useLeadsOfPhone(phone: string | null): Lead[] {
  const { db, actor } = useLeadGen();
  const [found, setFound] = useState<Lead[]>([]);
  useEffect(() => {
    setFound([]);
    if (!phone || !actor) return;
    // What a lookup cannot bring, the lists may still have.
    return onSnapshot(leadsOfPhone(db, actor, phone), ({ docs }) => setFound(docs.map((one) => one.data())), () => {});
  }, [db, actor, phone]);
  return found;
}

/** Firestore has no search in texts: this looks through what is on the page, by name, number and note. */
function matches(lead: Lead, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return true;
  const digits = wanted.replace(/\D/g, "").replace(/^(62|0)/, "");
  const isNumber = digits.length >= 3 && !/[a-z]/.test(wanted);
  return isNumber ? (lead.phone ?? "").includes(digits) : `${lead.name} ${lead.note ?? ""}`.toLowerCase().includes(wanted);
}
