// Moments as the inbox shows them.
import type { TFunction } from "i18next";
import { clock, isoDay, locale, weekday, ZONE } from "../../parts/time";

const DAY = 24 * 3_600_000;

const isToday = (at: Date, now: number) => isoDay(at) === isoDay(new Date(now));
const isYesterday = (at: Date, now: number) => isoDay(at) === isoDay(new Date(now - DAY));

/** In the list: `09.30`, `Kemarin`, `18 Nov`. */
export function stamp(at: Date, now: number, t: TFunction): string {
  if (isToday(at, now)) return clock(at);
  if (isYesterday(at, now)) return t("inbox.thread.yesterday");
  return new Intl.DateTimeFormat(locale(), { timeZone: ZONE, day: "numeric", month: "short" }).format(at);
}

/** Above a day's messages: `Hari ini`, `Kemarin`, `Senin, 23 November`. */
export function dayWords(at: Date, now: number, t: TFunction): string {
  if (isToday(at, now)) return t("inbox.thread.today");
  return isYesterday(at, now) ? t("inbox.thread.yesterday") : weekday(at);
}

/** `23 jam 59 menit`, from two days on `6 hari`: how long one may still reply. Never finer than a minute. */
export function left(milliseconds: number): string {
  const minutes = Math.max(1, Math.round(milliseconds / 60_000));
  const hours = Math.floor(minutes / 60);
  const parts: [number, string][] = hours >= 48 ? [[Math.round(hours / 24), "day"]] : [[hours, "hour"], [minutes % 60, "minute"]];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(count))
    .join(" ");
}

export const sameDay = (one: Date, other: Date) => isoDay(one) === isoDay(other);
