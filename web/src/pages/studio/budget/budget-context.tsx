// The budget, asked for once for the whole studio: again whenever money moves, and when the page is looked at again.
import type { LevelBudget, PeriodBudget } from "@leadgen-pro/client";
import { useBudget as useAiBudget } from "@leadgen-pro/client/react";
import { useDocumentVisibility } from "@mantine/hooks";
import { createContext, type ReactNode, useContext, useEffect, useRef } from "react";

type Budget = ReturnType<typeof useAiBudget>;
const BudgetContext = createContext<Budget | null>(null);

export function BudgetProvider({ children }: { children: ReactNode }) {
  const budget = useAiBudget();
  const visible = useDocumentVisibility() === "visible";
  // Whether AI is on is told by no listener that a partner may have.
  const was = useRef(visible);
  useEffect(() => {
    if (visible && !was.current) budget.refresh();
    was.current = visible;
  }, [visible, budget]);
  return <BudgetContext value={budget}>{children}</BudgetContext>;
}

export function useBudget(): Budget {
  const budget = useContext(BudgetContext);
  if (!budget) throw new Error("useBudget outside of BudgetProvider");
  return budget;
}

export function left({ allowanceMicroUsd, spentMicroUsd, reservedMicroUsd }: PeriodBudget): number {
  return Math.max(0, allowanceMicroUsd - spentMicroUsd - reservedMicroUsd);
}

/** The budget that runs out first among those the caller sees, and whether it is a day's or a month's. */
export function tightest(levels: LevelBudget[]): { span: "day" | "month"; budget: PeriodBudget } | undefined {
  return levels
    .flatMap((level) => (["day", "month"] as const).map((span) => ({ span, budget: level[span] })))
    .sort((a, b) => left(a.budget) - left(b.budget))[0];
}
