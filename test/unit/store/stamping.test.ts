import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readBlob } from '../../../main/blobs/blob-file.ts';
import type { SignatureLevel } from '../../../main/signing/validation/policy.ts';
import type { StampReport } from '../../../main/store/stamping.ts';
import type { UploadJob } from '../../../main/sync/protocol.ts';
import type { Dossier, DossierDocument, SignatureInfo } from '../../../preload/types.ts';
import { openAugmentationDesk, type AugmentationDesk } from '../../stand-ins/augmentation-desk.ts';
import { pdfAbout } from '../../stand-ins/officer-signature.ts';
import { attachResult, depositIn, MINH, openKit, sealedDossier, type Kit } from './store-kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'stamping-'));
let desk: AugmentationDesk;
let signed: Buffer;
let archived: Buffer;
const unsigned = pdfAbout('result');
beforeAll(async () => {
  desk = await openAugmentationDesk(folder);
  signed = desk.sign(unsigned);
  archived = (await desk.augment(signed, 'B-LTA')).bytes ?? Buffer.alloc(0);
}, 120_000);
afterAll(async () => {
  await desk?.stop();
  rmSync(folder, { recursive: true, force: true });
});

let kit: Kit;
const open = async (resultLevel: SignatureLevel = 'B-LTA'): Promise<void> => {
  kit = await openKit({ resultLevel });
};
beforeEach(() => open());
afterEach(() => kit.end());

const signatureInfo = (): SignatureInfo => ({
  signerName: desk.signer.certificates[0]?.commonName ?? '',
  certificateSerial: desk.signer.certificates[0]?.serialNumber ?? '',
  signedAt: '2026-11-20T09:12:00+07:00',
  level: 'B-B',
});

async function attach(dossier: Dossier, content: Buffer): Promise<string> {
  const waiting = await attachResult(kit, dossier, content);
  return waiting.documentId;
}

async function complete(documentId: string, content = signed): Promise<Dossier> {
  const pdf = await depositIn(kit, content, 'application/pdf');
  const question = { documentId, officerId: MINH, pageCount: 1, signature: signatureInfo(), pdf };
  return (await kit.call('completeResult', question)) as Dossier;
}

async function completed(): Promise<Dossier> {
  return complete(await attach(await sealedDossier(kit), unsigned));
}

const resultOf = (dossier: Dossier): DossierDocument => {
  const result = dossier.documents.find(({ kind }) => kind === 'result');
  if (!result) throw new Error('no result');
  return result;
};
const take = async (limit = 4) => (await kit.call('nextStampJobs', { limit })).jobs;
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function report(documentId: string, bytes: Buffer | null, over: Partial<StampReport> = {}): Promise<null> {
  const pdf = bytes ? await depositIn(kit, bytes, 'application/pdf') : null;
  const outcome = { reached: 'B-LTA', code: null, detail: null, notBefore: null } as const;
  return kit.call('reportStamp', { documentId, sha256: sha256(signed), pdf, ...outcome, ...over }) as Promise<null>;
}
const get = async (id: string) => (await kit.call('get', { id })) as Dossier;
const jobsOf = (id: string): UploadJob['manifest'][] =>
  (
    kit.service.context.sql('SELECT manifest FROM job WHERE dossier_id = ? ORDER BY revision').all(id) as {
      manifest: string;
    }[]
  ).map(({ manifest }) => JSON.parse(manifest) as UploadJob['manifest']);

