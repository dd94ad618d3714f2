// The budget as the service last said it; asked again after each making, and when the page is looked at again.
import { useDocumentVisibility } from "@mantine/hooks";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
import { useService } from "../data";
import type { AiBudget, LevelBudget, PeriodBudget } from "../shapes";

interface Budget {
  budget?: AiBudget;
  error?: unknown;
  refresh(): Promise<void>;
}

const BudgetContext = createContext<Budget>({ refresh: async () => undefined });

export function BudgetProvider({ children }: { children: ReactNode }) {
  const service = useService();
  const visible = useDocumentVisibility() === "visible";
  const [state, setState] = useState<Omit<Budget, "refresh">>({});
  const refresh = useCallback(async () => {
    try {
      setState({ budget: await service.aiBudget() });
    } catch (error) {
      setState((before) => ({ ...before, error }));
    }
  }, [service]);
  useEffect(() => {
    if (visible) void refresh();
  }, [visible, refresh]);
  return <BudgetContext value={{ ...state, refresh }}>{children}</BudgetContext>;
}

export const useBudget = () => useContext(BudgetContext);

export function left({ allowanceMicroUsd, spentMicroUsd, reservedMicroUsd }: PeriodBudget): number {
  return Math.max(0, allowanceMicroUsd - spentMicroUsd - reservedMicroUsd);
}

/** The budget that runs out first among those the caller sees, and whether it is a day's or a month's. */
export function tightest(levels: LevelBudget[]): { span: "day" | "month"; budget: PeriodBudget } | undefined {
  return levels
    .flatMap((level) => (["day", "month"] as const).map((span) => ({ span, budget: level[span] })))
    .sort((a, b) => left(a.budget) - left(b.budget))[0];
}
