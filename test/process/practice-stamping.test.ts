import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accessToDeposit, depositBlob, readBlob } from '../../main/blobs/blob-file.ts';
import { openCounter } from '../../main/counter/open-counter.ts';
import { prepareRooms, type Rooms } from '../../main/counter/rooms.ts';
import { validationPolicyOf } from '../../main/counter/validation-policy.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { keyFileSecretBox } from '../../main/settings/key-file-secret-box.ts';
import { loadSettings, type Settings } from '../../main/settings/settings.ts';
import { readPemCertificates } from '../../main/signing/certificate.ts';
import { ensurePracticeStampKey } from '../../main/signing/practice-keys.ts';
import { PRACTICE_STAMP_URL } from '../../main/signing/practice-time-stamps.ts';
import { examineDocument } from '../../main/signing/verification/examine-document.ts';
import { officerSignature, pdfAbout, signedPdfAbout } from '../stand-ins/officer-signature.ts';
import { LAN, MINH, readingOf, RESOURCES } from '../unit/store/store-kit.ts';
import { deposit, readyDraft, seal } from './store/room-kit.ts';

const root = join(import.meta.dirname, '../..');
const NO_POLICY = '/nowhere/policy.json';
const folder = mkdtempSync(join(tmpdir(), 'practice-stamping-'));
let rooms: Rooms;
let settings: Settings;
beforeAll(() => {
  ({ settings } = loadSettings(folder, RESOURCES, NO_POLICY));
  const machine = {
    launch: forkLauncher((name) => join(import.meta.dirname, `../../main/${name}/entry.ts`)),
    paths: { data: folder, resources: RESOURCES },
    secretBox: keyFileSecretBox(join(folder, 'test.key')),
    fetch: () => Promise.reject(new Error('practice needs no network')),
    clock: { now: Date.now },
    log: () => {},
  };
  rooms = prepareRooms(machine, settings, { isSyncAutomatic: false });
});
afterAll(async () => {
  await rooms.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a result signed in practice', () => {
  test('is completed and sent at once, stamped by itself, and sent again as the province’s next revision', async () => {
    const data = mkdtempSync(join(tmpdir(), 'practice-counter-'));
    const launch = forkLauncher((name) =>
      join(root, name === 'province' ? 'province/entry.ts' : `main/${name}/entry.ts`),
    );
    const counter = openCounter(
      {
        launch,
        paths: { data, resources: RESOURCES },
        secretBox: keyFileSecretBox(join(data, 'test.key')),
        fetch: globalThis.fetch,
        clock: { now: Date.now },
        log: () => {},
      },
      { authorise: () => Promise.reject(new Error('nobody signs by hand here')) },
      { host: 'test', version: '0.0.0', isSyncAutomatic: true, hasPracticeOffice: false },
    );
    try {
      const { store, sync } = counter.rooms;
      unwrap(await store.start());
      unwrap(await sync.call('wake', {}));
      const room = { folder: join(data, 'store'), store };
      const sealed = unwrap(await seal(room, await readyDraft(room)));
      const { documentId } = unwrap(
        await store.call('attachResult', {
          reading: readingOf(),
          reason: null,
          dossierId: sealed.id,
          officerId: LAN,
          title: 'Giấy xác nhận',
          pageCount: 1,
          pdf: await deposit(room.folder, pdfAbout('practice result')),
        }),
      );
      unwrap(
        await store.call('completeResult', {
          documentId,
          officerId: MINH,
          pageCount: 1,
          pdf: await deposit(room.folder, signedPdfAbout('practice result')),
          signature: officerSignature(new Date().toISOString()),
        }),
      );
      counter.events.emit('results.changed', { count: 0 });
      unwrap(await sync.call('wake', {}));
      await vi.waitFor(
        async () => {
          const dossier = unwrap(await store.call('get', { id: sealed.id }));
          const result = dossier.documents.find(({ kind }) => kind === 'result');
          expect(result).toMatchObject({ signatures: [{ level: 'B-T' }], stamping: { state: 'reached' } });
          expect(dossier.upload.state).toMatch(/received|settled/);
          expect(unwrap(await store.call('outbox', {}))).toMatchObject({
            queued: 0,
            waiting: 0,
            held: 0,
            receivedToday: 3,
          });
        },
        { timeout: 90_000, interval: 250 },
      );
    } finally {
      await counter.stop();
      rmSync(data, { recursive: true, force: true });
    }
  });
});

