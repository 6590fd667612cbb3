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
