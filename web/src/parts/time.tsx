// Times as people read them. The organisation lives by Jakarta's clock, wherever the phone is.
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import i18n from "i18next";
import { language } from "../i18n";

export const ZONE = "Asia/Jakarta";

/** A moment as pages meet it: a date, Firestore's timestamp, or RFC 3339 in a callable's answer. */
export type Moment = Date | { toDate(): Date } | string;

export function dateOf(at: Moment): Date {
  if (typeof at === "string") return new Date(at);
  return at instanceof Date ? at : at.toDate();
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The tag that `Intl` knows the console's language by. */
export function locale(): string {
  return language() === "id" ? "id-ID" : "en-GB";
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(at: Moment, options: Intl.DateTimeFormatOptions): string {
  const key = locale() + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale(), { timeZone: ZONE, ...options })));
  return found.format(dateOf(at));
}

/** `23 Nov 2026, 09.30` */
export const dateTime = (at: Moment) => format(at, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" });

/** `23 November 2026` */
export const date = (at: Moment) => format(at, { day: "numeric", month: "long", year: "numeric" });

/** `Senin, 23 November` */
export const weekday = (at: Moment) => format(at, { weekday: "long", day: "numeric", month: "long" });

/** `09.30` */
export const clock = (at: Moment) => format(at, { hour: "2-digit", minute: "2-digit" });

/** `2026-11-23`: the day in Jakarta, as the service takes dates. */
export function isoDay(at: Moment): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(dateOf(at));
}

/** `5 mnt lalu`, `kemarin`; beyond a week the date. Works into the future too: `dalam 3 jam`. */
export function ago(at: Moment, now: number): string {
  const gap = dateOf(at).getTime() - now;
  const far = Math.abs(gap);
  if (far < MINUTE) return i18n.t("parts.now");
  if (far >= 7 * DAY) return format(at, { day: "numeric", month: "short", year: "numeric" });
  const [unit, size] = far < HOUR ? (["minute", MINUTE] as const) : far < DAY ? (["hour", HOUR] as const) : (["day", DAY] as const);
  return new Intl.RelativeTimeFormat(locale(), { style: "short", numeric: unit === "day" ? "auto" : "always" }).format(Math.trunc(gap / size), unit);
}

/** `2 jam 5 mnt`: how long something took or will take; never finer than a minute. */
export function span(milliseconds: number): string {
  const minutes = Math.max(1, Math.floor(milliseconds / MINUTE));
  const parts: [number, string][] = [[Math.floor(minutes / 1440), "day"], [Math.floor((minutes % 1440) / 60), "hour"], [minutes % 60, "minute"]];
  return parts
    .filter(([count]) => count > 0)
    .slice(0, 2)
    .map(([count, unit]) => new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "short" }).format(count))
    .join(" ");
}

// One timer for everything that shows "minutes ago".
const watchers = new Set<() => void>();
let minute = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function everyMinute(changed: () => void) {
  // While nobody watched, the moment stood still; React looks at it again after this.
  if (watchers.size === 0) minute = Date.now();
  watchers.add(changed);
  timer ??= setInterval(() => {
    minute = Date.now();
    for (const watcher of watchers) watcher();
  }, MINUTE / 2);
  return () => {
    watchers.delete(changed);
    if (watchers.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The present moment in milliseconds, renewed every half minute. */
export function useNow(): number {
  return useSyncExternalStore(everyMinute, () => minute);
}

/** A moment as `5 mnt lalu`, with the full time behind it. */
export function When({ at }: { at: Moment }) {
  useTranslation(); // renders again when the language changes
  const now = useNow();
  return <time dateTime={dateOf(at).toISOString()} title={dateTime(at)}>{ago(at, now)}</time>;
}
