// Messages on their way from this device to the service. Each press of the button is one `requestId`, and every repetition
// of it carries the same one: so a lost answer, a lost connection and an impatient thumb never make two messages.
//
// Kept in memory, by person and conversation, so that walking through the pages loses nothing and the next person on this
// device sees nothing.
import { type LeadGenClient, LeadGenError, type Message, type SendMessage } from "@leadgen-pro/client";
import { useSyncExternalStore } from "react";
import { refusalOf } from "../../parts/refusal";

export type Template = Required<NonNullable<SendMessage["template"]>>;

/** What is said, and how. */
export type Order = Omit<SendMessage, "conversationId" | "requestId" | "template"> & { template?: Template };

export interface Sending extends Order {
  requestId: string;
  at: Date;
  /** On its way; without a connection; not known whether it arrived; the service has it. */
  state: "sending" | "waiting" | "unheard" | "there";
  /** Its document, once the service has named it. */
  messageId?: string;
  /** Own messages that stood there when the button was pressed: none of these is this one. */
  before: ReadonlySet<string>;
  problem?: string;
}

/** A refusal before there was a message: the words go back to who wrote them. */
export class NotTaken extends Error {
  constructor(readonly order: Order, readonly refusal: unknown) {
    super("not taken");
  }
}

const boxes = new Map<string, Sending[]>();
const listeners = new Set<() => void>();
const NOTHING: Sending[] = [];

function change(key: string, requestId: string, next: (it: Sending) => Sending | null) {
  const box = (boxes.get(key) ?? NOTHING).flatMap((it) => (it.requestId === requestId ? (next(it) ?? []) : it));
  boxes.set(key, box);
  for (const listener of listeners) listener();
}

const listen = (changed: () => void) => {
  listeners.add(changed);
  return () => void listeners.delete(changed);
};

export const keyOf = (uid: string, conversation: string) => `${uid}/${conversation}`;

/** What is on its way in a conversation. */
export function useOutbox(key: string): Sending[] {
  return useSyncExternalStore(listen, () => boxes.get(key) ?? NOTHING);
}

/** Whether nobody knows what became of it: the same request may be repeated, and comes to the same message. */
function unheard(error: unknown): boolean {
  return !(error instanceof LeadGenError) || error.mayPass || ["UNREADABLE", "CANCELLED", "INTERNAL", "UNAUTHENTICATED"].includes(error.reason);
}

/** Sends a new message. */
export async function send(client: LeadGenClient, key: string, order: Order, before: ReadonlySet<string>): Promise<void> {
  const requestId = crypto.randomUUID();
  boxes.set(key, [...(boxes.get(key) ?? NOTHING), { ...order, requestId, at: new Date(), state: "sending", before }]);
  await attempt(client, key, requestId);
}

/** The same button once more. */
export async function again(client: LeadGenClient, key: string, requestId: string): Promise<void> {
  await attempt(client, key, requestId);
}

export function drop(key: string, requestId: string): void {
  change(key, requestId, () => null);
}

async function attempt(client: LeadGenClient, key: string, requestId: string): Promise<void> {
  const sending = boxes.get(key)?.find((it) => it.requestId === requestId);
  if (!sending) return;
  const { problem: _, ...fresh } = sending;
  change(key, requestId, () => ({ ...fresh, state: navigator.onLine ? "sending" : "waiting" }));
  if (!navigator.onLine) return;
  const { text, template, replyTo, private: privately, tag } = sending;
  const order = { text, template, replyTo, private: privately, tag } as Order;
  const conversationId = key.slice(key.indexOf("/") + 1);
  try {
    const { messageId } = await client.sendMessage({ conversationId, requestId, ...order });
    change(key, requestId, (it) => ({ ...it, state: "there", messageId }));
  } catch (error) {
    const messageId = error instanceof LeadGenError ? error.details.messageId : undefined;
    if (typeof messageId === "string") {
      // There is a message, and it tells itself how it stands. Its button stays this one.
      change(key, requestId, (it) => ({ ...it, state: "there", messageId }));
    } else if (unheard(error)) {
      const state = navigator.onLine ? "unheard" : "waiting";
      change(key, requestId, (it) => ({ ...it, state, problem: refusalOf(error).text }));
    } else {
      drop(key, requestId);
      throw new NotTaken(order, error);
    }
  }
}

/** How long a message that the service has may take to be seen; later it may stand further up than what is loaded. */
const SOON_THERE = 120_000;

/**
 * What of it the conversation does not show yet. The listener may bring a message before the call is answered: then it is
 * told by its author and its words.
 */
export function unseen(box: Sending[], messages: Message[], uid: string): Sending[] {
  const taken = new Set(box.map((it) => it.messageId));
  return box.filter((it) => {
    if (it.messageId) return Date.now() - it.at.getTime() < SOON_THERE && !messages.some((message) => message.id === it.messageId);
    const twin = messages.find((message) => message.authorId === uid && !it.before.has(message.id) && !taken.has(message.id) && says(message, it));
    if (twin) taken.add(twin.id);
    return !twin;
  });
}

function says(message: Message, it: Sending): boolean {
  return it.template ? message.kind === "template" : message.text === it.text;
}

/** Whether the page would take messages along that the service may not have. */
export function isBusy(): boolean {
  return [...boxes.values()].some((box) => box.some((it) => it.state !== "there"));
}

/** Forgets what others sent on this device. */
export function forgetOutboxOfOthers(uid: string): void {
  for (const key of boxes.keys()) if (!key.startsWith(`${uid}/`)) boxes.delete(key);
}

/** Once there is a connection again: what waited for one goes out. */
export function resend(client: LeadGenClient, uid: string): void {
  for (const [key, box] of boxes) {
    if (!key.startsWith(`${uid}/`)) continue;
    for (const it of box) if (it.state === "waiting") void attempt(client, key, it.requestId).catch(() => undefined);
  }
}
