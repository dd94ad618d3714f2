// Ready queries: each within what `firestore.rules` lets its actor list, each with an index in `firestore.indexes.json`, each limited.
//
// A query is first a `Plan`, plain data, so that a test can hold every one of them to the rules and the indexes.

import {
  collection,
  doc,
  limit,
  orderBy,
  query,
  where,
  type DocumentReference,
  type Firestore,
  type Query,
  type QueryConstraint,
} from 'firebase/firestore';
import type { Actor } from './actor.js';
import { converter, type Collections } from './documents.js';
import { clientError } from './errors.js';
import type { BudgetLevel, ContentStatus, ConversationState, LeadSource, LeadStatus, PostState } from './generated.js';

/** A query as data. */
export interface Plan<Name extends keyof Collections = keyof Collections> {
  /** The collection's own name. */
  of: Name;
  /** Its path. */
  path: string;
  /** Fields that have one of these values. */
  where: [field: string, values: readonly string[]][];
  /** By which field it is ordered; by id where there is none. */
  order?: [field: string, direction: 'asc' | 'desc'];
  limit: number;
}

/** How many documents a query brings unless it is said. */
export const PAGE = 50;

/** Most documents that a query may bring. */
export const MOST = 1_000;

interface Page {
  /** Most documents: 50 unless it is said, 1,000 at most. */
  limit?: number;
}

/** The conditions that hold an actor's list within what they may see; `holder` is the field that names whose a document is. */
function within(actor: Actor, holder: string): Plan['where'] {
  switch (actor.role) {
    case 'PUSAT':
      return [];
    case 'CABANG':
      return [['branchId', [actor.branchId]]];
    case 'MITRA':
      if (actor.branchId !== undefined) return [[holder, [actor.uid]]];
  }
  throw clientError('NO_PLACE', 'id');
}

function plan<Name extends keyof Collections>(
  of: Name,
  scope: Plan['where'],
  filters: Record<string, string | readonly string[] | undefined>,
  order: Plan['order'],
  page: Page,
  path: string = of,
): Plan<Name> {
  const chosen = Object.entries(filters).flatMap(([field, value]): Plan['where'] => {
    if (value === undefined || scope.some(([bound]) => bound === field)) return [];
    return [[field, typeof value === 'string' ? [value] : value]];
  });
  const most = Math.min(Math.max(Math.trunc(page.limit ?? PAGE), 1), MOST);
  return { of, path, where: [...scope, ...chosen], ...(order && { order }), limit: most };
}

/** The plans of all queries. */
export const plans = {
  leads: (actor: Actor, wanted: LeadFilter = {}) =>
    plan(
      'leads',
      within(actor, 'assignedTo'),
      { branchId: wanted.branchId, assignedTo: wanted.assignedTo, status: wanted.status, source: wanted.source },
      ['createdAt', 'desc'],
      wanted,
    ),
  leadsOfPhone: (actor: Actor, phone: string) =>
    plan('leads', within(actor, 'assignedTo'), { phone }, undefined, { limit: 5 }),
  leadHistory: (leadId: string, wanted: Page = {}) =>
    plan('history', [], {}, ['at', 'desc'], wanted, `leads/${leadId}/history`),
  conversations: (actor: Actor, wanted: ConversationFilter = {}) =>
    plan(
      'conversations',
      within(actor, 'assignedTo'),
      { branchId: wanted.branchId, assignedTo: wanted.assignedTo, state: wanted.state },
      ['lastMessageAt', 'desc'],
      wanted,
    ),
  conversationsOfLead: (actor: Actor, leadId: string, wanted: Page = {}) =>
    plan('conversations', within(actor, 'assignedTo'), { leadId }, undefined, wanted),
  messages: (conversationId: string, wanted: Page = {}) =>
    plan('messages', [], {}, ['sortAt', 'desc'], wanted, `conversations/${conversationId}/messages`),
  contentRequests: (actor: Actor, wanted: ContentFilter = {}) =>
    plan(
      'content_requests',
      within(actor, 'userId'),
      { branchId: wanted.branchId, userId: wanted.userId, status: wanted.status },
      ['createdAt', 'desc'],
      wanted,
    ),
  posts: (actor: Actor, wanted: PostFilter = {}) =>
    plan(
      'posts',
      within(actor, 'userId'),
      { branchId: wanted.branchId, userId: wanted.userId, state: wanted.state },
      ['createdAt', 'desc'],
      wanted,
    ),
  channels: (actor: Actor, wanted: Page = {}) => plan('channels', within(actor, 'ownerId'), {}, undefined, wanted),
  /** Without an order: one by `displayName` would leave out whoever has no name yet. */
  team: (actor: Actor, wanted: TeamFilter = {}) =>
    plan('users', managing(actor), { branchId: wanted.branchId }, undefined, wanted),
  invitations: (actor: Actor, wanted: Page = {}) =>
    plan('invitations', managing(actor), {}, actor.role === 'PUSAT' ? ['createdAt', 'desc'] : undefined, wanted),
  branches: (actor: Actor, wanted: Page = {}) => {
    if (actor.role !== 'PUSAT') throw clientError('NO_PLACE', 'id');
    return plan('branches', [], {}, ['name', 'asc'], wanted);
  },
  budgets: (actor: Actor, wanted: BudgetFilter = {}) =>
    plan(
      'budgets',
      within(actor, 'userId'),
      { period: wanted.periods, level: wanted.level },
      undefined,
      wanted,
    ),
  ledger: (actor: Actor, wanted: Page = {}) => {
    if (actor.role !== 'PUSAT') throw clientError('NO_PLACE', 'id');
    return plan('ledger', [], {}, ['at', 'desc'], wanted);
  },
};

