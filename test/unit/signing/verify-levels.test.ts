/** Levels, time-stamps and revocation: what a file proves by itself, and since when. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateValidator } from '../../../main/signing/validation/certificate-validator.ts';
import { ValidationPolicy } from '../../../main/signing/validation/policy.ts';
import type { VerificationResult } from '../../../main/signing/verification/report.ts';
import { verifyDocument } from '../../../main/signing/verification/verify-document.ts';
import { openAugmentationDesk, type AugmentationDesk } from '../../stand-ins/augmentation-desk.ts';
import type { Holder } from '../../stand-ins/certification-authority.ts';
import { pdfSigner, type PdfSigner } from '../../stand-ins/pdf-signer.ts';
import { plainPdf } from '../../stand-ins/sample-pdfs.ts';

const folder = mkdtempSync(join(tmpdir(), 'verify-levels-'));
let desk: AugmentationDesk;
let files: Readonly<Record<'B-B' | 'B-T' | 'B-LT' | 'B-LTA', Buffer>>;

beforeAll(async () => {
  desk = await openAugmentationDesk(folder);
  const basic = desk.sign(plainPdf());
  const stamped = await prolong(basic, 'B-T');
  const longTerm = await prolong(stamped, 'B-LT');
  files = { 'B-B': basic, 'B-T': stamped, 'B-LT': longTerm, 'B-LTA': await prolong(longTerm, 'B-LTA') };
}, 120_000);
afterEach(() => desk.authorities.heal());
afterAll(async () => {
  await desk?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function prolong(bytes: Buffer, level: 'B-T' | 'B-LT' | 'B-LTA'): Promise<Buffer> {
  const answer = await desk.augment(bytes, level);
  if (!answer.bytes) throw new Error(`${level}: ${answer.code} ${answer.detail}`);
  return answer.bytes;
}

/** Without any network: what the file says by itself. */
function verifyOffline(
  bytes: Buffer,
  at = new Date(Date.now() + 2_000).toISOString(),
  roots: readonly string[] = [desk.authorities.pki.rootPem],
): Promise<VerificationResult> {
  const policy = ValidationPolicy.parse({ trustedRoots: roots, isOffline: true });
  return verifyDocument(bytes, { at }, policy, createCertificateValidator(policy, null, null));
}
function verifyOnline(bytes: Buffer): Promise<VerificationResult> {
  return verifyDocument(
    bytes,
    { at: new Date(Date.now() + 2_000).toISOString() },
    desk.policy,
    desk.createValidator(desk.policy),
  );
}

describe('the level is what is there and right', () => {
  test.each(['B-B', 'B-T', 'B-LT', 'B-LTA'] as const)('%s', async (level) => {
    const result = await verifyOffline(files[level]);
    expect(result.verdict).toBe('valid');
    expect(result.signatures[0]).toMatchObject({ level, verdict: 'valid', integrity: 'intact', trust: 'trusted' });
  });
});

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const later = (ms: number): string => new Date(Date.now() + ms).toISOString();
const firstOf = (result: VerificationResult) => result.signatures[0];

