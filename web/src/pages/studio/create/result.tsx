// What comes of an order: the text as it is written, then the document, or why there is none.
import type { ContentStream } from "@leadgen-pro/client/react";
import { Alert, Button, Card, Group, Stack, Text } from "@mantine/core";
import { IconPhoto, IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { EmptyState } from "../../../parts/empty-state";
import { RequestView } from "../history/request-view";
import { Preview } from "../preview/preview";
import { Counter } from "../text-tools";
import { Stages } from "./stages";

export function Result({ making, onAnother }: { making: ContentStream; onAnother(): void }) {
  const { t } = useTranslation();
  const { state, order, stage, caption, contentRequestId, error } = making;
  if (state === "idle" || !order) {
    return (
      <Card withBorder radius="lg" h="100%" visibleFrom="md">
        <EmptyState Icon={IconPhoto} title={t("studio.preview.label")} text={t("studio.preview.empty")} />
      </Card>
    );
  }
  if (contentRequestId) {
    return (
      <Stack>
        <RequestView id={contentRequestId} order={order} caption={caption} onEdit={making.dismiss} />
        <Group justify="center">
          <Button variant="subtle" onClick={onAnother}>{t("studio.form.another")}</Button>
        </Group>
      </Stack>
    );
  }
  if (state === "failed") {
    const passing = error?.mayPass === true && error.code !== "resource-exhausted";
    return (
      <Alert color={passing ? "kencana" : "red"} title={t("studio.refusal.title")} role="alert">
        <Text size="sm">{error?.text}</Text>
        {passing && <Button mt="sm" variant="light" color="kencana" onClick={making.retry}>{t("studio.failure.again")}</Button>}
      </Alert>
    );
  }
  const writing = state === "running" && (!stage || stage === "WRITING" || stage === "REPAIRING");
  return (
    <Stack>
      <Card withBorder radius="lg" padding="md">
        <Stages media={order.options?.media ?? "NONE"} stage={stage} />
        {state === "rejoining" && (
          <Alert color="kencana" mt="md" icon={<IconPlugConnectedX />} role="status">{t("studio.stage.rejoining")}</Alert>
        )}
      </Card>
      <Preview order={order} generated={{ caption, hashtags: [] }} writing={writing} mediaPending />
      <Counter text={caption} platform={order.platform} />
    </Stack>
  );
}
