import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { checkTimeStamp, requestTimeStamp } from '../../../main/signing/validation/time-stamp.ts';
import { fetchForTests } from '../../stand-ins/validation-fetch.ts';
import {
  startValidationAuthorities,
  type AuthorityFaults,
  type ValidationAuthorities,
} from '../../stand-ins/validation-authorities.ts';

const missing = existsSync('/usr/bin/openssl') ? undefined : 'openssl is not installed';
const folder = mkdtempSync(join(tmpdir(), 'time-stamp-'));
const stamped = Buffer.from('giá trị chữ ký cần đóng dấu');
const digest = createHash('sha256').update(stamped).digest();
const digestOf = (algorithm: string): Buffer => createHash(algorithm).update(stamped).digest();

describe.skipIf(missing)(`time-stamps${missing ? ` (${missing})` : ''}`, () => {
  let authorities: ValidationAuthorities;
  beforeAll(async () => {
    authorities = await startValidationAuthorities(folder);
  });
  afterEach(() => authorities.heal());
  afterAll(async () => {
    await authorities.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const one = (): { url: string; timeoutMs: number }[] => [{ url: authorities.tsaUrl, timeoutMs: 5_000 }];
  const request = (faults: Partial<AuthorityFaults> = {}): ReturnType<typeof requestTimeStamp> => {
    authorities.fail('tsa', faults);
    return requestTimeStamp(fetchForTests, one(), digest);
  };

  test('obtains a token that openssl verifies over the same bytes', async () => {
    const { token, timeMs, authorityUrl } = await request();
    const [data, file] = [join(folder, 'stamped'), join(folder, 'token.der')];
    writeFileSync(data, stamped);
    writeFileSync(file, token);
    const root = authorities.pki.authority('root').certificatePath;
    const args = ['ts', '-verify', '-data', data, '-in', file, '-token_in', '-CAfile', root];
    const verdict = execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    expect(verdict).toContain('Verification: OK');
    expect(authorityUrl).toBe(authorities.tsaUrl);
    expect(Math.abs(timeMs - Date.now())).toBeLessThan(60_000);
    const check = checkTimeStamp(token, digestOf);
    expect(check).toMatchObject({ isIntact: true, timeMs, reasons: [] });
    expect(check.authority?.der.equals(authorities.timeStampSigner.certificateDer)).toBe(true);
    expect(check.certificates.map((certificate) => certificate.commonName)).toContain('CA cấp dưới SHA-256 thử nghiệm');
  });

  test('sends a request that openssl understands: SHA-256, a nonce, and the certificate asked for', async () => {
    let sent: Uint8Array = Buffer.alloc(0);
    await requestTimeStamp(
      (question) => {
        sent = question.body ?? sent;
        return fetchForTests(question);
      },
      one(),
      digest,
    );
    writeFileSync(join(folder, 'query.tsq'), sent);
    const text = execFileSync('openssl', ['ts', '-query', '-in', join(folder, 'query.tsq'), '-text'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(text).toMatch(/Hash Algorithm: sha256[\s\S]*Nonce: 0x[0-9A-F]{20,}[\s\S]*Certificate required: yes/);
  });

  test.each([{ essDigest: 'sha1' }, { essDigest: 'sha256' }, { sendsChain: false }] as const)(
    'accepts a token with %o',
    async (faults) => {
      const { token } = await request(faults);
      expect(checkTimeStamp(token, digestOf)).toMatchObject({ isIntact: true, reasons: [] });
    },
  );

  test('reports the time of an authority whose clock is a quarter of an hour ahead', async () => {
    const { timeMs } = await request({ clockShiftMs: 15 * 60_000 });
    expect(timeMs - Date.now()).toBeGreaterThan(13 * 60_000);
  });

  test.each([
    [{ refuses: true }, 'time-stamp-refused', /badAlg.*Message digest algorithm is not supported/],
    [{ imprint: 'wrong' }, 'time-stamp-refused', /giá trị băm không khớp/],
    [{ nonce: 'wrong' }, 'time-stamp-refused', /nonce/],
    [{ signer: 'no-usage' }, 'time-stamp-refused', /không được cấp riêng để đóng dấu thời gian/],
    [{ signer: 'not-critical' }, 'time-stamp-refused', /không được cấp riêng để đóng dấu thời gian/],
    [{ signerDigest: 'sha1' }, 'time-stamp-refused', /được ký bằng SHA-1, không còn đủ an toàn/],
    [{ body: 'truncated' }, 'time-stamp-refused', /không đọc được/],
    [{ body: 'garbage' }, 'time-stamp-refused', /không đọc được/],
    [{ body: 'empty' }, 'time-stamp-refused', /không đọc được/],
    [{ httpStatus: 500 }, 'authority-unreachable', /HTTP 500/],
    [{ body: 'html' }, 'authority-unreachable', /web page/],
    [{ body: 'endless' }, 'authority-unreachable', /limit/],
    [{ isRedirectLoop: true }, 'authority-unreachable', /redirect/],
  ] as const)('refuses what an authority with %o answers', async (faults, code, detail) => {
    await expect(request(faults)).rejects.toMatchObject({ code, detail: expect.stringMatching(detail) });
  });

  test('gives up an authority that never answers', async () => {
    authorities.fail('tsa', { isHanging: true });
    const impatient = [{ url: authorities.tsaUrl, timeoutMs: 200 }];
    await expect(requestTimeStamp(fetchForTests, impatient, digest)).rejects.toMatchObject({
      code: 'authority-unreachable',
    });
  });

  test('goes on to the next authority, and says what was wrong with each when none is left', async () => {
    const dead = { url: 'http://127.0.0.1:9/tsa', timeoutMs: 1_000 };
    const { authorityUrl } = await requestTimeStamp(fetchForTests, [dead, ...one()], digest);
    expect(authorityUrl).toBe(authorities.tsaUrl);
    authorities.fail('tsa', { refuses: true });
    await expect(requestTimeStamp(fetchForTests, [dead, ...one()], digest)).rejects.toMatchObject({
      code: 'authority-unreachable',
      detail: expect.stringMatching(/127\.0\.0\.1:9\/tsa: .*; .*badAlg/),
    });
  });

  test('a stamp for other bytes is none for these', async () => {
    const { token } = await request();
    expect(checkTimeStamp(token, () => Buffer.alloc(32))).toMatchObject({
      isIntact: false,
      reasons: [expect.stringContaining('nội dung khác')],
    });
  });

  test('refuses a stamp whose time lies outside its authority’s certificate', async () => {
    const years = 3 * 365 * 86_400_000;
    await expect(request({ clockShiftMs: years })).rejects.toMatchObject({
      detail: expect.stringMatching(/ngoài thời hạn/),
    });
  });

  test('no changed byte of a token makes a stamp for something else, and none makes the check throw', async () => {
    const { token } = await request();
    const other = (algorithm: string): Buffer => createHash(algorithm).update('nội dung khác').digest();
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const changed = Buffer.from(token);
        changed[position] = (changed[position] ?? 0) ^ change;
        const check = checkTimeStamp(changed, digestOf);
        expect(checkTimeStamp(changed, other).isIntact).toBe(false);
        // What may change unseen is outside the signature: other certificates that travel along.
        if (check.isIntact) {
          writeFileSync(join(folder, 'changed.der'), changed);
          writeFileSync(join(folder, 'stamped'), stamped);
          const root = authorities.pki.authority('root').certificatePath;
          const files = ['-data', join(folder, 'stamped'), '-in', join(folder, 'changed.der')];
          const chain = ['-CAfile', root, '-untrusted', authorities.pki.authority('sha256').certificatePath];
          const judge = spawnSync('openssl', ['ts', '-verify', '-token_in', ...files, ...chain], { encoding: 'utf8' });
          expect(judge.stdout + judge.stderr).toContain('Verification: OK');
        }
      }),
      { numRuns: 400 },
    );
  });

  test('random bytes and cut tokens are refused, whatever they are', async () => {
    const { token } = await request();
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.nat(token.length - 1)), (input) => {
        const bytes = typeof input === 'number' ? token.subarray(0, input) : Buffer.from(input);
        const check = checkTimeStamp(bytes, digestOf);
        expect(check.isIntact).toBe(false);
        expect(check.reasons.length).toBeGreaterThan(0);
      }),
    );
  });
});
