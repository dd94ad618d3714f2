// What goes wrong, as one class: refusals of the service, and what happens before or after it.

import { FirebaseError } from 'firebase/app';
import { FunctionsError } from 'firebase/functions';
import type { ErrorCode, ErrorReason } from './generated.js';
import type { Language } from './client.js';

/**
 * What this client itself says, where no answer of the service's came:
 * `NETWORK` not reached, or the browser was kept from reading the answer; `TIMEOUT` no answer in time, so whether it was done is not
 * known; `CANCELLED` called off here; `UNREADABLE` an answer of something between, not of the service; `NO_PLACE` a list that the
 * actor's role has no part in.
 */
export type ClientReason = 'NETWORK' | 'TIMEOUT' | 'CANCELLED' | 'UNREADABLE' | 'NO_PLACE';

const WORDS: Record<ClientReason | 'BARE', Record<Language, string>> = {
  NETWORK: {
    id: 'Layanan tidak dapat dihubungi. Periksa koneksi internet Anda.',
    en: 'The service could not be reached. Please check your connection.',
  },
  TIMEOUT: {
    id: 'Jawaban tidak datang pada waktunya. Periksa dulu apakah sudah terlaksana sebelum mengulang.',
    en: 'No answer came in time. Please look whether it was done before you repeat it.',
  },
  CANCELLED: { id: 'Dibatalkan.', en: 'Cancelled.' },
  UNREADABLE: {
    id: 'Jawaban layanan tidak dapat dibaca. Silakan coba lagi.',
    en: 'The answer could not be read. Please try again.',
  },
  NO_PLACE: {
    id: 'Anda belum memiliki akses ke data ini.',
    en: 'You have no access to this yet.',
  },
  BARE: {
    id: 'Terjadi kesalahan. Silakan coba lagi.',
    en: 'Something went wrong. Please try again.',
  },
};

const SIGN_IN: Record<Language, string> = {
  id: 'Sesi Anda telah berakhir. Silakan masuk lagi.',
  en: 'Your session has ended. Please sign in again.',
};

/** What the service puts into `details`. */
interface Details {
  reason?: ErrorReason;
  field?: string;
  message?: string;
  requestId?: string;
  retryAfterSeconds?: number;
  [extra: string]: unknown;
}

/** A call that did not succeed. `text` is for people, in their language; `message` is for developers. */
export class LeadGenError extends Error {
  override readonly name = 'LeadGenError';
  /** The canonical code, as the Firebase SDK spells it but without `functions/`. */
  readonly code: ErrorCode;
  /** Why: decide by this. */
  readonly reason: ErrorReason | ClientReason;
  /** The field of the data that is at fault. */
  readonly field?: string;
  /** What a screen shows. */
  readonly text: string;
  /** Names the request in the service's log; absent where no answer came. */
  readonly requestId?: string;
  /** How long to wait before the same call may succeed. */
  readonly retryAfterSeconds?: number;
  /** All that the service said beside, as `contentRequestId`, `channels`, `limit`: see the callable's own description. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    reason: ErrorReason | ClientReason,
    text: string,
    details: Details = {},
    cause?: unknown,
  ) {
    super(`${code}: ${reason}`, { cause });
    this.code = code;
    this.reason = reason;
    this.text = text;
    this.details = details;
    if (details.field !== undefined) this.field = details.field;
    if (details.requestId !== undefined) this.requestId = details.requestId;
    if (details.retryAfterSeconds !== undefined) this.retryAfterSeconds = details.retryAfterSeconds;
  }

  /** Whether the same call, unchanged, may succeed later. After `TIMEOUT` repeat only what is idempotent. */
  get mayPass(): boolean {
    return (
      this.reason === 'NETWORK' ||
      this.reason === 'TIMEOUT' ||
      ['unavailable', 'aborted', 'resource-exhausted', 'deadline-exceeded'].includes(this.code)
    );
  }
}

/** What this client says by itself. */
export function clientError(reason: ClientReason, language: Language, cause?: unknown): LeadGenError {
  const code: Record<ClientReason, ErrorCode> = {
    NETWORK: 'unavailable',
    TIMEOUT: 'deadline-exceeded',
    CANCELLED: 'cancelled',
    UNREADABLE: 'unknown',
    NO_PLACE: 'permission-denied',
  };
  return new LeadGenError(code[reason], reason, WORDS[reason][language], {}, cause);
}

/** Whatever a call threw, as a `LeadGenError`. */
export function asLeadGenError(thrown: unknown, language: Language): LeadGenError {
  if (thrown instanceof LeadGenError) return thrown;
  if (!(thrown instanceof FunctionsError)) return ofListener(thrown, language);
  const code = thrown.code.replace(/^functions\//, '') as ErrorCode;
  const details = thrown.details as Details | undefined;
  if (details && typeof details === 'object' && details.reason && details.message) {
    return new LeadGenError(code, details.reason, details.message, details, thrown);
  }
  // The SDK's own, by the words of @firebase/functions 0.14: it has no other mark for them.
  if (code === 'deadline-exceeded' && thrown.message === 'deadline-exceeded') {
    return clientError('TIMEOUT', language, thrown);
  }
  if (code === 'cancelled') return clientError('CANCELLED', language, thrown);
  if (code === 'internal' && thrown.message.startsWith('internal [0]')) {
    return clientError('NETWORK', language, thrown);
  }
  // Three answers of the service are a word alone.
  if (code === 'unauthenticated') {
    return new LeadGenError(code, 'UNAUTHENTICATED', SIGN_IN[language], {}, thrown);
  }
  if (code === 'invalid-argument') {
    return new LeadGenError(code, 'BAD_REQUEST', WORDS.BARE[language], {}, thrown);
  }
  if (code === 'internal' && thrown.message.startsWith('INTERNAL')) {
    return new LeadGenError(code, 'INTERNAL', WORDS.BARE[language], {}, thrown);
  }
  return clientError('UNREADABLE', language, thrown);
}

/** What Firestore says of a listener or a write, and whatever else is thrown. */
function ofListener(thrown: unknown, language: Language): LeadGenError {
  const code = thrown instanceof FirebaseError ? thrown.code.replace(/^.*\//, '') : '';
  switch (code) {
    case 'permission-denied':
      return new LeadGenError(code, 'NOT_ALLOWED', WORDS.NO_PLACE[language], {}, thrown);
    case 'unauthenticated':
      return new LeadGenError(code, 'UNAUTHENTICATED', SIGN_IN[language], {}, thrown);
    case 'not-found':
      return new LeadGenError(code, 'NOT_FOUND', WORDS.BARE[language], {}, thrown);
    case 'failed-precondition':
    case 'invalid-argument':
    case 'internal':
      return new LeadGenError(code, 'INTERNAL', WORDS.BARE[language], {}, thrown);
    default:
      return clientError('NETWORK', language, thrown);
  }
}
