// The callables as typed methods.

import type { FirebaseApp } from 'firebase/app';
import { getFunctions, httpsCallable, httpsCallableFromURL, type Functions, type HttpsCallable } from 'firebase/functions';
import { asLeadGenError } from './errors.js';
import { callables, type Callables } from './generated.js';
import { CallStream, type StreamOptions } from './stream.js';

/** The languages that the service speaks to people. */
export type Language = 'id' | 'en';

/** How to reach the service, and how to speak to it. */
export interface LeadGenClientOptions {
  /**
   * Where the callables are, without the last slash: `https://….run.app`, or `/api` on a page of Firebase Hosting. Without it the SDK
   * decides: after `connectFunctionsEmulator` the address given there.
   */
  baseUrl?: string;
  /**
   * Where the callables that answer in pieces are, if elsewhere: a page on Firebase Hosting names the service's own address, since what
   * Hosting passes on is held back until it is complete, and cut off after 60 seconds. As `baseUrl` unless it is said.
   */
  streamUrl?: string;
  /** Longest time for a call that answers once. 70 seconds unless it is said; the service gives up after 60. */
  timeoutMs?: number;
  /** What people read: a language, or where to look for it at each call. Indonesian unless it is said. */
  language?: Language | (() => Language);
  /** The Functions instance that `connectFunctionsEmulator` was called with; the app's default one unless it is said. */
  functions?: Functions;
}

/** What can be said of one call. */
export interface CallOptions {
  /** Longest time for this call. */
  timeoutMs?: number;
}

type Data<Name extends keyof Callables> = Exclude<Callables[Name]['data'], null>;
type Arguments<D, Options> = {} extends D ? [data?: D, options?: Options] : [data: D, options?: Options];

/** The callables that answer once. */
export type UnaryMethods = {
  [Name in keyof Callables as Callables[Name] extends { chunk: unknown } ? never : Name]: (
    ...call: Arguments<Data<Name>, CallOptions>
  ) => Promise<Callables[Name]['result']>;
};

/** The callables that answer in pieces. */
export type StreamingMethods = {
  [Name in keyof Callables as Callables[Name] extends { chunk: unknown } ? Name : never]: (
    ...call: Arguments<Data<Name>, StreamOptions>
  ) => CallStream<
    Callables[Name] extends { chunk: infer Chunk } ? Chunk : never,
    Callables[Name]['result']
  >;
};

/** One method for each callable. A method throws, or its stream ends with, a `LeadGenError` and nothing else. */
export type LeadGenClient = UnaryMethods & StreamingMethods;

/** Makes the client of an app. It holds no connection and no state. */
export function createLeadGenClient(app: FirebaseApp, options: LeadGenClientOptions = {}): LeadGenClient {
  const language = () => {
    const { language } = options;
    return (typeof language === 'function' ? language() : language) ?? 'id';
  };
  const functions = options.functions ?? getFunctions(app);
  const reached = (
    name: string,
    language: Language,
    baseUrl = options.baseUrl,
    timeoutMs?: number,
  ): HttpsCallable<unknown, unknown, unknown> => {
    const timeout = timeoutMs ?? options.timeoutMs ?? 70_000;
    // The SDK lets nobody set a header, so the language stands in the address.
    const path = `${name}?lang=${language}`;
    return baseUrl === undefined
      ? httpsCallable(functions, path, { timeout })
      : httpsCallableFromURL(functions, `${baseUrl.replace(/\/+$/, '')}/${path}`, { timeout });
  };
  const unary = (name: string) => async (data: unknown = {}, call: CallOptions = {}) => {
    const speaking = language();
    try {
      const answer = await reached(name, speaking, options.baseUrl, call.timeoutMs)(said(data));
      return answer.data;
    } catch (thrown) {
      throw asLeadGenError(thrown, speaking);
    }
  };
  const streaming = (name: string) => (data: unknown = {}, call: StreamOptions = {}) => {
    const speaking = language();
    const open = (signal: AbortSignal) => reached(name, speaking, options.streamUrl).stream(said(data), { signal });
    return new CallStream(open, speaking, call);
  };
  const methods = Object.entries(callables).map(([name, kind]) => [
    name,
    kind === 'unary' ? unary(name) : streaming(name),
  ]);
  return Object.fromEntries(methods) as LeadGenClient;
}

/** The data without what is undefined: the SDK would send null for it, and the service would take null for a value. */
function said(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(said);
  if (data === null || typeof data !== 'object' || data instanceof Date) return data;
  const fields = Object.entries(data).filter(([, value]) => value !== undefined);
  return Object.fromEntries(fields.map(([name, value]) => [name, said(value)]));
}
