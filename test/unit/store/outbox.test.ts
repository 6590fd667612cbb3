import fc from 'fast-check';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBlob } from '../../../main/blobs/blob-file.ts';
import { hashManifest } from '../../../main/sync/manifest.ts';
import type { UploadJob, UploadStep } from '../../../main/sync/protocol.ts';
import { UploadJob as UploadJobSchema } from '../../../main/sync/protocol.ts';
import { nextUploadState, releasedUploadState, type JobState } from '../../../main/store/upload-states.ts';
import type { Dossier } from '../../../preload/types.ts';
import {
  attachResult,
  depositIn,
  feedItem as item,
  LAN,
  MINH,
  openKit,
  receiptFor,
  sealedDossier,
  SIGNATURE,
  type Kit,
} from './store-kit.ts';
import { pdfAbout, signedPdfAbout } from '../../stand-ins/officer-signature.ts';

let kit: Kit;
beforeEach(async () => {
  kit = await openKit();
});
afterEach(() => kit.end());

const next = async (): Promise<UploadJob> => {
  const job = await kit.call('nextJob', {});
  if (!job) throw new Error('no job is due');
  return job as UploadJob;
};
const report = (job: UploadJob, step: UploadStep) => kit.call('reportStep', { jobId: job.jobId, step });
const get = async (id: string) => (await kit.call('get', { id })) as Dossier;

