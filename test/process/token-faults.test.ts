import { createHash, verify, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../main/rooms/supervisor.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { tokenRoom, type Token, type TokenRoom } from '../../main/token/protocol.ts';
import { buildFakePkcs11, FAKE_PKCS11_MISSING, type FakePkcs11 } from '../stand-ins/fake-pkcs11/build.ts';
import { createSoftHsm, SOFTHSM_MODULE, USER_PIN } from '../stand-ins/softhsm-tokens.ts';
import { createTestPki } from '../stand-ins/test-pki.ts';

const ENTRY = join(import.meta.dirname, '../../main/token/entry.ts');
const MESSAGE = Buffer.from('nội dung cần ký');
const DIGEST = createHash('sha256').update(MESSAGE).digest('base64');

describe.skipIf(FAKE_PKCS11_MISSING)(
  `drivers that misbehave${FAKE_PKCS11_MISSING ? ` (${FAKE_PKCS11_MISSING})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'token-faults-'));
    let fake: FakePkcs11;
    let room: Supervisor<TokenRoom>;
    const timeLimits = { probeMs: 10_000, callMs: 50_000 };

    beforeAll(() => {
      const pki = createTestPki(join(folder, 'pki'));
      createSoftHsm(join(folder, 'hsm')).addToken('Thử lỗi', pki.issue('Nguyễn Văn Lỗi', 'rsa-2048'));
      fake = buildFakePkcs11(folder);
    });
    function start(limits = timeLimits): void {
      room = new Supervisor(tokenRoom, {
        launch: forkLauncher(() => ENTRY),
        init: () => ({ modules: [fake.modulePath], keyFiles: [], timeLimits: limits }),
      });
    }
    beforeEach(() => {
      fake.setFaults();
      start();
    });
    afterEach(() => room.stop(2_000));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const login = (token: Token, pin: string | null) =>
      room.call('login', { tokenId: token.id, pin: pin === null ? null : Uint8Array.from(Buffer.from(pin)) });
    const sign = (token: Token, timeoutMs?: number) =>
      room.call(
        'sign',
        { tokenId: token.id, certificateId: token.certificates[0]?.id ?? '', digest: DIGEST },
        { timeoutMs },
      );
    async function only(): Promise<Token> {
      const [token] = unwrap(await room.call('list', {}));
      if (!token) throw new Error('no token');
      return token;
    }
    async function ready(): Promise<Token> {
      const token = await only();
      unwrap(await login(token, USER_PIN));
      return token;
    }
    function expectGood(token: Token, signature: string): void {
      const { publicKey } = new X509Certificate(Buffer.from(token.certificates[0]?.der[0] ?? '', 'base64'));
      expect(verify('sha256', MESSAGE, publicKey, Buffer.from(signature, 'base64'))).toBe(true);
    }

    test('a driver that hangs while signing is killed with its process; the next call gets a fresh one', async () => {
      const token = await ready();
      const { pid } = room;
      fake.setFaults('hang-sign');
      expect(await sign(token, 1_500)).toMatchObject({ ok: false, code: 'timeout' });
      fake.setFaults();
      const again = await ready();
      expect(room.pid).not.toBe(pid);
      expectGood(again, unwrap(await sign(again)).signature);
    });

    test('the room itself names a driver that does not answer and makes way for a fresh one', async () => {
      await room.stop();
      start({ probeMs: 10_000, callMs: 1_000 });
      const token = await ready();
      fake.setFaults('hang-sign');
      expect(await sign(token)).toMatchObject({ ok: false, code: 'token-not-responding' });
      await expect.poll(() => room.pid, { timeout: 10_000 }).toBeUndefined();
      fake.setFaults();
      expectGood(token, unwrap(await sign(await ready())).signature);
    });

    test('a driver that hangs at the PIN: the try may be gone, and that is what the answer says', async () => {
      await room.stop();
      start({ probeMs: 10_000, callMs: 1_000 });
      const token = await only();
      const { pid } = room;
      fake.setFaults('hang-login');
      const answer = await login(token, USER_PIN);
      expect(answer).toMatchObject({ ok: false, code: 'pin-unanswered', detail: expect.stringContaining('C_Login') });
      await expect.poll(() => room.pid === pid, { timeout: 10_000 }).toBe(false);
      fake.setFaults();
      expectGood(token, unwrap(await sign(await ready())).signature);
    });

    test.each(['hang-initialise', 'hang-slots', 'hang-info'])(
      'a driver that hangs before any login (%s) is told of, and the next process finds its tokens when it is well again',
      async (word) => {
        await room.stop();
        fake.setFaults(word);
        start({ probeMs: 1_000, callMs: 5_000 });
        const hung: string[] = [];
        room.on('hung', ({ path }) => hung.push(path));
        expect(await room.call('list', {})).toMatchObject({ ok: false, code: 'token-not-responding' });
        await expect.poll(() => hung, { timeout: 10_000 }).toEqual([fake.modulePath]);
        await expect.poll(() => room.pid, { timeout: 10_000 }).toBeUndefined();
        fake.setFaults();
        expectGood(await only(), unwrap(await sign(await ready())).signature);
      },
    );

    test('an orderly stop ends a room whose driver hangs', async () => {
      const token = await ready();
      fake.setFaults('hang-sign');
      const pending = sign(token);
      await room.stop(10_000);
      expect(await pending).toMatchObject({ ok: false, code: 'room-stopped' });
    });

    test('a signature that does not fit the certificate never leaves the room', async () => {
      const token = await ready();
      fake.setFaults('wrong-signature');
      expect(await sign(token)).toMatchObject({ ok: false, code: 'signature-does-not-verify' });
    });

    test('a token pulled out in the middle of a batch is token-removed; plugged in again it wants a new login', async () => {
      const token = await ready();
      expectGood(token, unwrap(await sign(token)).signature);
      fake.setFaults('removed');
      expect(await sign(token)).toMatchObject({ ok: false, code: 'token-removed' });
      expect(await room.call('list', {})).toEqual({ ok: true, value: [] });
      expect(await sign(token)).toMatchObject({ ok: false, code: 'token-removed' });
      fake.setFaults();
      const again = await only();
      expect(await sign(again)).toMatchObject({ ok: false, code: 'not-allowed' });
      unwrap(await login(again, USER_PIN));
      expectGood(again, unwrap(await sign(again)).signature);
    });

    test('a short removal that nobody saw: the token is still shown with its certificate, and signs after a login', async () => {
      const token = await only();
      fake.setFaults('sessions-ended');
      const again = await only();
      expect(again.certificates).toEqual(token.certificates);
      unwrap(await login(again, USER_PIN));
      expectGood(again, unwrap(await sign(again)).signature);
    });

    test('a token that is gone before its PIN comes is token-missing, whether or not the list shows that already', async () => {
      const token = await only();
      fake.setFaults('removed');
      expect(await login(token, USER_PIN)).toMatchObject({ ok: false, code: 'token-missing' });
      expect(await room.call('list', {})).toEqual({ ok: true, value: [] });
      expect(await login(token, USER_PIN)).toMatchObject({ ok: false, code: 'token-missing' });
      expect(await sign(token)).toMatchObject({ ok: false, code: 'token-missing' });
    });

    test.each(['pin-length-unknown', 'pin-length-zero'])(
      'a driver that names no limits of the PIN (%s) is given limits that every PIN fits',
      async (word) => {
        fake.setFaults(word);
        const token = await only();
        expect(token).toMatchObject({ minPinLength: 0, maxPinLength: 255 });
        unwrap(await login(token, USER_PIN));
        expectGood(token, unwrap(await sign(token)).signature);
      },
    );

    test('pulling the token out and plugging it in is announced', async () => {
      await only();
      const counts: number[] = [];
      room.on('changed', ({ count }) => counts.push(count));
      fake.setFaults('removed');
      await expect.poll(() => counts, { timeout: 15_000 }).toEqual([0]);
      fake.setFaults();
      await expect.poll(() => counts, { timeout: 15_000 }).toEqual([0, 1]);
    });

    test('wrong PINs run through low and final to locked, and a locked token is not asked again', async () => {
      fake.setFaults('count-tries');
      const token = await only();
      const seen: string[] = [token.tries];
      for (const code of ['pin-wrong', 'pin-wrong', 'pin-locked']) {
        expect(await login(token, '654321')).toMatchObject({ ok: false, code });
        seen.push((await only()).tries);
      }
      expect(seen).toEqual(['ok', 'low', 'final', 'locked']);
      expect(await login(token, USER_PIN)).toMatchObject({ ok: false, code: 'pin-locked' });
    });

    test('CKR_FUNCTION_FAILED at login is a fault of the token, not a wrong PIN, with the raw code', async () => {
      const token = await only();
      fake.setFaults('function-failed');
      expect(await login(token, USER_PIN)).toMatchObject({
        ok: false,
        code: 'token-failed',
        detail: expect.stringContaining('0x00000006'),
      });
    });

    test('a driver that answers the question for a size with 0 still gives its certificate', async () => {
      fake.setFaults('size-zero');
      const token = await ready();
      expect(token.certificates).toHaveLength(1);
      expectGood(token, unwrap(await sign(token)).signature);
    });

    test('no session is opened for writing', async () => {
      fake.setFaults('refuse-rw');
      const token = await ready();
      expectGood(token, unwrap(await sign(token)).signature);
    });

    test('CKA_ALWAYS_AUTHENTICATE: one PIN from the person, one login for each signature, nothing in between', async () => {
      fake.setFaults('always-authenticate');
      const token = await ready();
      expect((await only()).asksPinPerSignature).toBe(true);
      for (let count = 0; count < 3; count++) expectGood(token, unwrap(await sign(token)).signature);
    });

    test('a PIN pad: no PIN goes through the program', async () => {
      fake.setFaults('protected-path');
      const token = await only();
      expect(token.hasProtectedPath).toBe(true);
      unwrap(await login(token, null));
      expectGood(token, unwrap(await sign(token)).signature);
    });
  },
);

