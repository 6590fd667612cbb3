import { execFileSync } from 'node:child_process';
import { createPrivateKey, randomBytes, sign } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { der, DER_NULL, derInteger, derOid, derSequence, derUnsignedInteger } from '../../../main/signing/asn1.ts';
import { readCertificate, type Certificate } from '../../../main/signing/certificate.ts';
import { checkOcspResponse, encodeOcspRequest, ocspGetUrl } from '../../../main/signing/validation/ocsp.ts';
import { lookUp, openRevocationList } from '../../../main/signing/validation/revocation-list.ts';
import { judgeProof, type StatusProof } from '../../../main/signing/validation/status-proof.ts';
import { opensslTime, type Holder } from '../../stand-ins/certification-authority.ts';
import { fetchForTests } from '../../stand-ins/validation-fetch.ts';
import {
  startValidationAuthorities,
  type AuthorityFaults,
  type ValidationAuthorities,
} from '../../stand-ins/validation-authorities.ts';

const missing = existsSync('/usr/bin/openssl') ? undefined : 'openssl is not installed';
const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
const DAY_MS = 86_400_000;

describe.skipIf(missing)(`proofs of status${missing ? ` (${missing})` : ''}`, () => {
  let authorities: ValidationAuthorities;
  let issuer: Certificate;
  let holder: Holder;
  let signer: Certificate;
  let revoked: Certificate;
  const revokedAtMs = Math.floor(Date.now() / 1000 - 3_600) * 1000;

  beforeAll(async () => {
    authorities = await startValidationAuthorities(folder);
    const { pki } = authorities;
    issuer = readCertificate(pki.authority('sha256').certificateDer);
    holder = pki.issue('Nguyễn Thị Lan');
    signer = readCertificate(holder.certificateDer);
    const lost = pki.issue('Người mất khóa', { kind: 'p-256' });
    pki.revoke(lost, 'sha256', revokedAtMs, 'keyCompromise');
    revoked = readCertificate(lost.certificateDer);
  });
  afterEach(() => authorities.heal());
  afterAll(async () => {
    await authorities.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function ask(
    certificate: Certificate,
    faults: Partial<AuthorityFaults> = {},
    nonce: Buffer | null = randomBytes(16),
  ): Promise<{ bytes: Buffer; nonce: Buffer | null }> {
    authorities.fail('ocsp', faults);
    const { body } = await fetchForTests({
      url: certificate.ocspUrls[0] ?? '',
      method: 'POST',
      contentType: 'application/ocsp-request',
      body: encodeOcspRequest(certificate, issuer, nonce),
      timeoutMs: 10_000,
      maxBytes: 1 << 20,
    });
    return { bytes: Buffer.from(body), nonce };
  }
  async function check(certificate: Certificate, faults: Partial<AuthorityFaults> = {}): Promise<StatusProof> {
    const { bytes, nonce } = await ask(certificate, faults);
    return checkOcspResponse(bytes, certificate, issuer, [], nonce);
  }
  async function list(faults: Partial<AuthorityFaults> = {}): Promise<Buffer> {
    authorities.fail('crl', faults);
    const url = signer.revocationListUrls[0] ?? '';
    const request = {
      url,
      method: 'GET',
      contentType: null,
      body: null,
      timeoutMs: 10_000,
      maxBytes: 1 << 20,
    } as const;
    return Buffer.from((await fetchForTests(request)).body);
  }

  describe('OCSP', () => {
    test('sends what openssl reads as a question about this certificate with a nonce', () => {
      const path = join(folder, 'request.der');
      writeFileSync(path, encodeOcspRequest(signer, issuer, Buffer.alloc(16, 7)));
      const text = execFileSync('openssl', ['ocsp', '-reqin', path, '-req_text'], { encoding: 'utf8' });
      expect(text).toContain(`Serial Number: ${holder.serialNumber}`);
      expect(text).toMatch(/OCSP Nonce:\s+04100707070707/);
    });

    test.each([{}, { isByKey: true }, { nonce: 'left-out' }, { hasNextUpdate: false }] as const)(
      'believes the delegated responder with %o',
      async (faults) => {
        expect(await check(signer, faults)).toMatchObject({ status: 'good', isDelegated: true, usesSha1: false });
      },
    );

    test('believes the issuer itself', async () => {
      const root = readCertificate(authorities.pki.authority('root').certificateDer);
      const { body } = await fetchForTests({
        url: `${authorities.url}/ocsp/root`,
        method: 'POST',
        contentType: 'application/ocsp-request',
        body: encodeOcspRequest(issuer, root, null),
        timeoutMs: 10_000,
        maxBytes: 1 << 20,
      });
      expect(checkOcspResponse(Buffer.from(body), issuer, root)).toMatchObject({ status: 'good', isDelegated: false });
    });

    test('is also asked by GET, as long as the address stays short', async () => {
      const request = encodeOcspRequest(signer, issuer, null);
      const url = ocspGetUrl(signer.ocspUrls[0] ?? '', request);
      const fetched = await fetchForTests({
        url: url ?? '',
        method: 'GET',
        contentType: null,
        body: null,
        timeoutMs: 10_000,
        maxBytes: 1 << 20,
      });
      expect(checkOcspResponse(Buffer.from(fetched.body), signer, issuer).status).toBe('good');
      expect(ocspGetUrl(`http://${'a'.repeat(200)}.vn/`, request)).toBeNull();
    });

    test('says when and why a certificate was revoked', async () => {
      expect(await check(revoked)).toMatchObject({ status: 'revoked', revokedAtMs, reason: 1 });
    });

    test('passes on that the responder does not know', async () => {
      expect(await check(signer, { status: 'unknown' })).toMatchObject({ status: 'unknown' });
    });

    test('finds the responder’s certificate elsewhere when the answer leaves it out', async () => {
      const { bytes, nonce } = await ask(signer);
      const { responder } = checkOcspResponse(bytes, signer, issuer, [], nonce);
      const bare = await ask(signer, { leavesCertificatesOut: true });
      expect(() => checkOcspResponse(bare.bytes, signer, issuer, [], bare.nonce)).toThrow(
        /không có chứng thư của máy chủ/,
      );
      expect(checkOcspResponse(bare.bytes, signer, issuer, [responder], bare.nonce).status).toBe('good');
    });

    test.each([
      [{ nonce: 'wrong' }, /nonce/],
      [{ signer: 'no-usage' }, /không được nơi cấp ủy quyền/],
      [{ signer: 'stranger' }, /không được nơi cấp ủy quyền/],
      [{ refuses: true }, /tryLater/],
      [{ body: 'truncated' }, /./],
      [{ body: 'garbage' }, /./],
      [{ body: 'html' }, /./],
      [{ body: 'empty' }, /./],
    ] as const)('refuses an answer with %o', async (faults, message) => {
      await expect(check(signer, faults)).rejects.toThrow(message);
    });

    test('refuses an answer about another certificate, and of another issuer', async () => {
      const { bytes } = await ask(revoked);
      expect(() => checkOcspResponse(bytes, signer, issuer)).toThrow(/chứng thư khác/);
      const other = readCertificate(authorities.pki.authority('sha1').certificateDer);
      expect(() => checkOcspResponse(bytes, revoked, other)).toThrow(/chứng thư khác/);
    });

    test('no changed byte makes a revoked certificate good', async () => {
      const { bytes } = await ask(revoked);
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
          const changed = Buffer.from(bytes);
          changed[position] = (changed[position] ?? 0) ^ change;
          expect(statusOrRefusal(changed, revoked)).not.toBe('good');
        }),
        { numRuns: 1_000 },
      );
    });

    test('random, cut and stretched bytes are refused and nothing else happens', async () => {
      const { bytes } = await ask(signer);
      fc.assert(
        fc.property(fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(bytes.length - 1)), (input) => {
          const changed = typeof input === 'number' ? bytes.subarray(0, input) : Buffer.concat([bytes, input]);
          expect(statusOrRefusal(changed, signer)).toBe('refused');
          if (typeof input !== 'number') expect(statusOrRefusal(Buffer.from(input), signer)).toBe('refused');
        }),
      );
    });

    function statusOrRefusal(bytes: Buffer, certificate: Certificate): string {
      try {
        return checkOcspResponse(bytes, certificate, issuer).status;
      } catch (cause) {
        expect(cause).toBeInstanceOf(Error);
        expect(cause).not.toBeInstanceOf(RangeError);
        expect(cause).not.toBeInstanceOf(TypeError);
        return 'refused';
      }
    }
  });

  describe('revocation lists', () => {
    test('names whom the authority revoked, when and why, and nobody else', async () => {
      const opened = openRevocationList(await list(), issuer);
      expect(lookUp(opened, revoked)).toMatchObject({ status: 'revoked', revokedAtMs, reason: 1 });
      expect(lookUp(opened, signer)).toMatchObject({ status: 'good', revokedAtMs: null });
      expect((opened.nextUpdateMs ?? 0) - opened.thisUpdateMs).toBe(DAY_MS);
    });

    test('an entry that takes a suspension back is none', async () => {
      const held = authorities.pki.issue('Người tạm dừng', { kind: 'p-256' });
      const certificate = readCertificate(held.certificateDer);
      authorities.pki.revoke(held, 'sha256', revokedAtMs, 'certificateHold');
      expect(lookUp(openRevocationList(await list(), issuer), certificate)).toMatchObject({
        status: 'revoked',
        reason: 6,
      });
      authorities.pki.revoke(held, 'sha256', revokedAtMs, 'removeFromCRL');
      expect(lookUp(openRevocationList(await list(), issuer), certificate).status).toBe('good');
    });

    test.each([
      [{ list: 'list-delta' }, /delta/],
      [{ list: 'list-indirect' }, /gián tiếp/],
      [{ list: 'list-some-reasons' }, /một số lý do/],
      [{ list: 'list-unknown-critical' }, /1\.2\.3\.4\.5/],
      [{ list: 'other' }, /nơi cấp khác/],
      [{ body: 'truncated' }, /./],
      [{ body: 'garbage' }, /./],
      [{ body: 'html' }, /./],
    ] as const)('refuses a list with %o', async (faults, message) => {
      const bytes = await list(faults);
      expect(() => openRevocationList(bytes, issuer)).toThrow(message);
    });

    test('refuses a list for authorities when asked about an officer', async () => {
      const opened = openRevocationList(await list({ list: 'list-authorities-only' }), issuer);
      expect(() => lookUp(opened, signer)).toThrow(/loại chứng thư/);
    });

    test('refuses the list of a part that the certificate does not belong to', () => {
      const elsewhere = der(0xa0, der(0xa0, der(0x86, Buffer.from('http://elsewhere.example/1.crl'))));
      const opened = openRevocationList(ownList([], [['2.5.29.28', derSequence(elsewhere)]]), issuer);
      expect(() => lookUp(opened, signer)).toThrow(/địa chỉ khác/);
      const own = der(0xa0, der(0xa0, der(0x86, Buffer.from(signer.revocationListUrls[0] ?? ''))));
      expect(lookUp(openRevocationList(ownList([], [['2.5.29.28', derSequence(own)]]), issuer), signer).status).toBe(
        'good',
      );
    });

    test('finds a serial among half a million without reading the others, and refuses more than 20 MB', () => {
      const other = entry(derUnsignedInteger(Buffer.from('4142434445464748', 'hex')));
      const many = Buffer.concat(Array.from({ length: 500_000 }, () => other));
      const bytes = ownList([
        many.subarray(0, other.length * 300_000),
        entry(signer.serialDer),
        many.subarray(0, other.length),
      ]);
      const opened = openRevocationList(bytes, issuer);
      expect(lookUp(opened, signer)).toMatchObject({ status: 'revoked', revokedAtMs });
      expect(lookUp(opened, revoked).status).toBe('good');
      expect(() => openRevocationList(ownList([many, many]), issuer)).toThrow(/quá lớn/);
    });

    test('no changed byte takes a name off the list', async () => {
      const bytes = await list();
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
          const changed = Buffer.from(bytes);
          changed[position] = (changed[position] ?? 0) ^ change;
          let status: string;
          try {
            status = lookUp(openRevocationList(changed, issuer), revoked).status;
          } catch (cause) {
            expect(cause).not.toBeInstanceOf(RangeError);
            expect(cause).not.toBeInstanceOf(TypeError);
            status = 'refused';
          }
          expect(status).not.toBe('good');
        }),
        { numRuns: 1_000 },
      );
    });

    function entry(serialDer: Buffer): Buffer {
      return derSequence(serialDer, der(0x17, Buffer.from(opensslTime(revokedAtMs).slice(2))));
    }

    /** A list by the authority's own key, for forms that openssl does not write. */
    function ownList(revokedEntries: readonly Buffer[], extensions: [string, Buffer][] = []): Buffer {
      const algorithm = derSequence(derOid('1.2.840.113549.1.1.11'), DER_NULL);
      const time = (ms: number): Buffer => der(0x17, Buffer.from(opensslTime(ms).slice(2)));
      const critical = Buffer.from([0x01, 0x01, 0xff]);
      const parts = [derInteger(1), algorithm, issuer.subjectDer, time(Date.now() - 1_000), time(Date.now() + DAY_MS)];
      if (revokedEntries.length > 0) parts.push(derSequence(...revokedEntries));
      if (extensions.length > 0) {
        const encoded = extensions.map(([oid, value]) => derSequence(derOid(oid), critical, der(0x04, value)));
        parts.push(der(0xa0, derSequence(...encoded)));
      }
      const signed = derSequence(...parts);
      const key = createPrivateKey(readFileSync(authorities.pki.authority('sha256').keyPath));
      return derSequence(signed, algorithm, der(0x03, Buffer.from([0]), sign('sha256', signed, key)));
    }
  });

  describe('what a proof is worth at a time', () => {
    const now = Date.now();
    const proof: StatusProof = {
      kind: 'ocsp',
      bytes: Buffer.alloc(0),
      status: 'good',
      revokedAtMs: null,
      reason: null,
      thisUpdateMs: now - 3_600_000,
      nextUpdateMs: now + 3_600_000,
      remembersSinceMs: null,
      usesSha1: false,
    };
    const judge = (changed: Partial<StatusProof>, provenAtMs = now): ReturnType<typeof judgeProof> =>
      judgeProof({ ...proof, ...changed }, signer, provenAtMs, now);

    test('good while it stands, and for whatever existed before it was said', () => {
      expect(judge({})).toMatchObject({ kind: 'good', isAfterProvenTime: false });
      expect(judge({}, now - 2 * 3_600_000)).toMatchObject({ kind: 'good', isAfterProvenTime: true });
    });

    test('nothing once it has run out, five minutes granted', () => {
      expect(judge({ nextUpdateMs: now - 4 * 60_000 }).kind).toBe('good');
      expect(judge({ nextUpdateMs: now - 6 * 60_000 })).toMatchObject({ kind: 'useless', isClock: false });
      expect(judge({ nextUpdateMs: null }).kind).toBe('good');
      expect(judge({ nextUpdateMs: null, thisUpdateMs: now - 2 * DAY_MS }).kind).toBe('useless');
    });

    test('names the difference when the clocks disagree', () => {
      expect(judge({ thisUpdateMs: now + 15 * 60_000, nextUpdateMs: now + DAY_MS })).toMatchObject({
        kind: 'useless',
        isClock: true,
        why: expect.stringContaining('15 phút'),
      });
      expect(judge({ thisUpdateMs: now + 4 * 60_000 }).kind).toBe('good');
    });

    test('a revocation counts from its own time on', () => {
      const at = { status: 'revoked', revokedAtMs: now - 1_800_000, reason: 1 } as const;
      expect(judge(at)).toEqual({ kind: 'revoked', atMs: now - 1_800_000 });
      expect(judge(at, now - 2_000_000)).toMatchObject({ kind: 'good', note: expect.stringContaining('lộ khóa') });
    });

    test('a word given after expiry counts only when its giver remembers the expired', () => {
      const late = { thisUpdateMs: signer.notAfter + 1, nextUpdateMs: signer.notAfter + DAY_MS };
      const after = (changed: Partial<StatusProof>): string =>
        judgeProof({ ...proof, ...late, ...changed }, signer, now, signer.notAfter + 2).kind;
      expect(after({})).toBe('useless');
      expect(after({ remembersSinceMs: signer.notBefore })).toBe('good');
      expect(after({ status: 'revoked', revokedAtMs: now - 1 })).toBe('revoked');
    });
  });
});
