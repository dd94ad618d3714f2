// Creating: the order at the left, what comes of it at the right; on a phone one below the other.
import { Alert, Button, Card, Grid, Group, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconPhoto, IconPlugConnectedX } from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { EmptyState } from "../../../parts/empty-state";
import { useWide } from "../../../parts/wide";
import { left, tightest, useBudget } from "../budget/budget-context";
import type { useGenerate } from "../generate";
import { RequestView } from "../history/request-view";
import { Preview } from "../preview/preview";
import type { Order } from "../order";
import { Counter } from "../text-tools";
import { FIRST, OrderForm, orderOf, type OrderValues, valuesOf } from "./order-form";
import classes from "./create.module.css";
import { Stages } from "./stages";

export function Create({ making, start, clear }: ReturnType<typeof useGenerate>) {
  const { t } = useTranslation();
  const { data: budget } = useBudget();
  const { state } = useLocation() as { state: { order?: Order } | null };
  const form = useForm<OrderValues>({
    initialValues: { ...FIRST, ...(state?.order ? valuesOf(state.order) : making.is !== "idle" ? valuesOf(making.order) : {}) },
    validate: { topic: (topic) => (topic.trim() ? null : t("studio.form.topicHint")) },
  });
  const wide = useWide();
  const result = useRef<HTMLDivElement>(null);
  const busy = making.is === "streaming" || making.is === "rejoining";
  const tight = budget && tightest(budget.levels);
  const stopped = budget && !budget.enabled ? t("studio.budget.offLong") : tight && left(tight.budget) === 0 ? t("studio.budget.goneLong") : undefined;

  // On a phone the result is below the form: show it as soon as it begins, before anything is in it.
  useEffect(() => {
    if (busy && !wide) result.current?.scrollIntoView({ behavior: "smooth", block: "start" });
  }, [busy, wide]);
  useEffect(() => {
    if (making.is !== "refused" || !making.refusal.field) return;
    const field = making.refusal.field.replace(/^options\.(?!media)/, "");
    form.setFieldError(field, making.refusal.text);
  }, [making]);

  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <div className={classes.aside}>
          <OrderForm form={form} busy={busy} stopped={stopped} onSubmit={(values) => void start(orderOf(values))} />
        </div>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }} ref={result} style={{ scrollMarginTop: 64 }}>
        {making.is === "idle" && (
          <Card withBorder radius="lg" h="100%" visibleFrom="md">
            <EmptyState Icon={IconPhoto} title={t("studio.preview.label")} text={t("studio.preview.empty")} />
          </Card>
        )}
        {(making.is === "streaming" || making.is === "rejoining") && (
          <Stack>
            <Card withBorder radius="lg" padding="md">
              <Stages media={making.order.options?.media ?? "NONE"} stage={making.stage} />
              {making.is === "rejoining" && (
                <Alert color="kencana" mt="md" icon={<IconPlugConnectedX />} role="status">{t("studio.stage.rejoining")}</Alert>
              )}
            </Card>
            <Preview order={making.order} generated={{ caption: making.caption, hashtags: [] }} writing={making.is === "streaming" && (!making.stage || making.stage === "WRITING" || making.stage === "REPAIRING")} mediaPending />
            <Counter text={making.caption} platform={making.order.platform} />
          </Stack>
        )}
        {making.is === "following" && (
          <Stack>
            <RequestView id={making.requestId} order={making.order} caption={making.caption} onEdit={clear} />
            <Group justify="center">
              <Button variant="subtle" onClick={() => { clear(); form.setFieldValue("topic", ""); window.scrollTo({ top: 0, behavior: "smooth" }); }}>{t("studio.form.another")}</Button>
            </Group>
          </Stack>
        )}
        {making.is === "refused" && (
          <Alert color={making.again ? "kencana" : "red"} title={t("studio.refusal.title")} role="alert">
            <Text size="sm">{making.refusal.text}</Text>
            {making.again && <Button mt="sm" variant="light" color="kencana" onClick={() => void start(making.order)}>{t("studio.failure.again")}</Button>}
          </Alert>
        )}
      </Grid.Col>
    </Grid>
  );
}
