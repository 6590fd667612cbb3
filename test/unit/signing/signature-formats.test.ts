/** Algorithms and formats of other signers: right ones are recognised, weak ones are not called valid. */
import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  der,
  DER_NULL,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
} from '../../../main/signing/asn1.ts';
import { readCertificate, type Certificate } from '../../../main/signing/certificate.ts';
import { OID } from '../../../main/signing/object-identifiers.ts';
import { createCertificateValidator } from '../../../main/signing/validation/certificate-validator.ts';
import { ValidationPolicy } from '../../../main/signing/validation/policy.ts';
import { newHash } from '../../../main/signing/cms/signed-content.ts';
import type { VerificationResult } from '../../../main/signing/verification/report.ts';
import { verifyDocument } from '../../../main/signing/verification/verify-document.ts';
import { handSigned, type HandMade } from '../../stand-ins/attack-pdfs.ts';
import { createTestPki, openssl, type TestPki } from '../../stand-ins/test-pki.ts';

const missing = existsSync('/usr/bin/openssl') ? undefined : 'openssl is not installed';
const folder = mkdtempSync(join(tmpdir(), 'formats-'));
let pki: TestPki;
beforeAll(() => {
  if (!missing) pki = createTestPki(join(folder, 'pki'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Holder {
  readonly key: KeyObject;
  readonly certificate: Certificate;
}

let count = 0;
/** @param algorithm arguments of `openssl genpkey` */
function holderOf(...algorithm: readonly string[]): Holder {
  const base = join(folder, `holder-${++count}`);
  openssl(['genpkey', '-algorithm', ...algorithm, '-out', `${base}.key`]);
  openssl(['req', '-new', '-key', `${base}.key`, '-subj', '/C=VN/CN=Nguoi ky', '-out', `${base}.csr`]);
  const ca = ['-CA', join(pki.folder, 'issuer.pem'), '-CAkey', join(pki.folder, 'issuer.key'), '-CAcreateserial'];
  openssl(['x509', '-req', '-in', `${base}.csr`, ...ca, '-days', '30', '-out', `${base}.pem`]);
  return {
    key: createPrivateKey(readFileSync(`${base}.key`)),
    certificate: readCertificate(openssl(['x509', '-in', `${base}.pem`, '-outform', 'DER'])),
  };
}

interface Recipe {
  readonly digest: string;
  readonly digestOid: string;
  /** DER of the signature's AlgorithmIdentifier. */
  readonly algorithm: Buffer;
  readonly value: (signed: Buffer) => Buffer;
  /** The content inside the CMS; without it the signature is detached. */
  readonly content?: Buffer;
  readonly hasAttributes?: boolean;
}

function cmsOf({ certificate }: Holder, covered: Buffer, recipe: Recipe): Buffer {
  const { digest, digestOid, algorithm, value, content, hasAttributes = true } = recipe;
  const attribute = (oid: string, part: Buffer): Buffer => derSequence(derOid(oid), der(0x31, part));
  const certificateId = derSequence(derOctetString(createHash('sha256').update(certificate.der).digest()));
  const attributes = derSetOf(
    attribute(OID.contentType, derOid(OID.data)),
    attribute(
      OID.messageDigest,
      derOctetString(
        newHash(digest)
          .update(content ?? covered)
          .digest(),
      ),
    ),
    attribute(OID.signingCertificateV2, derSequence(derSequence(certificateId))),
  );
  const implicit = Buffer.from(attributes);
  implicit[0] = 0xa0;
  const digestAlgorithm = derSequence(derOid(digestOid));
  const info = derSequence(
    derInteger(1),
    derSequence(certificate.issuerDer, certificate.serialDer),
    digestAlgorithm,
    ...(hasAttributes ? [implicit] : []),
    algorithm,
    derOctetString(value(hasAttributes ? attributes : (content ?? covered))),
  );
  const data = derSequence(
    derInteger(1),
    der(0x31, digestAlgorithm),
    derSequence(derOid(OID.data), ...(content ? [der(0xa0, derOctetString(content))] : [])),
    der(0xa0, certificate.der, pki.issuerDer),
    der(0x31, info),
  );
  return derSequence(derOid(OID.signedData), der(0xa0, data));
}

function verify(bytes: Buffer): Promise<VerificationResult> {
  const policy = ValidationPolicy.parse({ trustedRoots: [pki.rootPem], isOffline: true });
  const at = new Date(Date.now() + 2_000).toISOString();
  return verifyDocument(bytes, { at }, policy, createCertificateValidator(policy, null, null));
}
const pdfWith = (holder: Holder, recipe: Recipe, options: HandMade = {}): Buffer =>
  handSigned(options, (covered) => cmsOf(holder, covered, recipe));

const SHA256 = '2.16.840.1.101.3.4.2.1';
const SHA384 = '2.16.840.1.101.3.4.2.2';
const SHA512 = '2.16.840.1.101.3.4.2.3';
const SHAKE256 = '2.16.840.1.101.3.4.2.12';
const named = (oid: string): Buffer => derSequence(derOid(oid));
const rsaOf =
  (key: KeyObject, digest: string): Recipe['value'] =>
  (signed) =>
    sign(digest, signed, key);

/** RFC 4055, 3.1, with the mask's hash chosen apart from the signature's. */
function pssAlgorithm(hashOid: string, maskOid: string, salt: number): Buffer {
  const hash = derSequence(derOid(hashOid), DER_NULL);
  const mask = derSequence(derOid(OID.mgf1), derSequence(derOid(maskOid), DER_NULL));
  return derSequence(derOid(OID.rsaPss), derSequence(der(0xa0, hash), der(0xa1, mask), der(0xa2, derInteger(salt))));
}
/** Only openssl's own program takes two hashes. */
function pssByOpenssl(holder: string, signed: Buffer, maskDigest: string, salt: number): Buffer {
  const digest = createHash('sha256').update(signed).digest();
  const options = ['rsa_padding_mode:pss', 'digest:sha256', `rsa_mgf1_md:${maskDigest}`, `rsa_pss_saltlen:${salt}`];
  const input = join(folder, 'digest.bin');
  writeFileSync(input, digest);
  return openssl([
    'pkeyutl',
    '-sign',
    '-inkey',
    holder,
    '-in',
    input,
    ...options.flatMap((option) => ['-pkeyopt', option]),
  ]);
}

describe.skipIf(missing)(`right ones are valid${missing ? ` (${missing})` : ''}`, () => {
  test.each<[string, readonly string[], (holder: Holder) => Recipe]>([
    [
      'ECDSA P-384 with SHA-384',
      ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384', '-pkeyopt', 'ec_param_enc:named_curve'],
      ({ key }) => ({
        digest: 'sha384',
        digestOid: SHA384,
        algorithm: named('1.2.840.10045.4.3.3'),
        value: (signed) => sign('sha384', signed, key),
      }),
    ],
    [
      'ECDSA P-521 with SHA-512',
      ['EC', '-pkeyopt', 'ec_paramgen_curve:P-521', '-pkeyopt', 'ec_param_enc:named_curve'],
      ({ key }) => ({
        digest: 'sha512',
        digestOid: SHA512,
        algorithm: named('1.2.840.10045.4.3.4'),
        value: (signed) => sign('sha512', signed, key),
      }),
    ],
    [
      'Ed25519 with SHA-512',
      ['ED25519'],
      ({ key }) => ({
        digest: 'sha512',
        digestOid: SHA512,
        algorithm: named('1.3.101.112'),
        value: (signed) => sign(null, signed, key),
      }),
    ],
    [
      'Ed448 with SHAKE256',
      ['ED448'],
      ({ key }) => ({
        digest: 'shake256',
        digestOid: SHAKE256,
        algorithm: named('1.3.101.113'),
        value: (signed) => sign(null, signed, key),
      }),
    ],
    [
      'RSA with SHA3-256',
      ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
      ({ key }) => ({
        digest: 'sha3-256',
        digestOid: '2.16.840.1.101.3.4.2.8',
        algorithm: named('2.16.840.1.101.3.4.3.14'),
        value: rsaOf(key, 'sha3-256'),
      }),
    ],
    [
      'RSA-PSS with another hash for its mask',
      ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
      () => ({
        digest: 'sha256',
        digestOid: SHA256,
        algorithm: pssAlgorithm(SHA256, SHA384, 32),
        value: (signed) => pssByOpenssl(join(folder, `holder-${count}.key`), signed, 'sha384', 32),
      }),
    ],
    [
      'RSA-PSS by a key for PSS alone, with another hash for its mask',
      ['RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'],
      () => ({
        digest: 'sha256',
        digestOid: SHA256,
        algorithm: pssAlgorithm(SHA256, SHA512, 32),
        value: (signed) => pssByOpenssl(join(folder, `holder-${count}.key`), signed, 'sha512', 32),
      }),
    ],
    [
      'RSA-PSS with one hash and an odd salt, 3072 bits',
      ['RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
      () => ({
        digest: 'sha256',
        digestOid: SHA256,
        algorithm: pssAlgorithm(SHA256, SHA256, 17),
        value: (signed) => pssByOpenssl(join(folder, `holder-${count}.key`), signed, 'sha256', 17),
      }),
    ],
  ])('%s', async (_, algorithm, recipeOf) => {
    const holder = holderOf(...algorithm);
    const recipe = recipeOf(holder);
    const bytes = pdfWith(holder, recipe);
    const result = await verify(bytes);
    expect(result.signatures[0]?.reasons.filter((reason) => !/thu hồi|thời điểm/.test(reason))).toEqual([]);
    expect(result).toMatchObject({ verdict: 'valid', signatures: [{ integrity: 'intact', level: 'B-B' }] });
    const changed = Buffer.from(bytes);
    changed[300] = (changed[300] ?? 0) ^ 1;
    expect((await verify(changed)).verdict).not.toBe('valid');
  });
});

describe.skipIf(missing)(`others are not called valid${missing ? ` (${missing})` : ''}`, () => {
  const rsa = (): Holder => holderOf('RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
  const plain = (key: KeyObject): Recipe => ({
    digest: 'sha256',
    digestOid: SHA256,
    algorithm: derSequence(derOid(OID.sha256WithRsa), DER_NULL),
    value: rsaOf(key, 'sha256'),
  });

  test('PSS parameters that say something else than what was signed', async () => {
    const holder = rsa();
    const value = (signed: Buffer): Buffer => pssByOpenssl(join(folder, `holder-${count}.key`), signed, 'sha384', 32);
    for (const algorithm of [
      pssAlgorithm(SHA256, SHA256, 32),
      pssAlgorithm(SHA256, SHA384, 20),
      pssAlgorithm(SHA384, SHA384, 32),
    ])
      expect((await verify(pdfWith(holder, { ...plain(holder.key), algorithm, value }))).verdict).toBe('broken');
  });

  test('Ed448 with the hash of another curve', async () => {
    const holder = holderOf('ED448');
    const recipe: Recipe = {
      digest: 'sha512',
      digestOid: SHA512,
      algorithm: named('1.3.101.113'),
      value: (signed) => sign(null, signed, holder.key),
    };
    expect((await verify(pdfWith(holder, recipe))).verdict).toBe('broken');
  });

  test('adbe.pkcs7.sha1 is checked, and weak', async () => {
    const holder = rsa();
    const form = (altered: boolean): Buffer =>
      handSigned({ subFilter: 'adbe.pkcs7.sha1' }, (covered) =>
        cmsOf(holder, covered, {
          ...plain(holder.key),
          content: createHash('sha1')
            .update(covered)
            .update(altered ? 'x' : '')
            .digest(),
        }),
      );
    expect(await verify(form(false))).toMatchObject({
      verdict: 'indeterminate',
      signatures: [{ integrity: 'weak', level: 'basic', trust: 'trusted' }],
    });
    expect((await verify(form(true))).verdict).toBe('broken');
  });

  test('adbe.x509.rsa_sha1 is checked, and weak', async () => {
    const holder = rsa();
    const hex = holder.certificate.der.toString('hex');
    const chain = `[<${hex}> <${pki.issuerDer.toString('hex')}>]`;
    const form = (digest: string, more = ''): Buffer =>
      handSigned({ subFilter: 'adbe.x509.rsa_sha1', signature: `/Cert ${chain}` }, (covered) =>
        derOctetString(sign(digest, Buffer.concat([covered, Buffer.from(more)]), holder.key)),
      );
    expect(await verify(form('sha1'))).toMatchObject({
      verdict: 'indeterminate',
      signatures: [{ integrity: 'weak', trust: 'trusted' }],
    });
    expect((await verify(form('sha256'))).verdict).toBe('indeterminate');
    expect((await verify(form('sha1', 'x'))).verdict).toBe('broken');
  });

  test('a detached signature without signed attributes is checked, and weak', async () => {
    const holder = rsa();
    const recipe = { ...plain(holder.key), hasAttributes: false };
    const bytes = pdfWith(holder, recipe, { subFilter: 'adbe.pkcs7.detached' });
    expect(await verify(bytes)).toMatchObject({ verdict: 'indeterminate', signatures: [{ integrity: 'weak' }] });
    const changed = Buffer.from(bytes);
    changed[300] = (changed[300] ?? 0) ^ 1;
    expect((await verify(changed)).verdict).not.toMatch(/valid|indeterminate/);
  });

  test('content inside the CMS of a detached signature, two signers, no signer', async () => {
    const holder = rsa();
    const inside = pdfWith(holder, { ...plain(holder.key), content: Buffer.from('x') });
    expect((await verify(inside)).verdict).toBe('broken');
    expect((await verify(handSigned({}, () => derSequence(derOid(OID.signedData))))).verdict).toBe('broken');
  });
});
