// Made from the Rust types of the service: do not edit. A change over there shows as a failing test, and is taken over by
//   UPDATE_TYPES=1 cargo test --lib typescript

import type { Timestamp } from 'firebase/firestore';

/**
 * A type as a callable answers it: what is a timestamp in Firestore is a text there (RFC 3339).
 */
export type OnWire<T> = T extends Timestamp
  ? string
  : T extends readonly (infer Item)[]
    ? OnWire<Item>[]
    : T extends object
      ? { [Key in keyof T]: OnWire<T[Key]> }
      : T;

/** A field of a lead, before and after; absent where there was no such field, or is none. */
export interface LeadChange {
  before?: unknown;
  after?: unknown;
}

/** The canonical codes, as the Firebase SDK spells them. */
export type ErrorCode =
  | 'cancelled'
  | 'unknown'
  | 'invalid-argument'
  | 'deadline-exceeded'
  | 'not-found'
  | 'already-exists'
  | 'permission-denied'
  | 'resource-exhausted'
  | 'failed-precondition'
  | 'aborted'
  | 'out-of-range'
  | 'unimplemented'
  | 'internal'
  | 'unavailable'
  | 'data-loss'
  | 'unauthenticated';

/** Why the service refuses: `details.reason`. */
export type ErrorReason =
  | 'ACCOUNT_HELD'
  | 'ACCOUNT_RESTRICTED'
  | 'AI_NOT_SET_UP'
  | 'AI_OFF'
  | 'AI_UNAVAILABLE'
  | 'ALREADY_EXISTS'
  | 'ALREADY_INVITED'
  | 'ASSIGNEE_DISABLED'
  | 'BAD_REQUEST'
  | 'BODY_TOO_LARGE'
  | 'BUDGET_REACHED'
  | 'CHANNEL_DISCONNECTED'
  | 'CHANNEL_NEEDS_RECONNECT'
  | 'CONFLICT'
  | 'CONSENT_REFUSED'
  | 'CONTACT_OPTED_OUT'
  | 'CONTACT_UNREACHABLE'
  | 'CONTENT_NOT_READY'
  | 'CONTENT_REFUSED'
  | 'DEADLINE_EXCEEDED'
  | 'FORBIDDEN_CLAIM'
  | 'FOUNDER'
  | 'HELD_BACK'
  | 'INTERNAL'
  | 'INVALID_FIELD'
  | 'INVALID_REQUEST'
  | 'IN_PROGRESS'
  | 'LAST_PUSAT'
  | 'LEAD_ALREADY_EXISTS'
  | 'MEDIA_INTERRUPTED'
  | 'MEDIA_LATE'
  | 'MEDIA_NOT_STORED'
  | 'META_NOT_SET_UP'
  | 'META_REFUSED'
  | 'META_UNAVAILABLE'
  | 'NOT_ALLOWED'
  | 'NOT_FOUND'
  | 'NOT_SCHEDULED'
  | 'NOT_SENT'
  | 'NOT_UNCONFIRMED'
  | 'NO_ACCOUNTS'
  | 'NUMBER_NOT_REGISTERED'
  | 'OWN_ACCOUNT'
  | 'PAYMENT_NEEDED'
  | 'PHONE_NEEDED'
  | 'PLATFORM_PERMISSION'
  | 'PLATFORM_REFUSED'
  | 'PLATFORM_UNAVAILABLE'
  | 'POST_FAILED'
  | 'PRIVATE_REPLY_USED'
  | 'REPLY_WINDOW_CLOSED'
  | 'REQUEST_ID_REUSED'
  | 'SETTINGS_UNREADABLE'
  | 'SIGN_IN_REQUIRED'
  | 'STALE_TOKEN'
  | 'STATE_INVALID'
  | 'TEMPLATE_REFUSED'
  | 'TEST_NUMBER'
  | 'TEXT_TOO_LONG'
  | 'TOKEN_OF_ANOTHER_APP'
  | 'TOO_FAST'
  | 'TOO_MANY_CELLS'
  | 'UNAUTHENTICATED'
  | 'UNAVAILABLE'
  | 'USER_DISABLED'
  | 'WRONG_SIGNATURE'
  | 'WRONG_VERIFY_TOKEN';

/** Where a content request stands. */
export type ContentStatus =
  | 'PENDING'
  | 'PROCESSING'
  | 'COMPLETED'
  | 'FAILED';

/** What begins in a stream of `generateContent`. */
export type ContentStage =
  | 'WRITING'
  | 'REPAIRING'
  | 'DRAWING'
  | 'FILMING'
  | 'STORING';

/** Where a post stands. */
export type PostState =
  | 'SCHEDULED'
  | 'PREPARING'
  | 'PUBLISHING'
  | 'PUBLISHED'
  | 'FAILED'
  | 'UNCONFIRMED'
  | 'CANCELLED';

/** How far a message came. */
export type MessageStatus =
  | 'PENDING'
  | 'SENT'
  | 'DELIVERED'
  | 'READ'
  | 'PLAYED'
  | 'FAILED';

/** Whether a conversation is put away. */
export type ConversationState =
  | 'OPEN'
  | 'RESOLVED';

/** Whose money a budget counts. */
export type BudgetLevel =
  | 'ORGANISATION'
  | 'BRANCH'
  | 'USER';

/**
 * What was set.
 */
export type AiAllowanceSet = {
  level: BudgetLevel;
  branchId: BranchId | null;
  userId: Uid | null;
  dayMicroUsd: number | null;
  monthMicroUsd: number | null;
};

/**
 * What may be spent and is.
 */
export type AiBudget = {
  /**
   * Whether AI is on.
   */
  enabled: boolean;
  /**
   * The levels that the caller may see, the nearest first.
   */
  levels: Array<LevelBudget>;
};

/**
 * `settings/ai`.
 */
export type AiSettings = {
  /**
   * Whether models may be called at all.
   */
  enabled: boolean;
  /**
   * What each level has unless it is set otherwise.
   */
  allowances: AllowanceDefaults;
  /**
   * Who switched last: a uid, or `service`.
   */
  changedBy?: string;
  /**
   * When.
   */
  changedAt?: Timestamp;
  /**
   * The last alert of Cloud Billing that switched off: the same one does not do so twice.
   */
  lastAlert?: string;
  /**
   * Why it is off, for the people who find it so.
   */
  reason?: string;
};

/**
 * How it stands.
 */
export type AiSwitched = {
  /**
   * Whether AI is on.
   */
  enabled: boolean;
};

/**
 * What a day and a month may cost, in micro-USD.
 */
export type Allowance = {
  dayMicroUsd: number;
  monthMicroUsd: number;
};

/**
 * What each level has unless it is set otherwise.
 */
export type AllowanceDefaults = {
  organisation: Allowance;
  branch: Allowance;
  user: Allowance;
};

/**
 * Whose budget to look at; one's own without.
 */
export type AskAiBudget = {
  branchId?: string;
  userId?: string;
};

