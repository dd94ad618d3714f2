// When a post goes out: a day and a clock in WIB, with what they are in Indonesia's other zones.
import { DateTimePicker } from "@mantine/dates";
import { IconCalendarTime } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { language } from "../../../i18n";
import { useNow } from "../../../parts/time";
import { useWide } from "../../../parts/wide";
import { clockIn, fromWib, toWib } from "../wib";

const YEAR_MS = 365 * 86_400_000;

export function DateTime({ value, onChange, error }: { value: string; onChange(next: string): void; error: ReactNode }) {
  const { t } = useTranslation();
  const wide = useWide();
  const now = useNow();
  const dates = t("studio.dates", { returnObjects: true });
  const at = fromWib(value);
  const label = t("studio.publish.at");
  return (
    <DateTimePicker
      label={label}
      description={`${t("studio.publish.atHint")} ${t("studio.publish.atWita", { wita: clockIn(at, "Asia/Makassar"), wit: clockIn(at, "Asia/Jayapura") })}`}
      leftSection={<IconCalendarTime size={18} aria-hidden />}
      size="md"
      value={value}
      onChange={(next) => next && onChange(next)}
      valueFormat={language() === "id" ? "dddd, D MMMM YYYY [pukul] HH.mm" : "dddd, D MMMM YYYY [at] HH:mm"}
      dropdownType={wide ? "popover" : "modal"}
      // The popover has no name of its own; the button that opens it has one.
      popoverProps={{ withRoles: false }}
      modalProps={{ title: label, closeButtonProps: { "aria-label": t("parts.close") } }}
      minDate={toWib(new Date(now)).slice(0, 10)}
      maxDate={toWib(new Date(now + YEAR_MS)).slice(0, 10)}
      ariaLabels={dates}
      timePickerProps={{ hoursInputLabel: dates.hours, minutesInputLabel: dates.minutes }}
      submitButtonProps={{ "aria-label": dates.take }}
      error={error}
    />
  );
}
