/**
 * @file How a driver of a signing token is spoken to: thirteen rules, each learnt from drivers that punish the opposite. Held
 * against SoftHSM (RSA-2048, RSA-3072, P-256) beneath a module that misbehaves on demand and writes down every call.
 */
import { execFileSync } from 'node:child_process';
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
import { createSoftHsm, USER_PIN } from '../stand-ins/softhsm-tokens.ts';
import { createTestPki, openssl, type KeyKind } from '../stand-ins/test-pki.ts';

const ENTRY = join(import.meta.dirname, '../../main/token/entry.ts');
const RESOURCES = join(import.meta.dirname, '../../resources');
const MESSAGE = Buffer.from('thuộc tính đã ký');
const DIGEST = createHash('sha256').update(MESSAGE).digest('base64');
const LABELS: Readonly<Record<string, KeyKind>> = { 'RSA 2048': 'rsa-2048', 'RSA 3072': 'rsa-3072', 'P-256': 'p-256' };
const CKM = { RSA_PKCS: '1', SHA256_RSA_PKCS: '64', ECDSA: '4161' };

describe.skipIf(FAKE_PKCS11_MISSING)(
  `rules of speaking to a driver${FAKE_PKCS11_MISSING ? ` (${FAKE_PKCS11_MISSING})` : ''}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'token-rules-'));
    let fake: FakePkcs11;
    let room: Supervisor<TokenRoom>;

    beforeAll(() => {
      const pki = createTestPki(join(folder, 'pki'));
      const hsm = createSoftHsm(join(folder, 'hsm'));
      for (const [label, kind] of Object.entries(LABELS)) hsm.addToken(label, pki.issue(`Người ký ${label}`, kind));
      hsm.addToken('Hai khóa', pki.issue('Người có hai khóa', 'rsa-2048'));
      addSecondKey('Hai khóa');
      fake = buildFakePkcs11(folder);
    });
    beforeEach(() => {
      fake.setFaults();
      fake.clearCalls();
      room = new Supervisor(tokenRoom, {
        launch: forkLauncher(() => ENTRY),
        init: () => ({
          modules: [fake.modulePath],
          keyFiles: [],
          discovery: { resourcesFolder: RESOURCES, isSearching: false, denied: [], suspended: [] },
        }),
      });
    });
    afterEach(() => room.stop(2_000));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function addSecondKey(label: string): void {
      const key = join(folder, 'second.pem');
      openssl(['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', key]);
      const options = ['--token', label, '--label', 'second', '--id', 'b2', '--pin', USER_PIN];
      execFileSync('softhsm2-util', ['--import', key, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    }
    async function found(label = 'RSA 2048'): Promise<Token> {
      const tokens = unwrap(await room.call('list', {}));
      const token = tokens.find((candidate) => candidate.label === label);
      if (!token) throw new Error(`no token ${label}`);
      return token;
    }
    const login = (token: Token, pin: string | null = USER_PIN) =>
      room.call('login', { tokenId: token.id, pin: pin === null ? null : Uint8Array.from(Buffer.from(pin)) });
    const sign = (token: Token, message: Buffer | null = MESSAGE) =>
      room.call('sign', {
        tokenId: token.id,
        certificateId: token.certificates[0]?.id ?? '',
        digest: DIGEST,
        ...(message ? { message: message.toString('base64') } : {}),
      });
    async function ready(label?: string): Promise<Token> {
      const token = await found(label);
      unwrap(await login(token));
      return token;
    }
    async function expectSigns(token: Token): Promise<Buffer> {
      const signature = Buffer.from(unwrap(await sign(token)).signature, 'base64');
      const { publicKey } = new X509Certificate(Buffer.from(token.certificates[0]?.der[0] ?? '', 'base64'));
      expect(verify('sha256', MESSAGE, publicKey, signature)).toBe(true);
      return signature;
    }
    /** Calls of one name as they began: their one argument that matters. */
    const details = (call: string): string[] =>
      fake
        .calls()
        .filter((line) => line.startsWith(`> ${call} `))
        .map((line) => line.split(' ')[2] ?? '');

    test('rule 1: initialised once, for threads, and never finalised: the process ends instead', async () => {
      for (const label of ['RSA 2048', 'P-256']) await expectSigns(await ready(label));
      await room.stop(5_000);
      expect(details('C_Initialize')).toEqual(['2']);
      expect(details('C_Finalize')).toEqual([]);
      expect(room.pid).toBeUndefined();
    });

    test('rule 1: a library that somebody else in this process initialised is welcome', async () => {
      fake.setFaults('already-initialised');
      await expectSigns(await ready());
    });

    test('rule 2: a module is never asked two things at once', async () => {
      const tokens = await Promise.all(Object.keys(LABELS).map((label) => found(label)));
      await Promise.all(tokens.map(async (token) => unwrap(await login(token))));
      fake.clearCalls();
      const asked = [...tokens, ...tokens, ...tokens].map((token) => expectSigns(token));
      await Promise.all([...asked, room.call('list', {}), room.call('list', {})]);
      const calls = fake.calls();
      expect(details('C_Sign')).toHaveLength(9);
      const paired = new Set(calls.filter((line) => line.startsWith('<')).map((line) => line.split(' ')[1]));
      calls.forEach((line, index) => {
        const [mark, call] = line.split(' ');
        if (mark === '>' && paired.has(call)) expect(calls[index + 1]).toMatch(new RegExp(`^< ${call} `));
      });
    });

    test('rule 3: sessions are opened for reading only', async () => {
      fake.setFaults('refuse-rw');
      await expectSigns(await ready());
      expect(new Set(details('C_OpenSession'))).toEqual(new Set(['4']));
    });

    test.each(['size-zero', 'size-minus-one'])(
      'rule 4: a driver that answers the question for a size with nonsense (%s) is offered a buffer',
      async (word) => {
        fake.setFaults(word);
        for (const label of Object.keys(LABELS)) await expectSigns(await ready(label));
      },
    );

    test('rule 5: a certificate is found by its bytes, never by a search for its value', async () => {
      fake.setFaults('refuse-find-by-value');
      for (const label of Object.keys(LABELS)) await expectSigns(await ready(label));
    });

    test('rule 5: without CKA_ID the only private key is the right one, and of two neither is', async () => {
      await expectSigns(await ready('Hai khóa'));
      fake.setFaults('empty-id');
      await room.stop(2_000);
      await expectSigns(await ready('RSA 2048'));
      expect(await sign(await ready('Hai khóa'))).toMatchObject({ ok: false, code: 'certificate-missing' });
    });

    test('rule 5: a certificate that is not what it was when it was chosen is not signed with', async () => {
      const token = await found();
      fake.setFaults('changed-certificate');
      unwrap(await login(token));
      expect(await sign(token)).toMatchObject({ ok: false, code: 'certificate-mismatch' });
      expect(details('C_Sign')).toEqual([]);
    });

    test.each([
      ['RSA 2048', CKM.RSA_PKCS, '51'],
      ['RSA 3072', CKM.RSA_PKCS, '51'],
      ['P-256', CKM.ECDSA, '32'],
    ])('rule 6: %s signs a digest it is given: mechanism %s over %s bytes', async (label, mechanism, bytes) => {
      await expectSigns(await ready(label));
      expect(details('C_SignInit')).toEqual([mechanism]);
      expect(details('C_Sign')).toEqual([bytes]);
    });

    test('rule 6: where only CKM_SHA256_RSA_PKCS is offered the token hashes the attributes itself', async () => {
      fake.setFaults('only-hashing');
      for (const label of ['RSA 2048', 'RSA 3072']) await expectSigns(await ready(label));
      expect(new Set(details('C_SignInit'))).toEqual(new Set([CKM.SHA256_RSA_PKCS]));
      expect(new Set(details('C_Sign'))).toEqual(new Set([String(MESSAGE.length)]));
      expect(await sign(await ready(), null)).toMatchObject({ ok: false, code: 'token-failed' });
      expect(await sign(await ready(), Buffer.from('thứ khác'))).toMatchObject({ ok: false, code: 'bad-request' });
    });

    test('rule 6: r and s side by side leave the room as DER', async () => {
      const signature = await expectSigns(await ready('P-256'));
      expect(signature[0]).toBe(0x30);
      expect(signature[1]).toBe(signature.length - 2);
    });

    test.each(Object.keys(LABELS))('rule 6: a wrong answer of %s never leaves the room', async (label) => {
      const token = await ready(label);
      fake.setFaults('wrong-signature');
      expect(await sign(token)).toMatchObject({ ok: false, code: 'signature-does-not-verify' });
    });

    test('rule 7: where the key asks each time: C_SignInit, C_Login, C_Sign, and nothing in between', async () => {
      fake.setFaults('always-authenticate');
      for (const label of Object.keys(LABELS)) {
        const token = await ready(label);
        fake.clearCalls();
        for (let count = 0; count < 3; count++) await expectSigns(token);
        const calls = fake.calls();
        const starts = calls.flatMap((line, index) => (line.startsWith('> C_SignInit') ? [index] : []));
        expect(starts).toHaveLength(3);
        for (const start of starts)
          expect(calls.slice(start + 1, start + 4).map((line) => line.replace(/ \d+$/, ''))).toEqual([
            '> C_Login',
            '< C_Login',
            '> C_Sign',
          ]);
        expect((await found(label)).asksPinPerSignature).toBe(true);
      }
    });

    test('rule 8: flags become words: low, final, locked; a locked token is not asked', async () => {
      fake.setFaults('count-tries');
      const token = await found();
      const seen: string[] = [token.tries];
      for (let attempt = 0; attempt < 3; attempt++) {
        await login(token, '654321');
        seen.push((await found()).tries);
      }
      expect(seen).toEqual(['ok', 'low', 'final', 'locked']);
      fake.clearCalls();
      expect(await login(token)).toMatchObject({ ok: false, code: 'pin-locked' });
      expect(details('C_Login')).toEqual([]);
    });

    test('rule 8: a driver that raises no flag after a wrong PIN cannot tell how many tries are left', async () => {
      fake.setFaults('silent-tries');
      const token = await found();
      expect(token.tries).toBe('ok');
      await login(token, '654321');
      expect((await found()).tries).toBe('unknown');
      expect(unwrap(await login(token)).tries).toBe('unknown');
    });

    test('rule 8: a PIN that has to be changed is said so, before and when the token insists', async () => {
      fake.setFaults('must-change');
      const token = await found();
      expect(token.mustChangePin).toBe(true);
      await expectSigns(await ready());
      fake.setFaults('must-change', 'pin-expired');
      expect(await login(token)).toMatchObject({ ok: false, code: 'pin-must-change' });
    });

    test('rule 8: a token with a pad of its own is given no PIN, one without is never asked for none', async () => {
      fake.setFaults('protected-path');
      const token = await found();
      expect(token.hasProtectedPath).toBe(true);
      unwrap(await login(token, null));
      await expectSigns(token);
      fake.setFaults();
      expect(await login(await found(), null)).toMatchObject({ ok: false, code: 'pin-length' });
    });

    test('rule 9: a wrong PIN is asked of the token exactly once', async () => {
      expect(await login(await found(), '999999')).toMatchObject({ ok: false, code: 'pin-wrong' });
      expect(details('C_Login')).toEqual(['1']);
      unwrap(await login(await found()));
    });

    test.each(['', '123', 'x'.repeat(256)])(
      'rule 9: a PIN of a length the token does not take (%s) never reaches it',
      async (pin) => {
        expect(await login(await found(), pin)).toMatchObject({ ok: false, code: 'pin-length' });
        expect(details('C_Login')).toEqual([]);
      },
    );

    test('rule 9: CKR_FUNCTION_FAILED is no wrong PIN, and its number stays to be seen', async () => {
      const token = await found();
      fake.setFaults('function-failed');
      const detail = 'C_Login: CKR_FUNCTION_FAILED (0x00000006)';
      expect(await login(token)).toMatchObject({ ok: false, code: 'token-failed', detail });
      expect(details('C_Login')).toEqual(['1']);
    });

    test('rule 9: "not logged in" at the logout is noise, logging in twice is fine', async () => {
      fake.setFaults('logout-noise');
      const token = await ready();
      unwrap(await login(token));
      await expectSigns(token);
      expect(await room.call('logout', { tokenId: token.id })).toEqual({ ok: true, value: null });
    });

    test('rule 9: after a removal the PIN is gone: the same token signs only after a new login', async () => {
      fake.setFaults('always-authenticate');
      const token = await ready();
      await expectSigns(token);
      fake.setFaults('always-authenticate', 'removed');
      expect(await sign(token)).toMatchObject({ ok: false, code: 'token-removed' });
      fake.setFaults('always-authenticate');
      expect(await sign(await found())).toMatchObject({ ok: false, code: 'not-allowed' });
      await expectSigns(await ready());
    });

    test('rule 10: CKR_DEVICE_ERROR says that another program may hold the token, unless the token is gone', async () => {
      const token = await ready();
      fake.setFaults('device-error');
      expect(await sign(token)).toMatchObject({
        ok: false,
        code: 'token-held',
        detail: expect.stringContaining('0x00000030'),
      });
      expect(await login(token)).toMatchObject({ ok: false, code: 'token-held' });
      fake.setFaults();
      unwrap(await login(await found()));
      fake.setFaults('device-error', 'removed');
      expect(await sign(token)).toMatchObject({ ok: false, code: 'token-removed' });
    });

    test('rule 10: logged out once, when the batch ends', async () => {
      const token = await ready();
      for (let count = 0; count < 3; count++) await expectSigns(token);
      expect(details('C_Logout')).toEqual([]);
      unwrap(await room.call('logout', { tokenId: token.id }));
      expect(details('C_Logout')).toHaveLength(1);
    });

    test('rule 11: while somebody is logged in nobody looks for tokens, least of all during a signature', async () => {
      const token = await ready();
      fake.clearCalls();
      fake.setFaults('slow-sign=4000');
      // Not even on request: a list and the self check answer with what was seen last.
      const [, listed, diagnosed] = await Promise.all([
        expectSigns(token),
        room.call('list', {}),
        room.call('diagnose', {}),
      ]);
      expect(unwrap(listed)).toHaveLength(4);
      expect(unwrap(diagnosed).modules[0]?.slots.map((slot) => slot.token)).toContain('RSA 2048');
      const calls = fake.calls();
      const start = calls.findIndex((line) => line.startsWith('> C_Sign '));
      expect(calls.slice(start, start + 2)).toEqual(['> C_Sign 51', '< C_Sign 0']);
      expect(calls.slice(start + 2).every((line) => line.startsWith('= C_Sign'))).toBe(true);
      expect(details('C_GetSlotList')).toEqual([]);
    });

    test('rule 11: nobody waits inside the driver for an event: the slots are compared', async () => {
      const counts: number[] = [];
      room.on('changed', ({ count }) => counts.push(count));
      await found();
      fake.setFaults('removed');
      await expect.poll(() => counts, { timeout: 15_000 }).toEqual([0]);
      fake.setFaults();
      await expect.poll(() => counts, { timeout: 15_000 }).toEqual([0, 4]);
      expect(details('C_WaitForSlotEvent')).toEqual([]);
    });

    test('rule 11: looking every now and then asks only which tokens are there, not what is on them', async () => {
      await found();
      fake.clearCalls();
      await expect.poll(() => details('C_GetSlotList').length, { timeout: 15_000 }).toBeGreaterThan(3);
      const asked = new Set(fake.calls().map((line) => line.split(' ')[1]));
      expect([...asked].sort()).toEqual(['C_GetSlotList', 'C_GetTokenInfo']);
    });

    test('rule 12: the self check shows drivers with bitness and version, slots and what is in them', async () => {
      const { modules, hasUsbEvents } = unwrap(await room.call('diagnose', {}));
      const own = modules.find(({ path }) => path === fake.modulePath);
      expect(own).toMatchObject({
        source: 'policy',
        state: 'ready',
        code: null,
        architecture: process.arch,
        library: { manufacturer: 'SoftHSM', description: 'Implementation of PKCS11', interface: '2.40' },
      });
      expect(own?.library?.version).toMatch(/^\d+\.\d+$/);
      const inSlots = own?.slots.map(({ token }) => token) ?? [];
      for (const label of Object.keys(LABELS)) expect(inSlots).toContain(label);
      expect(inSlots).toContain(null); // the slot SoftHSM keeps free for the next token
      expect(own?.slots[0]?.description).toContain('SoftHSM slot');
      expect(typeof hasUsbEvents).toBe('boolean');
    });

    test('rule 13: a signature of 384 bytes has room', async () => {
      expect(await expectSigns(await ready('RSA 3072'))).toHaveLength(384);
    });
  },
);
