/** @file One X.509 certificate, read once: the bytes as issued, the names, the dates, and what its key may do. */
import { createHash, X509Certificate, type KeyObject } from 'node:crypto';
import { childOf, readAsn1, readOid, readSmallInteger, readTime, type Asn1Node } from './asn1.ts';
import { OID } from './object-identifiers.ts';

export interface Certificate {
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
  readonly subjectKeyId: Buffer | null;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isCa: boolean;
  /** Longest chain of further CAs below this one; null without limit. */
  readonly pathLength: number | null;
  /** Null when the extension is absent: every use allowed (RFC 5280, 4.2.1.3). */
  readonly keyUsage: KeyUsage | null;
  /** OIDs of critical extensions that this program does not understand. */
  readonly unknownCritical: readonly string[];
  readonly signatureOid: string;
  readonly publicKey: KeyObject;
  readonly x509: X509Certificate;
}

export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly nonRepudiation: boolean;
  readonly keyCertSign: boolean;
}

const UNDERSTOOD = new Set<string>([
  OID.keyUsage,
  OID.basicConstraints,
  '2.5.29.37',
  '2.5.29.32',
  '2.5.29.35',
  '2.5.29.14',
  '2.5.29.17',
  '2.5.29.31',
]);

/** @throws Error when the bytes are not exactly one certificate. */
export function readCertificate(bytes: Uint8Array): Certificate {
  const root = readAsn1(bytes);
  if (root.raw.length !== bytes.length) throw new Error('bytes after the certificate');
  const x509 = new X509Certificate(root.raw);
  const fields = tbsFields(childOf(root, 0, 0x30));
  const extensions = readExtensions(fields.extensions);
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
    publicKey: x509.publicKey,
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

/** Whether its key may sign documents at all, whatever the date (digitalSignature or nonRepudiation, and not a CA). */
export function allowsDocumentSigning(certificate: Certificate): boolean {
  if (certificate.isCa) return false;
  return certificate.keyUsage === null || certificate.keyUsage.digitalSignature || certificate.keyUsage.nonRepudiation;
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
  extensions: Asn1Node | undefined;
} {
  const first = tbs.children[0]?.tag === 0xa0 ? 1 : 0;
  return {
    serial: childOf(tbs, first, 0x02),
    issuer: childOf(tbs, first + 2, 0x30),
    validity: childOf(tbs, first + 3, 0x30),
    subject: childOf(tbs, first + 4, 0x30),
    extensions: tbs.children.find((child) => child.tag === 0xa3)?.children[0],
  };
}

function readExtensions(
  list: Asn1Node | undefined,
): Pick<Certificate, 'isCa' | 'pathLength' | 'keyUsage' | 'unknownCritical' | 'subjectKeyId'> {
  let isCa = false;
  let pathLength: number | null = null;
  let keyUsage: KeyUsage | null = null;
  let subjectKeyId: Buffer | null = null;
  const unknownCritical: string[] = [];
  for (const extension of list?.children ?? []) {
    const oid = readOid(childOf(extension, 0));
    const isCritical = extension.children.some((child) => child.tag === 0x01 && child.content[0] !== 0);
    const value = extension.children.find((child) => child.tag === 0x04)?.content ?? Buffer.alloc(0);
    if (oid === OID.basicConstraints) {
      const constraints = readAsn1(value);
      isCa = constraints.children[0]?.tag === 0x01 && constraints.children[0].content[0] !== 0;
      const limit = constraints.children.find((child) => child.tag === 0x02);
      pathLength = limit ? readSmallInteger(limit) : null;
    } else if (oid === OID.keyUsage) {
      const bits = readAsn1(value).content;
      const first = bits[1] ?? 0;
      keyUsage = {
        digitalSignature: (first & 0x80) !== 0,
        nonRepudiation: (first & 0x40) !== 0,
        keyCertSign: (first & 0x04) !== 0,
      };
    } else if (oid === '2.5.29.14') {
      subjectKeyId = readAsn1(value).content;
    }
    if (isCritical && !UNDERSTOOD.has(oid)) unknownCritical.push(oid);
  }
  return { isCa, pathLength, keyUsage, unknownCritical, subjectKeyId };
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}

function namePart(name: string, key: string): string | null {
  const line = name.split('\n').findLast((part) => part.startsWith(`${key}=`));
  return line === undefined ? null : line.slice(key.length + 1).replace(/\\(.)/g, '$1');
}
