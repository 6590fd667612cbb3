import { createHash, createPublicKey, randomBytes, verify, X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../main/rooms/supervisor.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { checkModuleFile } from '../../main/token/module-file.ts';
import { tokenRoom, type Token, type TokenRoom } from '../../main/token/protocol.ts';
import type { z } from 'zod';
import { createSoftHsm, SOFTHSM_MISSING, SOFTHSM_MODULE, USER_PIN, type SoftHsm } from '../stand-ins/softhsm-tokens.ts';
import { createTestPki, openssl, type TestPki } from '../stand-ins/test-pki.ts';
import { ensurePracticeKeys, PRACTICE_PIN } from '../../main/signing/practice-keys.ts';

type Init = z.input<TokenRoom['init']>;
const ENTRY = join(import.meta.dirname, '../../main/token/entry.ts');
const folder = mkdtempSync(join(tmpdir(), 'token-room-'));
const rooms: Supervisor<TokenRoom>[] = [];

function startRoom(init: Partial<Init>): Supervisor<TokenRoom> {
  const room = new Supervisor(tokenRoom, {
    launch: forkLauncher(() => ENTRY),
    init: () => ({ modules: [], keyFiles: [], ...init }),
  });
  rooms.push(room);
  return room;
}

afterEach(async () => {
  await Promise.all(rooms.splice(0).map((room) => room.stop(2_000)));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pinBytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));
async function listed(room: Supervisor<TokenRoom>): Promise<Token[]> {
  return unwrap(await room.call('list', {}));
}
function named(tokens: readonly Token[], label: string): Token {
  const found = tokens.find((token) => token.label === label);
  if (!found) throw new Error(`no token ${label} among ${tokens.map((token) => token.label).join()}`);
  return found;
}

/** Signs a random message's digest and lets node:crypto judge the answer over the message. */
async function signAndJudge(room: Supervisor<TokenRoom>, token: Token): Promise<void> {
  const message = randomBytes(100);
  const certificate = token.certificates[0];
  if (!certificate) throw new Error('no certificate');
  const digest = createHash('sha256').update(message).digest('base64');
  const { signature } = unwrap(await room.call('sign', { tokenId: token.id, certificateId: certificate.id, digest }));
  const key = new X509Certificate(Buffer.from(certificate.der[0] ?? '', 'base64')).publicKey;
  expect(
    verify(
      'sha256',
      message,
      createPublicKey(key.export({ type: 'spki', format: 'pem' })),
      Buffer.from(signature, 'base64'),
    ),
  ).toBe(true);
}

describe.skipIf(SOFTHSM_MISSING)(`tokens of SoftHSM${SOFTHSM_MISSING ? ` (${SOFTHSM_MISSING})` : ''}`, () => {
  let pki: TestPki;
  let hsm: SoftHsm;
  const modules = [SOFTHSM_MODULE ?? ''];

  beforeAll(() => {
    pki = createTestPki(join(folder, 'pki'));
    hsm = createSoftHsm(join(folder, 'hsm'));
    hsm.addToken('RSA 2048', pki.issue('Nguyễn Thị Ký', 'rsa-2048'), pki.issuerDer);
    hsm.addToken('RSA 3072', pki.issue('Trần Văn Dài', 'rsa-3072'));
    hsm.addToken('P-256', pki.issue('Lê Thị Cong', 'p-256'));
    hsm.addToken('Het han', pki.issue('Phạm Hết Hạn', 'rsa-2048', { isExpired: true }));
    hsm.addToken('Ma hoa', pki.issue('Chỉ Mã Hóa', 'rsa-2048', { keyUsage: 'keyEncipherment' }));
  });

  test('lists every token with its officer certificates, chain first link first, authorities left out', async () => {
    const tokens = await listed(startRoom({ modules }));
    expect(tokens.map((token) => token.label).sort()).toEqual(['Het han', 'Ma hoa', 'P-256', 'RSA 2048', 'RSA 3072']);
    const rsa = named(tokens, 'RSA 2048');
    expect(rsa).toMatchObject({
      tries: 'ok',
      minPinLength: 4,
      maxPinLength: 255,
      hasProtectedPath: false,
      isPractice: false,
    });
    expect(rsa.certificates).toHaveLength(1);
    expect(rsa.certificates[0]?.subject).toContain('Nguyễn Thị Ký');
    expect(rsa.certificates[0]?.der[1]).toBe(pki.issuerDer.toString('base64'));
    expect(named(tokens, 'Het han').certificates[0]?.canSign).toBe(false);
    expect(named(tokens, 'Ma hoa').certificates[0]?.canSign).toBe(false);
  });

  test.each(['RSA 2048', 'RSA 3072', 'P-256'])('signs with %s after one login, as often as asked', async (label) => {
    const room = startRoom({ modules });
    const token = named(await listed(room), label);
    expect(await room.call('login', { tokenId: token.id, pin: pinBytes(USER_PIN) })).toEqual({
      ok: true,
      value: { tries: 'ok' },
    });
    for (let count = 0; count < 5; count++) await signAndJudge(room, token);
    unwrap(await room.call('logout', { tokenId: token.id }));
    const certificateId = token.certificates[0]?.id ?? '';
    expect(
      await room.call('sign', { tokenId: token.id, certificateId, digest: Buffer.alloc(32).toString('base64') }),
    ).toMatchObject({ ok: false, code: 'not-allowed' });
  });

  test('a wrong PIN is pin-wrong and the token then says that tries are low', async () => {
    const room = startRoom({ modules });
    const token = named(await listed(room), 'RSA 2048');
    expect(await room.call('login', { tokenId: token.id, pin: pinBytes('000000') })).toMatchObject({
      ok: false,
      code: 'pin-wrong',
    });
    expect(named(await listed(room), 'RSA 2048').tries).toBe('low');
    expect(await room.call('login', { tokenId: token.id, pin: pinBytes(USER_PIN) })).toEqual({
      ok: true,
      value: { tries: 'ok' },
    });
  });

  test('a second login with a wrong PIN fails although the first is still open', async () => {
    const room = startRoom({ modules });
    const token = named(await listed(room), 'P-256');
    unwrap(await room.call('login', { tokenId: token.id, pin: pinBytes(USER_PIN) }));
    expect(await room.call('login', { tokenId: token.id, pin: pinBytes('999999') })).toMatchObject({
      ok: false,
      code: 'pin-wrong',
    });
    unwrap(await room.call('login', { tokenId: token.id, pin: pinBytes(USER_PIN) }));
  });

  test.each([
    ['empty', ''],
    ['three digits', '123'],
    ['256 characters', 'x'.repeat(256)],
  ])('a PIN of wrong length (%s) never reaches the token', async (_, pin) => {
    const room = startRoom({ modules });
    const token = named(await listed(room), 'RSA 3072');
    expect(await room.call('login', { tokenId: token.id, pin: pinBytes(pin) })).toMatchObject({
      ok: false,
      code: 'pin-length',
    });
    expect(named(await listed(room), 'RSA 3072').tries).toBe('ok');
  });

  test('an expired certificate and one for encryption are refused by name', async () => {
    const room = startRoom({ modules });
    const tokens = await listed(room);
    for (const [label, code] of [
      ['Het han', 'certificate-expired'],
      ['Ma hoa', 'certificate-not-for-signing'],
    ] as const) {
      const token = named(tokens, label);
      unwrap(await room.call('login', { tokenId: token.id, pin: pinBytes(USER_PIN) }));
      const answer = await room.call('sign', {
        tokenId: token.id,
        certificateId: token.certificates[0]?.id ?? '',
        digest: Buffer.alloc(32, 1).toString('base64'),
      });
      expect(answer).toMatchObject({ ok: false, code });
    }
  });

  test('what is no digest, no token or no certificate of it is refused', async () => {
    const room = startRoom({ modules });
    const token = named(await listed(room), 'RSA 2048');
    unwrap(await room.call('login', { tokenId: token.id, pin: pinBytes(USER_PIN) }));
    const sign = (tokenId: string, certificateId: string, digest: Buffer) =>
      room.call('sign', { tokenId, certificateId, digest: digest.toString('base64') });
    expect(await sign(token.id, token.certificates[0]?.id ?? '', Buffer.alloc(20))).toMatchObject({
      ok: false,
      code: 'bad-request',
    });
    expect(await sign('p11-nothing', 'x', Buffer.alloc(32))).toMatchObject({ ok: false, code: 'token-missing' });
    expect(await sign(token.id, 'x', Buffer.alloc(32))).toMatchObject({ ok: false, code: 'certificate-missing' });
  });

  test('a token whose files are taken away signs nothing and stays away', async () => {
    hsm.addToken('Bị lấy đi', pki.issue('Mất Thẻ', 'rsa-2048'));
    const room = startRoom({ modules });
    const token = named(await listed(room), 'Bị lấy đi');
    unwrap(await room.call('login', { tokenId: token.id, pin: pinBytes(USER_PIN) }));
    await signAndJudge(room, token);
    const newest = hsm
      .folders()
      .map((path) => ({ path, atMs: statSync(path).ctimeMs }))
      .sort((a, b) => b.atMs - a.atMs)[0];
    rmSync(newest?.path ?? '', { recursive: true });
    const certificateId = token.certificates[0]?.id ?? '';
    const answer = await room.call('sign', {
      tokenId: token.id,
      certificateId,
      digest: Buffer.alloc(32, 3).toString('base64'),
    });
    expect(answer).toMatchObject({ ok: false });
    if (!answer.ok) expect(['token-removed', 'token-failed', 'certificate-missing']).toContain(answer.code);
  });

  test('several modules: a missing one does not hide the tokens of the other', async () => {
    const room = startRoom({ modules: ['/nonexistent/libtoken.so', ...modules] });
    expect((await listed(room)).length).toBeGreaterThan(0);
  });
});

describe('modules that must not be loaded', () => {
  const refusals: [string, () => string, string][] = [
    ['a file that is not there', () => join(folder, 'none.so'), 'token-module-missing'],
    ['a relative path', () => 'libtoken.so', 'token-module-refused'],
    ['a text file', () => write('text.so', Buffer.from('hello')), 'token-module-refused'],
    ['a folder', () => folder, 'token-module-refused'],
    ['a library without C_GetFunctionList', () => '/lib/x86_64-linux-gnu/libm.so.6', 'token-module-refused'],
    ['a library for another processor', () => write('arm.so', elfFor(183)), 'token-module-refused'],
    ['a truncated library', () => write('cut.so', elfFor(62).subarray(0, 70)), 'token-module-refused'],
  ];
  function write(name: string, bytes: Buffer): string {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  }
  /** An ELF header without sections, which is all that is looked at first. */
  function elfFor(machine: number): Buffer {
    const bytes = Buffer.alloc(256);
    bytes.write('\x7fELF', 'latin1');
    bytes[4] = 2;
    bytes[5] = 1;
    bytes.writeUInt16LE(3, 16);
    bytes.writeUInt16LE(machine, 18);
    bytes.writeBigUInt64LE(200n, 40);
    bytes.writeUInt16LE(64, 58);
    bytes.writeUInt16LE(4, 60);
    return bytes;
  }

  test.each(refusals)('%s', (_, path, code) => {
    expect(() => checkModuleFile(path())).toThrow(expect.objectContaining({ code }));
  });

  test('the room says so when nothing it was given works', async () => {
    const answer = await startRoom({ modules: ['/lib/x86_64-linux-gnu/libm.so.6'] }).call('list', {});
    expect(answer).toMatchObject({ ok: false, code: expect.stringMatching(/^token-module-(refused|missing)$/) });
  });
});

describe('key files', () => {
  const keys = ensurePracticeKeys(join(folder, 'practice'));
  const [officer] = keys.officers;
  const keyFiles = [{ path: officer?.p12Path ?? '', label: officer?.label ?? '', isPractice: true }];

  test('the practice key shows its certificate before the login and signs after it', async () => {
    const room = startRoom({ keyFiles });
    const [token] = await listed(room);
    expect(token).toMatchObject({ isPractice: true, tries: 'ok', label: officer?.label });
    expect(token?.certificates[0]).toMatchObject({
      canSign: true,
      subject: expect.stringContaining(officer?.name ?? ''),
    });
    if (!token) throw new Error('no token');
    expect(await room.call('login', { tokenId: token.id, pin: pinBytes(PRACTICE_PIN) })).toEqual({
      ok: true,
      value: { tries: 'ok' },
    });
    await signAndJudge(room, token);
  });

  test('tries run down as on hardware, across restarts, and end locked', async () => {
    const path = join(folder, 'locking.p12');
    copyFileSync(keyFiles[0]?.path ?? '', path);
    const files = [{ path, label: 'Khóa dần', isPractice: true }];
    const seen: string[] = [];
    for (let attempt = 1; attempt <= 5; attempt++) {
      const room = startRoom({ keyFiles: files });
      const [token] = await listed(room);
      seen.push(token?.tries ?? '');
      const answer = await room.call('login', { tokenId: token?.id ?? '', pin: pinBytes('sai rồi') });
      expect(answer).toMatchObject({ ok: false, code: attempt === 5 ? 'pin-locked' : 'pin-wrong' });
    }
    expect(seen).toEqual(['ok', 'low', 'low', 'low', 'final']);
    const room = startRoom({ keyFiles: files });
    const [token] = await listed(room);
    expect(token?.tries).toBe('locked');
    expect(await room.call('login', { tokenId: token?.id ?? '', pin: pinBytes(PRACTICE_PIN) })).toMatchObject({
      ok: false,
      code: 'pin-locked',
    });
  });

  test('a file taken away is a token removed, also between two signatures', async () => {
    const path = join(folder, 'pulled.p12');
    copyFileSync(keyFiles[0]?.path ?? '', path);
    const room = startRoom({ keyFiles: [{ path, label: 'Rút ra', isPractice: true }] });
    const [token] = await listed(room);
    if (!token) throw new Error('no token');
    unwrap(await room.call('login', { tokenId: token.id, pin: pinBytes(PRACTICE_PIN) }));
    await signAndJudge(room, token);
    renameSync(path, `${path}.away`);
    const certificateId = token.certificates[0]?.id ?? '';
    expect(
      await room.call('sign', { tokenId: token.id, certificateId, digest: Buffer.alloc(32, 7).toString('base64') }),
    ).toMatchObject({ ok: false, code: 'token-removed' });
    expect(await listed(room)).toEqual([]);
  });

  test.each(['rsa-2048', 'p-256'] as const)(
    'a file made by openssl with a %s key opens: encrypted certificates appear with the login',
    async (kind) => {
      const pki = createTestPki(join(folder, `p12-${kind}`));
      const signer = pki.issue('Từ OpenSSL', kind);
      const path = join(pki.folder, 'signer.p12');
      openssl([
        'pkcs12',
        '-export',
        '-inkey',
        signer.keyPath,
        '-in',
        signer.certificatePath,
        '-certfile',
        pki.issuerPath,
        '-passout',
        'pass:mật khẩu',
        '-out',
        path,
      ]);
      const room = startRoom({ keyFiles: [{ path, label: 'OpenSSL', isPractice: false }] });
      const [before] = await listed(room);
      expect(before?.certificates).toEqual([]);
      unwrap(await room.call('login', { tokenId: before?.id ?? '', pin: pinBytes('mật khẩu') }));
      const [token] = await listed(room);
      if (!token) throw new Error('no token');
      expect(token.certificates[0]?.der[1]).toBe(pki.issuerDer.toString('base64'));
      await signAndJudge(room, token);
    },
  );

  test('a key that appears later is announced', async () => {
    const path = join(folder, 'later.p12');
    const room = startRoom({ keyFiles: [{ path, label: 'Cắm sau', isPractice: true }] });
    expect(await listed(room)).toEqual([]);
    const announced = new Promise<number>((resolve) => room.on('changed', ({ count }) => resolve(count)));
    copyFileSync(keyFiles[0]?.path ?? '', path);
    expect(await announced).toBe(1);
  });

  test('a file that is no PKCS#12 file is damaged, not a wrong password', async () => {
    const path = join(folder, 'broken.p12');
    writeFileSync(path, randomBytes(500));
    expect(await startRoom({ keyFiles: [{ path, label: 'Hỏng', isPractice: false }] }).call('list', {})).toMatchObject({
      ok: false,
      code: 'file-damaged',
    });
  });
});