describe('practice mode', () => {
  test('stamps signed results by itself, with a token of the practice authority and without a network', async () => {
    const incoming = join(folder, 'store', 'incoming');
    const signed = signedPdfAbout('practice');
    const answer = unwrap(
      await rooms.signatures.call('augment', {
        pdf: accessToDeposit(incoming, await depositBlob(incoming, signed, 'application/pdf')),
        level: settings.signing.resultLevel,
        authorities: [...settings.signing.timeStampAuthorities],
        policy: validationPolicyOf(settings, { data: folder, resources: RESOURCES }),
      }),
    );
    expect(answer).toMatchObject({ reached: 'B-T', code: null });
    if (!answer.pdf) throw new Error('nothing was added');
    const stamped = await readBlob(accessToDeposit(incoming, answer.pdf));
    const [signature] = examineDocument(stamped).signatures;
    expect(signature).toMatchObject({ integrity: 'intact', coverage: 'whole' });
    const authority = readPemCertificates(ensurePracticeStampKey(join(folder, 'practice-keys')).certificatesPem)[0];
    const token = signature?.cms?.timeStampTokens[0];
    expect(token?.includes(authority?.der ?? 'nothing')).toBe(true);
    expect(stamped.length).toBe(signed.length);
    expect(stamped.subarray(0, 64).equals(pdfAbout('practice').subarray(0, 64))).toBe(true);
  });

  test('keeps its authority to itself: real settings and own signing settings never get it', () => {
    expect(settings.signing).toMatchObject({ resultLevel: 'B-T', timeStampAuthorities: [{ url: PRACTICE_STAMP_URL }] });
    const other = mkdtempSync(join(tmpdir(), 'settings-'));
    const write = (content: object): Settings => {
      writeFileSync(join(other, 'settings.json'), JSON.stringify(content));
      return loadSettings(other, RESOURCES, NO_POLICY).settings;
    };
    expect(() => write({ mode: 'production' })).toThrow(expect.objectContaining({ code: 'settings-unreadable' }));
    const province = {
      url: 'https://tinh.example.vn',
      receiptKeys: [],
      deviceId: 'Q01',
      deviceSecret: 's',
      agencyCode: settings.agency.code,
      counterId: 'Q01',
      maxBytesPerSecond: null,
    };
    expect(write({ mode: 'production', province }).signing).toMatchObject({
      resultLevel: 'B-B',
      timeStampAuthorities: [],
    });
    const own = { ...settings.signing, resultLevel: 'B-B', timeStampAuthorities: [] };
    expect(write({ signing: own }).signing).toMatchObject({ resultLevel: 'B-B', timeStampAuthorities: [] });
    rmSync(other, { recursive: true, force: true });
  });

  test('makes the key of its authority once, for one purpose alone', () => {
    const { key, certificatesPem } = ensurePracticeStampKey(join(folder, 'practice-keys'));
    const [authority] = readPemCertificates(certificatesPem);
    expect(authority?.x509.checkPrivateKey(key)).toBe(true);
    expect(authority?.extendedKeyUsage).toMatchObject({ isCritical: true, purposes: ['1.3.6.1.5.5.7.3.8'] });
    const again = ensurePracticeStampKey(join(folder, 'practice-keys'));
    expect(again.certificatesPem).toBe(certificatesPem);
  });
});
