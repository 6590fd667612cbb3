import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { childOf, der, derOid, derSequence, readAsn1, readTime } from '../../../main/signing/asn1.ts';
import {
  allowsDocumentSigning,
  readCertificate,
  readPemCertificates,
  type Certificate,
} from '../../../main/signing/certificate.ts';
import { readCertificateExtensions } from '../../../main/signing/certificate-extensions.ts';
import { findChains } from '../../../main/signing/validation/chain.ts';
import { judgeChain } from '../../../main/signing/validation/chain-rules.ts';
import { createPracticePki, type Holder, type PracticePki } from '../../stand-ins/certification-authority.ts';

const missing = existsSync('/usr/bin/openssl') ? undefined : 'openssl is not installed';
const folder = mkdtempSync(join(tmpdir(), 'chain-'));
const now = Date.now();
const atNow = { provenAtMs: now, claimedAtMs: now, nowMs: now, purpose: 'document-signing' } as const;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(missing)(`chains${missing ? ` (${missing})` : ''}`, () => {
  let pki: PracticePki;
  let signer: Holder;
  let anchors: Certificate[];
  let pool: Certificate[];
  beforeAll(() => {
    pki = createPracticePki(join(folder, 'pki'), 'http://127.0.0.1:9', now);
    signer = pki.issue('Nguyễn Thị Lan', { by: 'second' });
    anchors = [readCertificate(pki.authority('root').certificateDer)];
    pool = (['sha256', 'second', 'sha1'] as const).map((id) => readCertificate(pki.authority(id).certificateDer));
  });

  function trustOf(certificate: Certificate, others: readonly Certificate[] = pool): string {
    const [chain] = findChains(certificate, others, anchors).chains;
    return chain ? judgeChain(chain, atNow, false).trust : 'no chain';
  }

  test('no changed byte of a certificate, the signer’s or an issuer’s, is believed', () => {
    const originals = [signer.certificateDer, pki.authority('second').certificateDer];
    const signedPart = (bytes: Buffer): Buffer => childOf(readAsn1(bytes), 0).raw;
    expect(trustOf(readCertificate(signer.certificateDer))).toBe('trusted');
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 1, max: 255 }), (isLeaf, seed, change) => {
        const original = originals[isLeaf ? 0 : 1] as Buffer;
        const changed = Buffer.from(original);
        const position = seed % changed.length;
        changed[position] = (changed[position] ?? 0) ^ change;
        let certificate: Certificate;
        try {
          certificate = readCertificate(changed);
        } catch {
          return; // not a certificate any more
        }
        const others = pool.filter(({ der: bytes }) => !bytes.equals(originals[1] as Buffer));
        const trust = isLeaf
          ? trustOf(certificate)
          : trustOf(readCertificate(signer.certificateDer), [...others, certificate]);
        // Outside the signed part only spare bits of the signature may differ.
        if (signedPart(changed).equals(signedPart(original))) return;
        expect(trust).not.toBe('trusted');
      }),
      { numRuns: 600 },
    );
  });

  test('agrees with openssl about who leads to the root', () => {
    const day = 86_400_000;
    const rogue = pki.issue('Tự cấp', { kind: 'rsa-2048' });
    const names = pki.issue('CA hạn chế', { kind: 'rsa-2048', profile: 'authority-of-names' });
    const deep = pki.issue('CA cấp ba', { kind: 'rsa-2048', profile: 'authority', by: 'second' });
    const candidates: readonly (readonly [string, Holder, readonly Holder[]])[] = [
      ['second level', signer, []],
      ['third level', pki.signWith(deep, 'Dưới CA cấp ba'), [deep]],
      ['no issuer at hand', pki.signWith(deep, 'Thiếu nơi cấp'), []],
      ['expired', pki.issue('Hết hạn', { kind: 'p-256', notAfterMs: now - 3_600_000 }), []],
      ['not yet', pki.issue('Chưa đến hạn', { kind: 'p-256', notBeforeMs: now + 3 * day }), []],
      ['unknown critical', pki.issue('Phần mở rộng lạ', { kind: 'p-256', profile: 'signer-unknown-critical' }), []],
      ['by no authority', pki.signWith(rogue, 'Bị cấp lậu'), [rogue]],
      ['stranger', pki.issue('Người lạ', { kind: 'p-256', by: 'other' }), []],
      ['wrong key of a namesake', pki.signWith(namesakeOf(pki), 'Giả nơi cấp'), [namesakeOf(pki)]],
    ];
    const verdicts = candidates.map(([label, holder, more]) => {
      const untrusted = [...(['sha256', 'second'] as const).map((id) => pki.authority(id)), ...more];
      const files = untrusted.flatMap(({ certificatePath }) => ['-untrusted', certificatePath]);
      const root = ['-CAfile', pki.authority('root').certificatePath, '-no-CApath', '-no-CAstore'];
      const judge = spawnSync('openssl', ['verify', ...root, '-purpose', 'any', ...files, holder.certificatePath]);
      const known = untrusted.map(({ certificateDer }) => readCertificate(certificateDer));
      return {
        label,
        openssl: judge.status === 0,
        ours: trustOf(readCertificate(holder.certificateDer), known) === 'trusted',
      };
    });
    expect(verdicts.filter(({ openssl, ours }) => openssl !== ours)).toEqual([]);
    expect(verdicts.filter(({ ours }) => ours).map(({ label }) => label)).toEqual(['second level', 'third level']);
    // openssl understands name constraints; here they are refused until somebody needs them.
    expect(
      trustOf(readCertificate(pki.signWith(names, 'x').certificateDer), [
        ...pool,
        readCertificate(names.certificateDer),
      ]),
    ).toBe('untrusted');
  });

  test('five hundred namesakes of the issuer cost a bounded number of checks', () => {
    const issuer = readCertificate(pki.authority('second').certificateDer);
    const namesake = readCertificate(
      pki.issue('x', { by: 'other', profile: 'authority', subject: '/C=VN/O=Ban Thử nghiệm/CN=CA cấp hai thử nghiệm' })
        .certificateDer,
    );
    const crowd = Array.from({ length: 600 }, (_, index) => ({ ...namesake, der: Buffer.from(`${index}`) }));
    const certificate = readCertificate(signer.certificateDer);
    expect(findChains(certificate, [issuer, ...pool, ...crowd], anchors).chains).toHaveLength(1);
    expect(findChains(certificate, crowd, anchors).chains).toEqual([]);
  });

  test.each([
    ['nothing said of purposes', null, true],
    ['e-mail', 'emailProtection', true],
    ['clients', 'clientAuth', true],
    ['documents (RFC 9336)', '1.3.6.1.5.5.7.3.36', true],
    ['servers and e-mail', 'serverAuth,emailProtection', true],
    ['servers alone', 'serverAuth', false],
    ['programs alone', 'codeSigning', false],
    ['servers and programs', 'serverAuth,codeSigning', false],
  ])('a certificate for %s signs documents or does not', (_what, purposes, isAllowed) => {
    const use = ['-addext', 'keyUsage=critical,digitalSignature', '-addext', 'basicConstraints=critical,CA:FALSE'];
    const purpose = purposes === null ? [] : ['-addext', `extendedKeyUsage=${purposes}`];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', '/dev/null'];
    const args = ['req', '-x509', ...curve, '-days', '9', '-subj', '/CN=x', ...use, ...purpose];
    const [certificate] = readPemCertificates(execFileSync('openssl', args, { stdio: 'pipe' }).toString());
    expect(certificate && allowsDocumentSigning(certificate)).toBe(isAllowed);
  });

  test('a path longer than an issuer allows is none', () => {
    const limited = { ...readCertificate(pki.authority('sha256').certificateDer), pathLength: 0 };
    const others = pool.map((each) => (each.der.equals(limited.der) ? limited : each));
    const search = findChains(readCertificate(signer.certificateDer), others, anchors);
    expect(search.chains).toEqual([]);
    expect(search.obstacles).toEqual([expect.stringMatching(/chỉ cho phép 0 cấp bên dưới \(pathLength\), ở đây có 1/)]);
    expect(
      findChains(readCertificate(pki.issue('Ngay dưới', { kind: 'p-256' }).certificateDer), others, anchors).chains,
    ).toHaveLength(1);
  });

  test('short keys are told, too short ones refused', () => {
    const short = (modulusLength: number): Certificate => {
      const certificate = readCertificate(signer.certificateDer);
      const publicKey = new Proxy(certificate.publicKey, {
        get: (target, name) => (name === 'asymmetricKeyDetails' ? { modulusLength } : Reflect.get(target, name)),
      });
      return { ...certificate, publicKey };
    };
    const judge = (bits: number): ReturnType<typeof judgeChain> =>
      judgeChain([short(bits), ...pool, anchors[0] as Certificate], atNow, true);
    expect(judge(1_024)).toMatchObject({
      trust: 'trusted',
      reasons: expect.arrayContaining([expect.stringContaining('1024 bit')]),
    });
    expect(judge(512).trust).toBe('untrusted');
  });
});