/**
 * What `leadStats` takes.
 */
export type AskLeadStats = {
  from?: string;
  to?: string;
  branchId?: BranchId;
};

/**
 * The shape of a picture or film. A provider makes the nearest that it has; cutting is the caller's.
 */
export type Aspect = '1:1' | '4:5' | '9:16' | '16:9';

/**
 * What `assignConversation` takes.
 */
export type AssignConversation = {
  conversationId: ConversationId;
  assignedTo: Uid;
};

/**
 * What `assignLead` takes.
 */
export type AssignLead = {
  leadId: LeadId;
  assignedTo: string;
};

/**
 * How a branch shares out what comes for it.
 */
export type AssignmentMode = 'ROUND_ROBIN' | 'MANUAL';

/**
 * The ad and the form that a lead came through.
 */
export type Attribution = {
  pageId?: string;
  formId?: string;
  adId?: string;
  adsetId?: string;
  campaignId?: string;
  answers?: Record<string, unknown>;
};

/**
 * Where the person wants to go, and to come back to.
 */
export type BeginConnect = {
  provider: LoginProvider;
  redirectUri: string;
};

/**
 * A branch as a document.
 */
export type Branch = {
  name: string;
  assignmentMode: AssignmentMode;
  /**
   * How partners line up when they join at the same time: their uids.
   */
  order: Array<string>;
  createdAt: Timestamp;
  updatedAt: Timestamp;
};

/**
 * A branch, named by the uid of its founding CABANG account.
 */
export type BranchId = string;

/**
 * `budgets/{scope_period}`.
 */
export type Budget = {
  level: BudgetLevel;
  branchId?: string;
  userId?: string;
  period: string;
  allowanceMicroUsd: number;
  spentMicroUsd: number;
  reservedMicroUsd: number;
  updatedAt: Timestamp;
};

/**
 * Which post.
 */
export type CancelPost = {
  postId: string;
};

/**
 * # Shape
 * `channels/{platform_externalId}`, as people read it; no token is in it. Everything but `platform`, `externalId`, `ownerId`
 * and `state` may be missing.
 */
export type Channel = {
  platform: ChannelPlatform;
  externalId: string;
  name: string;
  username?: string;
  ownerId?: string;
  branchId?: string;
  state: ChannelState;
  login?: 'FACEBOOK' | 'INSTAGRAM';
  pageId?: string;
  whatsappAccountId?: string;
  /**
   * Where its webhook subscription is kept: a page, a WhatsApp Business account, or itself.
   */
  subscribedAt?: string;
  /**
   * `revoke` finds an account by it.
   */
  grantedBy?: string;
  scopes: Array<string>;
  /**
   * Each feature that the platform has, and whether it works.
   */
  features: {
    [name in Lowercase<Feature>]?: boolean
  };
  missing: Array<MissingFeature>;
  tokenIssuedAt?: Timestamp;
  tokenExpiresAt?: Timestamp;
  dataAccessExpiresAt?: Timestamp;
  reconnect?: ChannelTrouble;
  problem?: ChannelTrouble;
  subscribedFields: Array<string>;
  lackingFields: Array<string>;
  /**
   * Written by the inbox, every ten minutes at most.
   */
  lastEventAt?: Timestamp;
  connectedAt?: Timestamp;
  replayDue: boolean;
  checkedAt?: Timestamp;
  nextCheckAt?: Timestamp;
  checkFailures: number;
  doubtedAt?: Timestamp;
  lease?: ChannelLease;
};

/**
 * What became of it.
 */
export type ChannelDisconnected = {
  channelId: string;
  state: ChannelState;
  /**
   * Whether the platform was told to send nothing more: not while another account of ours needs the same subscription.
   */
  unsubscribed: boolean;
};

/**
 * Through what a conversation runs.
 */
export type ChannelKind = 'WHATSAPP' | 'INSTAGRAM' | 'MESSENGER' | 'INSTAGRAM_COMMENT' | 'FACEBOOK_COMMENT';

export type ChannelLease = {
  attemptId: string;
  until: Timestamp;
};

/**
 * Where an account lives.
 */
export type ChannelPlatform = 'FACEBOOK' | 'INSTAGRAM' | 'WHATSAPP';

/**
 * Whether a channel works.
 */
export type ChannelState = 'CONNECTED' | 'NEEDS_RECONNECT' | 'DISCONNECTED';

export type ChannelTrouble = {
  reason: string;
  message: LocalText;
  at: Timestamp;
};

/**
 * What became of each account.
 */
export type ChannelsConnected = {
  /**
   * Every account that the consent opened.
   */
  channels: Array<EnrolledChannel>;
};

/**
 * Where to send the person.
 */
export type ConnectBegun = {
  /**
   * The platform's dialog.
   */
  authorizationUrl: string;
  /**
   * Comes back with the code, and goes to `connectChannel` with it.
   */
  state: string;
  /**
   * When the state ends: ten minutes from now.
   */
  expiresAt: Timestamp;
};

/**
 * What the person came back with: a code with its state and address, or a short-lived token of the JavaScript SDK. With
 * `accounts`, the platform's ids, nothing else that the consent opens is touched.
 */
export type ConnectChannel = {
  provider: LoginProvider;
  code?: string;
  shortLivedToken?: string;
  redirectUri?: string;
  state?: string;
  accounts?: Array<string>;
};

/**
 * What became of an account.
 */
export type ConnectOutcome = 'CONNECTED' | 'RECONNECTED' | 'KEPT' | 'HELD' | 'FAILED';

/**
 * Which platforms a person has connected.
 */
export type ConnectedAccounts = {
  facebook: boolean;
  instagram: boolean;
  whatsapp: boolean;
};

/**
 * What a person agreed to, and when.
 */
export type Consent = {
  text: string;
  at: Timestamp;
};

/**
 * What a streaming call is sent before its result.
 *
 * # Shape
 * `{"stage": "WRITING" | "REPAIRING"}`: a caption begins, and whatever was sent of one before is void; then
 * `{"caption": "…"}`, the next piece of it. `{"stage": "DRAWING" | "FILMING" | "STORING"}`: the caption is final, and the picture
 * or film is begun, asked for, or kept.
 */
export type ContentChunk = {
  'stage': ContentStage
} | {
  'caption': string
};

/**
 * Why nothing came of it.
 */
export type ContentError = {
  code: string;
  message: string;
};

/**
 * What is to be made beside the text.
 */
export type ContentMedia = 'NONE' | 'IMAGE' | 'VIDEO';

/**
 * What is to be made, beside the topic.
 */
export type ContentOptions = {
  tone?: string;
  language?: string;
  media?: ContentMedia;
  aspect?: Aspect;
};

/**
 * Where the content is to appear.
 */
export type ContentPlatform = 'INSTAGRAM' | 'FACEBOOK' | 'WHATSAPP';

/**
 * A content request as a document, and as the result of a callable.
 */
