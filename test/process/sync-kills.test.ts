import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unwrap } from '../../main/rooms/failure.ts';
import { CHECKPOINTS } from '../../main/sync/upload-job.ts';
import { someBytes, type OutboxJob } from '../fixtures/sync-outbox.ts';
import { filesOfProvince, openStage, type Stage } from '../fixtures/sync-stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Everything this stage ever sealed is there exactly once, with every byte, and has one receipt. */
async function expectArrivedOnce(): Promise<void> {
  const { province, provinceFolder } = stage;
  const jobs: readonly OutboxJob[] = stage.outbox.jobs;
  for (const { state, receipts, payload, job } of jobs) {
    expect(state).toBe('received');
    expect(receipts).toHaveLength(1);
    expect(payload?.dossierId).toBe(job.manifest.dossierId);
  }
  const hashes = jobs.flatMap(({ bytes }) => bytes.map((file) => createHash('sha256').update(file).digest('hex')));
  expect(filesOfProvince(provinceFolder).sort()).toEqual(hashes.sort());
  expect(unwrap(await province.call('stats', {}))).toMatchObject({
    dossiers: jobs.length,
    receipts: jobs.length,
    files: hashes.length,
  });
  const numbers = jobs.map(({ payload }) => payload?.number);
  expect(new Set(numbers).size).toBe(jobs.length);
  const sequence = jobs.map(({ payload }) => payload?.seq ?? 0).toSorted((a, b) => a - b);
  expect(sequence).toEqual(jobs.map((_job, index) => index + 1));
}

describe('the sync process killed with -9', () => {
  it.each(CHECKPOINTS)('at "%s": the dossier arrives once, with every byte', async (point) => {
    await stage.crashAt(point);
    const job = await stage.outbox.add([someBytes(400_000), someBytes(90_000)]);
    const killed = await stage.sync.call('run', { once: true });
    expect(killed).toMatchObject({ ok: false, code: 'room-stopped' });
    if (point === 'received-reported') expect(job.state).toBe('received');
    else expect(job.state).not.toBe('received');
    await stage.settle();
    await expectArrivedOnce();
  });
});

describe('the province killed with -9', () => {
  it('ten times during the uploads: every dossier arrives once, with every byte', async () => {
    const { outbox, province } = stage;
    const jobs = await Promise.all([1, 2, 3, 4, 5].map(() => outbox.add([someBytes(900_000), someBytes(120_000)])));
    let kills = 0;
    let steps = 0;
    const reportStep = outbox.asks.reportStep;
    // Every third step the counter reports, the province dies: between and within its own steps, as they fall.
    const asks = outbox.asks as { reportStep: typeof reportStep };
    asks.reportStep = (params, context) => {
      if (++steps % 3 === 0 && kills < 10 && province.pid !== undefined) {
        kills++;
        process.kill(province.pid, 'SIGKILL');
      }
      return reportStep(params, context);
    };
    for (let pass = 0; pass < 100 && !jobs.every(({ state }) => state === 'received'); pass++) {
      await province.start();
      outbox.hurry();
      await stage.sync.call('run', { once: true });
    }
    asks.reportStep = reportStep;
    expect(kills).toBe(10);
    await province.start();
    await expectArrivedOnce();
  });
});
