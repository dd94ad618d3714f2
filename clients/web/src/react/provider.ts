// Who is signed in, and everything that the hooks need.

import type { FirebaseApp } from 'firebase/app';
import { getAuth, onIdTokenChanged, type Auth, type User } from 'firebase/auth';
import { getFirestore, type Firestore } from 'firebase/firestore';
import { createContext, createElement, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { actorOf, samePlace, type Actor } from '../actor.js';
import { createLeadGenClient, type Language, type LeadGenClient } from '../client.js';

/** `expired`: the session ended by itself, as when the account was closed or the password changed. */
export type Session = 'starting' | 'in' | 'out' | 'expired';

/** What the hooks share. */
export interface LeadGen {
  app: FirebaseApp;
  auth: Auth;
  db: Firestore;
  client: LeadGenClient;
  language: Language;
  session: Session;
  /** Null while nobody is signed in. */
  actor: Actor | null;
  /** Fetches the token anew: after `whoami` answered with another place than the token's, or a listener was refused. */
  refresh(): Promise<void>;
}

export interface LeadGenProviderProps {
  app: FirebaseApp;
  /** The app's own unless it is said. */
  auth?: Auth;
  db?: Firestore;
  client?: LeadGenClient;
  /** What errors are told in. Indonesian unless it is said. */
  language?: Language;
  children?: ReactNode;
}

const Context = createContext<LeadGen | null>(null);

/** Codes of Firebase Authentication for a session that no token can be had for any more. */
const OVER = ['auth/user-token-expired', 'auth/user-disabled', 'auth/user-not-found', 'auth/invalid-user-token'];

/** Gives the hooks below it their app, and follows who is signed in. */
export function LeadGenProvider({ app, children, language = 'id', ...given }: LeadGenProviderProps) {
  const auth = given.auth ?? getAuth(app);
  const db = given.db ?? getFirestore(app);
  const spoken = useRef(language);
  spoken.current = language;
  const client = useMemo(
    () => given.client ?? createLeadGenClient(app, { language: () => spoken.current }),
    [app, given.client],
  );
  const [state, setState] = useState<{ session: Session; actor: Actor | null }>({ session: 'starting', actor: null });
  const asking = useRef<Promise<void> | null>(null);

  const follow = useMemo(() => {
    const take = (actor: Actor) =>
      setState((before) =>
        before.session === 'in' && samePlace(before.actor, actor) ? before : { session: 'in', actor },
      );
    const failed = (error: { code?: string }) => {
      if (OVER.includes(error.code ?? '')) setState({ session: 'expired', actor: null });
    };
    return (user: User, refresh: boolean) => actorOf(user, { refresh }).then(take, failed);
  }, []);

  useEffect(
    () =>
      onIdTokenChanged(auth, (user) => {
        if (user) void follow(user, false);
        else setState((before) => (before.session === 'expired' ? before : { session: 'out', actor: null }));
      }),
    [auth, follow],
  );

  const value = useMemo<LeadGen>(
    () => ({
      app,
      auth,
      db,
      client,
      language,
      ...state,
      refresh() {
        const user = auth.currentUser;
        if (!user) return Promise.resolve();
        asking.current ??= follow(user, true).finally(() => {
          asking.current = null;
        });
        return asking.current;
      },
    }),
    [app, auth, db, client, language, state, follow],
  );
  return createElement(Context.Provider, { value }, children);
}

/** All that the hooks share. */
export function useLeadGen(): LeadGen {
  const value = useContext(Context);
  if (!value) throw new Error('A hook of @leadgen-pro/client/react stands outside of LeadGenProvider.');
  return value;
}

/** Who is signed in, by their token. */
export function useActor(): Pick<LeadGen, 'actor' | 'session' | 'refresh'> {
  const { actor, session, refresh } = useLeadGen();
  return { actor, session, refresh };
}