describe('a sealed dossier on its way', () => {
  test('goes out with a manifest whose hash fits, files that can be read, and the audit head', async () => {
    await sealedDossier(kit);
    const job = UploadJobSchema.parse(await next());
    expect(hashManifest(job.manifest)).toBe(job.manifestSha256);
    for (const file of job.files) {
      expect(
        createHash('sha256')
          .update(await readBlob(file.access))
          .digest('hex'),
      ).toBe(file.sha256);
      expect(job.manifest.files.map(({ sha256 }) => sha256)).toContain(file.sha256);
    }
    expect(job.manifest.auditHead).toMatch(/^[0-9a-f]{64}$/);
    expect(job.manifest.record).toMatchObject({
      MaTTHC: '1.004873',
      KenhThucHien: 1,
      TrangThaiHoSo: 2,
      ChuHoSo: 'Nguyễn Văn Ẩn',
      NgayTiepNhan: '20261120091000',
    });
  });

  test("is received only with the province's receipt of this very manifest, and takes its code", async () => {
    const dossier = await sealedDossier(kit);
    const job = await next();
    await report(job, { kind: 'announced' });
    const sha256 = job.files[0]?.sha256 ?? '';
    await report(job, { kind: 'progress', sha256, uploadUrl: 'https://province/u/1', confirmedOffset: 10 });
    expect((await get(dossier.id)).upload).toMatchObject({ state: 'uploading', sentBytes: 10 });
    await report(job, { kind: 'committing' });
    const receipt = receiptFor(job.manifest, job.manifestSha256, { number: 'H56.17.42-261120-0007' });
    await report(job, { kind: 'received', receipt });
    await report(job, { kind: 'received', receipt }); // the answer was lost
    const received = await get(dossier.id);
    expect(received).toMatchObject({
      code: 'H56.17.42-261120-0007',
      isCodeProvisional: false,
      upload: { state: 'received' },
    });
    expect(received.upload.receivedAt).not.toBeNull();
    expect(await kit.call('provinceReceipt', { id: dossier.id })).toBe(receipt);
    expect(await kit.call('outbox', {})).toMatchObject({ queued: 0, uploading: 0, receivedToday: 1 });
    const search = async (text: string) => (await kit.call('list', { text, states: [], limit: 10, offset: 0 })).total;
    expect([await search('261120 0007'), await search('T-Q1-1')]).toEqual([1, 1]); // both codes find it
  });

  test.each([
    ['another dossier', { dossierId: '0190b0b0-0000-7000-8000-000000000000' }],
    ['another revision', { rev: 2 }],
    ['another manifest', { manifestSha256: 'f'.repeat(64) }],
    ['another audit head', { auditHead: 'f'.repeat(64) }],
  ])('is held, not received, on a receipt of %s', async (_name, over) => {
    const dossier = await sealedDossier(kit);
    const job = await next();
    await expect(
      report(job, { kind: 'received', receipt: receiptFor(job.manifest, job.manifestSha256, over) }),
    ).rejects.toMatchObject({ code: 'receipt-invalid' });
    expect((await get(dossier.id)).upload).toMatchObject({ state: 'held', reason: 'security', receivedAt: null });
    expect(await kit.call('nextJob', {})).toBeNull();
  });

  test('is held on a receipt that a stranger signed, and received with a true one after all', async () => {
    const dossier = await sealedDossier(kit);
    const job = await next();
    const stranger = generateKeyPairSync('ed25519').privateKey;
    await expect(
      report(job, { kind: 'received', receipt: receiptFor(job.manifest, job.manifestSha256, {}, stranger) }),
    ).rejects.toMatchObject({ code: 'receipt-invalid' });
    await report(job, { kind: 'received', receipt: receiptFor(job.manifest, job.manifestSha256) });
    expect((await get(dossier.id)).upload.state).toBe('received');
  });

  test('waits as long as it was told, counts its attempts, and lets others pass', async () => {
    const first = await sealedDossier(kit);
    await sealedDossier(kit);
    const job = await next();
    expect(job.manifest.dossierId).toBe(first.id);
    await report(job, {
      kind: 'waiting',
      reason: 'network',
      notBefore: new Date(kit.clock.nowMs + 60_000).toISOString(),
      detail: 'refused',
    });
    expect((await get(first.id)).upload).toMatchObject({ state: 'waiting', reason: 'network', attempts: 1 });
    expect((await next()).manifest.dossierId).not.toBe(first.id);
    kit.clock.nowMs += 60_001;
    const due = [(await next()).manifest.dossierId, (await next()).manifest.dossierId];
    expect(due).toContain(first.id);
  });

  test('does not come back at once when its sender ended without a word, but after the lease or a restart', async () => {
    await sealedDossier(kit);
    await next();
    expect(await kit.call('nextJob', {})).toBeNull();
    kit.clock.nowMs += 5_001;
    await next();
    expect(await kit.call('nextJob', {})).toBeNull();
    kit = await kit.reopen();
    await next();
  });

  test('that was announced goes on after dossiers the province has not heard of, smallest rest first', async () => {
    await sealedDossier(kit);
    await sealedDossier(kit);
    const first = await next();
    await report(first, { kind: 'announced' });
    kit.clock.nowMs += 5_001;
    expect((await next()).jobId).not.toBe(first.jobId);
  });

  test('keeps what the province confirmed over a restart, and believes nothing beyond the file', async () => {
    await sealedDossier(kit);
    const job = await next();
    const sha256 = job.files[0]?.sha256 ?? '';
    await report(job, { kind: 'announced' });
    await report(job, { kind: 'progress', sha256, uploadUrl: 'https://province/u/1', confirmedOffset: 17 });
    await expect(
      report(job, { kind: 'progress', sha256, uploadUrl: 'https://province/u/1', confirmedOffset: 1e9 }),
    ).rejects.toMatchObject({ code: 'bad-request' });
    kit = await kit.reopen();
    expect((await next()).files[0]).toMatchObject({ uploadUrl: 'https://province/u/1', confirmedOffset: 17 });
  });

  test('whose key is damaged is held for a person and does not stop the others', async () => {
    const poisoned = await sealedDossier(kit);
    const healthy = await sealedDossier(kit);
    kit.service.context.database
      .prepare(
        `UPDATE blob SET wrapped_key = zeroblob(60) WHERE id IN (SELECT blob_id FROM document WHERE dossier_id = ?)`,
      )
      .run(poisoned.id);
    expect((await next()).manifest.dossierId).toBe(healthy.id);
    expect((await get(poisoned.id)).upload).toMatchObject({ state: 'held', reason: 'key' });
  });

  test('sends its result only after the dossier itself was received', async () => {
    const dossier = await sealedDossier(kit);
    const first = await next();
    const waiting = await attachResult(kit, dossier, pdfAbout('r'));
    await kit.call('completeResult', {
      documentId: waiting.documentId,
      officerId: MINH,
      pageCount: 1,
      signature: SIGNATURE,
      pdf: await depositIn(kit, signedPdfAbout('r')),
    });
    kit.clock.nowMs += 5_001;
    expect((await next()).jobId).toBe(first.jobId);
    await report(first, { kind: 'announced' });
    await report(first, { kind: 'received', receipt: receiptFor(first.manifest, first.manifestSha256) });
    const second = await next();
    expect(second.manifest).toMatchObject({ revision: 2, record: { TrangThaiHoSo: 9 } });
    expect(second.manifest.files.map(({ kind }) => kind)).toEqual(['component', 'result']);
  });
});