describe.skipIf(FAKE_PKCS11_MISSING)(
  `several drivers at once${FAKE_PKCS11_MISSING ? ` (${FAKE_PKCS11_MISSING})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'token-several-'));
    const timeLimits = { probeMs: 2_000, callMs: 3_000 };
    let fake: FakePkcs11;
    let room: Supervisor<TokenRoom>;
    let suspended: string[];

    beforeAll(() => {
      const pki = createTestPki(join(folder, 'pki'));
      const hsm = createSoftHsm(join(folder, 'hsm'));
      hsm.addToken('Thẻ một', pki.issue('Người Một', 'rsa-2048'));
      hsm.addToken('Thẻ hai', pki.issue('Người Hai', 'p-256'));
      fake = buildFakePkcs11(folder, true);
    });
    beforeEach(() => {
      suspended = [];
      fake.setFaults('other-serial');
      room = new Supervisor(tokenRoom, {
        launch: forkLauncher(() => ENTRY),
        init: () => ({
          modules: [fake.modulePath, SOFTHSM_MODULE ?? ''],
          keyFiles: [],
          timeLimits,
          discovery: {
            resourcesFolder: join(import.meta.dirname, '../../resources'),
            isSearching: false,
            denied: [],
            suspended,
          },
        }),
      });
    });
    afterEach(() => room.stop(2_000));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const sign = (token: Token) =>
      room.call('sign', { tokenId: token.id, certificateId: token.certificates[0]?.id ?? '', digest: DIGEST });
    const login = (token: Token) =>
      room.call('login', { tokenId: token.id, pin: Uint8Array.from(Buffer.from(USER_PIN)) });
    /** Of the misbehaving module first: the serial numbers of its tokens begin with Z. */
    async function tokens(): Promise<Token[]> {
      const listed = unwrap(await room.call('list', {}));
      return listed.toSorted((a, b) => b.serialNumber.localeCompare(a.serialNumber));
    }

    test('four tokens, two drivers and two slots each, sign independently of each other', async () => {
      const all = await tokens();
      expect(all.map(({ label }) => label).sort()).toEqual(['Thẻ hai', 'Thẻ hai', 'Thẻ một', 'Thẻ một']);
      for (const token of all) unwrap(await login(token));
      const signatures = await Promise.all([...all, ...all].map((token) => sign(token)));
      signatures.forEach((answer, index) => {
        const token = all[index % 4];
        const { publicKey } = new X509Certificate(Buffer.from(token?.certificates[0]?.der[0] ?? '', 'base64'));
        expect(verify('sha256', MESSAGE, publicKey, Buffer.from(unwrap(answer).signature, 'base64'))).toBe(true);
      });
      const [first, ...others] = all;
      if (!first) throw new Error('no token');
      unwrap(await room.call('logout', { tokenId: first.id }));
      expect(await sign(first)).toMatchObject({ ok: false, code: 'not-allowed' });
      for (const token of others) unwrap(await sign(token));
    });

    test('the same token through two drivers is one token', async () => {
      fake.setFaults();
      expect((await tokens()).map(({ label }) => label).sort()).toEqual(['Thẻ hai', 'Thẻ một']);
    });

    test('a driver that hangs does not take down a batch that another one signs; the process goes when that has ended', async () => {
      const all = await tokens();
      const [hanging, good] = [all[0], all[3]];
      if (!hanging || !good) throw new Error('four tokens expected');
      const { pid } = room;
      unwrap(await login(good));
      unwrap(await login(hanging));
      fake.setFaults('other-serial', 'hang-sign');
      expect(await sign(hanging)).toMatchObject({ ok: false, code: 'token-not-responding' });
      for (let count = 0; count < 5; count++) unwrap(await sign(good));
      expect(room.pid).toBe(pid);
      unwrap(await room.call('logout', { tokenId: good.id }));
      await expect.poll(() => room.pid, { timeout: 10_000 }).toBeUndefined();
    });

    test('one that hangs while looking for tokens does not hide those of the other, and left out it costs nothing', async () => {
      fake.setFaults('hang-slots');
      const hung: string[] = [];
      room.on('hung', ({ path }) => hung.push(path));
      const seen = await tokens();
      expect(seen.map(({ label }) => label).sort()).toEqual(['Thẻ hai', 'Thẻ một']);
      await expect.poll(() => hung, { timeout: 10_000 }).toEqual([fake.modulePath]);
      await expect.poll(() => room.pid, { timeout: 10_000 }).toBeUndefined();
      suspended.push(fake.modulePath);
      expect((await tokens()).map(({ label }) => label).sort()).toEqual(['Thẻ hai', 'Thẻ một']);
      const { modules } = unwrap(await room.call('diagnose', {}));
      expect(modules.find(({ path }) => path === fake.modulePath)).toMatchObject({
        state: 'hung',
        code: 'token-not-responding',
      });
      expect(hung).toHaveLength(1);
    });

    test('a login that nobody uses ends by itself', async () => {
      await room.stop(2_000);
      room = new Supervisor(tokenRoom, {
        launch: forkLauncher(() => ENTRY),
        init: () => ({
          modules: [fake.modulePath],
          keyFiles: [],
          timeLimits: { probeMs: 5_000, callMs: 5_000, idleLogoutMs: 1_000 },
        }),
      });
      const [token] = await tokens();
      if (!token) throw new Error('no token');
      fake.clearCalls();
      unwrap(await login(token));
      await expect
        .poll(() => fake.calls().some((line) => line.startsWith('> C_Logout')), { timeout: 10_000 })
        .toBe(true);
      expect(await sign(token)).toMatchObject({ ok: false, code: 'not-allowed' });
    });
  },
);
