// What a failed call, write or listener says to the person. The service's own text comes first: it knows the reason and
// speaks the person's language.
import { LeadGenError } from "@leadgen-pro/client";
import { notifications } from "@mantine/notifications";
import type { UseFormReturnType } from "@mantine/form";
import { FirebaseError } from "firebase/app";
import i18n from "i18next";

export interface Refusal {
  text: string;
  /** The field of the request that is at fault. */
  field?: string;
  /** The service's machine code, such as `LEAD_ALREADY_EXISTS`. */
  reason?: string;
}

/** Reads a refusal out of whatever was thrown. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof LeadGenError)) return { text: ownWords(error) };
  const { text, field, reason } = error;
  return { text, reason, ...(field !== undefined && { field }) };
}

/** For direct writes and the sign-in: the SDK's codes, Firestore's bare, others after a slash. */
function ownWords(error: unknown): string {
  const code = error instanceof FirebaseError ? error.code.replace(/^.*\//, "") : "";
  if (["unavailable", "network-request-failed", "cancelled"].includes(code)) return i18n.t("parts.unreachable");
  if (code === "permission-denied") return i18n.t("parts.forbidden");
  if (code === "unauthenticated") return i18n.t("parts.ended");
  if (code === "not-found") return i18n.t("parts.gone");
  if (code === "deadline-exceeded") return i18n.t("parts.slow");
  return i18n.t("parts.failed");
}

/** Shows a refusal as a notification. */
export function tell(error: unknown): void {
  notifications.show({ color: "red", title: i18n.t("parts.failedTitle"), message: refusalOf(error).text, autoClose: 8000, role: "alert" });
}

/** Shows a refusal beside the field of a form that is at fault, or as a notification where the form has no such field. */
export function tellAt<T extends object>(form: UseFormReturnType<T>, error: unknown): void {
  const { field, text } = refusalOf(error);
  if (field && field in form.getValues()) form.setFieldError(field, text);
  else tell(error);
}

/** Says that something worked. */
export function done(message: string): void {
  notifications.show({ color: "zamrud", message, autoClose: 4000, role: "status" });
}
