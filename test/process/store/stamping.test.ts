import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { readBlob } from '../../../main/blobs/blob-file.ts';
import { MAX_STAMPS_AT_ONCE, startStamping, type Stamping } from '../../../main/counter/stamping.ts';
import { validationFetch } from '../../../main/counter/validation-fetch.ts';
import { forkLauncher } from '../../../main/rooms/fork-launcher.ts';
import { unwrap } from '../../../main/rooms/failure.ts';
import { Supervisor } from '../../../main/rooms/supervisor.ts';
import { practiceSettings, type Settings } from '../../../main/settings/settings.ts';
import { signaturesRoom } from '../../../main/signatures/protocol.ts';
import type { ValidationFetch } from '../../../main/signing/validation/policy.ts';
import { examineDocument } from '../../../main/signing/verification/examine-document.ts';
import type { Dossier, DossierDocument } from '../../../preload/types.ts';
import { openAugmentationDesk, type AugmentationDesk } from '../../stand-ins/augmentation-desk.ts';
import { pdfAbout } from '../../stand-ins/officer-signature.ts';
import { pdfSigner, type PdfSigner } from '../../stand-ins/pdf-signer.ts';
import { LAN, MINH, readingOf, RESOURCES } from '../../unit/store/store-kit.ts';
import { deposit, readyDraft, removeFolder, seal, startRoom, temporaryFolder, type Room } from './room-kit.ts';

const shared = temporaryFolder();
let desk: AugmentationDesk;
let folder: string;
let room: Room;
beforeAll(async () => {
  desk = await openAugmentationDesk(shared);
}, 120_000);
afterAll(async () => {
  await desk?.stop();
  removeFolder(shared);
});
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  desk.authorities.heal();
  await room.store.stop();
  removeFolder(folder);
});

const start = (crashAt?: string): Room => startRoom(folder, { resultLevel: 'B-LTA', ...(crashAt ? { crashAt } : {}) });

/** A dossier completed with its signed result, which waits for its stamp. */
async function completed(
  text: string,
  by: PdfSigner = desk.signer,
): Promise<{ dossier: Dossier; signed: Buffer; documentId: string }> {
  const draft = await readyDraft(room, text);
  const sealed = unwrap(await seal(room, draft));
  const unsigned = pdfAbout(`result ${text}`);
  const { documentId } = unwrap(
    await room.store.call('attachResult', {
      reading: readingOf(),
      reason: null,
      dossierId: sealed.id,
      officerId: LAN,
      title: 'Giấy xác nhận',
      pageCount: 1,
      pdf: await deposit(folder, unsigned),
    }),
  );
  const signed = desk.sign(unsigned, { by });
  const certificate = by.certificates[0];
  const dossier = unwrap(
    await room.store.call('completeResult', {
      documentId,
      officerId: MINH,
      pageCount: 1,
      pdf: await deposit(folder, signed),
      signature: {
        signerName: certificate?.commonName ?? '',
        certificateSerial: certificate?.serialNumber ?? '',
        signedAt: new Date().toISOString(),
        level: 'B-B',
      },
    }),
  );
  return { dossier, signed, documentId };
}

async function resultOf(id: string): Promise<DossierDocument> {
  const result = unwrap(await room.store.call('get', { id })).documents.find(({ kind }) => kind === 'result');
  if (!result) throw new Error('no result');
  return result;
}

async function bytesOf({ blobId }: DossierDocument): Promise<Buffer> {
  return readBlob(unwrap(await room.store.call('blobAccess', { blobId })));
}

describe('kill -9 of the store while a stamped file takes its place', () => {
  test('leaves the signed file each time, and the stamped one exactly once in the end', async () => {
    room = start();
    const { dossier, signed, documentId } = await completed('killed');
    const archived = (await desk.augment(signed, 'B-LTA')).bytes ?? Buffer.alloc(0);
    const queued = unwrap(await room.store.call('outbox', {})).queued;
    const pdf = await deposit(folder, archived);
    const report = async () => {
      const [job] = unwrap(await room.store.call('nextStampJobs', { limit: 1 })).jobs;
      expect(job?.documentId).toBe(documentId);
      const outcome = { pdf, reached: 'B-LTA', code: null, detail: null, notBefore: null } as const;
      return room.store.call('reportStamp', { documentId, sha256: job?.sha256 ?? '', ...outcome });
    };
    await room.store.stop();
    for (const crashAt of ['stamp:after-shelve', 'stamp:after-check', 'stamp:before-settle', 'stamp:before-commit']) {
      room = start(crashAt);
      expect(await report(), crashAt).toMatchObject({ ok: false, code: 'room-stopped' });
      await room.store.stop();
      room = start();
      expect((await bytesOf(await resultOf(dossier.id))).equals(signed), crashAt).toBe(true);
      expect(unwrap(await room.store.call('outbox', {})).queued, crashAt).toBe(queued);
      await room.store.stop();
    }

    room = start('stamp:after-commit');
    expect(await report()).toMatchObject({ ok: false, code: 'room-stopped' });
    await room.store.stop();
    room = start();
    const result = await resultOf(dossier.id);
    expect(result).toMatchObject({ signatures: [{ level: 'B-LTA' }], stamping: { state: 'reached' } });
    expect((await bytesOf(result)).equals(archived)).toBe(true);
    expect(unwrap(await room.store.call('outbox', {})).queued).toBe(queued + 1);
    expect(unwrap(await room.store.call('nextStampJobs', { limit: 4 })).jobs).toEqual([]);
    expect(unwrap(await room.store.call('verifyAudit', {})).firstBadSeq).toBeNull();
    expect(unwrap(await room.store.call('check', {})).integrity).toBe('ok');
  });
});

