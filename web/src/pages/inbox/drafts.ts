// Words that were begun and not sent, by person and conversation, in memory alone: whoever comes back to a conversation
// finds them, and the next person on this device does not.
import { useSyncExternalStore } from "react";

const drafts = new Map<string, string>();
const listeners = new Set<() => void>();

const listen = (changed: () => void) => {
  listeners.add(changed);
  return () => void listeners.delete(changed);
};

/** The words begun in a conversation. */
export function useDraft(key: string): string {
  return useSyncExternalStore(listen, () => drafts.get(key) ?? "");
}

export function keepDraft(key: string, text: string): void {
  if (text) drafts.set(key, text);
  else drafts.delete(key);
  for (const listener of listeners) listener();
}

/** Words that come back stand before what was begun meanwhile. */
export function giveBack(key: string, text: string): void {
  const begun = drafts.get(key);
  keepDraft(key, begun ? `${text}\n${begun}` : text);
}

/** Forgets what others began on this device. */
export function forgetDraftsOfOthers(uid: string): void {
  for (const key of drafts.keys()) if (!key.startsWith(`${uid}/`)) drafts.delete(key);
}
