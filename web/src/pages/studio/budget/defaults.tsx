// The limits that count for everybody together, and for each branch and person without one of their own.
import { useLeadGen } from "@leadgen-pro/client/react";
import { Card, Divider, Skeleton, Stack, Text, Title } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import { useBudget } from "./budget-context";
import { LimitForm } from "./limit-form";
import { FIELDS, type LiveSettings } from "./settings-data";

const LEVELS = ["ORGANISATION", "BRANCH", "USER"] as const;
const NOTHING = { dayMicroUsd: 0, monthMicroUsd: 0 };

export function Defaults({ settings: { data: settings, loading } }: { settings: LiveSettings }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const { refresh } = useBudget();
  if (loading) return <Skeleton h={420} radius="lg" />;
  return (
    <Card withBorder radius="lg" padding="lg" component="section" aria-labelledby="ai-defaults">
      <Title order={2} size="h4" id="ai-defaults">{t("studio.settings.defaults")}</Title>
      <Text size="sm" c="dimmed" mb="md">{t("studio.settings.defaultsHint")}</Text>
      <Stack gap="md">
        {LEVELS.map((level, number) => (
          <Fragment key={level}>
            {number > 0 && <Divider />}
            <div role="group" aria-label={t(`studio.settings.levels.${level}`)}>
              <Text fw={600}>{t(`studio.settings.levels.${level}`)}</Text>
              <Text size="sm" c="dimmed" mb="xs">{t(`studio.settings.levelHints.${level}`)}</Text>
              <LimitForm limits={settings?.allowances?.[FIELDS[level]] ?? NOTHING} onSave={async (limits) => { await client.setAiAllowance({ level, ...limits }); refresh(); }} />
            </div>
          </Fragment>
        ))}
      </Stack>
    </Card>
  );
}
