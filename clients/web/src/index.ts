// @leadgen-pro/client: the service's callables, documents and errors, typed.

export * from './generated.js';
// As documents are read: these names stand before the generated ones, which are the documents as stored.
export type {
  AiSettings,
  Branch,
  Budget,
  Channel,
  ContentRequest,
  Conversation,
  Invitation,
  Lead,
  LeadHistoryEntry,
  LedgerEntry,
  Post,
  TeamMember,
} from './documents.js';
export { converter, type Attachment, type Collections, type Document, type Message, type Read } from './documents.js';
export type * as stored from './generated.js';
export * from './actor.js';
export * from './client.js';
export { LeadGenError, type ClientReason } from './errors.js';
export * from './queries.js';
export { CallStream, type StreamOptions } from './stream.js';
export * from './writes.js';
