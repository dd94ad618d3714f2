// Who is who: names for the uids that documents carry, and whom work can be given to.
import { collection, doc, limit, onSnapshot, orderBy, query, where } from "firebase/firestore";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Role, usePerson, useSession } from "../session";

/** Most people that are kept at hand; an organisation beyond it sees the others by uid. */
export const MOST_PEOPLE = 500;

export interface Member {
  uid: string;
  email?: string;
  displayName?: string;
  role: Role;
  branchId?: string;
  disabled: boolean;
  /** Why an administrator's edit was taken back. */
  roleError?: string;
  connectedAccounts?: { facebook?: boolean; instagram?: boolean; whatsapp?: boolean };
  createdAt?: Date;
}

export interface Branch {
  id: string;
  name: string;
}

interface Known {
  members: Member[];
  branches: Branch[];
  ready: boolean;
  error?: unknown;
}

const NOBODY: Known = { members: [], branches: [], ready: false };
const RosterContext = createContext<Known>(NOBODY);

/** Listens to the people below it: head office's to all, a branch's to its own. A partner sees no others. */
export function Roster({ children }: { children: ReactNode }) {
  const { firebase } = useSession();
  const person = usePerson();
  const [known, setKnown] = useState<Known>(NOBODY);

  useEffect(() => {
    if (person.role === "MITRA") return;
    const failed = (error: unknown) => setKnown((before) => ({ ...before, ready: true, error }));
    const users = collection(firebase.db, "users");
    const people = person.role === "PUSAT"
      ? query(users, orderBy("displayName"), limit(MOST_PEOPLE))
      : query(users, where("branchId", "==", person.branchId), orderBy("displayName"), limit(MOST_PEOPLE));
    const stopPeople = onSnapshot(people, (snapshot) => {
      const members = snapshot.docs.map((one) => {
        const fields = one.data();
        return { ...fields, uid: one.id, createdAt: fields.createdAt?.toDate?.() } as Member;
      });
      setKnown((before) => ({ ...before, members, ready: true }));
    }, failed);
    const set = (branches: Branch[]) => setKnown((before) => ({ ...before, branches }));
    const stopBranches = person.role === "PUSAT"
      ? onSnapshot(query(collection(firebase.db, "branches"), limit(MOST_PEOPLE)), (snapshot) =>
          set(snapshot.docs.map((one) => ({ id: one.id, name: one.data().name ?? one.id }))), failed)
      : onSnapshot(doc(firebase.db, "branches", person.branchId ?? person.uid), (one) =>
          set(one.exists() ? [{ id: one.id, name: one.data().name ?? one.id }] : []), failed);
    return () => {
      stopPeople();
      stopBranches();
    };
  }, [firebase, person.uid, person.role, person.branchId]);

  return <RosterContext value={known}>{children}</RosterContext>;
}

/** The people known here, and the words for a uid. */
export function useRoster() {
  const known = useContext(RosterContext);
  const person = usePerson();
  const { t } = useTranslation();
  return useMemo(() => {
    const byUid = new Map(known.members.map((member) => [member.uid, member]));

    /** A branch that nobody named carries its founder's uid for a name; then the founder stands for it. */
    const branchName = (branchId: string) => {
      const name = known.branches.find(({ id }) => id === branchId)?.name;
      return name && name !== branchId ? name : (byUid.get(branchId)?.displayName ?? branchId);
    };

    /** `null` where somebody acted without leaving a name. */
    const nameOf = (uid: string | null | undefined) => {
      if (!uid) return t("parts.somebody");
      if (uid === "service") return t("parts.system");
      if (uid === person.uid) return t("parts.you");
      return byUid.get(uid)?.displayName ?? byUid.get(uid)?.email ?? t("parts.other");
    };

    /** Who holds a lead or a conversation: a person, or a branch that has not given it away. */
    const holderName = (assignedTo: string, branchId: string) =>
      assignedTo === branchId && person.role !== "MITRA" ? t("parts.pool", { branch: branchName(branchId) }) : nameOf(assignedTo);

    return { ...known, branchName, nameOf, holderName };
  }, [known, person, t]);
}

interface Choice {
  value: string;
  label: string;
}

/** Whom leads and conversations can be given to, by branch, as Mantine's Select takes them. */
export function useHolders(): { group: string; items: Choice[] }[] {
  const { members, branches, branchName } = useRoster();
  const { t } = useTranslation();
  return useMemo(() => {
    const ids = new Set([...branches.map(({ id }) => id), ...members.flatMap(({ branchId }) => branchId ?? [])]);
    return [...ids].map((id) => ({
      group: branchName(id),
      items: [
        { value: id, label: t("parts.pool", { branch: branchName(id) }) },
        ...members
          .filter((member) => member.role === "MITRA" && member.branchId === id && !member.disabled)
          .map((member) => ({ value: member.uid, label: member.displayName ?? member.email ?? member.uid })),
      ],
    }));
  }, [members, branches, branchName, t]);
}
