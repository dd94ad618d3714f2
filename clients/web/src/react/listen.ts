// Listening: one document, or a list that can grow.

import { onSnapshot, type FirestoreError } from 'firebase/firestore';
import { useEffect, useRef, useState } from 'react';
import type { Actor } from '../actor.js';
import type { Collections } from '../documents.js';
import { asLeadGenError, LeadGenError } from '../errors.js';
import { documentOf, MOST, PAGE, toQuery, type Plan } from '../queries.js';
import { useLeadGen } from './provider.js';

/** What a listener has. */
export interface Live {
  /**
   * Nothing has come yet, or more is on its way: also while `data` is only what this device knew, for ten seconds at most, and not
   * where the browser says that there is no connection.
   */
  loading: boolean;
  /** Why nothing comes any more: a refused listener ends. `retry` begins anew. */
  error: LeadGenError | undefined;
  /** As this device knew it; the server has not confirmed it, as without a connection. */
  fromCache: boolean;
  /** Something in it is not known to the database yet. */
  hasPendingWrites: boolean;
  retry(): void;
}

export interface LiveList<T> extends Live {
  /** Undefined until something came. */
  data: T[] | undefined;
  /** Whether there may be more than is shown. */
  hasMore: boolean;
  /** Shows another page. */
  loadMore(): void;
}

export interface LiveDocument<T> extends Live {
  /** Null where there is none, or none that the actor may see: the rules do not tell which. */
  data: T | null | undefined;
}

interface State<T> {
  /** What was listened to when this came. */
  key: string;
  data?: T;
  error?: LeadGenError;
  fromCache: boolean;
  hasPendingWrites: boolean;
  /** Up to how many were asked for. */
  limit: number;
}

/** How long a list counts as loading while nothing but this device's own knowledge has come: as long as the SDK takes to give up. */
const PATIENCE_MS = 10_000;

/**
 * Whether the server may still have more than this device knew: another listener's documents are in the cache, and a list of them
 * alone would be shown as if it were all.
 */
function useAwaited(key: string, fromCache: boolean): boolean {
  const [late, setLate] = useState('');
  useEffect(() => {
    if (!fromCache) return;
    const limit = setTimeout(() => setLate(key), PATIENCE_MS);
    return () => clearTimeout(limit);
  }, [key, fromCache]);
  const offline = typeof navigator !== 'undefined' && navigator.onLine === false;
  return fromCache && late !== key && !offline;
}

const nothing = <T>(key: string): State<T> => ({ key, fromCache: true, hasPendingWrites: false, limit: 0 });

/** Refused, since the token is older than the person's place, or the session is over: then the token tells. */
function useRefusal() {
  const { language, refresh } = useLeadGen();
  return (thrown: FirestoreError): LeadGenError => {
    if (thrown.code === 'permission-denied' || thrown.code === 'unauthenticated') void refresh();
    return asLeadGenError(thrown, language);
  };
}

/**
 * A list within the actor's scope. When a listener is refused that was not before, the token is fetched anew: another role or branch
 * begins the list anew, an ended session shows in `useActor`.
 */
export function useList<Name extends keyof Collections>(
  planned: (actor: Actor, limit: number) => Plan<Name>,
  page: number = PAGE,
  sorted?: (one: Collections[Name], other: Collections[Name]) => number,
): LiveList<Collections[Name]> {
  const { db, actor } = useLeadGen();
  const refused = useRefusal();
  const [attempt, setAttempt] = useState(0);
  const [grown, setGrown] = useState({ key: '', pages: 1 });
  let plan: Plan<Name> | undefined;
  let noPlace: LeadGenError | undefined;
  if (actor) {
    try {
      plan = planned(actor, page);
    } catch (thrown) {
      if (!(thrown instanceof LeadGenError)) throw thrown;
      noPlace = thrown;
    }
  }
  const key = `${actor?.uid} ${JSON.stringify(plan)}`;
  const limit = Math.min(page * (grown.key === key ? grown.pages : 1), MOST);
  const [state, setState] = useState<State<Collections[Name][]>>(nothing(key));
  useEffect(() => {
    if (!plan) return;
    return onSnapshot(
      toQuery(db, { ...plan, limit }),
      { includeMetadataChanges: true },
      (found) => {
        const data = found.docs.map((one) => one.data());
        const { fromCache, hasPendingWrites } = found.metadata;
        setState({ key, data: sorted ? data.sort(sorted) : data, fromCache, hasPendingWrites, limit });
      },
      (thrown) => {
        const error = refused(thrown);
        setState((before) => ({ ...(before.key === key ? before : nothing(key)), error }));
      },
    );
  }, [db, key, limit, attempt]);
  const shown = state.key === key ? state : nothing<Collections[Name][]>(key);
  const error = noPlace ?? shown.error;
  const known = useRef('');
  if (shown.data && !shown.fromCache) known.current = key;
  const awaited = useAwaited(`${key} ${attempt}`, shown.fromCache && known.current !== key);
  return {
    data: shown.data,
    loading: !error && (shown.data === undefined || shown.limit < limit || awaited),
    error,
    fromCache: shown.fromCache,
    hasPendingWrites: shown.hasPendingWrites,
    hasMore: limit < MOST && (shown.data?.length ?? 0) >= shown.limit && shown.limit > 0,
    loadMore: () => setGrown({ key, pages: Math.ceil(limit / page) + 1 }),
    retry: () => {
      setState(nothing(key));
      setAttempt((before) => before + 1);
    },
  };
}

/** One document; nothing while `id` is undefined. */
export function useDocument<Name extends Exclude<keyof Collections, 'history' | 'messages'>>(
  name: Name,
  id: string | undefined,
): LiveDocument<Collections[Name]> {
  const { db, actor } = useLeadGen();
  const refused = useRefusal();
  const [attempt, setAttempt] = useState(0);
  const key = `${actor?.uid} ${actor?.role} ${actor?.branchId} ${name}/${id}`;
  const [state, setState] = useState<State<Collections[Name] | null>>(nothing(key));
  const listening = actor !== null && id !== undefined && id !== '';
  useEffect(() => {
    if (!listening) return;
    return onSnapshot(
      documentOf(db, name, id),
      { includeMetadataChanges: true },
      (found) => {
        const { fromCache, hasPendingWrites } = found.metadata;
        // Without a connection, what is not known here may still be there.
        if (!found.exists() && fromCache) return;
        setState({ key, data: found.exists() ? found.data() : null, fromCache, hasPendingWrites, limit: 1 });
      },
      (thrown) => {
        const error = refused(thrown);
        const unseen = thrown.code === 'permission-denied';
        setState({ ...nothing(key), ...(unseen ? { data: null } : { error }) });
      },
    );
  }, [db, key, listening, attempt]);
  const shown = state.key === key ? state : nothing<Collections[Name] | null>(key);
  return {
    data: shown.data,
    loading: listening && shown.data === undefined && !shown.error,
    error: shown.error,
    fromCache: shown.fromCache,
    hasPendingWrites: shown.hasPendingWrites,
    retry: () => {
      setState(nothing(key));
      setAttempt((before) => before + 1);
    },
  };
}
