// Two amounts in dollars, for a day and a month, and a button that keeps them.
import { Button, Group, NumberInput, SimpleGrid } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { done, refusalOf, tell } from "../../../parts/refusal";
import { microUsd } from "./money";
import type { Allowance } from "@leadgen-pro/client";

interface Props {
  /** What counts now. */
  limits: Allowance;
  onSave(limits: Allowance): Promise<unknown>;
  /** Other buttons beside the first. */
  children?: ReactNode;
}

export function LimitForm({ limits: { dayMicroUsd, monthMicroUsd }, onSave, children }: Props) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { day: dayMicroUsd / 1e6, month: monthMicroUsd / 1e6 } });

  // What somebody else sets meanwhile is shown, unless something is being typed here.
  useEffect(() => {
    const values = { day: dayMicroUsd / 1e6, month: monthMicroUsd / 1e6 };
    if (form.isDirty()) return;
    form.setInitialValues(values);
    form.setValues(values);
  }, [dayMicroUsd, monthMicroUsd]);

  async function save({ day, month }: { day: number; month: number }) {
    try {
      await onSave({ dayMicroUsd: microUsd(day), monthMicroUsd: microUsd(month) });
      form.resetDirty();
      done(t("studio.settings.saved"));
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.field === "dayMicroUsd") form.setFieldError("day", refusal.text);
      else if (refusal.field === "monthMicroUsd") form.setFieldError("month", refusal.text);
      else tell(error);
    }
  }

  const amount = { prefix: "US$ ", min: 0, max: 1_000_000, decimalScale: 2, required: true, allowNegative: false, thousandSeparator: ".", decimalSeparator: ",", inputMode: "decimal", hideControls: true } as const;
  return (
    <form onSubmit={form.onSubmit(save)}>
      <SimpleGrid cols={2} spacing="sm">
        <NumberInput label={t("studio.settings.perDay")} {...amount} {...form.getInputProps("day")} />
        <NumberInput label={t("studio.settings.perMonth")} {...amount} {...form.getInputProps("month")} />
      </SimpleGrid>
      <Group mt="sm" gap="xs">
        <Button type="submit" variant="light" loading={form.submitting} disabled={!form.isDirty()}>{t("studio.settings.save")}</Button>
        {children}
      </Group>
    </form>
  );
}