export type ContentRequest = {
  id?: string;
  userId: string;
  branchId?: string;
  topic: string;
  platform: ContentPlatform;
  options?: ContentOptions;
  createdAt: Timestamp;
  status: ContentStatus;
  generatedContent?: GeneratedContent;
  error?: ContentError;
  attempts: number;
  usage?: ContentUsage;
  lease?: Lease;
  film?: Film;
  updatedAt?: Timestamp;
};

/**
 * What it used.
 */
export type ContentUsage = {
  model: string;
  inputTokens: number;
  outputTokens: number;
  images: number;
  videoSeconds: number;
  costMicroUsd: number;
};

/**
 * # Shape
 * `conversations/{id}`. A conversation without `lastMessageAt` holds no message yet, only what was told about its
 * contact; lists ordered by that field leave it out. `leadWanted`: the contact has written, and `lead_intake/{same id}` says
 * so. `leadId` is written by whoever links a lead, never by a delivery.
 */
export type Conversation = {
  channel: ChannelKind;
  accountId: string;
  channelId: string;
  contactId: string;
  contactName?: string;
  contactNameAt?: Timestamp;
  contactPhone?: string;
  contactUserId?: string;
  assignedTo?: string;
  branchId?: string;
  leadId?: string;
  state?: ConversationState;
  lastMessageAt?: Timestamp;
  lastMessageId?: string;
  lastMessageText?: string;
  lastMessageKind?: string;
  lastMessageDirection?: Direction;
  unreadCount?: number;
  replyWindowEndsAt?: Timestamp;
  deliveredUpTo?: Timestamp;
  readUpTo?: Timestamp;
  referral?: Referral;
  referralAt?: Timestamp;
  leadWanted?: boolean;
  createdAt?: Timestamp;
  updatedAt?: Timestamp;
};

/**
 * Where the conversation lies now.
 */
export type ConversationAssigned = {
  conversationId: string;
  assignedTo: string;
  branchId: string;
  /**
   * The lead that moved along.
   */
  leadId?: string;
};

/**
 * A conversation: `conversations/{id}`.
 */
export type ConversationId = string;

/**
 * How the conversation is linked now.
 */
export type ConversationLinked = {
  conversationId: string;
  leadId: string | null;
};

/**
 * The conversation as it stands then.
 */
export type ConversationRead = {
  conversationId: string;
  unreadCount: number;
  /**
   * OPEN or RESOLVED.
   */
  state: ConversationState;
};

/**
 * What `createLead` takes.
 */
export type CreateLead = {
  name: string;
  phone: string;
  source: LeadSource;
  email?: string;
  note?: string;
  assignedTo?: string;
  submittedAt?: string;
};

/**
 * Who wrote to whom.
 */
export type Direction = 'IN' | 'OUT';

/**
 * What to disconnect.
 */
export type DisconnectChannel = {
  channelId: string;
  /**
   * Head office alone: the account becomes nobody's, so that anybody may connect it next.
   */
  release?: boolean;
};

/**
 * An account of a consent, and what became of it.
 */
export type EnrolledChannel = {
  /**
   * `channels/{id}`.
   */
  channelId: string;
  platform: ChannelPlatform;
  externalId: string;
  name: string;
  /**
   * What became of it.
   */
  outcome: ConnectOutcome;
  /**
   * `CONNECTED` where it is.
   */
  state?: ChannelState;
  /**
   * Each feature, and whether it works.
   */
  features?: {
    [name in Lowercase<Feature>]?: boolean
  };
  /**
   * Features that do not work, and what to do.
   */
  missing: Array<MissingFeature>;
  /**
   * Whether a page's leads were read: PROVED, `NO_LEAD`, `NO_FORM`, REFUSED.
   */
  leadAccess?: LeadAccess;
  /**
   * What else the person should know.
   */
  notes?: Array<LocalText>;
};

/**
 * Something that a connected account is for.
 */
export type Feature = 'POSTING' | 'MESSAGES' | 'COMMENTS' | 'LEADS';

/**
 * The film that is being made for it.
 */
export type Film = {
  attemptId: string;
  operation: string;
  provider: string;
  model: string;
  seconds: number;
  deadline: Timestamp;
};

/**
 * What to make.
 */
export type GenerateContent = {
  topic: string;
  platform: ContentPlatform;
  options?: GenerateContentOptions;
  requestId?: string;
};

export type GenerateContentOptions = {
  tone?: string;
  language?: string;
  media?: ContentMedia;
  aspect?: Aspect;
};

/**
 * What came of it.
 */
export type GeneratedContent = {
  caption: string;
  hashtags: Array<string>;
  imageUrl?: string;
  videoUrl?: string;
  altText?: string;
};

/**
 * What `importLeads` takes: one of the two lists.
 */
export type ImportLeads = {
  csv?: string;
  rows?: Array<LeadRow>;
  assignedTo?: string;
};

/**
 * How far the list is: sent after each batch to callers that ask for a stream.
 */
export type ImportProgress = {
  /**
   * Rows done.
   */
  processed: number;
  /**
   * Rows in all.
   */
  total: number;
  /**
   * Leads made.
   */
  created: number;
  /**
   * Rows whose person is a lead of the caller's already, from before or from a row above.
   */
  existing: number;
  /**
   * Rows not taken.
   */
  refused: number;
};

export type Invitation = {
  email: string;
  role: Role;
  branchId?: BranchId;
  displayName?: string;
  invitedBy: string;
  createdAt: Timestamp;
  acceptedBy?: Uid;
  acceptedAt?: Timestamp;
};

/**
 * Whom to invite, and as what.
 */
export type InviteUser = {
  email: string;
  role: Role;
  branchId?: string;
  displayName?: string;
};

/**
 * The invitation.
 */
export type Invited = {
  invitationId: string;
  email: string;
  role: Role;
  branchId: string | null;
  replaced: boolean;
};

/**
 * Who made the last change: a uid, or `service`. The history names the person by it.
 */
export type LastChange = {
  by: string;
  at: Timestamp;
};

/**
 * A lead as a document.
 *
 * # Shape
 * `leads/{id}`; phone in E.164 form, times as timestamps. The service writes all of it, except what is not there yet.
 */
export type Lead = {
  id: string;
  name: string;
  phone?: string;
  email?: string;
  source: LeadSource;
  status: LeadStatus;
  lostReason?: string;
  assignedTo: string;
  branchId: string;
  note?: string;
  createdAt: Timestamp;
  updatedAt?: Timestamp;
  submittedAt?: Timestamp;
  firstResponseAt?: Timestamp;
  attribution?: Attribution;
  consent?: Consent;
  lastChange?: LastChange;
};

/**
 * What came of the try.
 */
export type LeadAccess = 'PROVED' | 'NO_LEAD' | 'NO_FORM' | 'REFUSED';

/**
 * Where the lead lies now.
 */
export type LeadAssigned = {
  leadId: string;
  assignedTo: string;
  branchId: string;
};