describe('a time-stamp proves since when', () => {
  test('revoked after the proven time is still valid; without time-stamp nothing proves that the signature was before', async () => {
    const signer = issued('Người bị thu hồi sau');
    const basic = desk.sign(plainPdf(), { by: signer });
    const stamped = await prolong(basic, 'B-T');
    // Both times are whole seconds: two of them apart, whatever the clock's fraction.
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    revoke(signer, Date.now());
    expect(firstOf(await verifyOnline(stamped))).toMatchObject({ verdict: 'valid', timestamp: 'valid', level: 'B-T' });
    const unproven = firstOf(await verifyOnline(basic));
    expect(unproven).toMatchObject({ verdict: 'untrusted', revocation: 'revoked', timestamp: 'none' });
    expect(unproven?.revokedAt).toMatch(/\+07:00$/);
  });

  test('revoked before the proven time is not trusted, whatever the file carries', async () => {
    const signer = issued('Người bị thu hồi trước');
    const stamped = await prolong(desk.sign(plainPdf(), { by: signer }), 'B-T');
    revoke(signer, Date.now() - 2 * HOUR_MS);
    expect(firstOf(await verifyOnline(stamped))).toMatchObject({ verdict: 'untrusted', revocation: 'revoked' });
  });

  test('an expired certificate is valid with a time-stamp from before, and indeterminate without', async () => {
    const signer = issued('Người có chứng thư ngắn hạn', Date.now() + 2 * HOUR_MS);
    const basic = desk.sign(plainPdf(), { by: signer });
    const archived = await prolong(basic, 'B-LTA');
    const at = later(4 * HOUR_MS);
    expect((await verifyOffline(archived, at)).verdict).toBe('valid');
    expect(firstOf(await verifyOffline(archived, at))).toMatchObject({ level: 'B-LTA', provenBy: expect.any(String) });
    expect((await verifyOffline(basic, at)).verdict).not.toBe('valid');
  });

  test('a stamp of an authority nobody trusts proves nothing and harms nothing', async () => {
    const { pki } = desk.authorities;
    desk.authorities.fail('tsa', { signer: 'stranger' });
    const generous = ValidationPolicy.parse({
      trustedRoots: [pki.rootPem],
      timeStampRoots: [pki.authority('other').certificatePem],
    });
    const { bytes } = await desk.augment(desk.sign(plainPdf()), 'B-T', { policy: generous });
    if (!bytes) throw new Error('not stamped');
    expect(firstOf(await verifyOffline(bytes))).toMatchObject({
      verdict: 'valid',
      timestamp: 'untrusted',
      level: 'B-B',
      provenAt: null,
    });
  });

  test('document time-stamps are reports of their own, each proven by the one around it', async () => {
    const again = await prolong(await prolong(desk.sign(files['B-LTA']), 'B-LT'), 'B-LTA');
    const result = await verifyOffline(again);
    expect(result.verdict).toBe('valid');
    const stamps = result.signatures.filter(({ kind }) => kind === 'time-stamp');
    expect(stamps).toHaveLength(2);
    for (const stamp of stamps)
      expect(stamp).toMatchObject({
        level: 'time-stamp',
        verdict: 'valid',
        integrity: 'intact',
        trust: 'trusted',
        timestamp: 'valid',
      });
    expect(stamps.at(-1)?.coverage).toBe('whole');
    expect(firstOf(result)?.changesAfter).toBe('form-filling');
  });

  test('years later the archive is judged at the times its stamps prove', async () => {
    expect(firstOf(await verifyOffline(files['B-LTA'], later(30 * 24 * HOUR_MS)))).toMatchObject({
      level: 'B-LTA',
      verdict: 'valid',
    });
    const tooLate = await verifyOffline(files['B-LTA'], later(40 * YEAR_MS));
    expect(tooLate.verdict).not.toBe('valid');
    expect(firstOf(tooLate)?.integrity).toBe('intact');
  });
});

describe('what was tampered with proves nothing', () => {
  test('a byte of the document time-stamp', async () => {
    const bytes = files['B-LTA'];
    const start = bytes.lastIndexOf('/Contents <') + '/Contents <'.length;
    for (const offset of [400, 900, 2_000]) {
      const changed = Buffer.from(bytes);
      changed[start + offset] = changed[start + offset] === 0x30 ? 0x31 : 0x30;
      expect((await verifyOffline(changed)).verdict).not.toBe('valid');
    }
  });

  test('a byte of the validation data that a document time-stamp covers', async () => {
    const bytes = Buffer.from(files['B-LTA']);
    const at = bytes.indexOf('stream\n', files['B-T'].length) + 60;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect((await verifyOffline(bytes)).verdict).toBe('broken');
  });

  test('a byte of the stamp inside the signature, except in a certificate that comes along and is not needed', async () => {
    const basic = files['B-B'];
    const stamped = files['B-T'];
    const own = [...basic.keys()].find((position) => basic[position] !== stamped[position]) ?? 0;
    const end = [...stamped.keys()].findLast((position) => basic[position] !== stamped[position]) ?? 0;
    const issuer = desk.authorities.pki.authority('sha256').certificateDer.toString('hex');
    const unneeded = stamped.lastIndexOf(issuer);
    expect(unneeded).toBeGreaterThan(own);
    for (let position = own; position < end; position += 61) {
      if (position >= unneeded && position < unneeded + issuer.length) continue;
      const changed = Buffer.from(stamped);
      changed[position] = changed[position] === 0x31 ? 0x32 : 0x31;
      const { verdict } = await verifyOffline(changed);
      if (verdict === 'valid') throw new Error(`byte ${position - own} of ${end - own}`);
    }
  });
});

const holders = new Map<PdfSigner, Holder>();

function issued(name: string, notAfterMs = Date.now() + YEAR_MS): PdfSigner {
  const { pki } = desk.authorities;
  const holder = pki.issue(name, { notAfterMs });
  const signer = pdfSigner(holder.keyPath, holder.certificateDer, pki.authority('sha256').certificateDer);
  holders.set(signer, holder);
  return signer;
}

function revoke(signer: PdfSigner, atMs: number): void {
  const holder = holders.get(signer);
  if (!holder) throw new Error('not issued here');
  desk.authorities.pki.revoke(holder, 'sha256', atMs);
}
