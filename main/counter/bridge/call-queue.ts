/**
 * @file One page's call at a time: a person answers one question, then the next. A page that asks too often is told so, and
 * the call of a page that has gone is dropped before anybody is asked.
 */
import { Failure } from '../../rooms/failure.ts';

const MAX_PER_ORIGIN = 20;
const MAX_CALLS = 50;

export interface CallQueue {
  /** @throws Failure `bridge-busy` at once when too many wait, `cancelled` when the page left before its turn */
  readonly run: <T>(origin: string, callId: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;
  readonly abandon: (callId: string) => void;
  readonly abandonAll: () => void;
  /** Calls behind the one in hand. */
  readonly waiting: () => number;
}

export function createCallQueue(): CallQueue {
  const calls = new Map<string, { readonly origin: string; readonly controller: AbortController }>();
  let last: Promise<unknown> = Promise.resolve();

  return {
    run: (origin, callId, work) => {
      const ofOrigin = [...calls.values()].filter((call) => call.origin === origin).length;
      if (ofOrigin >= MAX_PER_ORIGIN || calls.size >= MAX_CALLS)
        return Promise.reject(new Failure('bridge-busy', origin));
      const controller = new AbortController();
      calls.set(callId, { origin, controller });
      const turn = last.then(async () => {
        try {
          if (controller.signal.aborted) throw new Failure('cancelled', 'the page left');
          return await work(controller.signal);
        } finally {
          calls.delete(callId);
        }
      });
      last = turn.catch(() => {});
      return turn;
    },
    abandon: (callId) => calls.get(callId)?.controller.abort(),
    abandonAll: () => {
      for (const { controller } of calls.values()) controller.abort();
    },
    waiting: () => Math.max(0, calls.size - 1),
  };
}
