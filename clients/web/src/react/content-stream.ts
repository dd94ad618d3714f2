// Content as it is written, and to its end, whatever becomes of the stream.

import { useEffect, useRef, useState } from 'react';
import type { ContentRequest } from '../documents.js';
import { asLeadGenError, LeadGenError } from '../errors.js';
import type { ContentChunk, ContentStage, GenerateContent, OnWire } from '../generated.js';
import type * as stored from '../generated.js';
import type { CallStream } from '../stream.js';
import { useDocument } from './listen.js';
import { useLeadGen } from './provider.js';

/** A content request that is being made. */
export interface ContentStream {
  /** Orders. Gives nothing back: all that comes is state. */
  start(order: GenerateContent): void;
  /** The same order again under the same id: what was made and paid is not made and paid again. */
  retry(): void;
  /** Calls off the waiting. What the service has begun it finishes or takes up again by itself. */
  cancel(): void;
  /**
   * `following`: the stream is over and the queue goes on, as with a film, or the connection broke: `request` is listened to.
   */
  state: 'idle' | 'running' | 'following' | 'done' | 'failed';
  /** What is being done. */
  stage: ContentStage | undefined;
  /** The caption so far, then the final one. */
  caption: string;
  /** The request's document, once it is known. */
  request: ContentRequest | null | undefined;
  /** The document's id, once it is known. */
  contentRequestId: string | undefined;
  error: LeadGenError | undefined;
}

interface Shown {
  state: ContentStream['state'];
  stage?: ContentStage;
  caption: string;
  id?: string;
  error?: LeadGenError;
}

const IDLE: Shown = { state: 'idle', caption: '' };

/** After these nobody knows what became of the order; the service does. */
const LOST = ['NETWORK', 'TIMEOUT', 'UNREADABLE'];

/** Orders content and shows how it comes into being. */
export function useContentStream(): ContentStream {
  const { client, language } = useLeadGen();
  const [shown, setShown] = useState<Shown>(IDLE);
  const running = useRef<CallStream<ContentChunk, OnWire<stored.ContentRequest>> | null>(null);
  const order = useRef<(GenerateContent & { requestId: string }) | null>(null);
  useEffect(() => () => running.current?.cancel(), []);
  const document = useDocument('content_requests', shown.id);
  const request = document.data;

  const run = async (ordered: GenerateContent & { requestId: string }) => {
    running.current?.cancel();
    const stream = client.generateContent(ordered);
    running.current = stream;
    const show = (news: (before: Shown) => Shown) => {
      if (running.current === stream) setShown(news);
    };
    show(() => ({ state: 'running', caption: '' }));
    try {
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
      const error = asLeadGenError(thrown, language);
      const known = error.details['contentRequestId'];
      if (error.reason === 'IN_PROGRESS' && typeof known === 'string') {
        show((before) => ({ ...before, state: 'following', id: known }));
      } else if (LOST.includes(error.reason)) {
        // The same order under the same id: found as it stands, or put into the queue now.
        await client.enqueueContent(ordered).then(
          (found) => show((before) => following(before, found)),
          () => show((before) => ({ ...before, state: 'failed', error })),
        );
      } else {
        show((before) => ({
          ...before,
          state: 'failed',
          error,
          ...(typeof known === 'string' && { id: known }),
        }));
      }
    }
  };

  const over = request && shown.state === 'following' ? request.status : undefined;
  const generated = request?.generatedContent?.caption;
  return {
    start(wanted) {
      order.current = { ...wanted, requestId: wanted.requestId ?? crypto.randomUUID() };
      void run(order.current);
    },
    retry() {
      if (order.current) void run(order.current);
    },
    cancel() {
      running.current?.cancel();
      running.current = null;
      setShown(IDLE);
    },
    state: over === 'COMPLETED' ? 'done' : over === 'FAILED' ? 'failed' : shown.state,
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