describe('a result that is to be stamped', () => {
  test('is completed and sent at once, and waits for its time-stamp beside that', async () => {
    const dossier = await completed();
    expect(dossier.state).toBe('completed');
    expect(await kit.call('outbox', {})).toMatchObject({ queued: 2 });
    expect(resultOf(dossier)).toMatchObject({
      signatures: [{ level: 'B-B' }],
      stamping: { level: 'B-LTA', state: 'waiting', code: null, attempts: 0 },
    });
  });

  test('has no job when nothing beyond the signature is wanted', async () => {
    await kit.end();
    await open('B-B');
    expect(resultOf(await completed()).stamping).toBeNull();
    expect(await take()).toEqual([]);
  });

  test('is handed out once, with the file as it is in place, and again after a restart', async () => {
    const dossier = await completed();
    const [job, ...others] = await take();
    expect(others).toEqual([]);
    expect(job).toMatchObject({ documentId: resultOf(dossier).id, level: 'B-LTA', sha256: sha256(signed) });
    expect((await readBlob(job?.access ?? { path: '', key: '', sizeBytes: 0, mediaType: '' })).equals(signed)).toBe(
      true,
    );
    expect(await take()).toEqual([]);
    expect(resultOf(await get(dossier.id)).stamping?.state).toBe('working');
    kit = await kit.reopen();
    expect(await take()).toHaveLength(1);
  });

  test('several go out as many as were asked for, those signed first first', async () => {
    const ids: string[] = [];
    for (let count = 1; count <= 3; count++) {
      const file = pdfAbout(`result ${count}`);
      const documentId = await attach(await sealedDossier(kit), file);
      await complete(documentId, desk.sign(file));
      ids.push(documentId);
      kit.clock.nowMs += 1_000;
    }
    expect((await take(2)).map(({ documentId }) => documentId)).toEqual(ids.slice(0, 2));
    expect((await take(2)).map(({ documentId }) => documentId)).toEqual(ids.slice(2));
    expect(await kit.call('nextStampJobs', { limit: 2 })).toEqual({ jobs: [], nextInMs: null });
  });
});

test('a file that cannot be opened any more fails by itself and stops no other', async () => {
  const damaged = await completed();
  const other = pdfAbout('other result');
  const documentId = await attach(await sealedDossier(kit), other);
  await complete(documentId, desk.sign(other));
  const { blobId } = resultOf(damaged);
  kit.service.context.sql('UPDATE blob SET wrapped_key = zeroblob(60) WHERE id = ?').run(blobId);
  expect((await take()).map((job) => job.documentId)).toEqual([documentId]);
  expect(resultOf(await get(damaged.id)).stamping).toMatchObject({ state: 'failed', code: 'store-damaged' });
});

