import type { Lead } from "@leadgen-pro/client";
import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { dateTime, span } from "../../parts/time";
import classes from "./leads.module.css";

/** What is known of where a lead came from, and when. */
export function LeadFacts({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const { attribution, consent, createdAt, firstResponseAt } = lead;
  const came = lead.submittedAt ?? createdAt;
  const ids = attribution && ([
    ["ad", attribution.adId], ["adset", attribution.adsetId], ["campaign", attribution.campaignId], ["form", attribution.formId], ["page", attribution.pageId],
  ] as const);
  const answers = Object.entries(attribution?.answers ?? {});
  return (
    <Stack gap="sm">
      <dl className={classes.facts}>
        <Fact label={t("leads.detail.source")}>{t(`leads.source.${lead.source}`)}</Fact>
        <Fact label={t("leads.detail.came")}>{dateTime(came)}</Fact>
        <Fact label={t("leads.detail.answered")}>
          {firstResponseAt
            ? `${dateTime(firstResponseAt)}${firstResponseAt > came ? ` (${t("leads.detail.answeredAfter", { span: span(firstResponseAt.getTime() - came.getTime()) })})` : ""}`
            : t("leads.detail.notYet")}
        </Fact>
        {lead.status === "LOST" && lead.lostReason && <Fact label={t("leads.detail.lostReason")}>{lead.lostReason}</Fact>}
        {ids?.map(([name, id]) => id && <Fact key={name} label={t(`leads.detail.${name}`)}>{id}</Fact>)}
      </dl>
      {answers.length > 0 && (
        <div>
          <Text size="sm" fw={600} mb={4}>{t("leads.detail.answers")}</Text>
          <dl className={classes.facts}>
            {answers.map(([question, answer]) => <Fact key={question} label={question.replaceAll("_", " ")}>{answerText(answer)}</Fact>)}
          </dl>
        </div>
      )}
      {consent && (
        <div>
          <Text size="sm" fw={600} mb={4}>{t("leads.detail.consent")}</Text>
          <Text size="sm">{consent.text}</Text>
          <Text size="xs" c="dimmed">{dateTime(consent.at)}</Text>
        </div>
      )}
    </Stack>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A form's answer: a text, or several of them. */
function answerText(answer: unknown): string {
  return Array.isArray(answer) ? answer.join(", ") : String(answer ?? "");
}
