// An answer that comes in pieces, with the limits that the SDK's own stream lacks.

import type { HttpsCallableStreamResult } from 'firebase/functions';
import { asLeadGenError, clientError, type LeadGenError } from './errors.js';
import type { Language } from './client.js';

/** Limits of a stream. */
export interface StreamOptions {
  /** Longest time for all of it. 150 seconds unless it is said. */
  timeoutMs?: number;
  /** Longest time between two pieces. As `timeoutMs` unless it is said: a picture is drawn without a word for a minute. */
  idleMs?: number;
  /** Calls it off. */
  signal?: AbortSignal;
}

/**
 * The pieces of an answer, and the answer. Iterate it, as often as wanted: each iteration begins with the first piece. Leaving an
 * iteration does not call it off: `cancel` and `signal` do. Whoever looks at neither pieces nor `result` misses the failure, and
 * nothing else: no rejection is left unhandled.
 */
export class CallStream<Chunk, Result> implements AsyncIterable<Chunk> {
  /** The answer; rejects with a `LeadGenError`. */
  readonly result: Promise<Result>;

  readonly #chunks: Chunk[] = [];
  readonly #aborter = new AbortController();
  readonly #language: Language;
  #outcome: { failure?: LeadGenError } | undefined;
  #waiting: (() => void)[] = [];
  #idle: ReturnType<typeof setTimeout> | undefined;
  #settle!: { resolve: (result: Result) => void; reject: (failure: LeadGenError) => void };

  /** For this package: a stream that `open` begins. */
  constructor(
    open: (signal: AbortSignal) => Promise<HttpsCallableStreamResult<Result, Chunk>>,
    language: Language,
    options: StreamOptions,
  ) {
    this.#language = language;
    this.result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.result.catch(() => undefined);
    const all = options.timeoutMs ?? 150_000;
    const idle = options.idleMs ?? all;
    const total = setTimeout(() => this.#end(clientError('TIMEOUT', language)), all);
    const called = () => this.cancel();
    options.signal?.addEventListener('abort', called, { once: true });
    const over = () => {
      clearTimeout(total);
      clearTimeout(this.#idle);
      options.signal?.removeEventListener('abort', called);
    };
    this.result.then(over, over);
    if (options.signal?.aborted) this.cancel();
    else void this.#run(open, idle);
  }

  /** Calls it off. The service stops as well; a content request that it has begun is finished or taken up again there. */
  cancel(): void {
    this.#end(clientError('CANCELLED', this.#language));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk, void, void> {
    for (let next = 0; ; next += 1) {
      while (next >= this.#chunks.length) {
        if (this.#outcome) {
          if (this.#outcome.failure) throw this.#outcome.failure;
          return;
        }
        await new Promise<void>((wake) => this.#waiting.push(wake));
      }
      yield this.#chunks[next] as Chunk;
    }
  }

  async #run(
    open: (signal: AbortSignal) => Promise<HttpsCallableStreamResult<Result, Chunk>>,
    idle: number,
  ): Promise<void> {
    const heard = () => {
      clearTimeout(this.#idle);
      if (!this.#outcome) {
        this.#idle = setTimeout(() => this.#end(clientError('TIMEOUT', this.#language)), idle);
      }
    };
    try {
      heard();
      const { stream, data } = await open(this.#aborter.signal);
      const answer = data.then(
        (result) => ({ result }),
        (failure: unknown) => ({ failure }),
      );
      for await (const chunk of stream) {
        if (this.#outcome) return;
        heard();
        this.#chunks.push(chunk);
        this.#wake();
      }
      // An answer that is no stream at all ends the SDK's stream and leaves its promise pending for ever.
      const nothing = new Promise<undefined>((resolve) => setTimeout(resolve, 0, undefined));
      const settled = await Promise.race([answer, nothing]);
      if (settled && 'result' in settled) this.#end(undefined, settled.result);
      else this.#end(settled ? asLeadGenError(settled.failure, this.#language) : clientError('UNREADABLE', this.#language));
    } catch (thrown) {
      this.#end(asLeadGenError(thrown, this.#language));
    }
  }

  #end(failure: LeadGenError | undefined, result?: Result): void {
    if (this.#outcome) return;
    this.#outcome = failure ? { failure } : {};
    if (failure) {
      this.#settle.reject(failure);
      this.#aborter.abort();
    } else {
      this.#settle.resolve(result as Result);
    }
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
