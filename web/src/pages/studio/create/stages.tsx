// How far the making is: the steps of this order, the one under way marked.
import type { ContentMedia, ContentStage } from "@leadgen-pro/client";
import { Group, List, Loader, Text, ThemeIcon } from "@mantine/core";
import { IconCheck, IconPoint } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

type Step = "WRITING" | "DRAWING" | "FILMING" | "STORING";

function stepsOf(media: ContentMedia): Step[] {
  if (media === "IMAGE") return ["WRITING", "DRAWING", "STORING"];
  return media === "VIDEO" ? ["WRITING", "FILMING", "STORING"] : ["WRITING"];
}

export function Stages({ media, stage }: { media: ContentMedia; stage: ContentStage | undefined }) {
  const { t } = useTranslation();
  const steps = stepsOf(media);
  const at = stage === "REPAIRING" ? 0 : steps.findIndex((step) => step === stage);
  return (
    <div role="status">
      <List listStyleType="none" spacing={6} aria-label={t("studio.stage.steps")} center>
        {steps.map((step, number) => (
          <List.Item
            key={step}
            aria-current={number === Math.max(0, at) ? "step" : undefined}
            icon={
              number < at ? (
                <ThemeIcon size={22} radius="xl"><IconCheck size={14} /></ThemeIcon>
              ) : number === Math.max(0, at) ? (
                <Group w={22} justify="center"><Loader size={16} /></Group>
              ) : (
                <ThemeIcon size={22} radius="xl" variant="light" color="gray"><IconPoint size={14} /></ThemeIcon>
              )
            }
          >
            <Text size="sm" fw={number === Math.max(0, at) ? 600 : 400} c={number > Math.max(0, at) ? "dimmed" : undefined}>
              {t(`studio.stage.${step === "WRITING" && stage === "REPAIRING" ? "REPAIRING" : step}`)}
            </Text>
          </List.Item>
        ))}
      </List>
    </div>
  );
}
