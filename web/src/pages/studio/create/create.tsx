// Creating: the order at the left, what comes of it at the right; on a phone one below the other.
import type { ContentStream } from "@leadgen-pro/client/react";
import { Grid } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { useWide } from "../../../parts/wide";
import { left, tightest, useBudget } from "../budget/budget-context";
import type { Order } from "../order";
import classes from "./create.module.css";
import { FIRST, OrderForm, orderOf, type OrderValues, valuesOf } from "./order-form";
import { Result } from "./result";

export function Create({ making }: { making: ContentStream }) {
  const { t } = useTranslation();
  const { data: budget } = useBudget();
  const { state: came } = useLocation() as { state: { order?: Order } | null };
  const begun = came?.order ?? making.order;
  const form = useForm<OrderValues>({
    initialValues: begun ? valuesOf(begun) : FIRST,
    validate: { topic: (topic) => (topic.trim() ? null : t("studio.form.topicHint")) },
  });
  const wide = useWide();
  const result = useRef<HTMLDivElement>(null);
  const busy = making.state === "running" || making.state === "rejoining";
  const tight = budget && tightest(budget.levels);
  const stopped = budget && !budget.enabled ? t("studio.budget.offLong") : tight && left(tight.budget) === 0 ? t("studio.budget.goneLong") : undefined;

  // On a phone the result is below the form: show it as soon as it begins, before anything is in it.
  useEffect(() => {
    if (busy && !wide) result.current?.scrollIntoView({ behavior: "smooth", block: "start" });
  }, [busy, wide]);
  useEffect(() => {
    const { field, text } = making.error ?? {};
    if (field && text) form.setFieldError(field.replace(/^options\.(?!media)/, ""), text);
  }, [making.error]);

  function order(values: OrderValues) {
    const wanted = orderOf(values);
    const { requestId: _, ...before } = making.order ?? {};
    const lost = making.state === "failed" && !making.contentRequestId && making.error?.mayPass;
    // Nobody knows what became of it: the same order goes out under its old name.
    if (lost && JSON.stringify(before) === JSON.stringify(wanted)) making.retry();
    else making.start(wanted);
  }

  function another() {
    making.dismiss();
    form.setFieldValue("topic", "");
    window.scrollTo({ top: 0, behavior: "smooth" });
  }

  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <div className={classes.aside}>
          <OrderForm form={form} busy={busy} stopped={stopped} onSubmit={order} />
        </div>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }} ref={result} style={{ scrollMarginTop: 64 }}>
        <Result making={making} onAnother={another} />
      </Grid.Col>
    </Grid>
  );
}
