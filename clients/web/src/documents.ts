// The documents that a client may read, as it reads them: with its id, times as dates, and whether the database knows it yet.

import {
  Timestamp,
  type DocumentData,
  type FirestoreDataConverter,
  type QueryDocumentSnapshot,
} from 'firebase/firestore';
import type * as stored from './generated.js';

/** A value as it is read: what is a timestamp in Firestore is a `Date`. */
export type Read<T> = T extends Timestamp
  ? Date
  : T extends readonly (infer Item)[]
    ? Read<Item>[]
    : T extends object
      ? { [Key in keyof T]: Read<T[Key]> }
      : T;

/** A document as it is read. */
export type Document<T> = Read<T> & {
  /** The last segment of its path. */
  id: string;
  /** Changed on this device, and not known to the database yet. */
  pending: boolean;
};

/** An attachment of a message: `url` opens it once it is STORED. */
export type Attachment = Read<stored.StoredAttachment> & {
  /** Why it is FAILED. */
  reason?: string;
  sizeBytes?: number;
  storagePath?: string;
};

/** A message: told by the platform, or PENDING and ours. */
export type Message = Omit<Document<stored.ToldMessage>, 'platformId' | 'attachments'> &
  Partial<Pick<stored.PendingMessage, 'authorId' | 'private' | 'template'>> & {
    /** Absent until the platform has named it. */
    platformId?: string;
    attachments: Attachment[];
  };

export type Lead = Document<stored.Lead>;
export type LeadHistoryEntry = Document<stored.LeadHistoryEntry>;
export type Conversation = Document<stored.Conversation>;
export type ContentRequest = Document<stored.ContentRequest>;
export type Post = Document<stored.Post>;
export type Channel = Document<stored.Channel>;
export type TeamMember = Document<stored.TeamMember>;
export type Invitation = Document<stored.Invitation>;
export type Branch = Document<stored.Branch>;
export type Budget = Document<stored.Budget>;
export type LedgerEntry = Document<stored.LedgerEntry>;
export type AiSettings = Document<stored.AiSettings>;

/** What each collection holds. */
export interface Collections {
  leads: Lead;
  history: LeadHistoryEntry;
  conversations: Conversation;
  messages: Message;
  content_requests: ContentRequest;
  posts: Post;
  channels: Channel;
  users: TeamMember;
  invitations: Invitation;
  branches: Branch;
  budgets: Budget;
  ledger: LedgerEntry;
  settings: AiSettings;
}

/** The timestamps behind dates: Firestore keeps microseconds, a date milliseconds, and what goes back must be what came. */
const EXACT = new WeakMap<Date, Timestamp>();

function dateOf(timestamp: Timestamp): Date {
  const date = timestamp.toDate();
  EXACT.set(date, timestamp);
  return date;
}

/** A value to be written: dates that were read as the timestamps that they were, nothing that is undefined. */
function written(value: unknown): unknown {
  if (value instanceof Date) {
    const exact = EXACT.get(value);
    return exact?.toDate().getTime() === value.getTime() ? exact : value;
  }
  if (Array.isArray(value)) return value.map(written);
  if (!isPlain(value)) return value;
  const told = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(told.map(([key, one]) => [key, written(one)]));
}

const isPlain = (value: unknown): value is object =>
  value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;

/** Timestamps as dates, and nulls left out where a field may be absent: administrators type them in the console. */
function read(value: unknown): unknown {
  if (value instanceof Timestamp) return dateOf(value);
  if (Array.isArray(value)) return value.map(read);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, read(one)]));
}

/** Fields that are null for a reason. */
const NULLS: ReadonlySet<string> = new Set(['by']);

function fields(data: DocumentData): Record<string, unknown> {
  const kept = Object.entries(data).filter(([key, value]) => value !== null || NULLS.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, read(value)]));
}

/**
 * Documents of a collection, both ways. Reading takes what is there: a time that the server is still to set is its estimate. Writing
 * leaves out `pending`, and `id` where the collection's documents do not hold it; a date that was read goes back to the microsecond.
 */
export function converter<Name extends keyof Collections>(
  name: Name,
): FirestoreDataConverter<Collections[Name], DocumentData> {
  return {
    fromFirestore(snapshot: QueryDocumentSnapshot): Collections[Name] {
      const data = fields(snapshot.data({ serverTimestamps: 'estimate' }));
      return { ...data, id: snapshot.id, pending: snapshot.metadata.hasPendingWrites } as Collections[Name];
    },
    toFirestore(document): DocumentData {
      const { pending: _, id, ...data } = document as { pending?: boolean; id?: unknown } & DocumentData;
      const holdsId = name === 'leads' || name === 'content_requests' || name === 'posts';
      return written(holdsId && id !== undefined ? { id, ...data } : data) as DocumentData;
    },
  };
}
