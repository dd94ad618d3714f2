import { Group, SegmentedControl } from "@mantine/core";
import { DatePickerInput, DatesProvider } from "@mantine/dates";
import "dayjs/locale/id";
import { useTranslation } from "react-i18next";
import { isoDay } from "../../parts/time";
import { language } from "../../i18n";

const DAY = 86_400_000;

const DAYS = { week: 7, month: 30, quarter: 90 } as const;
const NAMES = ["week", "month", "quarter", "all", "own"] as const;

export interface Period {
  name: (typeof NAMES)[number];
  /** Days in Jakarta, both included. */
  from?: string;
  to?: string;
}

/** A period that ends today. */
export function ending(name: keyof typeof DAYS, now = Date.now()): Period {
  return { name, from: isoDay(new Date(now - (DAYS[name] - 1) * DAY)), to: isoDay(new Date(now)) };
}

export function PeriodChoice({ period, onChange }: { period: Period; onChange(period: Period): void }) {
  const { t } = useTranslation();

  function choose(name: string) {
    const known = name as Period["name"];
    if (known === "all") onChange({ name: known });
    else if (known === "own") onChange({ ...ending("month"), name: known });
    else onChange(ending(known));
  }

  return (
    <Group gap="sm">
      <SegmentedControl value={period.name} onChange={choose} data={NAMES.map((value) => ({ value, label: t(`figures.periods.${value}`) }))} aria-label={t("figures.period")} size="xs" />
      {period.name === "own" && (
        <DatesProvider settings={{ locale: language(), firstDayOfWeek: 1 }}>
          <DatePickerInput
            type="range" aria-label={t("figures.range")} placeholder={t("figures.rangePlaceholder")} miw={240} valueFormat="D MMM YYYY" maxDate={isoDay(new Date())}
            value={[period.from ?? null, period.to ?? null]} allowSingleDateInRange
            // Between the two clicks there is no period yet: the answer waits for the second.
            onChange={([from, to]) => onChange({ name: "own", ...(from && { from }), ...(to && { to }) })}
          />
        </DatesProvider>
      )}
    </Group>
  );
}
