// Words that were begun and not sent, by person and conversation, in memory alone.
const drafts = new Map<string, string>();

export const draftOf = (key: string) => drafts.get(key) ?? "";

export function keepDraft(key: string, text: string): void {
  if (text) drafts.set(key, text);
  else drafts.delete(key);
}
