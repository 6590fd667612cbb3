/** @file One X.509 certificate, read once: the bytes as issued, the names, the dates, and what its key may do. */
import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { childOf, readAsn1, readOid, readTime, type Asn1Node } from './asn1.ts';
import { readCertificateExtensions, type CertificateExtensions } from './certificate-extensions.ts';
import { OID } from './object-identifiers.ts';
import { digestOfSignature } from './signature-algorithm.ts';

export interface Certificate extends CertificateExtensions {
  readonly der: Buffer;
  /** RFC 4514 order of the certificate itself, `, ` between parts: `C=VN, O=…, CN=…`. */
  readonly subject: string;
  readonly issuer: string;
  readonly commonName: string;
  readonly organisation: string | null;
  /** Hexadecimal capitals. */
  readonly serialNumber: string;
  /** DER of the name and of the serial number, for issuerAndSerialNumber. */
  readonly issuerDer: Buffer;
  readonly subjectDer: Buffer;
  readonly serialDer: Buffer;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly signatureOid: string;
  /** Hash of the issuer's signature, by node:crypto's name; null when the algorithm is not known here. */
  readonly signatureDigest: string | null;
  readonly publicKey: KeyObject;
  /** The key alone, without its algorithm: what responders hash to name an issuer (RFC 6960, 4.1.1). */
  readonly publicKeyBits: Buffer;
  readonly x509: X509Certificate;
}

/**
 * Read before, newest last. The certificates of one chain come again in every signature, time-stamp and OCSP answer of a
 * batch, and reading one costs more than checking its signature.
 */
const known = new Map<string, Certificate>();
const MAX_KNOWN = 256;

/** @throws Error when the bytes are not exactly one certificate. */
export function readCertificate(bytes: Uint8Array): Certificate {
  const key = createHash('sha256').update(bytes).digest('base64');
  const before = known.get(key);
  if (before) return before;
  const certificate = parseCertificate(Buffer.from(bytes)); // a copy: it must not keep a whole file in memory
  const [oldest] = known.keys();
  if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  known.set(key, certificate);
  return certificate;
}

function parseCertificate(bytes: Buffer): Certificate {
  const root = readAsn1(bytes);
  if (root.raw.length !== bytes.length) throw new Error('bytes after the certificate');
  const x509 = new X509Certificate(root.raw);
  const fields = tbsFields(childOf(root, 0, 0x30));
  const extensions = readCertificateExtensions(fields.extensions);
  return {
    der: root.raw,
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    commonName: namePart(x509.subject, 'CN') ?? oneLine(x509.subject),
    organisation: namePart(x509.subject, 'O'),
    serialNumber: x509.serialNumber,
    issuerDer: fields.issuer.raw,
    subjectDer: fields.subject.raw,
    serialDer: fields.serial.raw,
    notBefore: readTime(childOf(fields.validity, 0)),
    notAfter: readTime(childOf(fields.validity, 1)),
    ...extensions,
    signatureOid: readOid(childOf(childOf(root, 1, 0x30), 0)),
    signatureDigest: digestOfSignature(childOf(root, 1, 0x30)),
    publicKey: x509.publicKey,
    publicKeyBits: childOf(fields.key, 1, 0x03).content.subarray(1),
    x509,
  };
}

/** PEM text with any number of certificates; other blocks are ignored. */
export function readPemCertificates(pem: string): Certificate[] {
  const blocks = pem.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END/g) ?? [];
  return blocks.map((block) =>
    readCertificate(Buffer.from(block.replace(/-----[^-]*-----/g, '').replace('-----END', ''), 'base64')),
  );
}

export function certificateFingerprint(certificate: Certificate): string {
  return createHash('sha256').update(certificate.der).digest('hex');
}

/**
 * Whether its key may sign documents at all, whatever the date: digitalSignature or nonRepudiation, no CA, and not issued for
 * a web server, programs, time-stamps or responses alone (RFC 5280, 4.2.1.12; signers carry many other purposes or none).
 */
export function allowsDocumentSigning(certificate: Certificate): boolean {
  if (certificate.isCa) return false;
  const services: readonly string[] = [
    OID.purposeServer,
    OID.purposeCodeSigning,
    OID.purposeTimeStamping,
    OID.purposeOcspSigning,
  ];
  const { extendedKeyUsage, keyUsage } = certificate;
  if (extendedKeyUsage && extendedKeyUsage.purposes.every((purpose) => services.includes(purpose))) return false;
  return keyUsage === null || keyUsage.digitalSignature || keyUsage.nonRepudiation;
}

/** RFC 3161, 2.3: one purpose alone, marked critical; and a key that signs nothing but data. */
export function allowsTimeStamping(certificate: Certificate): boolean {
  const { extendedKeyUsage, keyUsage } = certificate;
  if (!extendedKeyUsage?.isCritical || extendedKeyUsage.purposes.join() !== OID.purposeTimeStamping) return false;
  return keyUsage === null || ((keyUsage.digitalSignature || keyUsage.nonRepudiation) && !keyUsage.hasOthers);
}

export function isSelfIssued(certificate: Certificate): boolean {
  return certificate.issuerDer.equals(certificate.subjectDer);
}

/** Whether `issuer` issued `certificate`: names chain and the signature verifies. */
export function isIssuedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!certificate.issuerDer.equals(issuer.subjectDer)) return false;
  try {
    return certificate.x509.verify(issuer.publicKey);
  } catch {
    return false; // OpenSSL throws for a key of another kind than the signature's
  }
}

/** The certificate, then its issuers among `pool` as far as they go; ends before an endless circle. */
export function orderChain(leaf: Certificate, pool: readonly Certificate[]): Certificate[] {
  const chain = [leaf];
  for (let last = leaf; chain.length < 8 && !isSelfIssued(last);) {
    const current = last;
    const issuer = pool.find((candidate) => !chain.includes(candidate) && isIssuedBy(current, candidate));
    if (!issuer) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

function tbsFields(tbs: Asn1Node): {
  serial: Asn1Node;
  issuer: Asn1Node;
  validity: Asn1Node;
  subject: Asn1Node;
  key: Asn1Node;
  extensions: Asn1Node | undefined;
} {
  const first = tbs.children[0]?.tag === 0xa0 ? 1 : 0;
  return {
    serial: childOf(tbs, first, 0x02),
    issuer: childOf(tbs, first + 2, 0x30),
    validity: childOf(tbs, first + 3, 0x30),
    subject: childOf(tbs, first + 4, 0x30),
    key: childOf(tbs, first + 5, 0x30),
    extensions: tbs.children.find((child) => child.tag === 0xa3)?.children[0],
  };
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}

function namePart(name: string, key: string): string | null {
  const line = name.split('\n').findLast((part) => part.startsWith(`${key}=`));
  return line === undefined ? null : line.slice(key.length + 1).replace(/\\(.)/g, '$1');
}
