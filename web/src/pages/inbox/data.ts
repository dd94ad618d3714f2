// What the inbox listens to and calls. Shapes of docs/inbox.md, read without trusting them: a field that is missing is
// undefined here, whatever stood there.
import { FirebaseError } from "firebase/app";
import {
  collection, doc, type DocumentData, limit, onSnapshot, orderBy, query, type QueryConstraint, Timestamp, where,
} from "firebase/firestore";
import { getFunctions, httpsCallable } from "firebase/functions";
import { useEffect, useState } from "react";
import { type Person, usePerson, useSession } from "../../session";

export type ChannelKind = "WHATSAPP" | "INSTAGRAM" | "MESSENGER" | "INSTAGRAM_COMMENT" | "FACEBOOK_COMMENT";

export interface Referral { source?: string; reference?: string; adId?: string; title?: string; url?: string }

export interface Conversation {
  id: string;
  channel: ChannelKind;
  channelId: string;
  contactId: string;
  contactName?: string;
  contactPhone?: string;
  leadId?: string;
  assignedTo?: string;
  branchId?: string;
  state: "OPEN" | "RESOLVED";
  lastMessageAt?: Date;
  lastMessageText?: string;
  lastMessageKind?: string;
  lastMessageDirection?: "IN" | "OUT";
  unreadCount: number;
  replyWindowEndsAt?: Date;
  referral?: Referral;
}

export interface Attachment {
  kind: string;
  url?: string;
  mimeType?: string;
  fileName?: string;
  title?: string;
  phones?: string[];
  latitude?: number;
  longitude?: number;
  state?: "PENDING" | "STORED" | "FAILED";
  reason?: string;
  sizeBytes?: number;
}

export interface Message {
  id: string;
  platformId?: string;
  direction: "IN" | "OUT";
  kind: string;
  text?: string;
  attachments: Attachment[];
  sentAt: Date;
  sortAt: Date;
  receivedAt: Date;
  status?: "PENDING" | "SENT" | "DELIVERED" | "READ" | "PLAYED" | "FAILED";
  error?: { code?: string; title?: string; message?: string; messageEn?: string };
  reaction?: string;
  edited?: boolean;
  deleted?: boolean;
  replyTo?: string;
  payload?: string;
  postId?: string;
  referral?: Referral;
  private?: boolean;
  authorId?: string;
  template?: { name: string; language: string; parameters: string[] };
}

/** A document's data with its moments as dates and without its nulls. */
export function plain(value: unknown): unknown {
  if (value instanceof Timestamp) return value.toDate();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, it]) => it !== null).map(([key, it]) => [key, plain(it)]));
}

export function read<T>(id: string, data: DocumentData): T {
  return { ...(plain(data) as object), id } as T;
}

/** The part of a collection that the rules let this person list. */
export function within(person: Person, holder: string): QueryConstraint[] {
  if (person.role === "PUSAT") return [];
  if (person.role === "CABANG") return [where("branchId", "==", person.branchId)];
  return [where(holder, "==", person.uid)];
}

export interface Stream<T> {
  data?: T;
  error?: unknown;
}

/** Conversations that wait or are put away, the latest first, live; up to `most` of them. */
export function useConversations(state: "OPEN" | "RESOLVED", most: number): Stream<Conversation[]> {
  const { db } = useSession().firebase;
  const person = usePerson();
  const { uid, role, branchId } = person;
  const [stream, setStream] = useState<Stream<Conversation[]>>({});
  useEffect(() => setStream({}), [state]);
  useEffect(
    () =>
      onSnapshot(
        query(collection(db, "conversations"), ...within(person, "assignedTo"), where("state", "==", state), orderBy("lastMessageAt", "desc"), limit(most)),
        (found) => setStream({ data: found.docs.map((it) => read<Conversation>(it.id, it.data())) }),
        (error) => setStream({ error }),
      ),
    [db, uid, role, branchId, state, most],
  );
  return stream;
}