describe('a held upload', () => {
  const heldJob = async (): Promise<{ dossier: Dossier; job: UploadJob }> => {
    const dossier = await sealedDossier(kit);
    const job = await next();
    await report(job, { kind: 'announced' });
    const sha256 = job.files[0]?.sha256 ?? '';
    await report(job, { kind: 'progress', sha256, uploadUrl: 'https://province/u/1', confirmedOffset: 17 });
    await report(job, { kind: 'held', reason: 'validation', detail: 'a field the province does not know' });
    return { dossier, job };
  };
  const release = (dossierId: string, officerId = LAN) => kit.call('releaseHeld', { dossierId, officerId });

  test('stays held until an officer releases it, then goes on from what the province confirmed, with an audit entry', async () => {
    const { dossier, job } = await heldJob();
    kit.clock.nowMs += 86_400_000;
    expect(await kit.call('nextJob', {})).toBeNull();
    kit.changed.length = 0;
    expect(await release(dossier.id)).toBe(1);
    expect(kit.changed).toEqual([dossier.id]);
    expect((await get(dossier.id)).upload).toMatchObject({ state: 'queued', reason: null, detail: null, attempts: 0 });
    const again = await next();
    expect(again.jobId).toBe(job.jobId);
    expect(again.files[0]).toMatchObject({ uploadUrl: 'https://province/u/1', confirmedOffset: 17 });
    const audit = kit.service.context.sql('SELECT event FROM audit ORDER BY seq DESC LIMIT 1').get() as {
      event: string;
    };
    expect(JSON.parse(audit.event)).toMatchObject({
      kind: 'upload-released',
      officerId: LAN,
      dossierId: dossier.id,
      data: { revision: 1, reason: 'validation' },
    });
    await report(again, { kind: 'received', receipt: receiptFor(again.manifest, again.manifestSha256) });
    expect((await get(dossier.id)).upload.state).toBe('received');
  });

  test('is released once; what is not held is left alone, and strangers release nothing', async () => {
    const { dossier } = await heldJob();
    await expect(release(dossier.id, 'nobody')).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(release('0190b0b0-0000-7000-8000-000000000000')).rejects.toMatchObject({ code: 'not-found' });
    expect([await release(dossier.id), await release(dossier.id)]).toEqual([1, 0]);
    const entries = kit.service.context.sql('SELECT event FROM audit').all() as { event: string }[];
    expect(entries.filter(({ event }) => event.includes('"upload-released"'))).toHaveLength(1);
  });
});

describe('upload states', () => {
  test.each(['queued', 'announced', 'uploading', 'committing', 'waiting', 'received'] as const)(
    'only what is held can be released, not what is %s',
    (state) => {
      expect(() => releasedUploadState(state)).toThrow('nothing to release');
      expect(releasedUploadState('held')).toBe('queued');
    },
  );

  const steps = ['announced', 'progress', 'committing', 'received', 'waiting', 'held'] as const;

  test('never lead away from received, and only a receipt leads out of held', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...steps)), (reports) => {
        let state: JobState = 'queued';
        for (const step of reports) {
          const before: JobState = state;
          try {
            state = nextUploadState(state, step);
          } catch {
            expect(state).toBe(before);
          }
          if (before === 'received') expect(state).toBe('received');
          if (before === 'held') expect(['held', 'received']).toContain(state);
        }
      }),
    );
  });
});

