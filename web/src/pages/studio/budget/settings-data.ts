// `settings/ai`, which head office alone reads.
import type { AiSettings, BudgetLevel } from "@leadgen-pro/client";
import { useDocument } from "@leadgen-pro/client/react";

/** The levels as the settings name them. */
export const FIELDS: Record<BudgetLevel, keyof AiSettings["allowances"]> = { ORGANISATION: "organisation", BRANCH: "branch", USER: "user" };

/** Listens to the settings, for those who may; null where there are none yet. */
export const useAiSettings = (may: boolean) => useDocument("settings", may ? "ai" : undefined);

export type LiveSettings = ReturnType<typeof useAiSettings>;