/** An authority of strangers with the name of one that is trusted. */
function namesakeOf(pki: PracticePki): Holder {
  const subject = '/C=VN/O=Ban Thử nghiệm/CN=CA cấp hai thử nghiệm';
  namesake ??= pki.issue('Trùng tên', { kind: 'rsa-2048', by: 'other', profile: 'authority', subject });
  return namesake;
}
let namesake: Holder | undefined;

describe('extensions', () => {
  const list = (...extensions: [string, Buffer][]): ReturnType<typeof readAsn1> =>
    readAsn1(derSequence(...extensions.map(([oid, value]) => derSequence(derOid(oid), der(0x04, value)))));

  test('an extension that stands twice makes the certificate unreadable', () => {
    const usage: [string, Buffer] = ['2.5.29.15', Buffer.from('03020640', 'hex')];
    expect(readCertificateExtensions(list(usage)).keyUsage).toMatchObject({ nonRepudiation: true, keyCertSign: false });
    expect(() => readCertificateExtensions(list(usage, usage))).toThrow(/twice/);
  });

  test('addresses that are none are left out, and so are strange ways of writing them', () => {
    const url = (text: string): Buffer => der(0x86, Buffer.from(text, 'latin1'));
    const access = (text: string): Buffer => derSequence(derOid('1.3.6.1.5.5.7.48.1'), url(text));
    const texts = ['http://ocsp.ca.gov.vn/', 'ldap://ca.gov.vn/x', 'file:///etc/passwd', 'http://a b/', 'javascript:1'];
    const read = readCertificateExtensions(list(['1.3.6.1.5.5.7.1.1', derSequence(...texts.map(access))]));
    expect(read.ocspUrls).toEqual(['http://ocsp.ca.gov.vn/']);
    const broken = readCertificateExtensions(
      list(['1.3.6.1.5.5.7.1.1', Buffer.from('3003020100', 'hex')], ['2.5.29.31', Buffer.from('3082ffff', 'hex')]),
    );
    expect(broken).toMatchObject({ ocspUrls: [], issuerUrls: [], revocationListUrls: [] });
  });
});

describe('times in DER', () => {
  const time = (tag: number, text: string): number => readTime(readAsn1(der(tag, Buffer.from(text))));

  test('reads both forms, with fractions', () => {
    expect(time(0x17, '261121091005Z')).toBe(Date.UTC(2026, 10, 21, 9, 10, 5));
    expect(time(0x17, '991121091005Z')).toBe(Date.UTC(1999, 10, 21, 9, 10, 5));
    expect(time(0x18, '20261121091005.25Z')).toBe(Date.UTC(2026, 10, 21, 9, 10, 5, 250));
  });

  test.each([
    [0x17, '261321091005Z'],
    [0x17, '260230091005Z'],
    [0x17, '20261121091005Z'],
    [0x18, '261121091005Z'],
    [0x18, '20261121091005+0700'],
    [0x18, '20261121240000Z'],
    [0x04, '20261121091005Z'],
  ])('refuses %i %s', (tag, text) => {
    expect(() => time(tag, text)).toThrow(/not a time/);
  });
});
