/** @file How much at once and how fast: chunks sized to the measured line, and a bucket that keeps to a bandwidth cap. */
import type { Clock } from './ports.ts';

export const SMALLEST_CHUNK = 64 * 1024;
export const LARGEST_CHUNK = 4 * 1024 * 1024;
/** One PATCH should take about this long: short enough to lose little, long enough to be worth its round trip. */
const TARGET_SECONDS = 7;
const SMOOTHING = 0.5;

export interface Pace {
  /** Bytes for the next PATCH, a multiple of the smallest chunk. */
  readonly chunkBytes: () => number;
  readonly measured: (bytes: number, elapsedMs: number) => void;
  /** A PATCH was cut or stalled: the line is worse than it was. */
  readonly failed: () => void;
}

/** @param maxBytesPerSecond the cap, or null: a chunk is never more than the cap sends in the target time. */
export function createPace(maxBytesPerSecond: number | null): Pace {
  let rate: number | null = null;
  return {
    chunkBytes() {
      const bytesPerSecond = Math.min(rate ?? (4 * SMALLEST_CHUNK) / TARGET_SECONDS, maxBytesPerSecond ?? Infinity);
      const chunks = Math.floor((bytesPerSecond * TARGET_SECONDS) / SMALLEST_CHUNK);
      return Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, chunks * SMALLEST_CHUNK));
    },
    measured(bytes, elapsedMs) {
      const now = (bytes * 1000) / Math.max(1, elapsedMs);
      rate = rate === null ? now : rate + SMOOTHING * (now - rate);
    },
    failed() {
      rate = (rate ?? (4 * SMALLEST_CHUNK) / TARGET_SECONDS) / 2;
    },
  };
}

export interface TokenBucket {
  /** Resolves when `bytes` may be sent. */
  readonly take: (bytes: number, signal?: AbortSignal) => Promise<void>;
}

/** At most `bytesPerSecond` on average, with bursts of one second's worth; null lets everything through. */
export function createTokenBucket(bytesPerSecond: number | null, clock: Clock): TokenBucket {
  if (bytesPerSecond === null) return { take: async () => {} };
  let tokens = bytesPerSecond;
  let atMs = clock.monotonicMs();
  return {
    async take(bytes, signal) {
      const now = clock.monotonicMs();
      tokens = Math.min(bytesPerSecond, tokens + ((now - atMs) * bytesPerSecond) / 1000) - bytes;
      atMs = now;
      // Debt is allowed and paid by waiting, so that a slice larger than the bucket passes too.
      if (tokens < 0) await clock.sleep((-tokens * 1000) / bytesPerSecond, signal);
    },
  };
}
