// What this page asks for: counts by the service, and the last leads for the time to answer.
import { collection, getDocs, limit, orderBy, query, type QueryConstraint, Timestamp, where } from "firebase/firestore";
import { getFunctions, httpsCallableFromURL } from "firebase/functions";
import { useEffect, useState } from "react";
import { usePerson, useSession } from "../../session";
import type { Source, Status } from "../leads/status";

/** Leads that are looked at for the time to answer: each is a read that is paid for. */
const LATEST = 100;

export interface Asked {
  from?: string;
  to?: string;
  branchId?: string;
}

export interface Counts {
  total: number;
  byStatus: Partial<Record<Status, number>>;
  bySource: Partial<Record<Source, number>>;
  byPartner: { uid: string; displayName?: string; count: number }[];
  partnersTruncated: boolean;
}

export interface Response {
  /** The median of the time between a person's coming and the first answer, in milliseconds; without it nobody was answered. */
  medianMs?: number;
  answered: number;
  of: number;
}

interface Asking<T> {
  data?: T;
  error?: unknown;
  /** The answer shown is of an earlier question. */
  busy: boolean;
}

/** Asks again when the question changes; the last answer stays until the next one comes. */
function useAnswer<T>(ask: () => Promise<T>, keys: unknown[]): Asking<T> & { retry(): void } {
  const [state, setState] = useState<Asking<T>>({ busy: true });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let current = true;
    setState(({ data }) => ({ busy: true, ...(data && { data }) }));
    ask().then(
      (data) => current && setState({ data, busy: false }),
      (error) => current && setState({ error, busy: false }),
    );
    return () => {
      current = false;
    };
  }, [...keys, attempt]);
  return { ...state, retry: () => setAttempt((n) => n + 1) };
}

export function useCounts(asked: Asked) {
  const { firebase } = useSession();
  return useAnswer(
    async () => (await httpsCallableFromURL<Asked, Counts>(getFunctions(firebase.app), `${location.origin}/api/leadStats`)(asked)).data,
    [firebase, asked.from, asked.to, asked.branchId],
  );
}

/** How long people of this period waited for a first answer, among the last that came. */
export function useResponse({ from, to, branchId }: Asked) {
  const { firebase } = useSession();
  const person = usePerson();
  const branch = person.role === "PUSAT" ? branchId : person.branchId;
  return useAnswer<Response>(async () => {
    const conditions: QueryConstraint[] = branch ? [where("branchId", "==", branch)] : [];
    // Jakarta keeps one time all year.
    if (from) conditions.push(where("createdAt", ">=", Timestamp.fromDate(new Date(`${from}T00:00:00+07:00`))));
    if (to) conditions.push(where("createdAt", "<=", Timestamp.fromDate(new Date(`${to}T23:59:59.999+07:00`))));
    const { docs } = await getDocs(query(collection(firebase.db, "leads"), ...conditions, orderBy("createdAt", "desc"), limit(LATEST)));
    const waits = docs
      .map((one) => one.data())
      .filter((lead) => lead.firstResponseAt && (lead.submittedAt ?? lead.createdAt))
      .map((lead) => Math.max(0, lead.firstResponseAt.toMillis() - (lead.submittedAt ?? lead.createdAt).toMillis()))
      .sort((a, b) => a - b);
    const median = waits[Math.floor(waits.length / 2)];
    return { answered: waits.length, of: docs.length, ...(median !== undefined && { medianMs: median }) };
  }, [firebase, person.uid, branch, from, to]);
}
