// React hooks: live documents, and calls with their state.

export { LeadGenProvider, useActor, useLeadGen, type LeadGen, type LeadGenProviderProps, type Session } from './react/provider.js';
export {
  useBranches,
  useChannels,
  useContentRequest,
  useContentRequests,
  useConversation,
  useConversations,
  useConversationsOfLead,
  useInvitations,
  useLead,
  useLeadHistory,
  useLeads,
  useMessages,
  usePost,
  usePosts,
  useTeam,
} from './react/documents.js';
export { useDocument, type Live, type LiveDocument, type LiveList } from './react/listen.js';
export { useBudget, useCallable, type Call } from './react/calls.js';
export { useContentStream, type ContentStream } from './react/content-stream.js';