/**
 * How a lead's first holder was found.
 *
 * # Shape
 * mode (OWNER | `ROUND_ROBIN` | MANUAL); skipped: whose turn it would have been, and why they did not get it (DISABLED |
 * LEFT).
 */
export type LeadAssignment = {
  mode: 'OWNER' | 'ROUND_ROBIN' | 'MANUAL';
  skipped: Array<SkippedPartner>;
};

export type LeadCell = string | number | null;

/**
 * What `leadStats` answers. Every status and every source is there, also those with none.
 */
export type LeadCounts = {
  total: number;
  byStatus: Record<LeadStatus, number>;
  bySource: Record<LeadSource, number>;
  byPartner: Array<PartnerCount>;
  partnersTruncated: boolean;
};

/**
 * What `createLead` answers.
 */
export type LeadCreated = {
  leadId: string;
  created: boolean;
};

/**
 * An entry of a lead's history.
 *
 * # Shape
 * `at`; `kind`; `by`: uid, `service`, or null when the write did not say; `byStated`; `changes`: `{field: {before?,
 * after?}}`, the whole document where it was created or deleted; `branchId`, `assignedTo` of the lead after it;
 * `duplicateOf`: the lead that its phone belongs to, if that is another; `inquiry`: how the person came again;
 * `assignment`: how its holder was found.
 */
export type LeadHistoryEntry = {
  at: Timestamp;
  kind: LeadHistoryKind;
  by: string | null;
  byStated: boolean;
  changes: Record<string, LeadChange>;
  branchId?: string;
  assignedTo?: string;
  duplicateOf?: string;
  inquiry?: LeadInquiry;
  assignment?: LeadAssignment;
};

/**
 * What happened to a lead.
 */
export type LeadHistoryKind = 'CREATED' | 'UPDATED' | 'DELETED' | 'CLAIMED' | 'LINKED' | 'UNLINKED' | 'INQUIRED' | 'ASSIGNED' | 'JOINED';

/**
 * A lead: `leads/{id}`.
 */
export type LeadId = string;

/**
 * How a person came who is a lead already.
 *
 * # Shape
 * source, submittedAt, channelId; name, email as given this time; attribution?, consent? as in a lead.
 */
export type LeadInquiry = {
  source: LeadSource;
  submittedAt: Timestamp;
  channelId: string;
  name: string;
  email?: string;
  attribution?: Attribution;
  consent?: Consent;
};

/**
 * A row of a request. Cells may be numbers, as spreadsheets in the browser read phones.
 */
export type LeadRow = {
  name?: LeadCell;
  phone?: LeadCell;
  email?: LeadCell;
  source?: LeadCell;
  note?: LeadCell;
};

/**
 * Where a lead came from.
 */
export type LeadSource = 'IG_ADS' | 'FB_ADS' | 'INSTAGRAM' | 'MESSENGER' | 'WHATSAPP' | 'REFERRAL' | 'MANUAL' | 'IMPORT';

/**
 * How far a lead has come.
 */
export type LeadStatus = 'NEW' | 'FOLLOW_UP' | 'CLOSING' | 'LOST';

/**
 * What `importLeads` answers.
 */
export type LeadsImported = {
  created: number;
  existing: number;
  refused: number;
  refusedRows: Array<RefusedRow>;
  ignoredColumns: Array<string>;
};

/**
 * Who works on it.
 */
export type Lease = {
  attemptId?: string;
  until: Timestamp;
};

export type LedgerEntry = {
  attemptId: string;
  requestId: string;
  userId: Uid;
  branchId?: BranchId;
  day: string;
  month: string;
  kind: 'RESERVED' | 'SETTLED' | 'RELEASED' | 'UNMETERED' | 'EXPIRED';
  model: string;
  reservedMicroUsd: number;
  spentMicroUsd: number;
  at: Timestamp;
};

/**
 * One level's budgets.
 */
export type LevelBudget = {
  level: BudgetLevel;
  branchId: BranchId | null;
  userId: Uid | null;
  day: PeriodBudget;
  month: PeriodBudget;
};

/**
 * What `linkConversationToLead` takes: without a lead, or with null, the link is cut.
 */
export type LinkConversationToLead = {
  conversationId: ConversationId;
  leadId?: LeadId | null;
};

/**
 * A text for people in both languages: clients show the one they speak.
 */
export type LocalText = {
  /**
   * Indonesian.
   */
  id: string;
  /**
   * English.
   */
  en: string;
};

/**
 * By which login.
 */
export type LoginProvider = 'FACEBOOK' | 'INSTAGRAM';

/**
 * What `markConversationRead` takes.
 */
export type MarkConversationRead = {
  conversationId: ConversationId;
  /**
   * The last message that was shown; without one, everything that has come until now.
   */
  upTo?: MessageId;
  /**
   * OPEN, or RESOLVED: put away until the contact writes again.
   */
  state?: ConversationState;
};

/**
 * What a medium is.
 */
export type MediumType = 'IMAGE' | 'VIDEO';

/**
 * What a person should know of a message that is PENDING.
 */
export type MessageError = {
  code: string;
  message: string;
};

/**
 * Why a message did not get there: the platform's code and words, and ours for people in both languages.
 */
export type MessageFailure = {
  code?: string;
  title?: string;
  message?: string;
  messageEn?: string;
};

/**
 * A message: `conversations/{conversation}/messages/{id}`.
 */
export type MessageId = string;

/**
 * What `sendMessage` answers: the message as it stands.
 */
export type MessageSent = {
  messageId: string;
  conversationId: string;
  /**
   * SENT or further, or PENDING.
   */
  status: MessageStatus;
  platformId?: string;
  error?: MessageError;
};

export type MessageTemplate = {
  name: string;
  language: string;
  parameters?: Array<string>;
};

export type MissingFeature = {
  feature: Feature;
  scopes: Array<string>;
  message: LocalText;
};

/**
 * A post to be.
 *
 * # Shape
 * `{channelId?, contentRequestId? | media? [url | {url, altText?}], caption?, kind?, altText?, scheduledAt?, requestId}`.
 * Without `channelId` the caller's only connected account of the platform. `caption` is taken in place of the content
 * request's own. Without `kind`: what the media are. `scheduledAt` in RFC 3339, with its zone.
 */
export type NewPost = {
  channelId?: string;
  contentRequestId?: string;
  media?: Array<NewPostMedium>;
  caption?: string;
  kind?: PostKind;
  altText?: string;
  scheduledAt?: string;
  requestId: string;
};

export type NewPostMedium = string | {
  url: string;
  altText?: string;
};

/**
 * The data of a callable that takes none: `null` or `{}`.
 */
export type NoData = Record<string, never> | null;

/**
 * The leads that one person holds, or under the branch's own name those in its pool.
 */
export type PartnerCount = {
  uid: string;
  displayName?: string;
  count: number;
};

/**
 * Why somebody whose turn it was did not get it.
 */
export type PassedOver = 'DISABLED' | 'LEFT';

/**
 * # Shape
 * A message of ours as it is written before it is sent: without `platformId`, and PENDING.
 */
