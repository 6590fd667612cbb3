/** @file The inside end of a room: parses calls, runs handlers, answers with values. Runs in the utility process. */
import type { z } from 'zod';
import { asErrorCode } from '../../preload/error-codes.ts';
import type { FromRoom, Handlers, ParamsOf, ResultOf, RoomSpec, Sendable, ToRoom } from './define.ts';
import { Failure, toRefusal } from './failure.ts';
import { connectToParent, type ParentLink } from './parent-link.ts';

/** What a room may do towards main while it runs. */
export interface RoomHost<S extends RoomSpec> {
  readonly emit: <K extends keyof S['events'] & string>(name: K, value: Sendable<z.output<S['events'][K]>>) => void;
  readonly ask: <K extends keyof S['asks'] & string>(
    method: K,
    params: Sendable<ParamsOf<S['asks'], K>>,
  ) => Promise<ResultOf<S['asks'], K>>;
  readonly log: (level: 'debug' | 'info' | 'warn' | 'error', text: string) => void;
}

export interface RoomBody<S extends RoomSpec> {
  readonly handlers: Handlers<S['methods']>;
  /** Called on an orderly stop; the process exits when it returns. */
  readonly close?: () => void | Promise<void>;
}

/** Starts serving `spec`. `open` runs once with the parsed init value; a thrown {@link Failure} is the start's refusal. */
export function serveRoom<S extends RoomSpec>(
  spec: S,
  open: (init: z.output<S['init']>, host: RoomHost<S>) => RoomBody<S> | Promise<RoomBody<S>>,
  link: ParentLink = connectToParent(),
): void {
  const running = new Map<number, AbortController>();
  const asked = new Map<number, { resolve: (value: unknown) => void; reject: (reason: Failure) => void }>();
  let nextAsk = 1;
  let body: RoomBody<S> | undefined;
  const send = (message: FromRoom): void => link.post(message);

  const host: RoomHost<S> = {
    emit: (name, value) => send({ kind: 'event', name, value }),
    log: (level, text) => send({ kind: 'log', level, text }),
    ask: (method, params) =>
      new Promise((resolve, reject) => {
        const seq = nextAsk++;
        asked.set(seq, { resolve: resolve as (value: unknown) => void, reject });
        send({ kind: 'ask', seq, method, params });
      }),
  };

  async function start(init: unknown): Promise<void> {
    try {
      body = await open(spec.init.parse(init) as z.output<S['init']>, host);
      send({ kind: 'ready' });
    } catch (thrown) {
      const { code, detail } = toRefusal(thrown);
      send({ kind: 'refused', code, detail });
    }
  }

  async function answer(seq: number, method: string, params: unknown): Promise<void> {
    const handler = body && Object.hasOwn(body.handlers, method) ? body.handlers[method as never] : undefined;
    const schema = spec.methods[method];
    if (!handler || !schema) {
      send({ kind: 'answer', seq, ok: false, code: 'bad-request', detail: `${spec.name} has no method ${method}` });
      return;
    }
    const parsed = schema.params.safeParse(params);
    if (!parsed.success) {
      send({
        kind: 'answer',
        seq,
        ok: false,
        code: 'bad-request',
        detail: `${spec.name}.${method}: ${parsed.error.message}`,
      });
      return;
    }
    const controller = new AbortController();
    running.set(seq, controller);
    try {
      const run = handler as (params: unknown, context: unknown) => unknown;
      const value = await run(parsed.data, {
        signal: controller.signal,
        progress: (step: unknown) => send({ kind: 'progress', seq, value: step }),
      });
      send({ kind: 'answer', seq, ok: true, value });
    } catch (thrown) {
      const { code, detail } = toRefusal(thrown);
      if (code === 'internal') send({ kind: 'log', level: 'error', text: `${spec.name}.${method}: ${detail}` });
      send({ kind: 'answer', seq, ok: false, code, detail });
    } finally {
      running.delete(seq);
    }
  }

  link.onMessage((message: ToRoom) => {
    switch (message.kind) {
      case 'start':
        void start(message.init);
        return;
      case 'call':
        void answer(message.seq, message.method, message.params);
        return;
      case 'cancel':
        running.get(message.seq)?.abort();
        return;
      case 'answer': {
        const waiting = asked.get(message.seq);
        asked.delete(message.seq);
        if (message.ok) waiting?.resolve(message.value);
        else waiting?.reject(new Failure(asErrorCode(message.code), message.detail));
        return;
      }
      case 'stop':
        void Promise.resolve(body?.close?.()).finally(() => link.exit());
        return;
    }
  });
}
