import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { unwrap } from '../../main/rooms/failure.ts';
import { someBytes } from '../fixtures/sync-outbox.ts';
import { AGENCY, filesOfProvince, openStage, poll, type Stage, type StageOptions } from '../fixtures/sync-stage.ts';

let stage: Stage;
async function open(options?: StageOptions): Promise<Stage> {
  stage = await openStage(options);
  return stage;
}
afterEach(() => stage.close());

describe('a sealed dossier on its way to the province', () => {
  it('arrives with every byte and comes back as a receipt that verifies', async () => {
    const { outbox, sync, province, provinceFolder } = await open();
    const job = await outbox.add([someBytes(700_000), someBytes(1_000), someBytes(3_000_000)]);
    const result = unwrap(await sync.call('run', { once: true }));
    expect(result).toEqual({ received: 1, waiting: 0, held: 0 });
    expect(job.state).toBe('received');
    expect(job.payload).toMatchObject({
      dossierId: job.job.manifest.dossierId,
      rev: 1,
      seq: 1,
      auditHead: job.job.manifest.auditHead,
    });
    expect(job.payload?.number).toMatch(new RegExp(`^${AGENCY}-\\d{6}-0001$`));
    expect(filesOfProvince(provinceFolder).sort()).toEqual(
      job.bytes.map((bytes) => createHash('sha256').update(bytes).digest('hex')).sort(),
    );
    expect(unwrap(await province.call('stats', {}))).toMatchObject({
      dossiers: 1,
      receipts: 1,
      files: 3,
      bytes: 3_701_000,
    });
    expect(unwrap(await province.call('receipt', { dossierId: job.job.manifest.dossierId }))).toBe(job.receipts[0]);
  });

  it('reports every step before the next one: metadata, then the smallest file, then the commit', async () => {
    const { outbox, sync } = await open();
    const job = await outbox.add([someBytes(300_000), someBytes(2_000)]);
    await sync.call('run', { once: true });
    const kinds = job.steps.map((step) =>
      step.kind === 'progress' ? `${step.sha256 === job.job.manifest.files[1]?.sha256 ? 'small' : 'large'}` : step.kind,
    );
    expect(kinds.filter((kind, index) => kind !== kinds[index - 1])).toEqual([
      'announced',
      'small',
      'large',
      'committing',
      'received',
    ]);
  });

  it('goes by itself in automatic mode, and the province taking it into work comes back through the feed', async () => {
    const { outbox, sync, statuses } = await open({ isAutomatic: true });
    await sync.start();
    await poll('online', () => statuses.some(({ connection }) => connection === 'online'));
    const job = await outbox.add([someBytes(50_000)]);
    unwrap(await sync.call('wake', {}));
    await poll('received', () => job.state === 'received');
    await poll('status 4', () => outbox.feed.length > 0);
    expect(outbox.feed).toMatchObject([
      { dossierId: job.job.manifest.dossierId, status: 4, code: job.payload?.number },
    ]);
  });
});
