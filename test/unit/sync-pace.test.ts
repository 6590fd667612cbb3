import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BASE_MS, CAP_MS, backOffMs, delayMs, parseRetryAfter } from '../../main/sync/back-off.ts';
import { createPace, createTokenBucket, LARGEST_CHUNK, SMALLEST_CHUNK } from '../../main/sync/pace.ts';
import type { Clock } from '../../main/sync/ports.ts';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the back-off', () => {
  it('is full jitter: anywhere from 0 to the capped exponential, never beyond', () => {
    fc.assert(
      fc.property(fc.nat(2_000), unit, (attempt, u) => {
        const ms = backOffMs(attempt, () => u);
        const cap = Math.min(CAP_MS, BASE_MS * 2 ** attempt);
        expect(ms).toBe(u * cap);
        expect(ms).toBeLessThan(CAP_MS);
      }),
    );
  });

  it('caps first and jitters after: late attempts still spread over the whole quarter of an hour', () => {
    expect(backOffMs(30, () => 0.01)).toBeCloseTo(CAP_MS * 0.01);
    expect(backOffMs(30, () => 0.99)).toBeCloseTo(CAP_MS * 0.99);
  });

  it('never comes before Retry-After', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.nat(3_600_000), unit, (attempt, retryAfterMs, u) => {
        expect(delayMs(attempt, retryAfterMs, () => u)).toBeGreaterThanOrEqual(retryAfterMs);
      }),
    );
  });

  it.each([
    ['120', undefined, 120_000],
    ['0', undefined, 0],
    ['Fri, 20 Nov 2026 08:01:00 GMT', 'Fri, 20 Nov 2026 08:00:00 GMT', 60_000],
    ['Fri, 20 Nov 2026 07:00:00 GMT', 'Fri, 20 Nov 2026 08:00:00 GMT', 0],
    ['999999999', undefined, 6 * 3_600_000],
    ['soon', undefined, null],
    ['-5', undefined, null],
    [undefined, undefined, null],
  ])('reads Retry-After "%s" (Date %s) as %s ms', (value, date, expected) => {
    expect(parseRetryAfter(value, date)).toBe(expected);
  });
});

describe('the chunk size', () => {
  it('stays between 64 KiB and 4 MiB in whole 64 KiB, whatever was measured', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(8_000_000), fc.nat(60_000), fc.boolean())),
        fc.option(fc.integer({ min: 1, max: 10_000_000 })),
        (samples, cap) => {
          const pace = createPace(cap);
          for (const [bytes, ms, hasFailed] of samples) {
            if (hasFailed) pace.failed();
            else pace.measured(bytes, ms);
            const size = pace.chunkBytes();
            expect(size).toBeGreaterThanOrEqual(SMALLEST_CHUNK);
            expect(size).toBeLessThanOrEqual(LARGEST_CHUNK);
            expect(size % SMALLEST_CHUNK).toBe(0);
          }
        },
      ),
    );
  });

  it('makes one PATCH take about 7 s at the measured rate', () => {
    const pace = createPace(null);
    for (let round = 0; round < 20; round++) pace.measured(100_000, 1_000);
    expect(pace.chunkBytes()).toBe(Math.floor(700_000 / SMALLEST_CHUNK) * SMALLEST_CHUNK);
  });

  it('grows to the largest on a fast line and shrinks when PATCHes are cut', () => {
    const pace = createPace(null);
    for (let round = 0; round < 5; round++) pace.measured(1_000_000, 20);
    expect(pace.chunkBytes()).toBe(LARGEST_CHUNK);
    for (let round = 0; round < 20; round++) pace.failed();
    expect(pace.chunkBytes()).toBe(SMALLEST_CHUNK);
  });
});

describe('the bandwidth cap', () => {
  it("lets through at most one second's worth more than the cap, and not much less", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1_000, max: 1_000_000 }),
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 50 }),
        async (cap, slices) => {
          let nowMs = 0;
          const clock: Clock = { nowMs: () => 0, monotonicMs: () => nowMs, sleep: async (ms) => void (nowMs += ms) };
          const bucket = createTokenBucket(cap, clock);
          let sent = 0;
          for (const bytes of slices) {
            await bucket.take(bytes);
            sent += bytes;
            expect(sent).toBeLessThanOrEqual(cap + (cap * nowMs) / 1000 + 1e-3);
          }
          expect(nowMs).toBeLessThanOrEqual((sent * 1000) / cap);
        },
      ),
    );
  });
});
