// What is left of the AI budget: quiet beside the title, in full when asked.
import type { PeriodBudget } from "@leadgen-pro/client";
import { ActionIcon, Box, Button, Group, Popover, Progress, Stack, Text } from "@mantine/core";
import { IconCoin, IconRefresh } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { left, tightest, useBudget } from "./budget-context";
import { dollars } from "./money";

export function BudgetMeter() {
  const { t } = useTranslation();
  const { data: budget, refresh } = useBudget();
  const tight = budget && tightest(budget.levels);
  const none = tight && left(tight.budget) === 0;
  const words = !budget || !tight
    ? t("studio.budget.unknown")
    : !budget.enabled
      ? t("studio.budget.off")
      : none
        ? t("studio.budget.gone")
        : t(tight.span === "day" ? "studio.budget.left" : "studio.budget.leftMonth", { money: dollars(left(tight.budget)) });
  const short = budget?.enabled && tight && !none ? dollars(left(tight.budget)) : words;
  return (
    <Popover width={300} position="bottom-end" shadow="md" withArrow trapFocus>
      <Popover.Target>
        <Button variant="default" c={none ? "red" : undefined} radius="xl" aria-label={words} leftSection={<IconCoin size={18} aria-hidden />}>
          <Box component="span" visibleFrom="xs">{words}</Box>
          <Box component="span" hiddenFrom="xs">{short}</Box>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Group justify="space-between" mb="xs">
          <Text fw={700}>{t("studio.budget.label")}</Text>
          <ActionIcon variant="subtle" color="gray" aria-label={t("studio.budget.refresh")} onClick={() => refresh()}>
            <IconRefresh size={16} />
          </ActionIcon>
        </Group>
        <Stack gap="md">
          {budget?.levels.map((level) => (
            <div key={level.level}>
              <Text size="sm" fw={600} mb={4}>{t(`studio.budget.levels.${level.level}`)}</Text>
              <Line words={t("studio.budget.day")} budget={level.day} />
              <Line words={t("studio.budget.month")} budget={level.month} />
            </div>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

export function Line({ words, budget }: { words: string; budget: PeriodBudget }) {
  const { t } = useTranslation();
  const { allowanceMicroUsd, spentMicroUsd, reservedMicroUsd } = budget;
  const part = (amount: number) => (allowanceMicroUsd > 0 ? Math.min(100, (100 * amount) / allowanceMicroUsd) : 0);
  const full = left(budget) === 0;
  return (
    <div>
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="xs" c="dimmed">{words}</Text>
        <Text size="xs" ta="end">{t("studio.budget.of", { spent: dollars(spentMicroUsd), allowance: dollars(allowanceMicroUsd) })}</Text>
      </Group>
      <Progress.Root size="sm" mt={2} mb={6}>
        <Progress.Section value={part(spentMicroUsd)} color={full ? "red" : undefined} aria-label={words} />
        <Progress.Section value={part(reservedMicroUsd)} color="kencana" aria-hidden />
      </Progress.Root>
      {reservedMicroUsd > 0 && <Text size="xs" c="dimmed">{t("studio.budget.reserved", { money: dollars(reservedMicroUsd) })}</Text>}
    </div>
  );
}
