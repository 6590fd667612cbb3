/**
 * @file The TLS key and certificate of 127.0.0.1 on this PC: made here, never shared, the key sealed by the machine's
 * `SecretBox`. The certificate is an end entity that can issue nothing: whoever trusts it trusts this one key for this one
 * machine's own addresses, and no more.
 */
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SecretBox } from '../../ports/ports.ts';
import { der, derInteger, derOctetString, derOid, derSequence, derTime } from '../../signing/asn1.ts';
import { OID } from '../../signing/object-identifiers.ts';
import { writeDurably } from './durable-file.ts';

export interface LocalCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly notAfter: string;
}

const DAY_MS = 86_400_000;
/** What Apple's browsers take at most for a certificate somebody trusts by hand is 825 days. */
const VALID_DAYS = 820;
/** Renewed this long before its end: the new one must be trusted anew by a person. */
const RENEW_DAYS = 30;

const Sealed = z.strictObject({ certificatePem: z.string(), keyPem: z.string() });

export function bridgeFolderOf(dataFolder: string): string {
  return join(dataFolder, 'bridge');
}

/** The file that IT puts into the trust store; beside the sealed key, and of no use without it. */
export const CERTIFICATE_FILE = 'quay-mot-cua-127.0.0.1.crt';

/** @throws Failure `disk-error` when the folder cannot be written */
export async function openLocalCertificate(folder: string, box: SecretBox, nowMs: number): Promise<LocalCertificate> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sealedPath = join(folder, 'tls.sealed');
  const kept = readSealed(sealedPath, box);
  if (kept !== null && Date.parse(kept.notAfter) - nowMs > RENEW_DAYS * DAY_MS) return kept;
  const made = makeCertificate(nowMs);
  await writeDurably(sealedPath, box.seal(Buffer.from(JSON.stringify(made))));
  await writeDurably(join(folder, CERTIFICATE_FILE), made.certificatePem);
  return described(made);
}

/** Null when there is none, or it was sealed by another user or machine: a new one costs nothing but trust. */
function readSealed(path: string, box: SecretBox): LocalCertificate | null {
  if (!existsSync(path)) return null;
  try {
    return described(Sealed.parse(JSON.parse(Buffer.from(box.open(readFileSync(path))).toString('utf8'))));
  } catch {
    return null;
  }
}

function described({ certificatePem, keyPem }: z.infer<typeof Sealed>): LocalCertificate {
  const certificate = new X509Certificate(certificatePem);
  const fingerprint = createHash('sha256').update(certificate.raw).digest('hex');
  return { certificatePem, keyPem, fingerprint, notAfter: new Date(certificate.validTo).toISOString() };
}

function makeCertificate(nowMs: number): z.infer<typeof Sealed> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = derSequence(derOid(OID.ecdsaWithSha256));
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40; // positive, and of full length (RFC 5280, 4.1.2.2)
  // A name of its own, so that the certificates of two PCs can be told apart in a list.
  const name = nameOf(`Quay Mot Cua 127.0.0.1 ${randomBytes(4).toString('hex')}`);
  const body = derSequence(
    der(0xa0, derInteger(2)),
    der(0x02, serial),
    algorithm,
    name,
    derSequence(derTime(nowMs - DAY_MS), derTime(nowMs + VALID_DAYS * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      derSequence(
        extension('2.5.29.19', true, derSequence()), // basicConstraints: no authority
        extension('2.5.29.15', true, Buffer.from([0x03, 0x02, 0x07, 0x80])), // keyUsage: digitalSignature
        extension('2.5.29.37', false, derSequence(derOid('1.3.6.1.5.5.7.3.1'))), // serverAuth
        extension('2.5.29.17', false, alternativeNames()),
      ),
    ),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = derSequence(body, algorithm, der(0x03, Buffer.from([0]), signature));
  return {
    certificatePem: new X509Certificate(certificate).toString(),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function nameOf(commonName: string): Buffer {
  const attribute = derSequence(derOid('2.5.4.3'), der(0x0c, Buffer.from(commonName, 'utf8')));
  return derSequence(der(0x31, attribute));
}

function extension(oid: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [Buffer.from([0x01, 0x01, 0xff])] : [];
  return derSequence(derOid(oid), ...critical, derOctetString(value));
}

function alternativeNames(): Buffer {
  const loopback6 = Buffer.alloc(16);
  loopback6[15] = 1;
  return derSequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])), der(0x87, loopback6));
}
