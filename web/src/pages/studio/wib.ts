// A planned time: what the picker holds (`2026-11-30 09:00:00`, Jakarta's clock) and what the service takes (RFC 3339).
// Western Indonesia keeps UTC+7 all year.
import { locale, ZONE } from "../../parts/time";

export function fromWib(picked: string): Date {
  return new Date(`${picked.replace(" ", "T")}+07:00`);
}

/** `2026-11-30 09:00:00` */
export function toWib(at: Date): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, dateStyle: "short", timeStyle: "medium" }).format(at);
}

/** The clock in another of Indonesia's zones. */
export function clockIn(at: Date, zone: "Asia/Makassar" | "Asia/Jayapura"): string {
  return new Intl.DateTimeFormat(locale(), { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);
}

/** The next full hour that is at least half an hour away: a first proposal. */
export function proposal(now: number): string {
  const hour = 3_600_000;
  return toWib(new Date(Math.ceil((now + hour / 2) / hour) * hour));
}