describe('the counter stamps what was signed', () => {
  let signatures: Supervisor<typeof signaturesRoom>;
  let stamping: Stamping;
  let inFlight: number;
  let most: number;

  function begin(over: Partial<Settings['signing']> = {}): void {
    const rootFile = join(folder, 'root.pem');
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(rootFile, desk.authorities.pki.rootPem);
    const base = practiceSettings(RESOURCES);
    const settings: Settings = {
      ...base,
      mode: 'production',
      signing: {
        ...base.signing,
        resultLevel: 'B-LTA',
        timeStampAuthorities: [{ url: desk.authorities.tsaUrl, timeoutMs: 10_000 }],
        trustedRootFiles: [rootFile],
        ...over,
      },
    };
    const send = validationFetch(globalThis.fetch);
    inFlight = 0;
    most = 0;
    const fetch: ValidationFetch = async (request) => {
      const isStamp = request.contentType === 'application/timestamp-query';
      if (isStamp) most = Math.max(most, ++inFlight);
      try {
        return await send(request);
      } finally {
        if (isStamp) inFlight--;
      }
    };
    signatures = new Supervisor(signaturesRoom, {
      launch: forkLauncher(() => join(import.meta.dirname, '../../../main/signatures/entry.ts')),
      init: () => ({ incomingFolder: join(folder, 'incoming'), resourcesFolder: RESOURCES, cacheFolder: null }),
      asks: { fetch },
    });
    const machine = {
      paths: { data: join(folder, 'data'), resources: RESOURCES },
      clock: { now: Date.now },
      log: () => {},
    };
    stamping = startStamping({ store: room.store, signatures }, settings, machine, () => 0);
  }
  afterEach(async () => {
    const stopped = stamping.stop();
    await signatures.stop(2_000);
    await stopped;
  });

  const until = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: 60_000, interval: 100 });
  const expectState = (id: string, state: string) =>
    until(async () => expect((await resultOf(id)).stamping).toMatchObject({ state }));

  test('at most four at a time, each once, and what it stamps is right', async () => {
    room = start();
    const ids: string[] = [];
    for (let count = 1; count <= 6; count++) ids.push((await completed(`of six, ${count}`)).dossier.id);
    const queued = unwrap(await room.store.call('outbox', {})).queued;
    desk.authorities.fail('tsa', { delayMs: 300 });
    begin();
    for (const id of ids) await expectState(id, 'reached');
    expect(most).toBe(MAX_STAMPS_AT_ONCE);
    expect(unwrap(await room.store.call('outbox', {})).queued).toBe(queued + ids.length);
    for (const id of ids) {
      const { signatures: found } = examineDocument(await bytesOf(await resultOf(id)));
      expect(found.map(({ kind, integrity }) => `${kind} ${integrity}`)).toEqual([
        'signature intact',
        'time-stamp intact',
      ]);
    }
  });

  test('signed while it runs: stamped without anybody asking again', async () => {
    room = start();
    begin();
    const { dossier } = await completed('while it runs');
    stamping.wake();
    await expectState(dossier.id, 'reached');
  });

  test('a dead authority: the result waits with the reason, and is stamped when the network is back', async () => {
    room = start();
    desk.authorities.fail('tsa', { httpStatus: 503 });
    const { dossier, signed } = await completed('dead authority');
    begin();
    await until(async () =>
      expect((await resultOf(dossier.id)).stamping).toMatchObject({
        code: 'authority-unreachable',
        detail: expect.stringContaining('HTTP 503'),
      }),
    );
    expect((await bytesOf(await resultOf(dossier.id))).equals(signed)).toBe(true);
    desk.authorities.heal();
    stamping.retry();
    await expectState(dossier.id, 'reached');
  });

  test('the signatures room killed in the middle: the result is stamped all the same, and once', async () => {
    room = start();
    const { dossier } = await completed('killed room');
    const queued = unwrap(await room.store.call('outbox', {})).queued;
    desk.authorities.fail('tsa', { isHanging: true });
    begin();
    await until(async () => expect(inFlight).toBe(1));
    const { pid } = signatures;
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    desk.authorities.heal();
    await expectState(dossier.id, 'reached');
    expect(unwrap(await room.store.call('outbox', {})).queued).toBe(queued + 1);
  });

  test('a revoked signer: the file stays as far as it came, and the failure says why', async () => {
    room = start();
    const holder = desk.authorities.pki.issue('Người bị thu hồi');
    desk.authorities.pki.revoke(holder, 'sha256', Date.now() - 3_600_000, 'keyCompromise');
    const issuing = desk.authorities.pki.authority('sha256').certificateDer;
    const { dossier } = await completed('revoked', pdfSigner(holder.keyPath, holder.certificateDer, issuing));
    begin();
    await expectState(dossier.id, 'failed');
    expect(await resultOf(dossier.id)).toMatchObject({
      signatures: [{ level: 'B-T' }],
      stamping: { code: 'certificate-revoked', detail: expect.stringContaining('Người bị thu hồi') },
    });
  });
});
