// Who is signed in, for the pages: what the package knows of the ID token, and why a session ended.
import type { Role } from "@leadgen-pro/client";
import { useDocument, useLeadGen } from "@leadgen-pro/client/react";
import { notifications } from "@mantine/notifications";
import { signOut } from "firebase/auth";
import { createContext, type ReactNode, useContext, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import type { Firebase } from "./firebase";

export type { Role } from "@leadgen-pro/client";

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

/** Milliseconds after which the token is asked for again, when the person's document names another place than it: the claims follow the document. */
const CLAIMS_FOLLOW = [500, 3_000, 10_000];

export function SessionProvider({ firebase, children }: { firebase: Firebase; children: ReactNode }) {
  const { auth, actor, session, refresh } = useLeadGen();
  const [why, setWhy] = useState<Ended>();
  const leaving = useRef<{ why?: Ended | undefined }>(null);
  const before = useRef(session);

  useEffect(() => {
    // Firebase signs somebody out whose token it cannot renew: disabled, or the right to stay signed in was taken.
    if (before.current === "in" && session !== "in") {
      setWhy(leaving.current ? leaving.current.why : "expired");
      // They may name people whom the next person at this phone must not see.
      notifications.clean();
    }
    if (session === "in") {
      leaving.current = null;
      setWhy(undefined);
    }
    before.current = session;
  }, [session]);

  const value = useMemo<Session>(() => {
    const state: State = session === "starting" ? { is: "starting" } : actor ? { is: "in", person: personOf(actor, auth.currentUser?.displayName) } : { is: "out", ...(why && { why }) };
    return {
      firebase,
      state,
      async leave(reason) {
        leaving.current = { why: reason };
        await signOut(auth);
      },
      refresh,
    };
  }, [firebase, auth, actor, session, why, refresh]);

  // An ID token lives for up to an hour; what its person's document says in the meantime counts at once.
  const { data: profile } = useDocument("users", actor?.uid);
  const disabled = useEffectEvent(() => value.leave("disabled"));
  useEffect(() => {
    if (profile?.disabled === true) void disabled();
  }, [profile?.disabled]);
  const moved = !!actor && !!profile && (profile.role !== actor.role || (profile.role !== "PUSAT" && profile.branchId !== actor.branchId));
  const renew = useEffectEvent(() => refresh());
  useEffect(() => {
    if (!moved) return;
    const timers = CLAIMS_FOLLOW.map((wait) => setTimeout(() => void renew(), wait));
    return () => timers.forEach(clearTimeout);
  }, [moved]);

  return <SessionContext value={value}>{children}</SessionContext>;
}

function personOf(actor: { uid: string; email?: string; name?: string; role?: Role | undefined; branchId?: string | undefined }, called?: string | null): Person {
  const { uid, email = "", role, branchId } = actor;
  return { uid, email, name: called || actor.name || email, ...(role && { role }), ...(branchId !== undefined && { branchId }) };
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
