/**
 * @file How a room (one utility process) is described: its methods, progress values, events, and what it may ask of
 * main. Both ends parse with the same schemas, so a message that does not fit never reaches a handler.
 */
import type { z } from 'zod';

export interface MethodSpec {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** Values sent while the call runs (a scanned page, a signed file). */
  readonly progress?: z.ZodType;
  /** After this long without an answer or progress the room counts as hung and is replaced. */
  readonly timeoutMs: number;
  /** What of it wears the process out, for {@link RoomSpec.retireAfter}: each call, or each progress value (a page). */
  readonly wear?: 'call' | 'progress';
}

export interface RoomSpec {
  readonly name: string;
  /**
   * After this much wear a fresh process takes over: libraries that do not give memory back, WebAssembly that only grows.
   * Calls under way end where they began; nobody outside notices.
   */
  readonly retireAfter?: number;
  /** Sent once after each start; the room answers `ready`. */
  readonly init: z.ZodType;
  readonly methods: Readonly<Record<string, MethodSpec>>;
  readonly events: Readonly<Record<string, z.ZodType>>;
  /** Requests from the room up to main, which brokers them (sync asks for its next job, for example). */
  readonly asks: Readonly<Record<string, MethodSpec>>;
}

export function defineRoom<const S extends RoomSpec>(spec: S): S {
  return spec;
}

type Methods = Readonly<Record<string, MethodSpec>>;
export type ParamsOf<M extends Methods, K extends keyof M> = z.output<M[K]['params']>;
export type ResultOf<M extends Methods, K extends keyof M> = z.output<M[K]['result']>;
export type ProgressOf<M extends Methods, K extends keyof M> = M[K]['progress'] extends z.ZodType
  ? z.output<M[K]['progress']>
  : never;

/** Schemas infer mutable types, but nobody changes a message: readonly data may be sent and answered as it is. */
export type Sendable<T> = T extends Uint8Array
  ? T
  : T extends readonly unknown[]
    ? { readonly [K in keyof T]: Sendable<T[K]> }
    : T extends object
      ? { readonly [K in keyof T]: Sendable<T[K]> }
      : T;

/** What a handler is given beside its parameters. */
export interface CallContext<P> {
  readonly signal: AbortSignal;
  readonly progress: (value: P) => void;
}

export type Handlers<M extends Methods> = {
  readonly [K in keyof M]: (
    params: ParamsOf<M, K>,
    context: CallContext<ProgressOf<M, K>>,
  ) => Sendable<ResultOf<M, K>> | Promise<Sendable<ResultOf<M, K>>>;
};

/** Messages on the wire; every one is a JSON value except `Uint8Array` PINs, which only `token` accepts. */
export type ToRoom =
  | { readonly kind: 'start'; readonly init: unknown }
  | { readonly kind: 'call'; readonly seq: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'cancel'; readonly seq: number }
  | WireAnswer
  | { readonly kind: 'stop' };

export type FromRoom =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly code: string; readonly detail?: string | undefined }
  | WireAnswer
  | { readonly kind: 'progress'; readonly seq: number; readonly value: unknown }
  | { readonly kind: 'event'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'ask'; readonly seq: number; readonly method: string; readonly params: unknown }
  | { readonly kind: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };

export type WireAnswer =
  | { readonly kind: 'answer'; readonly seq: number; readonly ok: true; readonly value: unknown }
  | {
      readonly kind: 'answer';
      readonly seq: number;
      readonly ok: false;
      readonly code: string;
      readonly detail?: string | undefined;
    };