describe('the feed', () => {
  test('moves dossiers along legal ways only, with its cursor, and a bad item stops nothing', async () => {
    const [a, b] = [await sealedDossier(kit), await sealedDossier(kit)];
    await kit.call('applyFeed', {
      items: [
        item('0190b0b0-0000-7000-8000-000000000000', 1, 4),
        item(a.id, 2, 10),
        item(a.id, 3, 9),
        item(b.id, 4, 4),
        item(b.id, 5, 5),
      ],
      cursor: 'e:5',
    });
    expect((await get(a.id)).state).toBe('received'); // done without a result: never
    expect((await get(b.id)).state).toBe('supplement-requested');
    expect(await kit.call('feedCursor', {})).toBe('e:5');
    await kit.call('applyFeed', { items: [item(b.id, 5, 5)], cursor: 'e:5' });
    expect((await get(b.id)).state).toBe('supplement-requested');
  });

  test('cannot complete a dossier that has no signed result here', async () => {
    const dossier = await sealedDossier(kit);
    await kit.call('applyFeed', { items: [item(dossier.id, 1, 4), item(dossier.id, 2, 9)], cursor: 'e:2' });
    expect((await get(dossier.id)).state).toBe('processing');
  });

  test('cannot complete a dossier while one of its results is unsigned: that one can still be signed, and both are sent', async () => {
    const dossier = await sealedDossier(kit);
    const attach = async (text: string) => attachResult(kit, dossier, pdfAbout(text));
    const complete = async (documentId: string, text: string) =>
      kit.call('completeResult', {
        documentId,
        officerId: MINH,
        pageCount: 1,
        signature: SIGNATURE,
        pdf: await depositIn(kit, signedPdfAbout(text)),
      });
    const [one, two] = [await attach('one'), await attach('two')];
    await complete(one.documentId, 'one');
    await kit.call('applyFeed', { items: [item(dossier.id, 1, 4), item(dossier.id, 2, 9)], cursor: 'e:2' });
    expect((await get(dossier.id)).state).toBe('processing');
    const refused = kit.service.context.sql('SELECT event FROM audit ORDER BY seq DESC LIMIT 1').get() as {
      event: string;
    };
    expect(JSON.parse(refused.event)).toMatchObject({ kind: 'feed-refused', data: { refusal: 'result-unsigned' } });

    expect((await complete(two.documentId, 'two')).state).toBe('completed');
    const jobs = kit.service.context.sql('SELECT manifest FROM job ORDER BY revision').all() as { manifest: string }[];
    const [, last] = jobs.map(({ manifest }) => JSON.parse(manifest) as UploadJob['manifest']);
    expect(last?.files.filter(({ kind }) => kind === 'result')).toHaveLength(2);
    await kit.call('applyFeed', { items: [item(dossier.id, 3, 10)], cursor: 'e:3' });
    expect((await get(dossier.id)).state).toBe('returned');
  });

  test('cannot complete a dossier whose signed result is in no queued revision', async () => {
    const dossier = await sealedDossier(kit);
    const { documentId } = await attachResult(kit, dossier, pdfAbout('r'));
    kit.service.context.sql('UPDATE document SET signatures = ? WHERE id = ?').run('[{}]', documentId);
    await kit.call('applyFeed', { items: [item(dossier.id, 1, 4), item(dossier.id, 2, 9)], cursor: 'e:2' });
    expect((await get(dossier.id)).state).toBe('processing');
  });

  test('brings the official code, once', async () => {
    const dossier = await sealedDossier(kit);
    await kit.call('applyFeed', { items: [item(dossier.id, 1, 4, 'H56.17.42-261120-0009')], cursor: 'e:1' });
    await kit.call('applyFeed', { items: [item(dossier.id, 2, 4, 'H56.17.42-261120-0010')], cursor: 'e:2' });
    expect(await get(dossier.id)).toMatchObject({
      code: 'H56.17.42-261120-0009',
      isCodeProvisional: false,
      state: 'processing',
    });
  });
});

describe('numbers', () => {
  const lease = (from: number, to: number, key: string, date = '2026-11-20') =>
    kit.call('storeNumbers', { date, prefix: `H56.17.42-${date.slice(2).replaceAll('-', '')}-`, from, to, key });

  test('are wanted for today and the next worked days, under the same key until they come', async () => {
    const wanted = await kit.call('wantedNumbers', {});
    const key = expect.stringMatching(/^Q1:[0-9a-f]{16}:2026-11-20:1$/);
    expect(wanted).toEqual([{ date: '2026-11-20', count: 50, key }]); // then a week-end
    expect(await kit.call('wantedNumbers', {})).toEqual(wanted);
    const taken = wanted[0]?.key ?? '';
    await lease(1, 50, taken);
    await lease(1, 50, taken);
    expect(await kit.call('wantedNumbers', {})).toEqual([]);
  });

  test('are used before provisional ones, each once, refilled in time, and unused ones explained', async () => {
    await lease(41, 43, 'k1');
    const codes = [];
    for (let n = 0; n < 4; n++) codes.push((await sealedDossier(kit)).code);
    expect(codes).toEqual(['H56.17.42-261120-0041', 'H56.17.42-261120-0042', 'H56.17.42-261120-0043', 'T-Q1-1']);
    await lease(90, 99, 'k2');
    kit.clock.nowMs += 4 * 86_400_000;
    const [wanted] = await kit.call('wantedNumbers', {});
    expect(wanted).toMatchObject({ date: '2026-11-24' });
    const audit = kit.service.context.sql('SELECT event FROM audit ORDER BY seq DESC LIMIT 1').get() as {
      event: string;
    };
    expect(JSON.parse(audit.event)).toMatchObject({ kind: 'numbers-unused', data: { from: 90, to: 99 } });
  });

  test('of another agency or day, or leased before, are refused', async () => {
    await expect(
      kit.call('storeNumbers', { date: '2026-11-20', prefix: 'H56.17.43-261120-', from: 1, to: 5, key: 'k' }),
    ).rejects.toMatchObject({ code: 'province-refused' });
    await expect(
      kit.call('storeNumbers', { date: '2026-11-20', prefix: 'H56.17.42-261121-', from: 1, to: 5, key: 'k' }),
    ).rejects.toMatchObject({ code: 'province-refused' });
    await lease(1, 50, 'k');
    await expect(lease(50, 60, 'k3')).rejects.toMatchObject({ code: 'province-refused' });
  });
});
