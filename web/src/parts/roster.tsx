// Who is who: names for the uids that documents carry, and whom work can be given to.
import type { Branch, LeadGenError, TeamMember } from "@leadgen-pro/client";
import { useBranches, useDocument, useTeam } from "@leadgen-pro/client/react";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePerson } from "../session";

/** Most people that are kept at hand; beyond it an organisation sees the others without their names. */
export const MOST_PEOPLE = 500;

interface Known {
  members: TeamMember[];
  branches: Branch[];
  ready: boolean;
  error?: LeadGenError | undefined;
  retry(): void;
}

const NOBODY: Known = { members: [], branches: [], ready: true, retry: () => {} };
const RosterContext = createContext<Known>(NOBODY);

/** Listens to the people below somebody: head office's to all, a branch's to its own. A partner sees no others. */
export function Roster({ children }: { children: ReactNode }) {
  const { role } = usePerson();
  if (role === "PUSAT") return <HeadOffice>{children}</HeadOffice>;
  if (role === "CABANG") return <OneBranch>{children}</OneBranch>;
  return <RosterContext value={NOBODY}>{children}</RosterContext>;
}

function HeadOffice({ children }: { children: ReactNode }) {
  const team = useTeam({ limit: MOST_PEOPLE });
  const branches = useBranches({ limit: MOST_PEOPLE });
  return <RosterContext value={known(team, branches.data ?? [])}>{children}</RosterContext>;
}

function OneBranch({ children }: { children: ReactNode }) {
  const { branchId } = usePerson();
  const team = useTeam({ limit: MOST_PEOPLE });
  const { data: branch } = useDocument("branches", branchId);
  return <RosterContext value={known(team, branch ? [branch] : [])}>{children}</RosterContext>;
}

function known({ data, error, retry }: ReturnType<typeof useTeam>, branches: Branch[]): Known {
  return { members: data ?? [], branches, ready: !!data || !!error, error, retry };
}

/** The people known here, and the words for a uid. */
export function useRoster() {
  const roster = useContext(RosterContext);
  const { members, branches } = roster;
  const person = usePerson();
  const { t } = useTranslation();
  const words = useMemo(() => {
    const byUid = new Map(members.map((member) => [member.uid, member]));

    /** A branch that nobody named carries its founder's uid for a name; then the founder stands for it. */
    const branchName = (branchId: string) => {
      const name = branches.find(({ id }) => id === branchId)?.name;
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

    return { branchName, nameOf, holderName };
  }, [members, branches, person.uid, person.role, t]);
  return { ...roster, ...words };
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
