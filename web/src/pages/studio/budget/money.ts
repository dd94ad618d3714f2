// Money is counted in millionths of a US dollar, and read in dollars.
import { locale } from "../../../parts/time";

/** `US$1,25`; amounts below a cent with two digits that say something: `US$0,0012`. */
export function dollars(microUsd: number): string {
  const amount = microUsd / 1_000_000;
  const small = amount !== 0 && Math.abs(amount) < 0.01;
  const digits = small ? { minimumSignificantDigits: 1, maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return new Intl.NumberFormat(locale(), { style: "currency", currency: "USD", ...digits }).format(amount);
}

export const microUsd = (amount: number) => Math.round(amount * 1_000_000);
