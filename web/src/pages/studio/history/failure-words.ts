// Why a content failed, in words. The document keeps the service's Indonesian text; here the code speaks both languages.
import type { ContentRequest } from "@leadgen-pro/client";
import type { TFunction } from "i18next";
import { language } from "../../../i18n";

const KNOWN = [
  "BUDGET_REACHED", "AI_OFF", "SETTINGS_UNREADABLE", "AI_NOT_SET_UP", "CONTENT_REFUSED", "FORBIDDEN_CLAIM", "AI_UNAVAILABLE", "MEDIA_NOT_STORED", "MEDIA_LATE",
  "MEDIA_INTERRUPTED", "NOT_ALLOWED",
] as const;

export function failureWords({ error }: ContentRequest, t: TFunction): { what: string; todo?: string } {
  const code = KNOWN.find((known) => known === error?.code) ?? "OTHER";
  // Whose budget it is and what is wrong with an order, the service's text alone knows.
  if (error && language() === "id" && (code === "BUDGET_REACHED" || code === "OTHER")) return { what: error.message };
  return { what: t(`studio.failure.what.${code}`), todo: t(`studio.failure.todo.${code}`) };
}