export type PendingMessage = {
  accountId: string;
  direction: Direction;
  kind: string;
  text: string;
  attachments: Array<string>;
  from: string;
  to: string;
  sentAt: Timestamp;
  sortAt: Timestamp;
  receivedAt: Timestamp;
  replyTo?: string;
  private?: boolean;
  template?: SentTemplate;
  authorId: string;
  status: MessageStatus;
  updatedAt: Timestamp;
};

/**
 * One budget.
 */
export type PeriodBudget = {
  period: string;
  allowanceMicroUsd: number;
  spentMicroUsd: number;
  reservedMicroUsd: number;
};

/**
 * Who changed a place or an access last, and to what. Where the document says otherwise by now, it was edited by hand.
 */
export type PlaceChange = {
  uid: Uid;
  at: Timestamp;
  role: Role;
  branchId?: string;
  disabled: boolean;
};

/**
 * A post as a document, and as the result of a callable.
 */
export type Post = {
  id?: string;
  userId: string;
  branchId?: string;
  channelId: string;
  contentRequestId?: string;
  kind: PostKind;
  caption: string;
  media: Array<PostMedium>;
  scheduledAt?: Timestamp;
  createdAt: Timestamp;
  orderDigest?: string;
  state: PostState;
  waitingFor?: PostWait;
  containerId?: string;
  externalId?: string;
  /**
   * Found by caption and time, not told by the publish call.
   */
  externalIdProbable?: boolean;
  permalink?: string;
  error?: PostError;
  attempts: number;
  publishedAt?: Timestamp;
  updatedAt?: Timestamp;
  lease?: Lease;
  journal?: PostJournal;
  /**
   * Who called it off, or said whether it is live.
   */
  resolvedBy?: string;
};

export type PostContainer = {
  id: string;
  madeAt: Timestamp;
  ready: boolean;
};

export type PostDoubt = {
  since: Timestamp;
  finishedAt?: Timestamp;
  readings: number;
  silentSince?: Timestamp;
};

/**
 * Why it is not live, or may not be, in both languages: whoever listens to the document shows the one they read.
 */
export type PostError = {
  code: string;
  remedy: Remedy;
  /**
   * In Indonesian.
   */
  message: string;
  /**
   * In English.
   */
  messageEn: string;
  platformCode?: number;
  platformSubcode?: number;
};

/**
 * What the service needs to go on.
 */
export type PostJournal = {
  parts?: Array<PostContainer>;
  container?: PostContainer;
  containers: number;
  intentAt?: Timestamp;
  doubt?: PostDoubt;
  waitWhy?: PostWait;
  waitSince?: Timestamp;
  setbacks: number;
};

/**
 * What kind of post it is.
 */
export type PostKind = 'IMAGE' | 'CAROUSEL' | 'REEL' | 'STORY' | 'TEXT';

/**
 * A picture or a film of a post.
 */
export type PostMedium = {
  url: string;
  type: MediumType;
  altText?: string;
};

/**
 * What a post waits for.
 */
export type PostWait = 'RECONNECT' | 'QUOTA' | 'ACCOUNT_STOPPED' | 'PLATFORM' | 'PROCESSING' | 'CONFIRMATION';

/**
 * The ad or link that somebody came through.
 */
export type Referral = {
  source?: string;
  reference?: string;
  adId?: string;
  title?: string;
  url?: string;
  clickId?: string;
};

/**
 * A row that was not taken, and why.
 */
export type RefusedRow = {
  row: number;
  field?: string;
  reason: ErrorReason;
  message: string;
};

/**
 * What has to be done before the same post can go out.
 */
export type Remedy = 'RETRY_LATER' | 'RECONNECT' | 'FIX_CONTENT' | 'STOP' | 'LOOK';

/**
 * What a person found on the account.
 */
export type ResolvePost = {
  postId: string;
  live: boolean;
  permalink?: string;
};

/**
 * A rank of the sales tree, as the `role` claim and `users/{uid}.role` spell it.
 */
export type Role = 'PUSAT' | 'CABANG' | 'MITRA';

/**
 * What `sendMessage` takes.
 */
export type SendMessage = {
  conversationId: ConversationId;
  /**
   * The words; absent with a template.
   */
  text?: string;
  /**
   * The same button: the same message.
   */
  requestId: string;
  /**
   * The message of the conversation that it answers.
   */
  replyTo?: MessageId;
  /**
   * To a comment: for the commenter alone.
   */
  private?: boolean;
  /**
   * `HUMAN_AGENT`.
   */
  tag?: 'HUMAN_AGENT';
  template?: MessageTemplate;
};

export type SentTemplate = {
  name: string;
  language: string;
  parameters: Array<string>;
};

/**
 * What may be spent from now on.
 */
export type SetAiAllowance = {
  level: BudgetLevel;
  branchId?: string;
  userId?: string;
  dayMicroUsd?: number;
  monthMicroUsd?: number;
};

/**
 * Whose account to close or open.
 */
export type SetUserDisabled = {
  uid: string;
  disabled: boolean;
};

/**
 * Whose role to set.
 */
export type SetUserRole = {
  uid: string;
  role: Role;
  branchId?: string;
};

/**
 * Somebody whose turn it would have been.
 */
export type SkippedPartner = {
  uid: string;
  reason: PassedOver;
};

export type StoredAttachment = {
  kind: string;
  url?: string;
  mediaId?: string;
  mimeType?: string;
  sha256?: string;
  fileName?: string;
  title?: string;
  phones?: Array<string>;
  latitude?: number;
  longitude?: number;
  /**
   * PENDING until the file is in Storage; then STORED, with the link by which it is read as `url`, `storagePath` and
   * `sizeBytes`; or FAILED, with a `reason`. Absent where there is no file to be kept.
   */
  state?: 'PENDING' | 'STORED' | 'FAILED';
};

/**
 * How to switch.
 */
export type SwitchAi = {
  on: boolean;
  reason?: string;
};

/**
 * A person as a document.
 */
export type TeamMember = {
  uid: Uid;
  email?: string;
  displayName?: string;
  connectedAccounts: ConnectedAccounts;
  createdAt: Timestamp;
  /**
   * Why an administrator's edit was taken back.
   */
  roleError?: string;
  /**
   * Who changed place or access last through a callable, and to what.
   */
  changedBy?: PlaceChange;
  role: Role;
  branchId?: string;
  parentId?: string;
  disabled: boolean;
  updatedAt: Timestamp;
};

/**
 * # Shape
 * Times as timestamps; `sortAt` is where it stands among the others, which differs from `sentAt` only when that cannot be
 * true. A deleted message keeps its place and loses what it said.
 */
export type ToldMessage = {
  platformId: string;
  accountId: string;
  direction: Direction;
  kind: string;
  text?: string;
  attachments: Array<StoredAttachment>;
  from?: string;
  to?: string;
  sentAt: Timestamp;
  sortAt: Timestamp;
  receivedAt: Timestamp;
  replyTo?: string;
  payload?: string;
  postId?: string;
  referral?: Referral;
  status?: MessageStatus;
  error?: MessageFailure;
  reaction?: string;
  edited?: boolean;
  deleted?: boolean;
  updatedAt: Timestamp;
};

