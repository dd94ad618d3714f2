// A hook for each list and document.

import type { Conversation, Invitation, Lead, LeadHistoryEntry, Message, TeamMember } from '../documents.js';
import {
  PAGE,
  plans,
  type ContentFilter,
  type ConversationFilter,
  type LeadFilter,
  type PostFilter,
  type TeamFilter,
} from '../queries.js';
import { useDocument, useList, type LiveList } from './listen.js';

interface Page {
  /** How many a page has. */
  limit?: number;
}

/** Leads that the actor sees, the newest first. */
export const useLeads = (wanted: LeadFilter = {}): LiveList<Lead> =>
  useList((actor, limit) => plans.leads(actor, { ...wanted, limit }), wanted.limit);

/** One lead. */
export const useLead = (leadId: string | undefined) => useDocument('leads', leadId);

/** What happened to a lead, the newest first. */
export const useLeadHistory = (leadId: string, wanted: Page = {}): LiveList<LeadHistoryEntry> =>
  useList((_, limit) => plans.leadHistory(leadId, { limit }), wanted.limit);

/** Conversations, by their last message, the newest first. */
export const useConversations = (wanted: ConversationFilter = {}): LiveList<Conversation> =>
  useList((actor, limit) => plans.conversations(actor, { ...wanted, limit }), wanted.limit);

/** One conversation. */
export const useConversation = (conversationId: string | undefined) => useDocument('conversations', conversationId);

/** The conversations with a lead's person, as far as the actor sees them. */
export const useConversationsOfLead = (leadId: string, wanted: Page = {}): LiveList<Conversation> =>
  useList((actor, limit) => plans.conversationsOfLead(actor, leadId, { limit }), wanted.limit);

/** The newest messages of a conversation, the oldest of them first; `loadMore` shows older ones. */
export const useMessages = (conversationId: string, wanted: Page = {}): LiveList<Message> =>
  useList<'messages'>((_, limit) => plans.messages(conversationId, { limit }), wanted.limit, inOrder);

/** Some platforms tell whole seconds: within one, what came first stands first. */
const inOrder = (one: Message, other: Message): number =>
  one.sortAt.getTime() - other.sortAt.getTime() || one.receivedAt.getTime() - other.receivedAt.getTime();

/** Content requests, the newest first. */
export const useContentRequests = (wanted: ContentFilter = {}) =>
  useList((actor, limit) => plans.contentRequests(actor, { ...wanted, limit }), wanted.limit);

/** One content request. */
export const useContentRequest = (id: string | undefined) => useDocument('content_requests', id);

/** Posts, the newest first. */
export const usePosts = (wanted: PostFilter = {}) =>
  useList((actor, limit) => plans.posts(actor, { ...wanted, limit }), wanted.limit);

/** One post. */
export const usePost = (postId: string | undefined) => useDocument('posts', postId);

/** Connected accounts, by name. */
export const useChannels = (wanted: Page = {}) =>
  useList(
    (actor, limit) => plans.channels(actor, { limit }),
    wanted.limit ?? 100,
    (one, other) => (one.name ?? '').localeCompare(other.name ?? ''),
  );

/** The people that head office or a branch sees, by name. */
export const useTeam = (wanted: TeamFilter = {}) =>
  useList((actor, limit) => plans.team(actor, { ...wanted, limit }), wanted.limit ?? 300, (one, other) =>
    called(one).localeCompare(called(other)),
  );

const called = (member: TeamMember): string => member.displayName ?? member.email ?? member.uid;

/** Invitations, the newest first; accepted ones have `acceptedBy`. */
export const useInvitations = (wanted: Page = {}): LiveList<Invitation> =>
  useList(
    (actor, limit) => plans.invitations(actor, { limit }),
    wanted.limit ?? 200,
    (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
  );

/** All branches, for PUSAT; others read their own with `useDocument`. */
export const useBranches = (wanted: Page = {}) =>
  useList((actor, limit) => plans.branches(actor, { limit }), wanted.limit ?? Math.max(PAGE, 200));
