import { describe, expect, it } from 'vitest';
import { simulate } from './sync-world.ts';

/** `SYNC_SEEDS=10000 npx vitest run test/simulation` for the long run; `SYNC_FIRST_SEED` starts elsewhere. */
const SEEDS = Number(process.env['SYNC_SEEDS'] ?? 200);
const FIRST = Number(process.env['SYNC_FIRST_SEED'] ?? 1);
const CONTROL_SEEDS = 60;

interface Total {
  jobs: number;
  lost: number;
  duplicated: number;
  corrupted: number;
  stuck: number;
  readonly wrong: string[];
  readonly fired: Record<string, number>;
}

async function run(first: number, count: number): Promise<Total> {
  const total: Total = { jobs: 0, lost: 0, duplicated: 0, corrupted: 0, stuck: 0, wrong: [], fired: {} };
  for (let seed = first; seed < first + count; seed++) {
    const result = await simulate(seed);
    for (const key of ['jobs', 'lost', 'duplicated', 'corrupted', 'stuck'] as const) total[key] += result[key];
    for (const [name, times] of Object.entries(result.fired)) total.fired[name] = (total.fired[name] ?? 0) + times;
    const isBad = result.lost + result.duplicated + result.corrupted + result.stuck > 0 || result.wrong.length > 0;
    if (isBad) total.wrong.push(`seed ${seed}: ${JSON.stringify({ ...result, fired: undefined })}`);
  }
  return total;
}

describe('the sync core and the gateway on a bad line, with kills, forgers and jumping clocks', () => {
  it(`0 lost, 0 duplicated, 0 corrupted, 0 stuck over ${SEEDS} seeds from ${FIRST}`, async () => {
    const total = await run(FIRST, SEEDS);
    console.log(
      `${total.lost} lost, ${total.duplicated} duplicated, ${total.corrupted} corrupted, ${total.stuck} stuck of ${total.jobs} dossiers, ` +
        `seeds ${FIRST}–${FIRST + SEEDS - 1}; faults: ${JSON.stringify(total.fired)}`,
    );
    expect(total.wrong).toEqual([]);
    expect(total).toMatchObject({ lost: 0, duplicated: 0, corrupted: 0, stuck: 0 });
    for (const [name, times] of Object.entries(total.fired))
      expect(times, `${name} must really happen`).toBeGreaterThanOrEqual(SEEDS / 50);
  });

  // Positive controls: with one protection removed the same harness must report damage, or it proves nothing.
  it.each([
    ['receipts are believed unread: dossiers are shown as received that never arrived', { receiptCheck: true }, 'lost'],
    ['a pass is never repeated by itself: dossiers are stuck', { tick: true }, 'stuck'],
    ['a wait that a jumping clock made endless is waited for: dossiers are stuck', { farWaitRule: true }, 'stuck'],
  ] as const)('notices when %s', async (_name, removed, damage) => {
    let found = 0;
    for (let seed = FIRST; found === 0 && seed < FIRST + CONTROL_SEEDS; seed++)
      found = (await simulate(seed, removed))[damage];
    expect(found).toBeGreaterThan(0);
  });

  it('plays a seed twice the same way', async () => {
    const [once, again] = [await simulate(4242), await simulate(4242)];
    expect(again).toEqual(once);
  });
});
