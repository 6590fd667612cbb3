import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessToDeposit, depositBlob, readBlob } from '../../main/blobs/blob-file.ts';
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
import { pdfAbout, signedPdfAbout } from '../stand-ins/officer-signature.ts';
import { RESOURCES } from '../unit/store/store-kit.ts';

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
