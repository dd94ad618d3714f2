// `settings/ai`, which head office alone reads.
import { type AiSettings, type BudgetLevel, documentOf } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { onSnapshot } from "firebase/firestore";
import { useEffect, useState } from "react";

export interface LiveSettings {
  /** Null where there are none yet. */
  data?: AiSettings | null;
  loading: boolean;
  error?: unknown;
}

/** The levels as the settings name them. */
export const FIELDS: Record<BudgetLevel, keyof AiSettings["allowances"]> = { ORGANISATION: "organisation", BRANCH: "branch", USER: "user" };

/** Listens to the settings. */
export function useAiSettings(may: boolean): LiveSettings {
  const { db } = useLeadGen();
  const [state, setState] = useState<LiveSettings>({ loading: true });
  useEffect(() => {
    if (!may) return;
    return onSnapshot(
      documentOf(db, "settings", "ai"),
      (found) => setState({ loading: false, data: found.exists() ? found.data() : null }),
      (error) => setState({ loading: false, error }),
    );
  }, [db, may]);
  return state;
}
