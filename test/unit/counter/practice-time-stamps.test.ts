import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { withPracticeStamps } from '../../../main/counter/practice-time-stamps.ts';
import { Failure } from '../../../main/rooms/failure.ts';
import { PRACTICE_STAMP_URL } from '../../../main/signing/practice-time-stamps.ts';
import { ensurePracticeKeys } from '../../../main/signing/practice-keys.ts';
import type { ValidationFetch } from '../../../main/signing/validation/policy.ts';
import { requestTimeStamp } from '../../../main/signing/validation/time-stamp.ts';

const folder = mkdtempSync(join(tmpdir(), 'practice-stamps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const elsewhere: ValidationFetch = async ({ url }) => {
  throw new Failure('authority-unreachable', url);
};
const fetch = withPracticeStamps(elsewhere, folder, Date.now);
const ask = (body: Uint8Array, over: object = {}) =>
  fetch({
    url: PRACTICE_STAMP_URL,
    method: 'POST',
    contentType: 'application/timestamp-query',
    body,
    timeoutMs: 1_000,
    maxBytes: 100_000,
    ...over,
  });

describe('the practice time-stamp authority', () => {
  test('stamps what the program asks, and OpenSSL finds the token right', async () => {
    const data = Buffer.from('hồ sơ thực hành');
    const digest = createHash('sha256').update(data).digest();
    const before = Date.now();
    const { token, timeMs } = await requestTimeStamp(fetch, [{ url: PRACTICE_STAMP_URL, timeoutMs: 1_000 }], digest);
    expect(timeMs).toBeGreaterThanOrEqual(before - 1_000);
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const root = file('root.pem', ensurePracticeKeys(join(folder, 'practice-keys')).caPem);
    const args = ['-token_in', '-in', file('token.der', token), '-data', file('data', data), '-CAfile', root];
    expect(
      execFileSync('openssl', ['ts', '-verify', ...args], { stdio: ['ignore', 'pipe', 'pipe'] }).toString(),
    ).toContain('Verification: OK');
  });

  test('answers a question that OpenSSL wrote, nonce and all', async () => {
    const query = join(folder, 'question.tsq');
    writeFileSync(join(folder, 'asked'), 'asked by another program');
    execFileSync('openssl', ['ts', '-query', '-data', join(folder, 'asked'), '-sha256', '-cert', '-out', query], {
      stdio: 'ignore',
    });
    const { status, body } = await ask(readFileSync(query));
    expect(status).toBe(200);
    writeFileSync(join(folder, 'answer.tsr'), body);
    const args = ['-queryfile', query, '-in', join(folder, 'answer.tsr'), '-CAfile', join(folder, 'root.pem')];
    expect(
      execFileSync('openssl', ['ts', '-verify', ...args], { stdio: ['ignore', 'pipe', 'pipe'] }).toString(),
    ).toContain('Verification: OK');
  });

  test.each([
    ['what is no request', Buffer.from('no request')],
    ['an empty body', Buffer.alloc(0)],
    ['a digest by SHA-1', Buffer.from(`3020020101301b300906052b0e03021a05000414${'00'.repeat(20)}`, 'hex')],
  ])('rejects %s in the words of the protocol', async (_, body) => {
    const { status, body: answer } = await ask(body);
    expect(status).toBe(200);
    expect(Buffer.from(answer).subarray(0, 7).toString('hex')).toMatch(/^30..30..020102/);
  });

  test('answers nothing but questions, and every other address goes where it leads', async () => {
    expect(await ask(Buffer.alloc(0), { method: 'GET', body: null, contentType: null })).toMatchObject({ status: 403 });
    await expect(ask(Buffer.alloc(0), { url: 'http://tsa.ca.gov.vn/' })).rejects.toMatchObject({
      code: 'authority-unreachable',
    });
  });
});
