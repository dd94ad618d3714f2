// Calls with their state.

import { onSnapshot } from 'firebase/firestore';
import { useEffect, useRef, useState } from 'react';
import type { UnaryMethods } from '../client.js';
import { asLeadGenError, LeadGenError } from '../errors.js';
import type { AiBudget, AskAiBudget } from '../generated.js';
import { budgetPeriods, plans, toQuery } from '../queries.js';
import { useLeadGen } from './provider.js';

/** A call, and how its latest turn went. */
export interface Call<Arguments extends unknown[], Result> {
  /** Calls; rejects with a `LeadGenError` that `error` has as well. */
  call(...data: Arguments): Promise<Result>;
  state: 'idle' | 'running' | 'done' | 'failed';
  data: Result | undefined;
  error: LeadGenError | undefined;
  reset(): void;
}

/** A callable with the state of its latest call: a call that ends after a later one began changes nothing. */
export function useCallable<Name extends keyof UnaryMethods>(
  name: Name,
): Call<Parameters<UnaryMethods[Name]>, Awaited<ReturnType<UnaryMethods[Name]>>> {
  type Result = Awaited<ReturnType<UnaryMethods[Name]>>;
  type Shown = { state: 'idle' | 'running' | 'done' | 'failed'; data?: Result; error?: LeadGenError };
  const { client, language } = useLeadGen();
  const [shown, setShown] = useState<Shown>({ state: 'idle' });
  const latest = useRef(0);
  useEffect(
    () => () => {
      latest.current = -1;
    },
    [],
  );
  const call = async (...data: Parameters<UnaryMethods[Name]>): Promise<Result> => {
    const turn = Math.max(latest.current, 0) + 1;
    latest.current = turn;
    setShown({ state: 'running' });
    const method = client[name] as unknown as (...data: Parameters<UnaryMethods[Name]>) => Promise<Result>;
    try {
      const result = await method(...data);
      if (latest.current === turn) setShown({ state: 'done', data: result });
      return result;
    } catch (thrown) {
      const error = asLeadGenError(thrown, language);
      if (latest.current === turn) setShown({ state: 'failed', error });
      throw error;
    }
  };
  const reset = () => {
    latest.current = Math.max(latest.current, 0) + 1;
    setShown({ state: 'idle' });
  };
  return { call, state: shown.state, data: shown.data, error: shown.error, reset };
}

/**
 * What may be spent on AI and is, asked again whenever something in the budgets that the actor sees changes; `refresh` asks at once.
 */
export function useBudget(of: AskAiBudget = {}): {
  data: AiBudget | undefined;
  loading: boolean;
  error: LeadGenError | undefined;
  refresh(): void;
} {
  const { client, db, actor, language } = useLeadGen();
  const [turn, setTurn] = useState(0);
  const key = JSON.stringify([actor?.uid, actor?.role, actor?.branchId, of]);
  const [shown, setShown] = useState<{ key: string; data?: AiBudget; error?: LeadGenError }>({ key });
  useEffect(() => {
    if (!actor?.role) return;
    let over = false;
    const show = (news: { data: AiBudget } | { error: LeadGenError }) => {
      if (!over) setShown({ key, ...news });
    };
    client.aiBudget(of).then(
      (data) => show({ data }),
      (thrown: unknown) => show({ error: asLeadGenError(thrown, language) }),
    );
    return () => {
      over = true;
    };
  }, [client, key, turn]);
  useEffect(() => {
    if (!actor?.role || (actor.role === 'MITRA' && !actor.branchId)) return;
    const { day, month } = budgetPeriods();
    let first = true;
    const seen = toQuery(db, plans.budgets(actor, { periods: [day, month] }));
    // Only that something changed is of interest; what a refused listener would say, the callable says better.
    const changed = () => {
      if (!first) setTurn((before) => before + 1);
      first = false;
    };
    return onSnapshot(seen, changed, () => undefined);
  }, [db, key]);
  const current = shown.key === key ? shown : { key };
  return {
    data: current.data,
    loading: !current.data && !current.error,
    error: current.error,
    refresh: () => setTurn((before) => before + 1),
  };
}