/** Head office lists everybody, a branch its own, a partner nobody. */
function managing(actor: Actor): Plan['where'] {
  if (actor.role === 'MITRA') throw clientError('NO_PLACE', 'id');
  return within(actor, 'uid');
}

/** `branchId` and `assignedTo` narrow what somebody sees; they never widen it. */
export interface LeadFilter extends Page {
  status?: LeadStatus;
  source?: LeadSource;
  assignedTo?: string;
  branchId?: string;
}

export interface ConversationFilter extends Page {
  state?: ConversationState;
  assignedTo?: string;
  branchId?: string;
}

export interface ContentFilter extends Page {
  status?: ContentStatus | readonly ContentStatus[];
  userId?: string;
  branchId?: string;
}

export interface PostFilter extends Page {
  state?: PostState | readonly PostState[];
  userId?: string;
  branchId?: string;
}

export interface TeamFilter extends Page {
  branchId?: string;
}

export interface BudgetFilter extends Page {
  /** `2026-11-23` is a day, `2026-11` a month, both in Jakarta. */
  periods?: readonly string[];
  level?: BudgetLevel;
}

/** A plan as a query. */
export function toQuery<Name extends keyof Collections>(db: Firestore, planned: Plan<Name>): Query<Collections[Name]> {
  const conditions: QueryConstraint[] = planned.where.map(([field, values]) =>
    values.length === 1 ? where(field, '==', values[0]) : where(field, 'in', values),
  );
  if (planned.order) conditions.push(orderBy(...planned.order));
  conditions.push(limit(planned.limit));
  return query(collection(db, planned.path).withConverter(converter(planned.of)), ...conditions) as Query<Collections[Name]>;
}

/** Leads, the newest first. */
export const leads = (db: Firestore, actor: Actor, wanted?: LeadFilter) => toQuery(db, plans.leads(actor, wanted));

/** The leads with a phone (E.164), of those that the actor sees. */
export const leadsOfPhone = (db: Firestore, actor: Actor, phone: string) => toQuery(db, plans.leadsOfPhone(actor, phone));

/** What happened to a lead, the newest first. */
export const leadHistory = (db: Firestore, leadId: string, wanted?: Page) => toQuery(db, plans.leadHistory(leadId, wanted));

/** Conversations, by their last message, the newest first. */
export const conversations = (db: Firestore, actor: Actor, wanted?: ConversationFilter) =>
  toQuery(db, plans.conversations(actor, wanted));

/** The conversations with a lead's person. */
export const conversationsOfLead = (db: Firestore, actor: Actor, leadId: string, wanted?: Page) =>
  toQuery(db, plans.conversationsOfLead(actor, leadId, wanted));

/** Messages of a conversation, the newest first. */
export const messages = (db: Firestore, conversationId: string, wanted?: Page) =>
  toQuery(db, plans.messages(conversationId, wanted));

/** Content requests, the newest first. */
export const contentRequests = (db: Firestore, actor: Actor, wanted?: ContentFilter) =>
  toQuery(db, plans.contentRequests(actor, wanted));

/** Posts, the newest first. */
export const posts = (db: Firestore, actor: Actor, wanted?: PostFilter) => toQuery(db, plans.posts(actor, wanted));

/** Connected accounts. */
export const channels = (db: Firestore, actor: Actor, wanted?: Page) => toQuery(db, plans.channels(actor, wanted));

/** The people that head office or a branch sees. */
export const team = (db: Firestore, actor: Actor, wanted?: TeamFilter) => toQuery(db, plans.team(actor, wanted));

/** Invitations, accepted ones included: those have `acceptedBy`. */
export const invitations = (db: Firestore, actor: Actor, wanted?: Page) => toQuery(db, plans.invitations(actor, wanted));

/** All branches, for PUSAT. */
export const branches = (db: Firestore, actor: Actor, wanted?: Page) => toQuery(db, plans.branches(actor, wanted));

/** Budgets as they stand. The callable `aiBudget` also knows those of which nothing was spent yet. */
export const budgets = (db: Firestore, actor: Actor, wanted?: BudgetFilter) => toQuery(db, plans.budgets(actor, wanted));

/** What was spent, call by call, for PUSAT. */
export const ledger = (db: Firestore, actor: Actor, wanted?: Page) => toQuery(db, plans.ledger(actor, wanted));

/** One document. Somebody who may not see it is refused (`permission-denied`), also where there is none. */
export function documentOf<Name extends Exclude<keyof Collections, 'history' | 'messages'>>(
  db: Firestore,
  name: Name,
  id: string,
): DocumentReference<Collections[Name]> {
  return doc(db, name, id).withConverter(converter(name)) as DocumentReference<Collections[Name]>;
}

/** The periods of a moment's day and month: budgets count days in Jakarta. */
export function budgetPeriods(now: Date = new Date()): { day: string; month: string } {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Jakarta' }).format(now);
  return { day, month: day.slice(0, 7) };
}
