// What the platform lets us send in a conversation now, and until when. The service decides (docs/replies.md); this tells
// the person beforehand, by the same rules.
import type { ChannelKind, Conversation, Message } from "@leadgen-pro/client";

const DAY = 24 * 3_600_000;

/** How long after the contact's last action somebody may still answer by hand, and after a comment in private. */
const SEVEN_DAYS = 7 * DAY;

export type Possible =
  /** Words, until then. */
  | { is: "open"; until: number }
  /** Words written by hand, with the platform's tag for that. */
  | { is: "byHand"; until: number }
  /** On WhatsApp a template alone. */
  | { is: "template"; ended?: number }
  | { is: "closed"; ended?: number }
  /** Comments: in public at any time. */
  | { is: "comment" };

export const isComment = (channel: ChannelKind) => channel === "INSTAGRAM_COMMENT" || channel === "FACEBOOK_COMMENT";

export function possible(conversation: Pick<Conversation, "channel" | "replyWindowEndsAt">, now: number): Possible {
  const { channel } = conversation;
  if (isComment(channel)) return { is: "comment" };
  const ends = conversation.replyWindowEndsAt?.getTime();
  if (ends !== undefined && now < ends) return { is: "open", until: ends };
  const ended = ends === undefined ? {} : { ended: ends };
  if (channel === "WHATSAPP") return { is: "template", ...ended };
  // The window of a day began with what the contact did last.
  const byHand = ends === undefined ? 0 : ends - DAY + SEVEN_DAYS;
  return now < byHand ? { is: "byHand", until: byHand } : { is: "closed", ...ended };
}

/** Until when a comment may be answered in private. */
export const privateUntil = (comment: Message) => comment.sentAt.getTime() + SEVEN_DAYS;

export interface Size { long: number; most: number; bytes: boolean }

/** How long a text is, as its platform counts. */
export function size(channel: ChannelKind, privately: boolean, text: string): Size {
  const [most, bytes] = limits(channel, privately);
  return { long: bytes ? new TextEncoder().encode(text).length : [...text].length, most, bytes };
}

function limits(channel: ChannelKind, privately: boolean): [most: number, bytes: boolean] {
  switch (channel) {
    case "WHATSAPP": return [4096, false];
    case "INSTAGRAM": return [1000, true];
    case "MESSENGER": return [2000, false];
    case "INSTAGRAM_COMMENT": return privately ? [1000, true] : [2200, false];
    case "FACEBOOK_COMMENT": return privately ? [2000, false] : [8000, false];
  }
}