describe('what comes back', () => {
  test('takes the place of the signed file, is sent as the next revision and is on record', async () => {
    const dossier = await completed();
    await take();
    await report(resultOf(dossier).id, archived);
    const after = await get(dossier.id);
    expect(after.state).toBe('completed');
    expect(resultOf(after)).toMatchObject({
      signatures: [{ ...signatureInfo(), level: 'B-LTA' }],
      stamping: { state: 'reached', code: null },
      sizeBytes: archived.length,
    });
    const access = await kit.call('blobAccess', { blobId: resultOf(after).blobId });
    expect((await readBlob(access)).equals(archived)).toBe(true);
    const manifests = jobsOf(dossier.id);
    expect(manifests.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(manifests[2]?.officerId).toBe(MINH);
    expect(manifests[2]?.files.find(({ kind }) => kind === 'result')?.sha256).toBe(sha256(archived));
    expect(await kit.call('verifyAudit', {})).toMatchObject({ firstBadSeq: null });
    const last = kit.service.context.sql('SELECT event FROM audit ORDER BY seq DESC LIMIT 1').get() as {
      event: string;
    };
    expect(JSON.parse(last.event)).toMatchObject({
      kind: 'result-stamped',
      data: { level: 'B-LTA', before: sha256(signed), sha256: sha256(archived) },
    });
  });

  test('counts once, however often it is reported', async () => {
    const dossier = await completed();
    await take();
    await report(resultOf(dossier).id, archived);
    await report(resultOf(dossier).id, archived);
    expect(jobsOf(dossier.id)).toHaveLength(3);
    expect(await take()).toEqual([]);
  });

  test('is kept as far as it came, and goes on from there', async () => {
    const stamped = (await desk.augment(signed, 'B-T')).bytes;
    const dossier = await completed();
    await take();
    const notBefore = new Date(kit.clock.nowMs + 60_000).toISOString();
    const detail = 'OCSP: HTTP 503';
    await report(resultOf(dossier).id, stamped, { reached: 'B-T', code: 'authority-unreachable', detail, notBefore });
    const now = resultOf(await get(dossier.id));
    expect(now).toMatchObject({
      signatures: [{ level: 'B-T' }],
      stamping: { state: 'waiting', code: 'authority-unreachable', detail, attempts: 1 },
    });
    expect(await take()).toEqual([]);
    kit.clock.nowMs += 60_001;
    const [job] = await take();
    expect(job?.sha256).toBe(sha256(stamped ?? Buffer.alloc(0)));
  });

  test('goes into the one revision that completes the dossier when another result is not signed yet', async () => {
    const dossier = await sealedDossier(kit);
    const other = pdfAbout('second result');
    const [first, second] = [await attach(dossier, unsigned), await attach(dossier, other)];
    await complete(first);
    await take();
    await report(first, archived);
    expect(jobsOf(dossier.id)).toHaveLength(1);
    await complete(second, desk.sign(other));
    expect(jobsOf(dossier.id)).toHaveLength(2);
    expect(jobsOf(dossier.id)[1]?.files.map((file) => file.sha256)).toContain(sha256(archived));
  });

  test.each<[string, () => Buffer | Promise<Buffer>]>([
    ['a file signed again', () => desk.sign(pdfAbout('result'), { signedAt: '2026-11-20T10:00:00+07:00' })],
    ['a file with one more signature', () => desk.sign(signed)],
    ['another document', () => desk.sign(pdfAbout('forged result'))],
    [
      'the file with a byte changed',
      () => {
        const changed = Buffer.from(archived);
        changed[changed.indexOf('Can cuoc')] = 0x58;
        return changed;
      },
    ],
    ['the file with something appended', () => Buffer.concat([archived, Buffer.from('%% more\n')])],
  ])('is refused when it is %s: the signed one stays, and the failure is shown', async (_, make) => {
    const dossier = await completed();
    const { id, blobId } = resultOf(dossier);
    await take();
    await expect(report(id, await make())).rejects.toMatchObject({ code: 'result-mismatch' });
    const after = resultOf(await get(dossier.id));
    expect(after).toMatchObject({ blobId, signatures: [{ level: 'B-B' }], stamping: { state: 'failed' } });
    expect(after.stamping?.code).toBe('result-mismatch');
    expect(jobsOf(dossier.id)).toHaveLength(2);
  });

  test('is refused for a file that is not in place any more, and for a document without a job', async () => {
    const dossier = await completed();
    const { id } = resultOf(dossier);
    await take();
    await expect(report(id, null, { sha256: 'f'.repeat(64) })).rejects.toMatchObject({ code: 'stale-revision' });
    const component = dossier.documents.find(({ kind }) => kind === 'component')?.id ?? '';
    await expect(report(component, null)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('what cannot be reached', () => {
  test('says so with its reason and is tried again only with other settings', async () => {
    const dossier = await completed();
    await kit.call('wakeStamps', { settings: 'as they are' });
    await take();
    await report(resultOf(dossier).id, null, { reached: 'B-B', code: 'certificate-revoked', detail: 'CN: revoked' });
    const stamping = async () => resultOf(await get(dossier.id)).stamping;
    expect(await stamping()).toMatchObject({ state: 'failed', code: 'certificate-revoked', detail: 'CN: revoked' });
    expect(await take()).toEqual([]);
    await kit.call('wakeStamps', { settings: null });
    await kit.call('wakeStamps', { settings: 'as they are' });
    expect(await take()).toEqual([]);
    await kit.call('wakeStamps', { settings: 'with another root' });
    expect(await take()).toHaveLength(1);
    const events = kit.service.context.sql('SELECT event FROM audit').all() as { event: string }[];
    expect(events.filter(({ event }) => event.includes('result-not-stamped'))).toHaveLength(1);
  });

  test('waits as long as it was told, and goes at once when the network is back', async () => {
    const dossier = await completed();
    await take();
    const notBefore = new Date(kit.clock.nowMs + 600_000).toISOString();
    await report(resultOf(dossier).id, null, { reached: 'B-B', code: 'authority-unreachable', notBefore });
    expect(await kit.call('nextStampJobs', { limit: 4 })).toEqual({ jobs: [], nextInMs: 600_000 });
    await kit.call('wakeStamps', { settings: null });
    expect(await take()).toHaveLength(1);
  });
});