/**
 * A Firebase user's uid.
 */
export type Uid = string;

/**
 * The account as it is now.
 */
export type UserDisabledSet = {
  /**
   * Whose.
   */
  uid: Uid;
  disabled: boolean;
};

/**
 * The role that was set.
 */
export type UserRoleSet = {
  /**
   * Whose.
   */
  uid: Uid;
  role: Role;
  branchId: string | null;
};

/**
 * Who the caller is.
 */
export type WhoAmI = {
  uid: string;
  email: string | null;
  role: Role | null;
  branchId: string | null;
};

/** What each callable takes, streams and answers. */
export interface Callables {
  /**
   * `whoami`. No round trip for whoever has a place.
   *
   * A token that gives none may be older than its person's place, or the event that makes the document was lost: then the
   * document is made sure of, an invitation that waits for the verified address is applied, and the answer is as in the
   * document. Where it differs from the token, the frontend should refresh the token. That way takes three round trips,
   * up to eight when something has to be made.
   *
   * # Errors
   * `UNAVAILABLE`, for a token without a place alone.
   */
  whoami: { data: NoData; result: WhoAmI };
  /**
   * `inviteUser`: PUSAT for any role, CABANG for MITRA of its own branch, which it need not name. Three round trips; one
   * more when PUSAT names a branch, and one more when the address has accepted before.
   *
   * An invitation of the caller's own scope that nobody accepted yet is replaced.
   *
   * # Errors
   * `INVALID_ARGUMENT` naming the field; `PERMISSION_DENIED`, `STALE_TOKEN` among its reasons; `ALREADY_EXISTS` when the
   * address is invited from elsewhere, or has accepted and still belongs to the organisation.
   */
  inviteUser: { data: InviteUser; result: Invited };
  /**
   * `setUserRole`, for PUSAT: gives somebody a role and a place, and what they may no longer hold to the branch. A CABANG
   * without a branch founds its own; a MITRA without one sees nothing.
   *
   * Adds to the round trips of `setUserRole` three, and two for each 200 leads or conversations that go to
   * the branch.
   *
   * # Errors
   * `INVALID_ARGUMENT` naming the field; `NOT_FOUND` for a user whom the caller may not know; `PERMISSION_DENIED`,
   * `STALE_TOKEN` among its reasons; `FAILED_PRECONDITION` with `LAST_PUSAT` or `FOUNDER`.
   */
  setUserRole: { data: SetUserRole; result: UserRoleSet };
  /**
   * `setUserDisabled`: PUSAT for everybody, CABANG for its partners, nobody for themselves; what a closed account held goes to
   * the branch, which costs as much as in `setUserRole`.
   *
   * # Errors
   * As `setUserDisabled`.
   */
  setUserDisabled: { data: SetUserDisabled; result: UserDisabledSet };
  /**
   * `createLead`: the lead of a phone, made if there is none.
   *
   * Round trips: 1 when the phone is new, for lead and index entry go in one commit that fails as a whole; 2 when it is
   * known. One more where the answer needs it: to read `users/{assignedTo}` when PUSAT or a branch names a person, and to
   * record the claim on a lead outside the caller's scope. Finding that the index names a lead that is gone costs 4, once.
   *
   * # Idempotency
   * The phone is the key: a call repeated after an unknown outcome finds the lead that the first one made.
   *
   * # Errors
   * `ALREADY_EXISTS` when the phone's lead is out of the caller's scope, recorded in that lead's history;
   * `INVALID_ARGUMENT` with the field; `PERMISSION_DENIED` when the caller has no branch or may not give leads to
   * `assignedTo`; `NOT_FOUND`, `FAILED_PRECONDITION` about `assignedTo` as `find` says.
   */
  createLead: { data: CreateLead; result: LeadCreated };
  /**
   * `assignLead`: gives a lead, and the conversations with its person, to a partner or to the pool of a branch.
   *
   * PUSAT moves leads across branches, a branch among its own partners and back to its pool; of the conversations, those
   * move that the caller may move. Round trips: 5 at most (the recipient; lead and conversations side by side; the
   * phone's index entry; one commit), begun anew from the second when somebody changes the lead meanwhile.
   *
   * # Idempotency
   * A lead that lies there already stays as it is.
   *
   * # Errors
   * `NOT_FOUND` when the caller may not know of the lead; `PERMISSION_DENIED` when it may see but not move it; those about
   * `assignedTo` as `find` says; `ABORTED` when others kept changing the lead.
   */
  assignLead: { data: AssignLead; result: LeadAssigned };
  /**
   * `importLeads`: takes in a list of people as CSV text or as rows, up to 5,000.
   *
   * A row is refused alone, with its number (in CSV as a spreadsheet shows it, the header being row 1; in `rows` counted
   * from 1) and its reason; the others are taken. A phone on the list makes one lead, however often it stands there.
   * Round trips: 1 for `users/{assignedTo}` where PUSAT or a branch names a person, and for each 200 rows at most 3: the
   * index entries, the leads that they name, one commit.
   *
   * # Idempotency
   * Safe to repeat, also after an interruption: a phone has one lead, and a person without a phone gets an id made from
   * holder and content. What the first call made counts as existing in the second.
   *
   * # Errors
   * `INVALID_ARGUMENT` for what is no list, and beyond 5,000 rows, before anything is written; `UNAVAILABLE` when
   * Firestore goes away in the middle, with `processed`, `created`, `existing` and `refused` in the details;
   * `PERMISSION_DENIED` and those about `assignedTo` as in `createLead`.
   */
  importLeads: { data: ImportLeads; chunk: ImportProgress; result: LeadsImported };
  /**
   * `leadStats`: counts the leads in the caller's scope that were created from `from` up to `to`, by Firestore's own
   * counting. No lead is read.
   *
   * A date counts as a whole day in Jakarta, both ends included; a time (RFC 3339) is itself, and `to` then excluded.
   * Round trips: 13 for total, statuses and sources; for PUSAT and a branch one more for the list of at most 100
   * partners and one for each of them. A partner's own count is the total. Their number does not grow with the leads; what
   * is billed does, by four reads for each 1,000 leads counted, since each lead is counted in the total, once among the
   * statuses, the sources and the partners.
   *
   * # Errors
   * `INVALID_ARGUMENT` with the field; `NOT_FOUND` for a branch that the caller does not belong to, `PERMISSION_DENIED`
   * for a partner that asks for its whole branch, and for callers without a place.
   */
  leadStats: { data: AskLeadStats | null; result: LeadCounts };
  /**
   * `sendMessage`: sends a message in a conversation.
   *
   * The answer says SENT when the platform has it. PENDING with `error.code` `UNCONFIRMED` means that nobody knows yet; the
   * message completes itself when its echo or its status comes.
   *
   * Round trips: two to read (conversation, message of that request, message answered; then channel, token and lead), one
   * commit, the call, four as `tell` says; two more for the first answer to a lead. A private reply
   * to a comment reads once more.
   *
   * # Idempotency
   * By `requestId`, for each person: the same request under the same id is the same message. Sent or on its way, it is
   * returned as it stands; one that certainly did not go out is tried again; one of which nobody knows is not.
   *
   * # Errors
   * `INVALID_ARGUMENT` with the field, `TEXT_TOO_LONG` with `limit`, `length` and `unit`; `NOT_FOUND` when the caller may not
   * know of the conversation; `FAILED_PRECONDITION` with `REPLY_WINDOW_CLOSED`, `replyWindowEndedAt` and `humanAgentUntil`,
   * `CHANNEL_NEEDS_RECONNECT`, `CHANNEL_DISCONNECTED`, `PRIVATE_REPLY_USED`; `ALREADY_EXISTS` with `REQUEST_ID_REUSED`. Once
   * there is a message, `details.messageId` names it, and the reason is one of `failure`'s.
   */
  sendMessage: { data: SendMessage; result: MessageSent };
  /**
   * `markConversationRead`: counts as unread only what came after a message, and tells the platform, if it wants to know,
   * that the rest was seen. With `state` the conversation is put away or taken up again; one with messages that nobody has
   * seen stays OPEN, and a new message of the contact opens it again by itself.
   *
   * Round trips: one to read, one to count unless the message is the last, one commit; then channel and token side by side
   * and one call, when something was unread.
   *
   * # Idempotency
   * By what it says. A message that comes meanwhile stays unread: the commit is held to what was counted.
   *
   * # Errors
   * `NOT_FOUND` when the caller may not know of the conversation; `INVALID_ARGUMENT` with `upTo` or `state`; `ABORTED` when
   * messages kept coming. That the platform could not be told is no error.
   */
  markConversationRead: { data: MarkConversationRead; result: ConversationRead };
  /**
   * `assignConversation`: gives a conversation to a partner or to the pool of a branch; a lead that it is linked to, and that
   * lead's other conversations, go along where the caller may move them.
   *
   * Round trips: the recipient; the conversation; then one commit, or with a lead two reads and what
   * `moveLead` takes.
   *
   * # Idempotency
   * A conversation that lies there already stays as it is.
   *
   * # Errors
   * `NOT_FOUND` when the caller may not know of the conversation; `PERMISSION_DENIED` when it may see but not move it; those
   * about `assignedTo` as `find` says; `ABORTED` when others kept changing it.
   */
  assignConversation: { data: AssignConversation; result: ConversationAssigned };
  /**
   * `linkConversationToLead`: links a conversation to a lead, both of them in the caller's scope, or cuts its link. A lead's
   * conversation lies where the lead lies: one that lies elsewhere moves there, if the caller may move it. The
   * lead that it leaves and the one that it gets tell of it in their history.
   *
   * Round trips: the conversation; its leads side by side; the lead's holder when the conversation has to move; one commit.
   *
   * # Idempotency
   * What is linked so already stays as it is.
   *
   * # Errors
   * `NOT_FOUND` when the caller may not know of the conversation or of the lead; `ABORTED` when others kept changing them.
   */
  linkConversationToLead: { data: LinkConversationToLead; result: ConversationLinked };
  /**
   * `generateContent`, also `aiService`: the content request; streams stages and caption text on the way.
   *
   * A text, and a text with a picture, come as COMPLETED. A film takes minutes, more than a caller waits: it is begun, and the
   * result is the request as PROCESSING, with the final caption in `generatedContent`; the queue goes on, and the frontend
   * listens to the document. A picture that no provider draws right now, or that has no time left, goes the same way.
   *
   * Round trips: one for the caller's standing, then as `turn` says; a call to Cloud Tasks for what goes on later.
   *
   * # Idempotency
   * By `requestId`, for each person: the same order under the same id is the same request, made once and paid once. While
   * another call is at it the answer is `ABORTED` with `IN_PROGRESS` and `contentRequestId`, the document to listen to.
   *
   * # Errors
   * `INVALID_ARGUMENT` with the field; `PERMISSION_DENIED` for who has no place, `STALE_TOKEN` among its reasons;
   * `RESOURCE_EXHAUSTED` with `BUDGET_REACHED`; `FAILED_PRECONDITION` with `AI_OFF`, `SETTINGS_UNREADABLE`,
   * `AI_NOT_SET_UP`, `CONTENT_REFUSED`, `FORBIDDEN_CLAIM`; `UNAVAILABLE` with `AI_UNAVAILABLE`, `MEDIA_NOT_STORED`,
   * `MEDIA_INTERRUPTED`; `DEADLINE_EXCEEDED` with `MEDIA_LATE`; `ALREADY_EXISTS` with `REQUEST_ID_REUSED`. Once there is a document, `details.contentRequestId` names it.
   */
  generateContent: { data: GenerateContent; chunk: ContentChunk; result: OnWire<ContentRequest> };
  /**
   * `generateContent`, also `aiService`: the content request; streams stages and caption text on the way.
   *
   * A text, and a text with a picture, come as COMPLETED. A film takes minutes, more than a caller waits: it is begun, and the
   * result is the request as PROCESSING, with the final caption in `generatedContent`; the queue goes on, and the frontend
   * listens to the document. A picture that no provider draws right now, or that has no time left, goes the same way.
   *
   * Round trips: one for the caller's standing, then as `turn` says; a call to Cloud Tasks for what goes on later.
   *
   * # Idempotency
   * By `requestId`, for each person: the same order under the same id is the same request, made once and paid once. While
   * another call is at it the answer is `ABORTED` with `IN_PROGRESS` and `contentRequestId`, the document to listen to.
   *
   * # Errors
   * `INVALID_ARGUMENT` with the field; `PERMISSION_DENIED` for who has no place, `STALE_TOKEN` among its reasons;
   * `RESOURCE_EXHAUSTED` with `BUDGET_REACHED`; `FAILED_PRECONDITION` with `AI_OFF`, `SETTINGS_UNREADABLE`,
   * `AI_NOT_SET_UP`, `CONTENT_REFUSED`, `FORBIDDEN_CLAIM`; `UNAVAILABLE` with `AI_UNAVAILABLE`, `MEDIA_NOT_STORED`,
   * `MEDIA_INTERRUPTED`; `DEADLINE_EXCEEDED` with `MEDIA_LATE`; `ALREADY_EXISTS` with `REQUEST_ID_REUSED`. Once there is a document, `details.contentRequestId` names it.
   */
  aiService: { data: GenerateContent; chunk: ContentChunk; result: OnWire<ContentRequest> };
  /**
   * `enqueueContent`: the content request as PENDING; a task makes it, and the frontend listens to the document.
   *
   * Two round trips and a call to Cloud Tasks; when that fails, the document's own event or the sweep puts the task.
   *
   * # Idempotency
   * As `generateContent`; a request that is there already is returned as it stands.
   *
   * # Errors
   * `INVALID_ARGUMENT`, `PERMISSION_DENIED` and `ALREADY_EXISTS` as `generateContent`.
   */
  enqueueContent: { data: GenerateContent; result: OnWire<ContentRequest> };
  /**
   * `beginConnect`: the address of the platform's dialog, and a state bound to the caller, good once, for ten minutes. Two
   * round trips.
   *
   * # Errors
   * `INVALID_ARGUMENT` for an address that is not on the list; `PERMISSION_DENIED`, `STALE_TOKEN` among its reasons;
   * `FAILED_PRECONDITION` with `META_NOT_SET_UP`.
   */
  beginConnect: { data: BeginConnect; result: OnWire<ConnectBegun> };
  /**
   * `connectChannel`: connects every account that the consent opens. Three round trips, five for each account; up to eight calls to
   * the platform, seven more for each account.
   *
   * # Errors
   * `INVALID_ARGUMENT` with the field: `STATE_INVALID`, `CONSENT_REFUSED`, `TOKEN_OF_ANOTHER_APP`; `PERMISSION_DENIED` with
   * `ACCOUNT_HELD` when every account is held outside the caller's scope (each is told in `details.channels`), `STALE_TOKEN`;
   * `FAILED_PRECONDITION` with `META_NOT_SET_UP`, `NO_ACCOUNTS`; `UNAVAILABLE` with `META_UNAVAILABLE`. A code and its state are
   * used up by the first try, whatever comes of it.
   *
   * # Idempotency
   * Connecting what is connected finds the same channels, and gives them the new token.
   */
  connectChannel: { data: ConnectChannel; result: ChannelsConnected };
  /**
   * `disconnectChannel`: destroys the token and ends the webhooks. Conversations stay; what still arrives is parked. Six round
   * trips, and a call to the platform.
   *
   * A disconnected account stays its holder's: within their scope it can be connected again, and finds its conversations.
   * `release` lets anybody connect it.
   *
   * # Errors
   * `NOT_FOUND` for what the caller may not know of; `PERMISSION_DENIED` for `release` by another than head office, and with
   * `STALE_TOKEN`.
   *
   * # Idempotency
   * Safe to repeat.
   */
  disconnectChannel: { data: DisconnectChannel; result: ChannelDisconnected };
  /**
   * `aiBudget`: allowance, spent and reserved at each level that the caller may see. Three round trips at once; one more
   * before, for another person's.
   *
   * # Errors
   * `NOT_FOUND` for a budget that the caller may not see; `INVALID_ARGUMENT` with the field.
   */
  aiBudget: { data: AskAiBudget; result: AiBudget };
  /**
   * `setAiAllowance`: PUSAT for all levels, a branch for its people. `level` ORGANISATION, BRANCH or USER; without
   * `branchId` or `userId` the default of the level. Leaving out a span of a branch or a person sets it back to the default.
   * Takes effect at once, also on calls that are being reserved. Three round trips.
   *
   * # Idempotency
   * Setting what is set changes nothing.
   *
   * # Errors
   * `INVALID_ARGUMENT` with the field; `NOT_FOUND` for whom the caller may not know; `PERMISSION_DENIED`, `STALE_TOKEN`
   * among its reasons.
   */
  setAiAllowance: { data: SetAiAllowance; result: AiAllowanceSet };
  /**
   * `switchAi`: PUSAT switches AI on or off for the whole organisation, at once. Three round trips.
   *
   * # Idempotency
   * Switching on what is on changes who did it last.
   *
   * # Errors
   * `PERMISSION_DENIED`, `STALE_TOKEN` among its reasons; `FAILED_PRECONDITION` with `SETTINGS_UNREADABLE` when it is to go
   * on without readable limits.
   */
  switchAi: { data: SwitchAi; result: AiSwitched };
  /**
   * `postToInstagram`: a picture, carousel, reel or story, now or at a time; the post as SCHEDULED. The frontend listens
   * to the document.
   *
   * Six round trips, one request to Storage for each medium and two more to look into it, and a call to Cloud Tasks; one
   * round trip when the post is known already.
   *
   * # Idempotency
   * By `requestId`, for each person: the same order under the same id is the same post, which goes out once.
   *
   * # Errors
   * `INVALID_ARGUMENT` with the field; `NOT_FOUND` for a channel or content request that the caller may not see;
   * `FAILED_PRECONDITION` with `CONTENT_NOT_READY`, `CHANNEL_DISCONNECTED`; `PERMISSION_DENIED` with `STALE_TOKEN`;
   * `ALREADY_EXISTS` with `REQUEST_ID_REUSED`.
   */
  postToInstagram: { data: NewPost; result: OnWire<Post> };
  /**
   * `postToFacebook`: a text, picture or film on a page, now or at a time; the post as SCHEDULED.
   *
   * Round trips, idempotency and errors as `postToInstagram`.
   */
  postToFacebook: { data: NewPost; result: OnWire<Post> };
  /**
   * `cancelPost`: calls off a post that is SCHEDULED, one that waits for a reconnection or a quota included. Three round
   * trips.
   *
   * # Idempotency
   * A post that is called off already is returned as it stands.
   *
   * # Errors
   * `NOT_FOUND`; `FAILED_PRECONDITION` with `NOT_SCHEDULED` once its media are on their way, with `state`.
   */
  cancelPost: { data: CancelPost; result: OnWire<Post> };
  /**
   * `resolvePost`: a person has looked at the account and says whether a post that is UNCONFIRMED is live. It becomes
   * PUBLISHED, or FAILED with `NOT_PUBLISHED`; nothing is posted by this. Three round trips.
   *
   * # Idempotency
   * The same answer again returns the post as it stands.
   *
   * # Errors
   * `NOT_FOUND`; `INVALID_ARGUMENT` at `permalink`; `FAILED_PRECONDITION` with `NOT_UNCONFIRMED` and `state`.
   */
  resolvePost: { data: ResolvePost; result: OnWire<Post> };
}

/** How each callable answers: once, or in pieces before the answer. */
export const callables = {
  whoami: 'unary',
  inviteUser: 'unary',
  setUserRole: 'unary',
  setUserDisabled: 'unary',
  createLead: 'unary',
  assignLead: 'unary',
  importLeads: 'streaming',
  leadStats: 'unary',
  sendMessage: 'unary',
  markConversationRead: 'unary',
  assignConversation: 'unary',
  linkConversationToLead: 'unary',
  generateContent: 'streaming',
  aiService: 'streaming',
  enqueueContent: 'unary',
  beginConnect: 'unary',
  connectChannel: 'unary',
  disconnectChannel: 'unary',
  aiBudget: 'unary',
  setAiAllowance: 'unary',
  switchAi: 'unary',
  postToInstagram: 'unary',
  postToFacebook: 'unary',
  cancelPost: 'unary',
  resolvePost: 'unary',
} as const;
