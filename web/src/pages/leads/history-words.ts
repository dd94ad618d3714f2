// The entries of a lead's history in people's words: one entry may tell of several changes.
import type { LeadHistoryEntry, LeadSource, LeadStatus } from "@leadgen-pro/client";
import { useTranslation } from "react-i18next";
import { useRoster } from "../../parts/roster";
import { SOURCES, STATUSES } from "./status";

export type Mark =
  | "created" | "moved" | "assigned" | "noted" | "edited" | "answered" | "claimed" | "linked" | "inquired" | "joined" | "deleted";

export interface Told {
  mark: Mark;
  text: string;
  more?: string;
}

const isStatus = (value: unknown): value is LeadStatus => STATUSES.includes(value as LeadStatus);
const isSource = (value: unknown): value is LeadSource => SOURCES.includes(value as LeadSource);
const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** Fields that change along with others, or by the service alone, and are no news to a person. */
const SILENT = ["updatedAt", "branchId", "id", "submittedAt", "createdAt", "attribution", "consent"];

export function useHistoryWords() {
  const { t } = useTranslation();
  const { branches, nameOf, holderName } = useRoster();

  const status = (value: unknown) => (isStatus(value) ? t(`leads.status.${value}`) : textOf(value));
  const source = (value: unknown) => (isSource(value) ? t(`leads.source.${value}`) : textOf(value));

  function created({ by, changes }: LeadHistoryEntry): Told {
    const typed = by && by !== "service";
    return {
      mark: "created",
      text: typed ? t("leads.history.created", { who: nameOf(by) }) : t("leads.history.createdBySystem", { source: source(changes.source?.after) }),
    };
  }

  function updated({ by, changes }: LeadHistoryEntry): Told[] {
    const who = nameOf(by);
    const told: Told[] = [];
    const { status: moved, assignedTo, name, note, lostReason, firstResponseAt, ...others } = changes;
    if (moved) {
      const reason = textOf(lostReason?.after);
      told.push({
        mark: "moved",
        text: t("leads.history.status", { who, before: status(moved.before), after: status(moved.after) }),
        ...(reason && { more: t("leads.history.reason", { reason }) }),
      });
    }
    if (assignedTo) {
      const [from, to] = [textOf(assignedTo.before), textOf(assignedTo.after)];
      // A lead that stayed in its branch does not name it: then a holder is a branch when one of that name is known.
      const holder = (uid: string, branch: unknown) => holderName(uid, textOf(branch) || (branches.some(({ id }) => id === uid) ? uid : ""));
      told.push({
        mark: "assigned",
        text: t("leads.history.assigned", { who, before: holder(from, changes.branchId?.before), after: holder(to, changes.branchId?.after) }),
      });
    }
    if (name) told.push({ mark: "edited", text: t("leads.history.named", { who, before: textOf(name.before), after: textOf(name.after) }) });
    if (note) {
      const more = textOf(note.after);
      told.push(more ? { mark: "noted", text: t("leads.history.noted", { who }), more } : { mark: "noted", text: t("leads.history.noteRemoved", { who }) });
    }
    if (firstResponseAt) told.push({ mark: "answered", text: t("leads.history.answered") });
    const fields = (["phone", "email", "source"] as const).filter((field) => field in others).map((field) => t(`leads.history.fields.${field}`));
    if (lostReason && !moved) fields.push(t("leads.history.fields.lostReason"));
    if (fields.length > 0) told.push({ mark: "edited", text: t("leads.history.contact", { who, fields: fields.join(", ") }) });
    if (told.length === 0 && Object.keys(others).some((field) => !SILENT.includes(field))) told.push({ mark: "edited", text: t("leads.history.other", { who }) });
    return told;
  }

  function one(entry: LeadHistoryEntry): Told[] {
    const who = nameOf(entry.by);
    switch (entry.kind) {
      case "CREATED": return [created(entry)];
      case "UPDATED": return updated(entry);
      case "DELETED": return [{ mark: "deleted", text: t("leads.history.deleted", { who }) }];
      case "CLAIMED": return [{ mark: "claimed", text: t("leads.history.claimed", { who }) }];
      case "LINKED": return [{ mark: "linked", text: t("leads.history.linked") }];
      case "UNLINKED": return [{ mark: "linked", text: t("leads.history.unlinked") }];
      case "INQUIRED": return [{ mark: "inquired", text: t("leads.history.inquired", { source: source(entry.inquiry?.source) }) }];
      case "ASSIGNED": return [{ mark: "assigned", text: t("leads.history.shared", { after: nameOf(entry.assignedTo) }) }];
      case "JOINED": return [{ mark: "joined", text: t("leads.history.joined") }];
      default: return [];
    }
  }

  return (entry: LeadHistoryEntry): Told[] => {
    const told = one(entry);
    if (entry.duplicateOf && entry.kind !== "JOINED") told.push({ mark: "joined", text: t("leads.history.duplicate") });
    return told;
  };
}
