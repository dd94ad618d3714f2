// Content as it is written, and to its end, whatever becomes of the stream.

import { useEffect, useRef, useState } from 'react';
import type { LeadGenClient } from '../client.js';
import type { ContentRequest } from '../documents.js';
import { asLeadGenError, LeadGenError } from '../errors.js';
import type { ContentStage, GenerateContent, OnWire } from '../generated.js';
import type * as stored from '../generated.js';
import { useDocument } from './listen.js';
import { useLeadGen } from './provider.js';

/** A content request that is being made. */
export interface ContentStream {
  /** Orders. Gives nothing back: all that comes is state. */
  start(order: GenerateContent): void;
  /** The same order again under the same id: what was made and paid is not made and paid again. */
  retry(): void;
  /**
   * Shows nothing of it any more. The call goes on, and so does it when the component is gone: a stream that is cut has the service
   * give up an attempt that is paid, and begin another when the queue finds it.
   */
  dismiss(): void;
  /**
   * `rejoining`: the connection broke, and the request is looked for. `following`: the stream is over and the queue goes on, as with a
   * film; `request` is listened to.
   */
  state: 'idle' | 'running' | 'rejoining' | 'following' | 'done' | 'failed';
  /** What was ordered last. */
  order: GenerateContent | undefined;
  /** What is being done. */
  stage: ContentStage | undefined;
  /** The caption so far, then the final one. */
  caption: string;
  /** The request's document, once it is known. */
  request: ContentRequest | null | undefined;
  /** The document's id, once it is known. */
  contentRequestId: string | undefined;
  /** Why it `failed`. With `mayPass` and without a document nobody knows what became of it: `retry` is safe. */
  error: LeadGenError | undefined;
}

type Ordered = GenerateContent & { requestId: string };

interface Shown {
  state: ContentStream['state'];
  order?: Ordered;
  stage?: ContentStage;
  caption: string;
  id?: string;
  error?: LeadGenError;
}

const IDLE: Shown = { state: 'idle', caption: '' };

/** Waits before the attempts to find a request again, in milliseconds. */
const WAITS = [0, 1_000, 2_000, 4_000, 8_000, 15_000];

/** Orders content and shows how it comes into being. */
export function useContentStream(): ContentStream {
  const { client, language } = useLeadGen();
  const [shown, setShown] = useState<Shown>(IDLE);
  const watched = useRef<AbortController | null>(null);
  useEffect(() => () => watched.current?.abort(), []);
  const document = useDocument('content_requests', shown.id);
  const request = document.data;

  const run = async (order: Ordered) => {
    watched.current?.abort();
    const watching = new AbortController();
    watched.current = watching;
    const show = (news: (before: Shown) => Shown) => {
      if (!watching.signal.aborted) setShown(news);
    };
    show(() => ({ state: 'running', order, caption: '' }));
    try {
      const stream = client.generateContent(order);
      for await (const chunk of stream) {
        show((before) => {
          if ('caption' in chunk) return { ...before, caption: before.caption + chunk.caption };
          // A caption that begins anew makes void what was sent of one before.
          const anew = chunk.stage === 'WRITING' || chunk.stage === 'REPAIRING';
          return { ...before, stage: chunk.stage, caption: anew ? '' : before.caption };
        });
      }
      const made = await stream.result;
      show((before) => following(before, made));
    } catch (thrown) {
      let error = asLeadGenError(thrown, language);
      if (isLost(error)) {
        show((before) => ({ ...before, state: 'rejoining' }));
        const found = await find(client, order, watching.signal);
        if (!('error' in found)) return show((before) => following(before, found));
        error = asLeadGenError(found.error, language);
      }
      const id = documentOf(error);
      show((before) => ({
        ...before,
        ...(id !== undefined && { id }),
        ...(error.reason === 'IN_PROGRESS' && id !== undefined ? { state: 'following' } : { state: 'failed', error }),
      }));
    }
  };

  const over = request && shown.state === 'following' ? request.status : undefined;
  const generated = request?.generatedContent?.caption;
  return {
    start(wanted) {
      void run({ ...wanted, requestId: wanted.requestId ?? crypto.randomUUID() });
    },
    retry() {
      if (shown.order) void run(shown.order);
    },
    dismiss() {
      watched.current?.abort();
      setShown(IDLE);
    },
    state: over === 'COMPLETED' ? 'done' : over === 'FAILED' ? 'failed' : shown.state,
    order: shown.order,
    stage: shown.stage,
    caption: generated ?? shown.caption,
    request,
    contentRequestId: shown.id,
    error:
      over === 'FAILED' && request?.error
        ? new LeadGenError('failed-precondition', request.error.code as never, request.error.message)
        : shown.error,
  };
}

function following(before: Shown, made: OnWire<stored.ContentRequest>): Shown {
  return {
    ...before,
    state: made.status === 'COMPLETED' ? 'done' : 'following',
    caption: made.generatedContent?.caption ?? before.caption,
    ...(made.id !== undefined && { id: made.id }),
  };
}

function documentOf(error: LeadGenError): string | undefined {
  const id = error.details['contentRequestId'];
  return typeof id === 'string' ? id : undefined;
}

/** Whether nobody here knows what became of an order; the service does. */
function isLost(error: LeadGenError): boolean {
  if (error.reason === 'UNREADABLE') return true;
  return error.mayPass && error.code !== 'resource-exhausted' && documentOf(error) === undefined;
}

/**
 * The same order under the same id: found as it stands, or put into the queue now. Asked again with growing waits; a connection that
 * is back ends a wait.
 */
async function find(
  client: LeadGenClient,
  order: Ordered,
  signal: AbortSignal,
): Promise<OnWire<stored.ContentRequest> | { error: unknown }> {
  let last: unknown;
  for (const wait of WAITS) {
    await pause(wait, signal);
    if (signal.aborted) break;
    try {
      return await client.enqueueContent(order);
    } catch (error) {
      last = error;
      if (error instanceof LeadGenError && !isLost(error)) break;
    }
  }
  return { error: last };
}

/** Waits; without a connection until it is back. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // Outside of a browser nobody says whether there is a connection.
    const online = typeof navigator === 'undefined' || navigator.onLine !== false;
    const go = () => {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', go);
      resolve();
    };
    const timer = online ? setTimeout(go, milliseconds) : undefined;
    globalThis.addEventListener?.('online', go);
    signal.addEventListener('abort', go, { once: true });
  });
}
