// `settings/ai`, which head office alone reads.
import { doc, onSnapshot, Timestamp } from "firebase/firestore";
import { useEffect, useState } from "react";
import { useSession } from "../../../session";
import type { Live } from "../data";
import type { BudgetLevel } from "../shapes";

export interface Limits {
  dayMicroUsd: number;
  monthMicroUsd: number;
}

export interface AiSettings {
  enabled: boolean;
  allowances: { organisation: Limits; branch: Limits; user: Limits };
  changedBy?: string;
  changedAt?: Date;
  reason?: string;
}

/** The levels as the settings name them. */
export const FIELDS: Record<BudgetLevel, keyof AiSettings["allowances"]> = { ORGANISATION: "organisation", BRANCH: "branch", USER: "user" };

/** Listens to the settings; `null` where there are none yet. */
export function useAiSettings(may: boolean): Live<AiSettings | null> {
  const { firebase } = useSession();
  const [state, setState] = useState<Live<AiSettings | null>>({ loading: true });
  useEffect(() => {
    if (!may) return;
    return onSnapshot(
      doc(firebase.db, "settings", "ai"),
      (found) => {
        const fields = found.data();
        const changedAt = fields?.changedAt instanceof Timestamp ? fields.changedAt.toDate() : undefined;
        setState({ loading: false, data: fields ? ({ ...fields, changedAt } as AiSettings) : null });
      },
      (error) => setState({ loading: false, error }),
    );
  }, [firebase, may]);
  return state;
}
