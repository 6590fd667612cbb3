/** @file The extensions of a certificate that decide anything here (RFC 5280, 4.2; RFC 6960, 4.2.2.2.1). */
import { Asn1Error, childOf, readAsn1, readOid, readSmallInteger, type Asn1Node } from './asn1.ts';
import { OID } from './object-identifiers.ts';

export interface CertificateExtensions {
  readonly isCa: boolean;
  /** Longest chain of further CAs below this one; null without limit. */
  readonly pathLength: number | null;
  /** Null when the extension is absent: every use allowed (RFC 5280, 4.2.1.3). */
  readonly keyUsage: KeyUsage | null;
  /** Null when the extension is absent. */
  readonly extendedKeyUsage: { readonly purposes: readonly string[]; readonly isCritical: boolean } | null;
  readonly subjectKeyId: Buffer | null;
  /** Addresses as the issuer wrote them: http and https only, nobody vouches for them before the chain does. */
  readonly ocspUrls: readonly string[];
  readonly issuerUrls: readonly string[];
  readonly revocationListUrls: readonly string[];
  /** `id-pkix-ocsp-nocheck`: a responder whose own status nobody asks for. */
  readonly hasNoCheck: boolean;
  /** OIDs of critical extensions that this program does not understand. */
  readonly unknownCritical: readonly string[];
}

export interface KeyUsage {
  readonly digitalSignature: boolean;
  readonly nonRepudiation: boolean;
  readonly keyCertSign: boolean;
  readonly crlSign: boolean;
  /** Something beside digitalSignature and nonRepudiation. */
  readonly hasOthers: boolean;
}

/** Policies count as understood because no policy is ever required; names constraints do not. */
const UNDERSTOOD = new Set<string>([
  OID.keyUsage,
  OID.basicConstraints,
  OID.extendedKeyUsage,
  '2.5.29.32',
  OID.authorityKeyIdentifier,
  OID.subjectKeyIdentifier,
  '2.5.29.17',
  OID.crlDistributionPoints,
  OID.authorityInformationAccess,
  OID.ocspNoCheck,
]);
const MAX_URLS = 8;

/** @param list SEQUENCE OF Extension */
export function readCertificateExtensions(list: Asn1Node | undefined): CertificateExtensions {
  const values = new Map<string, { readonly value: Buffer; readonly isCritical: boolean }>();
  for (const extension of list?.children ?? []) {
    const oid = readOid(childOf(extension, 0));
    if (values.has(oid)) throw new Asn1Error(`extension ${oid} twice`);
    const isCritical = extension.children.some((child) => child.tag === 0x01 && child.content[0] !== 0);
    const value = extension.children.find((child) => child.tag === 0x04)?.content ?? Buffer.alloc(0);
    values.set(oid, { value, isCritical });
  }
  const read = <T>(oid: string, reader: (node: Asn1Node, isCritical: boolean) => T): T | null => {
    const found = values.get(oid);
    return found ? reader(readAsn1(found.value), found.isCritical) : null;
  };
  /** Addresses are help, not rules: a certificate that writes them strangely is one without. */
  const readLeniently = <T>(oid: string, reader: (node: Asn1Node) => T[]): T[] => {
    try {
      return read(oid, reader) ?? [];
    } catch (cause) {
      if (!(cause instanceof Asn1Error)) throw cause;
      return [];
    }
  };
  const constraints = read(OID.basicConstraints, readBasicConstraints);
  const access = readLeniently(OID.authorityInformationAccess, readAccess);
  return {
    isCa: constraints?.isCa ?? false,
    pathLength: constraints?.pathLength ?? null,
    keyUsage: read(OID.keyUsage, readKeyUsage),
    extendedKeyUsage: read(OID.extendedKeyUsage, (node, isCritical) => ({
      purposes: node.children.map(readOid),
      isCritical,
    })),
    subjectKeyId: read(OID.subjectKeyIdentifier, (node) => node.content),
    ocspUrls: urlsOf(access, OID.accessOcsp),
    issuerUrls: urlsOf(access, OID.accessIssuers),
    revocationListUrls: readLeniently(OID.crlDistributionPoints, readDistributionPoints),
    hasNoCheck: values.has(OID.ocspNoCheck),
    unknownCritical: [...values]
      .filter(([oid, { isCritical }]) => isCritical && !UNDERSTOOD.has(oid))
      .map(([oid]) => oid),
  };
}

function readBasicConstraints(node: Asn1Node): { isCa: boolean; pathLength: number | null } {
  const limit = node.children.find((child) => child.tag === 0x02);
  return {
    isCa: node.children[0]?.tag === 0x01 && node.children[0].content[0] !== 0,
    pathLength: limit ? readSmallInteger(limit) : null,
  };
}

function readKeyUsage(node: Asn1Node): KeyUsage {
  const first = node.content[1] ?? 0;
  return {
    digitalSignature: (first & 0x80) !== 0,
    nonRepudiation: (first & 0x40) !== 0,
    keyCertSign: (first & 0x04) !== 0,
    crlSign: (first & 0x02) !== 0,
    hasOthers: (first & 0x3f) !== 0 || (node.content[2] ?? 0) !== 0,
  };
}

interface Access {
  readonly method: string;
  readonly url: string;
}

function readAccess(node: Asn1Node): Access[] {
  return node.children.flatMap((description) => {
    const location = childOf(description, 1);
    return location.tag === 0x86
      ? [{ method: readOid(childOf(description, 0)), url: location.content.toString('latin1') }]
      : [];
  });
}

function urlsOf(access: readonly Access[], method: string): string[] {
  return access
    .filter((entry) => entry.method === method)
    .map((entry) => entry.url)
    .filter(isWebAddress)
    .slice(0, MAX_URLS);
}

/** Points with a full name, for all reasons, of the issuer itself: lists of others are not read here. */
function readDistributionPoints(node: Asn1Node): string[] {
  return node.children
    .filter((point) => !point.children.some((child) => child.tag === 0x81 || child.tag === 0xa2))
    .flatMap((point) => point.children.find((child) => child.tag === 0xa0)?.children ?? [])
    .filter((name) => name.tag === 0xa0)
    .flatMap((fullName) => fullName.children.filter((name) => name.tag === 0x86))
    .map((name) => name.content.toString('latin1'))
    .filter(isWebAddress)
    .slice(0, MAX_URLS);
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\/[!-~]+$/i.test(url) && url.length <= 2_000 && URL.canParse(url);
}
