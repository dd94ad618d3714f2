// A limit of its own for one branch or one person, beside what they have spent.
import type { LevelBudget } from "@leadgen-pro/client";
import { useLeadGen } from "@leadgen-pro/client/react";
import { Alert, Button, Card, Select, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { done, refusalOf, tell } from "../../../parts/refusal";
import { useRoster } from "../../../parts/roster";
import { usePerson } from "../../../session";
import { Line } from "./budget-meter";
import { LimitForm } from "./limit-form";

export function OwnLimit() {
  const { t } = useTranslation();
  const person = usePerson();
  const { members, branches, branchName } = useRoster();
  const [who, setWho] = useState<string | null>(null);
  const leads = person.role === "PUSAT";
  const people = members.filter(({ disabled }) => !disabled).map((member) => ({ value: `USER ${member.uid}`, label: member.displayName ?? member.email ?? member.uid }));
  const data = leads
    ? [
        { group: t("studio.settings.branches"), items: branches.map(({ id }) => ({ value: `BRANCH ${id}`, label: branchName(id) })) },
        { group: t("studio.settings.people"), items: people },
      ]
    : people;
  return (
    <Card withBorder radius="lg" padding="lg" component="section" aria-labelledby="ai-own" style={{ alignSelf: "start" }}>
      <Title order={2} size="h4" id="ai-own">{t("studio.settings.one")}</Title>
      <Text size="sm" c="dimmed" mb="md">{t(leads ? "studio.settings.oneHint" : "studio.settings.oneHintBranch")}</Text>
      <Stack>
        <Select label={t(leads ? "studio.settings.who" : "studio.settings.person")} placeholder={t("studio.settings.whoPlaceholder")} searchable size="md" data={data} value={who} onChange={setWho} />
        {who && <One key={who} who={who} />}
      </Stack>
    </Card>
  );
}

function One({ who }: { who: string }) {
  const { t } = useTranslation();
  const { client } = useLeadGen();
  const [budget, setBudget] = useState<LevelBudget>();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const id = who.slice(who.indexOf(" ") + 1);
  const level = who.startsWith("BRANCH") ? "BRANCH" : "USER";
  const subject = level === "BRANCH" ? { branchId: id } : { userId: id };

  const read = useCallback(async () => {
    try {
      setBudget((await client.aiBudget(level === "BRANCH" ? { branchId: id } : { userId: id })).levels[0]);
    } catch (error) {
      setRefusal(refusalOf(error).text);
    }
  }, [client, level, id]);
  useEffect(() => {
    void read();
  }, [read]);

  async function reset() {
    setBusy(true);
    try {
      await client.setAiAllowance({ level, ...subject });
      await read();
      done(t("studio.settings.resetDone"));
    } catch (error) {
      tell(error);
    } finally {
      setBusy(false);
    }
  }

  if (refusal) return <Alert color="red" role="alert">{refusal}</Alert>;
  if (!budget) return <Skeleton h={180} />;
  return (
    <>
      <div>
        <Line words={t("studio.budget.day")} budget={budget.day} />
        <Line words={t("studio.budget.month")} budget={budget.month} />
      </div>
      <LimitForm
        limits={{ dayMicroUsd: budget.day.allowanceMicroUsd, monthMicroUsd: budget.month.allowanceMicroUsd }}
        onSave={async (limits) => { await client.setAiAllowance({ level, ...subject, ...limits }); await read(); }}
      >
        <Button variant="subtle" color="gray" loading={busy} onClick={reset}>{t("studio.settings.reset")}</Button>
      </LimitForm>
    </>
  );
}
