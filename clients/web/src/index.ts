// @leadgen-pro/client: the service's callables, documents and errors, typed.

export * from './generated.js';
export * from './client.js';
export { LeadGenError, type ClientReason } from './errors.js';
export { CallStream, type StreamOptions } from './stream.js';
