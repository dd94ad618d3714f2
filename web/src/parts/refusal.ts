// What a failed call, write or listener says to the person. The service's own text comes first: it knows the reason and
// speaks the person's language.
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

interface Told {
  text?: unknown;
  field?: unknown;
  reason?: unknown;
  details?: { message?: unknown; field?: unknown; reason?: unknown };
}

/** Reads a refusal out of whatever was thrown. */
export function refusalOf(error: unknown): Refusal {
  const told = (typeof error === "object" && error !== null ? error : {}) as Told;
  const text = told.text ?? told.details?.message;
  const field = told.field ?? told.details?.field;
  const reason = told.reason ?? told.details?.reason;
  return {
    text: typeof text === "string" && text ? text : ownWords(error),
    ...(typeof field === "string" && { field }),
    ...(typeof reason === "string" && { reason }),
  };
}

/** For what the service never saw: the SDK's codes, of a callable as `functions/unavailable`, of Firestore bare. */
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
