// What this page asks for: counts by the service, and the last leads for the time to answer.
import { type AskLeadStats, type LeadCounts, LeadGenError } from "@leadgen-pro/client";
import { useLeadGen, useLeads } from "@leadgen-pro/client/react";
import { useEffect, useMemo, useState } from "react";

/** Leads that are looked at for the time to answer: each is a read that is paid for. */
const LATEST = 100;

interface Asking {
  data?: LeadCounts;
  error?: LeadGenError;
  /** The answer shown is of an earlier question. */
  busy: boolean;
}

/** Asks again when the question changes; the last answer stays until the next one comes. */
export function useCounts(asked: AskLeadStats): Asking & { retry(): void } {
  const { client } = useLeadGen();
  const [state, setState] = useState<Asking>({ busy: true });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    setState(({ data }) => ({ busy: true, ...(data && { data }) }));
    client.leadStats(asked).then(
      (data) => current && setState({ data, busy: false }),
      (error: LeadGenError) => current && setState({ error, busy: false }),
    );
    return () => {
      current = false;
    };
  }, [client, asked.from, asked.to, asked.branchId, attempt]);
  return { ...state, retry: () => setAttempt((n) => n + 1) };
}

export interface Response {
  /** The median of the time between a person's coming and the first answer, in milliseconds; without it nobody was answered. */
  medianMs?: number;
  answered: number;
  of: number;
}

/** How long people of this period waited for a first answer, among the last that came. */
export function useResponse({ from, to, branchId }: AskLeadStats): Response | undefined {
  const { data } = useLeads({ limit: LATEST, ...(branchId && { branchId }) });
  return useMemo(() => {
    if (!data) return undefined;
    // Jakarta keeps one time all year.
    const begin = from ? Date.parse(`${from}T00:00:00+07:00`) : -Infinity;
    const end = to ? Date.parse(`${to}T23:59:59.999+07:00`) : Infinity;
    const within = data.filter(({ createdAt }) => createdAt.getTime() >= begin && createdAt.getTime() <= end);
    const waits = within
      .flatMap(({ firstResponseAt, submittedAt, createdAt }) => firstResponseAt ? Math.max(0, firstResponseAt.getTime() - (submittedAt ?? createdAt).getTime()) : [])
      .sort((a, b) => a - b);
    const median = waits[Math.floor(waits.length / 2)];
    return { answered: waits.length, of: within.length, ...(median !== undefined && { medianMs: median }) };
  }, [data, from, to]);
}