/** One document, live; `null` when it is not there. */
function useDocument<T>(path: string | undefined): Stream<T | null> {
  const { db } = useSession().firebase;
  const [stream, setStream] = useState<Stream<T | null>>({});
  useEffect(() => {
    setStream({});
    if (!path) return;
    return onSnapshot(
      doc(db, path),
      (it) => setStream({ data: it.exists() ? read<T>(it.id, it.data()) : null }),
      (error) => setStream(error.code === "permission-denied" ? { data: null } : { error }),
    );
  }, [db, path]);
  return stream;
}

export const useConversation = (id: string) => useDocument<Conversation>(`conversations/${id}`);

export interface Lead { id: string; name: string; phone?: string; status: "NEW" | "FOLLOW_UP" | "CLOSING" | "LOST" }

export const useLead = (id: string | undefined) => useDocument<Lead>(id && `leads/${id}`);

/** Some platforms tell whole seconds: within one, what came first stands first. */
const inOrder = (one: Message, other: Message) => one.sortAt.getTime() - other.sortAt.getTime() || one.receivedAt.getTime() - other.receivedAt.getTime();

/** The newest `most` messages of a conversation, the oldest of them first, live. */
export function useMessages(conversation: string, most: number): Stream<Message[]> {
  const { db } = useSession().firebase;
  const [stream, setStream] = useState<Stream<Message[]>>({});
  useEffect(() => setStream({}), [conversation]);
  useEffect(
    () =>
      onSnapshot(
        query(collection(db, `conversations/${conversation}/messages`), orderBy("sortAt", "desc"), limit(most)),
        (found) => setStream({ data: found.docs.map((it) => read<Message>(it.id, it.data())).sort(inOrder) }),
        (error) => setStream({ error }),
      ),
    [db, conversation, most],
  );
  return stream;
}

export interface Member { id: string; displayName?: string; email?: string; role?: string; branchId?: string; disabled?: boolean }

/** Those whom a branch, or head office, may give conversations to. */
export function useMembers(on: boolean): Stream<Member[]> {
  const { db } = useSession().firebase;
  const person = usePerson();
  const { uid, role, branchId } = person;
  const [stream, setStream] = useState<Stream<Member[]>>({});
  useEffect(() => {
    if (!on) return;
    const mine = role === "CABANG" ? [where("branchId", "==", branchId)] : [];
    return onSnapshot(
      query(collection(db, "users"), ...mine, orderBy("displayName"), limit(300)),
      (found) => setStream({ data: found.docs.map((it) => read<Member>(it.id, it.data())) }),
      (error) => setStream({ error }),
    );
  }, [db, uid, role, branchId, on]);
  return stream;
}

/** The newest leads within the person's scope. */
export function useNewestLeads(on: boolean, most: number): Stream<Lead[]> {
  const { db } = useSession().firebase;
  const person = usePerson();
  const { uid, role, branchId } = person;
  const [stream, setStream] = useState<Stream<Lead[]>>({});
  useEffect(() => {
    if (!on) return;
    return onSnapshot(
      query(collection(db, "leads"), ...within(person, "assignedTo"), orderBy("createdAt", "desc"), limit(most)),
      (found) => setStream({ data: found.docs.map((it) => read<Lead>(it.id, it.data())) }),
      (error) => setStream({ error }),
    );
  }, [db, uid, role, branchId, on, most]);
  return stream;
}

/** Calls the service. */
export function useCall() {
  const { app } = useSession().firebase;
  return async <R>(name: string, data: object): Promise<R> => {
    const answer = await httpsCallable(getFunctions(app, `${location.origin}/api`), name)(data);
    return answer.data as R;
  };
}

/** The SDK's code of a failed call, bare. */
export const codeOf = (error: unknown) => (error instanceof FirebaseError ? error.code.replace(/^.*\//, "") : "");
