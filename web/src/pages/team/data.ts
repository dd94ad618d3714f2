// What this page reads and writes.
import { collection, limit, onSnapshot, orderBy, query, where } from "firebase/firestore";
import { getFunctions, httpsCallableFromURL } from "firebase/functions";
import { useEffect, useState } from "react";
import { type Role, usePerson, useSession } from "../../session";

/** Most invitations that are looked through for those still waiting. */
const MOST = 200;

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  branchId?: string;
  displayName?: string;
  invitedBy: string;
  createdAt: Date;
}

/** The invitations that nobody has accepted yet, the latest first. */
export function useInvitations(): { data?: Invitation[]; error?: unknown } {
  const { firebase } = useSession();
  const person = usePerson();
  const [state, setState] = useState<{ data?: Invitation[]; error?: unknown }>({});
  useEffect(() => {
    const invitations = collection(firebase.db, "invitations");
    const seen = person.role === "PUSAT"
      ? query(invitations, orderBy("createdAt", "desc"), limit(MOST))
      : query(invitations, where("branchId", "==", person.branchId), limit(MOST));
    return onSnapshot(
      seen,
      (snapshot) => setState({
        data: snapshot.docs
          .filter((one) => !one.data().acceptedBy)
          .map((one) => ({ ...one.data(), id: one.id, createdAt: one.data().createdAt.toDate() }) as Invitation)
          .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()),
      }),
      (error) => setState({ error }),
    );
  }, [firebase, person.uid, person.role, person.branchId]);
  return state;
}

export function useCalls() {
  const { firebase } = useSession();
  const functions = getFunctions(firebase.app);
  const call = <D>(name: string) => async (data: D) => (await httpsCallableFromURL(functions, `${location.origin}/api/${name}`)(data)).data;
  return {
    inviteUser: call<{ email: string; role: Role; branchId?: string; displayName?: string }>("inviteUser"),
    setUserRole: call<{ uid: string; role: Role; branchId?: string }>("setUserRole"),
    setUserDisabled: call<{ uid: string; disabled: boolean }>("setUserDisabled"),
  };
}
