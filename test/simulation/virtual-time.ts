/** @file Time for the simulator: it passes only when nothing is left to do, and one seed always plays the same way. */
import type { Clock } from '../../main/sync/ports.ts';

export interface VirtualTime {
  readonly nowMs: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Real asynchronous work (WebCrypto) during which time must stand still. */
  readonly outside: <T>(work: Promise<T>) => Promise<T>;
  /** Lets time pass until `isDone` or `untilMs`. */
  readonly run: (isDone: () => boolean, untilMs: number) => Promise<void>;
}

export function createVirtualTime(startMs: number): VirtualTime {
  let nowMs = startMs;
  let order = 0;
  let outside = 0;
  const timers: { atMs: number; order: number; fire: () => void }[] = [];
  const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  return {
    nowMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const timer = { atMs: nowMs + Math.max(0, Math.ceil(ms)), order: order++, fire: resolve };
        timers.push(timer);
        signal?.addEventListener(
          'abort',
          () => {
            const index = timers.indexOf(timer);
            if (index >= 0) timers.splice(index, 1);
            resolve();
          },
          { once: true },
        );
      }),
    async outside(work) {
      outside++;
      try {
        return await work;
      } finally {
        outside--;
      }
    },
    async run(isDone, untilMs) {
      for (;;) {
        await idle();
        if (outside > 0) continue;
        if (isDone()) return;
        let next = timers[0];
        for (const timer of timers) {
          if (!next || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order)) next = timer;
        }
        if (!next || next.atMs > untilMs) return;
        timers.splice(timers.indexOf(next), 1);
        nowMs = next.atMs;
        next.fire();
      }
    },
  };
}

/** A counter's clock: monotonic time is true, the wall clock is whatever its user made of it. */
export function clockOf(time: VirtualTime, wallOffsetMs: () => number): Clock {
  return { nowMs: () => time.nowMs() + wallOffsetMs(), monotonicMs: time.nowMs, sleep: time.sleep };
}

/** mulberry32: small, fast, and the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
