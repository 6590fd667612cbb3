/**
 * @file The counter's own rhythm: a pass when something was sealed, when a wait is over, and every minute in any case, so
 * that a lost timer strands nothing; and beside it one request that waits for news from the province.
 */
import { delayMs } from './back-off.ts';
import type { Clock, Random } from './ports.ts';
import type { PassResult, SyncCore } from './sync-core.ts';

export const TICK_MS = 60_000;
const FEED_WAIT_SECONDS = 25;
/** A job is due by the wall clock, the nap is measured by the other one. */
const MARGIN_MS = 50;

export interface AutomaticParts {
  readonly core: SyncCore;
  readonly clock: Clock;
  readonly random: Random;
  /** Runs `work` when no other pass runs. */
  readonly alone: (work: () => Promise<PassResult>) => Promise<PassResult>;
  readonly log: (level: 'info' | 'warn', text: string) => void;
}

export interface Automatic {
  /** Look now. */
  readonly wake: () => void;
  readonly stop: () => Promise<void>;
}

export function startAutomatic({ core, clock, random, alone, log }: AutomaticParts): Automatic {
  const ending = new AbortController();
  let nap = new AbortController();
  let isWoken = false;

  async function work(): Promise<void> {
    for (let broken = 0; !ending.signal.aborted;) {
      const isAsked = isWoken;
      isWoken = false;
      let retryInMs: number | null = null;
      try {
        ({ retryInMs } = await alone(() => core.pass({ signal: ending.signal, isAsked, readFeed: false })));
        broken = 0;
      } catch (thrown) {
        if (ending.signal.aborted) return;
        log('warn', `a pass ended: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
        retryInMs = delayMs(broken++, null, random);
      }
      if (isWoken) continue;
      nap = new AbortController();
      await clock.sleep(
        Math.min(TICK_MS, (retryInMs ?? TICK_MS) + MARGIN_MS),
        AbortSignal.any([nap.signal, ending.signal]),
      );
    }
  }

  async function listen(): Promise<void> {
    for (let failures = 0; !ending.signal.aborted;) {
      let retryAfterMs: number | null = null;
      try {
        const reply = await core.readFeed(FEED_WAIT_SECONDS, ending.signal);
        if (reply.kind === 'success') {
          failures = 0;
          continue;
        }
        retryAfterMs = reply.retryAfterMs;
      } catch (thrown) {
        if (ending.signal.aborted) return;
        log('warn', `the feed stopped: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
      await clock.sleep(Math.max(1_000, delayMs(failures++, retryAfterMs, random)), ending.signal);
    }
  }

  const both = Promise.all([work(), listen()]);
  return {
    wake() {
      isWoken = true;
      nap.abort();
    },
    async stop() {
      ending.abort();
      await both;
    },
  };
}
