import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessToDeposit, depositBlob, readBlob } from '../../../main/blobs/blob-file.ts';
import { validationFetch } from '../../../main/counter/validation-fetch.ts';
import type { FileFormat } from '../../../main/signatures/file-methods.ts';
import { mediaTypeOf, StreamDigests } from '../../../main/signing/cms/cades.ts';
import { verifyDetached, verifyXml } from '../../../main/signing/verification/verify-file.ts';
import type { VerificationResult } from '../../../main/signing/verification/report.ts';
import { openFileSigningDesk, type FileSigningDesk } from '../../stand-ins/file-signing-desk.ts';
import { startValidationAuthorities, type ValidationAuthorities } from '../../stand-ins/validation-authorities.ts';

const folder = mkdtempSync(join(tmpdir(), 'cades-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let desk: FileSigningDesk;
beforeAll(() => {
  desk = openFileSigningDesk(folder, validationFetch(globalThis.fetch));
});

const CONTENT = Buffer.from('Báo cáo số 12\r\nđã đủ chữ ký\n');

/** OpenSSL's opinion on the signature, its ESS attribute and the chain. */
function openssl(cms: Buffer, content: Buffer): boolean {
  writeFileSync(join(folder, 'cms.der'), cms);
  writeFileSync(join(folder, 'content'), content);
  const files = ['-in', join(folder, 'cms.der'), '-content', join(folder, 'content'), '-out', join(folder, 'out')];
  const args = [
    'cms',
    '-verify',
    '-cades',
    '-binary',
    '-inform',
    'DER',
    '-purpose',
    'any',
    '-CAfile',
    desk.pki.rootPath,
  ];
  const { status, stderr } = spawnSync('openssl', [...args, ...files], { encoding: 'utf8' });
  return status === 0 && stderr.includes('CAdES Verification successful');
}

async function verify(cms: Buffer, content: Uint8Array, roots?: readonly string[]): Promise<VerificationResult> {
  const digests = await new StreamDigests().read(
    (async function* () {
      yield content;
    })(),
  );
  const { sizeBytes } = digests;
  const about = { parts: [], digest: (algorithm: string) => digests.digest(algorithm), sizeBytes };
  return verifyDetached(cms, about, desk.question(roots));
}

describe('a detached signature', () => {
  for (const kind of ['rsa-2048', 'rsa-3072', 'p-256'] as const) {
    it(`is valid to us and to OpenSSL with ${kind}`, async () => {
      const cms = await desk.sign('cades', CONTENT, kind);
      expect(openssl(cms, CONTENT)).toBe(true);
      expect(await verify(cms, CONTENT)).toMatchObject({
        verdict: 'valid',
        sizeBytes: CONTENT.length,
        sha256: createHash('sha256').update(CONTENT).digest('hex'),
        signatures: [{ level: 'B-B', coverage: 'whole', integrity: 'intact', trust: 'trusted', format: 'CAdES' }],
      });
    });
  }

  it('carries what level B demands, as OpenSSL reads it', async () => {
    const cms = await desk.sign('cades', CONTENT, 'rsa-2048', 'application/json');
    writeFileSync(join(folder, 'cms.der'), cms);
    const shown = execFileSync(
      'openssl',
      ['cms', '-cmsout', '-print', '-inform', 'DER', '-in', join(folder, 'cms.der')],
      {
        encoding: 'utf8',
      },
    );
    for (const part of [
      'contentType',
      'signingTime',
      'messageDigest',
      'id-smime-aa-signingCertificateV2',
      '0.4.0.1733.2.1',
    ])
      expect(shown).toContain(part);
    expect(shown).toContain('application/json');
    expect(shown).toMatch(/eContent: <ABSENT>/);
  });

  it('says when the signer claims to have signed', async () => {
    const { signatures } = await verify(await desk.sign('cades', CONTENT), CONTENT);
    const claimed = Date.parse(signatures[0]?.signedAt ?? '');
    expect(Math.abs(Date.now() - claimed)).toBeLessThan(10 * 60_000);
  });

  it('is broken for another file, however little it differs', async () => {
    const cms = await desk.sign('cades', CONTENT);
    await fc.assert(
      fc.asyncProperty(fc.nat(CONTENT.length - 1), fc.integer({ min: 1, max: 255 }), async (place, difference) => {
        const changed = Buffer.from(CONTENT);
        changed[place] = (changed[place] ?? 0) ^ difference;
        expect((await verify(cms, changed)).verdict).toBe('broken');
      }),
    );
    expect((await verify(cms, Buffer.concat([CONTENT, Buffer.from('\n')]))).verdict).toBe('broken');
  });

  it('itself may not change by one byte', async () => {
    const cms = await desk.sign('cades', CONTENT);
    await fc.assert(
      fc.asyncProperty(fc.nat(cms.length - 1), fc.integer({ min: 1, max: 255 }), async (place, difference) => {
        const changed = Buffer.from(cms);
        changed[place] = (changed[place] ?? 0) ^ difference;
        expect((await verify(changed, CONTENT)).verdict).not.toBe('valid');
      }),
      { numRuns: 400 },
    );
  });

  it('is untrusted without its root, broken when cut off, and never a crash', async () => {
    const cms = await desk.sign('cades', CONTENT);
    expect((await verify(cms, CONTENT, [])).verdict).toBe('untrusted');
    for (const length of [0, 1, 20, 400, cms.length - 1])
      expect((await verify(cms.subarray(0, length), CONTENT)).verdict).toBe('broken');
  });

  it('of another program is right too, in DER, in PEM and with other hashes', async () => {
    const { certificatePath, keyPath } = desk.signers['rsa-2048'];
    writeFileSync(join(folder, 'content'), CONTENT);
    for (const [form, hash, isCades] of [
      ['DER', 'sha256', true],
      ['PEM', 'sha512', true],
      ['DER', 'sha384', false],
    ] as const) {
      const args = ['cms', '-sign', '-binary', '-md', hash, '-in', join(folder, 'content'), '-outform', form];
      const key = ['-signer', certificatePath, '-inkey', keyPath, '-certfile', desk.pki.issuerPath];
      const cms = execFileSync('openssl', [...args, ...key, ...(isCades ? ['-cades'] : [])]);
      expect(await verify(cms, CONTENT)).toMatchObject({
        verdict: 'valid',
        signatures: [{ level: isCades ? 'B-B' : 'basic' }],
      });
    }
  });

  it('around its own content is not one beside a file', async () => {
    const { certificatePath, keyPath } = desk.signers['rsa-2048'];
    writeFileSync(join(folder, 'content'), CONTENT);
    const args = ['cms', '-sign', '-binary', '-nodetach', '-in', join(folder, 'content'), '-outform', 'DER'];
    const cms = execFileSync('openssl', [...args, '-signer', certificatePath, '-inkey', keyPath]);
    const { verdict, signatures } = await verify(cms, CONTENT);
    expect(verdict).toBe('broken');
    expect(signatures[0]?.reasons.join()).toContain('tách rời');
  });
});

describe('what a file is', () => {
  it('media types follow the name, unknown ones stay unknown', () => {
    expect(mediaTypeOf('Quyết định.DOCX')).toContain('wordprocessingml');
    expect(mediaTypeOf('x')).toBe('application/octet-stream');
  });
});

describe('a time-stamp of the signature', () => {
  let authorities: ValidationAuthorities;
  beforeAll(async () => {
    authorities = await startValidationAuthorities(folder);
  });
  afterAll(() => authorities?.stop());

  async function stamp(format: FileFormat, signed: Buffer): ReturnType<FileSigningDesk['signer']['stampFile']> {
    const deposit = await depositBlob(join(folder, 'incoming'), signed, 'application/octet-stream');
    const access = accessToDeposit(join(folder, 'incoming'), deposit);
    return desk.signer.stampFile({
      format,
      signed: access,
      authorities: [{ url: authorities.tsaUrl, timeoutMs: 20_000 }],
    });
  }
  const XML = Buffer.from('<a>Nguyễn Văn Ẩn</a>');

  it.each(['cades', 'xades'] as const)('raises %s to B-T and leaves the rest as it was', async (format) => {
    const content = format === 'cades' ? CONTENT : XML;
    const signed = await desk.sign(format, content, 'p-256');
    const { signed: stamped, reached, code } = await stamp(format, signed);
    expect({ reached, code }).toEqual({ reached: 'B-T', code: null });
    if (!stamped) throw new Error('nothing was stamped');
    const bytes = await readBlob(accessToDeposit(join(folder, 'incoming'), stamped));
    const roots = [desk.pki.rootPem, authorities.pki.rootPem];
    const judged =
      format === 'cades' ? await verify(bytes, content, roots) : await verifyXml(bytes, desk.question(roots));
    expect(judged.verdict).toBe('valid');
    expect(judged.signatures).toMatchObject([{ level: 'B-T', timestamp: 'valid' }]);
    if (format === 'cades') expect(openssl(bytes, content)).toBe(true);
    // An authority that nobody imported proves nothing, and harms nothing.
    const alone = format === 'cades' ? await verify(bytes, content) : await verifyXml(bytes, desk.question());
    expect(alone.signatures).toMatchObject([{ level: 'B-B', verdict: 'valid', timestamp: 'untrusted' }]);
  });

  it.each(['cades', 'xades'] as const)('that was made for another signature is noticed in %s', async (format) => {
    const content = format === 'cades' ? CONTENT : XML;
    authorities.fail('tsa', { imprint: 'wrong' });
    const refused = await stamp(format, await desk.sign(format, content));
    authorities.heal();
    expect(refused).toMatchObject({ signed: null, reached: 'B-B', code: 'time-stamp-refused' });
  });

  it.each(['cades', 'xades'] as const)('that nobody gives costs the level, never the %s signature', async (format) => {
    authorities.fail('tsa', { httpStatus: 500 });
    const answer = await stamp(format, await desk.sign(format, format === 'cades' ? CONTENT : XML));
    authorities.heal();
    expect(answer).toMatchObject({ signed: null, reached: 'B-B', code: 'authority-unreachable' });
  });
});
