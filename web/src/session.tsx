// Who is signed in, as the ID token says it.
import { onIdTokenChanged, signOut, type User } from "firebase/auth";
import { doc, onSnapshot } from "firebase/firestore";
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useState } from "react";
import type { Firebase } from "./firebase";

export type Role = "PUSAT" | "CABANG" | "MITRA";

/** What the rules and the service know a person by. A person without a role, or a partner without a branch, waits for an invitation. */
export interface Person {
  uid: string;
  email: string;
  name: string;
  role?: Role;
  branchId?: string;
}

/** Why a session ended that the person did not end. */
export type Ended = "expired" | "disabled";

type State = { is: "starting" } | { is: "out"; why?: Ended } | { is: "in"; person: Person };

interface Session {
  firebase: Firebase;
  state: State;
  /** Ends the session; `why` where the person did not ask for it. */
  leave(why?: Ended): Promise<void>;
  /** Reads the claims again, after somebody was given a role. */
  refresh(): Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

async function personOf(user: User, fresh = false): Promise<Person> {
  const { claims } = await user.getIdTokenResult(fresh);
  const person: Person = { uid: user.uid, email: user.email ?? "", name: user.displayName ?? user.email ?? "" };
  if (claims.role === "PUSAT" || claims.role === "CABANG" || claims.role === "MITRA") person.role = claims.role;
  if (typeof claims.branchId === "string") person.branchId = claims.branchId;
  else if (person.role === "CABANG") person.branchId = user.uid;
  return person;
}

export function SessionProvider({ firebase, children }: { firebase: Firebase; children: ReactNode }) {
  const [state, setState] = useState<State>({ is: "starting" });

  useEffect(
    () =>
      onIdTokenChanged(firebase.auth, async (user) => {
        // Firebase signs somebody out whose token it cannot renew: disabled, or the right to stay signed in was taken.
        if (!user) setState((before) => (before.is === "out" ? before : before.is === "in" ? { is: "out", why: "expired" } : { is: "out" }));
        else setState({ is: "in", person: await personOf(user) });
      }),
    [firebase],
  );

  const session = useMemo<Session>(
    () => ({
      firebase,
      state,
      async leave(why?: Ended) {
        setState(why ? { is: "out", why } : { is: "out" });
        await signOut(firebase.auth);
      },
      async refresh() {
        const user = firebase.auth.currentUser;
        if (user) setState({ is: "in", person: await personOf(user, true) });
      },
    }),
    [firebase, state],
  );

  // An ID token lives for up to an hour; somebody who is disabled in the meantime is told at once.
  const uid = state.is === "in" ? state.person.uid : undefined;
  const disabled = useEffectEvent(() => session.leave("disabled"));
  useEffect(() => {
    if (!uid) return;
    const profile = doc(firebase.db, "users", uid);
    return onSnapshot(profile, (it) => void (it.get("disabled") === true && disabled()), () => {});
  }, [firebase, uid]);

  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside of SessionProvider");
  return session;
}

/** The signed-in person; for pages behind the sign-in. */
export function usePerson(): Person {
  const { state } = useSession();
  if (state.is !== "in") throw new Error("usePerson before the sign-in");
  return state.person;
}
