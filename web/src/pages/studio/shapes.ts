// What the studio reads and orders.

export type Platform = "INSTAGRAM" | "FACEBOOK" | "WHATSAPP";
export type Media = "NONE" | "IMAGE" | "VIDEO";
export type Aspect = "4:5" | "1:1" | "9:16" | "16:9";
export type RequestStatus = "PENDING" | "PROCESSING" | "COMPLETED" | "FAILED";
export type Stage = "WRITING" | "REPAIRING" | "DRAWING" | "FILMING" | "STORING";

export interface Order {
  topic: string;
  platform: Platform;
  options: { tone?: string; language?: string; media?: Media; aspect?: Aspect };
}

export interface Generated {
  caption: string;
  hashtags: string[];
  imageUrl?: string;
  videoUrl?: string;
  altText?: string;
}

export interface ContentRequest extends Order {
  id: string;
  userId: string;
  branchId?: string;
  status: RequestStatus;
  generatedContent?: Generated;
  error?: { code: string; message: string };
  usage?: { model: string; costMicroUsd: number };
  createdAt: Date;
  updatedAt?: Date;
}

export type Chunk = { stage: Stage } | { caption: string };

export type PostKind = "IMAGE" | "CAROUSEL" | "REEL" | "STORY" | "TEXT";
export type PostState = "SCHEDULED" | "PREPARING" | "PUBLISHING" | "PUBLISHED" | "FAILED" | "UNCONFIRMED" | "CANCELLED";
export type WaitingFor = "RECONNECT" | "QUOTA" | "ACCOUNT_STOPPED" | "PLATFORM" | "PROCESSING" | "CONFIRMATION";
export type Remedy = "RETRY_LATER" | "RECONNECT" | "FIX_CONTENT" | "STOP" | "LOOK";

export interface Post {
  id: string;
  userId: string;
  branchId?: string;
  channelId: string;
  contentRequestId?: string;
  kind: PostKind;
  caption: string;
  media: { url: string; type: "IMAGE" | "VIDEO"; altText?: string }[];
  state: PostState;
  waitingFor?: WaitingFor;
  scheduledAt?: Date;
  publishedAt?: Date;
  createdAt: Date;
  permalink?: string;
  externalIdProbable?: boolean;
  error?: { code: string; remedy: Remedy; message: string; messageEn: string };
}

export interface Channel {
  id: string;
  platform: string;
  name: string;
  ownerId: string;
  state: "CONNECTED" | "NEEDS_RECONNECT" | "DISCONNECTED";
}

export interface PeriodBudget {
  period: string;
  allowanceMicroUsd: number;
  spentMicroUsd: number;
  reservedMicroUsd: number;
}

export type BudgetLevel = "USER" | "BRANCH" | "ORGANISATION";

export interface LevelBudget {
  level: BudgetLevel;
  branchId?: string | null;
  userId?: string | null;
  day: PeriodBudget;
  month: PeriodBudget;
}

export interface AiBudget {
  enabled: boolean;
  levels: LevelBudget[];
}
