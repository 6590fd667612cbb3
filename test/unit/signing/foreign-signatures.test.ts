import { P12Signer, PDF } from '@libpdf/core';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAsn1 } from '../../../main/signing/asn1.ts';
import { ValidationPolicy } from '../../../main/signing/validation/policy.ts';
import { createCertificateValidator } from '../../../main/signing/validation/certificate-validator.ts';
import type { VerificationResult } from '../../../main/signing/verification/report.ts';
import { verifyDocument } from '../../../main/signing/verification/verify-document.ts';
import { ensurePracticeKeys, PRACTICE_PIN } from '../../../main/signing/practice-keys.ts';
import { plainPdf } from '../../stand-ins/sample-pdfs.ts';
import { openSigningDesk, type SigningDesk } from '../../stand-ins/signing-desk.ts';
import { createTestPki, type TestPki } from '../../stand-ins/test-pki.ts';

const missing = existsSync('/usr/bin/openssl') ? undefined : 'openssl is not installed';
const folder = mkdtempSync(join(tmpdir(), 'foreign-'));
function verify(bytes: Buffer, roots: readonly string[], at: string): Promise<VerificationResult> {
  const policy = ValidationPolicy.parse({ trustedRoots: roots, isOffline: true });
  return verifyDocument(bytes, { at }, policy, createCertificateValidator(policy, null, null));
}
const soon = (): string => new Date(Date.now() + 2_000).toISOString();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('another library as the second opinion', () => {
  let desk: SigningDesk;
  beforeAll(async () => {
    desk = await openSigningDesk(folder);
  });

  test('what it signs is valid to us, and our signature on top leaves it valid', async () => {
    const officer = ensurePracticeKeys(join(folder, 'keys')).officers[1];
    const signer = await P12Signer.create(readFileSync(officer?.p12Path ?? ''), PRACTICE_PIN);
    const document = await PDF.load(plainPdf({ pages: 2 }));
    const { bytes } = await document.sign({ signer, level: 'B-B' });
    expect(await desk.verify(Buffer.from(bytes))).toMatchObject({
      verdict: 'valid',
      signatures: [{ signer: officer?.name, coverage: 'whole' }],
    });
    const both = await desk.sign(Buffer.from(bytes), { kind: 'officer' });
    expect((await desk.verify(both)).signatures.map((signature) => signature.verdict)).toEqual(['valid', 'valid']);
  });

  test('it opens what we sign without repairing anything', async () => {
    const document = await PDF.load(await desk.sign(plainPdf({ pages: 3 }), { kind: 'officer' }));
    expect(document.getPageCount()).toBe(3);
    expect(document.canSaveIncrementally()).toBeNull();
  });
});

describe.skipIf(missing)(`CMS made by OpenSSL${missing ? ` (${missing})` : ''}`, () => {
  let pki: TestPki;
  beforeAll(() => {
    pki = createTestPki(join(folder, 'pki'));
  });

  /** A PDF with room for a signature, filled by `openssl cms -sign`. */
  function signByOpenssl(
    kind: 'rsa-2048' | 'p-256',
    options: readonly string[],
    subFilter = 'adbe.pkcs7.detached',
    isOpenEnded = false,
  ): Buffer {
    const signer = pki.issue('Người ký OpenSSL', kind);
    const room = 12_000;
    const value = `<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /${subFilter} /ByteRange [0 1111111111 2222222222 3333333333] /Contents <${'0'.repeat(room)}>>>`;
    const field = '<</Type /Annot /Subtype /Widget /FT /Sig /T (Ngoai) /V 11 0 R /Rect [0 0 0 0] /F 132>>';
    const blank = plainPdf({
      catalog: '/AcroForm <</Fields [10 0 R] /SigFlags 3>>',
      page: '/Annots [10 0 R]',
      objects: [field, value],
    });
    const gapStart = blank.indexOf('/Contents <') + '/Contents '.length;
    const gapEnd = gapStart + room + 2;
    const pad = (number: number): string => String(number).padStart(10, ' ');
    const text = blank
      .toString('latin1')
      .replace('1111111111 2222222222 3333333333', `${pad(gapStart)} ${pad(gapEnd)} ${pad(blank.length - gapEnd)}`);
    const bytes = Buffer.from(text, 'latin1');
    const covered = join(folder, 'covered');
    writeFileSync(covered, Buffer.concat([bytes.subarray(0, gapStart), bytes.subarray(gapEnd)]));
    const args = [
      'cms',
      '-sign',
      '-binary',
      '-outform',
      'DER',
      '-in',
      covered,
      '-signer',
      signer.certificatePath,
      '-inkey',
      signer.keyPath,
      '-certfile',
      pki.issuerPath,
    ];
    const cms = execFileSync('openssl', [...args, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    bytes.write((isOpenEnded ? openEnded(cms) : cms).toString('hex'), gapStart + 1, 'latin1');
    return bytes;
  }

  test.each<[string, 'rsa-2048' | 'p-256', readonly string[]]>([
    ['RSA PKCS#1, SHA-256', 'rsa-2048', ['-md', 'sha256']],
    ['RSA PKCS#1, SHA-512', 'rsa-2048', ['-md', 'sha512']],
    ['RSA-PSS', 'rsa-2048', ['-md', 'sha256', '-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:digest']],
    ['ECDSA P-256', 'p-256', ['-md', 'sha256']],
    ['with ESS signing-certificate', 'rsa-2048', ['-md', 'sha256', '-cades']],
  ])('%s is valid', async (_, kind, options) => {
    const result = await verify(signByOpenssl(kind, options), [pki.rootPem], soon());
    expect(result.signatures[0]?.reasons.filter((reason) => reason.includes('không đọc được'))).toEqual([]);
    expect(result).toMatchObject({
      verdict: 'valid',
      signatures: [{ field: 'Ngoai', integrity: 'intact', level: 'basic' }],
    });
  });

  /** The outer three elements as Java signers write them (BER, X.690 8.1.3.6). */
  function openEnded(cms: Buffer): Buffer {
    const content = readAsn1(cms);
    const signedData = content.children[1]?.children[0];
    const [start, end] = [(tag: number) => Buffer.from([tag, 0x80]), Buffer.alloc(6)];
    const inner = signedData?.children.map((child) => child.raw) ?? [];
    return Buffer.concat([start(0x30), content.children[0]?.raw ?? end, start(0xa0), start(0x30), ...inner, end]);
  }

  test('open-ended lengths are read', async () => {
    const bytes = signByOpenssl('rsa-2048', ['-md', 'sha256'], 'adbe.pkcs7.detached', true);
    expect((await verify(bytes, [pki.rootPem], soon())).verdict).toBe('valid');
  });

  test('SHA-1 proves too little; PAdES without its signing-certificate attribute is not taken for PAdES', async () => {
    expect((await verify(signByOpenssl('rsa-2048', ['-md', 'sha1']), [pki.rootPem], soon())).verdict).toBe(
      'indeterminate',
    );
    const noEss = signByOpenssl('rsa-2048', ['-md', 'sha256'], 'ETSI.CAdES.detached');
    expect(await verify(noEss, [pki.rootPem], soon())).toMatchObject({
      verdict: 'indeterminate',
      signatures: [{ level: 'basic', integrity: 'weak' }],
    });
    const unknown = signByOpenssl('rsa-2048', ['-md', 'sha256'], 'vendor.format');
    expect((await verify(unknown, [pki.rootPem], soon())).verdict).toBe('indeterminate');
  });
});
