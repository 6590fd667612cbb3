/** @file Reads an OCSP response (RFC 6960, 4.2.1). Strict: structure only, nothing is believed here. */
import { Asn1Error, childOf, readAsn1, readOid, readSmallInteger, readTime, type Asn1Node } from '../asn1.ts';
import { readCertificate, type Certificate } from '../certificate.ts';
import { DIGESTS, OID } from '../object-identifiers.ts';
import { EvidenceRefused, type SignedStructure } from './signed-structure.ts';

export interface OcspResponse extends SignedStructure {
  readonly producedAtMs: number;
  readonly responderName: Buffer | null;
  readonly responderKeyHash: Buffer | null;
  readonly nonce: Buffer | null;
  readonly singles: readonly OcspSingle[];
  readonly certificates: readonly Certificate[];
}

export interface OcspSingle {
  /** Name of node:crypto. */
  readonly digest: string;
  readonly issuerNameHash: Buffer;
  readonly issuerKeyHash: Buffer;
  readonly serialDer: Buffer;
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAtMs: number | null;
  /** CRLReason, RFC 5280, 5.3.1. */
  readonly reason: number | null;
  readonly thisUpdateMs: number;
  readonly nextUpdateMs: number | null;
  /** The responder remembers certificates that expired after this time (RFC 6960, 4.4.4). */
  readonly archiveCutoffMs: number | null;
}

const STATUS_WORDS: Readonly<Record<number, string>> = {
  1: 'máy chủ OCSP không hiểu câu hỏi (malformedRequest)',
  2: 'máy chủ OCSP gặp lỗi (internalError)',
  3: 'máy chủ OCSP đang bận (tryLater)',
  5: 'máy chủ OCSP đòi câu hỏi phải được ký (sigRequired)',
  6: 'máy chủ OCSP không phục vụ nơi cấp này (unauthorized)',
};
const MAX_SINGLES = 200;
const MAX_CERTIFICATES = 20;

/** @throws EvidenceRefused, Asn1Error, or an Error of a certificate that cannot be read */
export function readOcspResponse(bytes: Buffer): OcspResponse {
  const root = readAsn1(bytes);
  if (root.tag !== 0x30 || root.raw.length !== bytes.length) throw new Asn1Error('not exactly one OCSP response');
  const status = childOf(root, 0, 0x0a).content;
  if (status.length !== 1 || status[0] !== 0)
    throw new EvidenceRefused(STATUS_WORDS[status[0] ?? 0] ?? `máy chủ OCSP báo lỗi ${status.toString('hex')}`);
  const responseBytes = childOf(childOf(root, 1, 0xa0), 0, 0x30);
  if (readOid(childOf(responseBytes, 0)) !== OID.ocspBasic) throw new Asn1Error('not a basic OCSP response');
  const inner = childOf(responseBytes, 1, 0x04).content;
  const basic = readAsn1(inner);
  if (basic.raw.length !== inner.length || basic.children.length > 4) throw new Asn1Error('not exactly one answer');
  const data = childOf(basic, 0, 0x30);
  return {
    ...readData(data),
    signed: data.raw,
    algorithm: childOf(basic, 1, 0x30),
    signature: childOf(basic, 2, 0x03),
    certificates: basic.children.length === 4 ? readCertificates(childOf(basic, 3, 0xa0)) : [],
  };
}

function readCertificates(wrapper: Asn1Node): Certificate[] {
  const nodes = childOf(wrapper, 0, 0x30).children;
  if (nodes.length > MAX_CERTIFICATES) throw new Asn1Error(`${nodes.length} certificates in an OCSP response`);
  return nodes.map((node) => readCertificate(node.raw));
}

function readData(data: Asn1Node): Omit<OcspResponse, keyof SignedStructure | 'certificates'> {
  const parts = [...data.children];
  if (parts[0]?.tag === 0xa0 && readSmallInteger(childOf(parts.shift() as Asn1Node, 0)) !== 0)
    throw new Asn1Error('OCSP response of another version');
  const [id, producedAt, list, extensions] = parts;
  if (!id || !producedAt || list?.tag !== 0x30 || parts.length > 4)
    throw new Asn1Error('OCSP response without its parts');
  if (list.children.length > MAX_SINGLES) throw new Asn1Error(`${list.children.length} answers in an OCSP response`);
  if (id.tag !== 0xa1 && id.tag !== 0xa2) throw new Asn1Error('unknown kind of responder identifier');
  const known = readExtensions(extensions, 0xa1, [OID.ocspNonce]);
  return {
    producedAtMs: readTime(producedAt),
    responderName: id.tag === 0xa1 ? childOf(id, 0, 0x30).raw : null,
    responderKeyHash: id.tag === 0xa2 ? childOf(id, 0, 0x04).content : null,
    nonce: known.get(OID.ocspNonce) ?? null,
    singles: list.children.map(readSingle),
  };
}

function readSingle(node: Asn1Node): OcspSingle {
  const [id, status, thisUpdate, ...rest] = node.children;
  if (!id || !status || !thisUpdate || id.children.length !== 4) throw new Asn1Error('incomplete answer');
  const oid = readOid(childOf(childOf(id, 0, 0x30), 0));
  const nextUpdate = rest.find((child) => child.tag === 0xa0);
  const known = readExtensions(
    rest.find((child) => child.tag === 0xa1),
    0xa1,
    [OID.ocspArchiveCutoff],
  );
  const cutoff = known.get(OID.ocspArchiveCutoff);
  return {
    digest: DIGESTS[oid] ?? oid,
    issuerNameHash: childOf(id, 1, 0x04).content,
    issuerKeyHash: childOf(id, 2, 0x04).content,
    serialDer: childOf(id, 3, 0x02).raw,
    ...readStatus(status),
    thisUpdateMs: readTime(thisUpdate),
    nextUpdateMs: nextUpdate ? readTime(childOf(nextUpdate, 0)) : null,
    archiveCutoffMs: cutoff ? readTime(readAsn1(cutoff)) : null,
  };
}

function readStatus(node: Asn1Node): Pick<OcspSingle, 'status' | 'revokedAtMs' | 'reason'> {
  if (node.tag === 0x80 && node.content.length === 0) return { status: 'good', revokedAtMs: null, reason: null };
  if (node.tag === 0x82 && node.content.length === 0) return { status: 'unknown', revokedAtMs: null, reason: null };
  if (node.tag !== 0xa1) throw new Asn1Error('unknown kind of status');
  const reason = node.children[1]?.children[0];
  return { status: 'revoked', revokedAtMs: readTime(childOf(node, 0, 0x18)), reason: reason?.content[0] ?? null };
}

/** Values by OID; an unknown critical one makes the answer useless. */
function readExtensions(
  wrapper: Asn1Node | undefined,
  tag: number,
  understood: readonly string[],
): Map<string, Buffer> {
  const values = new Map<string, Buffer>();
  if (!wrapper) return values;
  if (wrapper.tag !== tag) throw new Asn1Error('something else where extensions belong');
  for (const extension of childOf(wrapper, 0, 0x30).children) {
    const oid = readOid(childOf(extension, 0));
    const isCritical = extension.children.some((child) => child.tag === 0x01 && child.content[0] !== 0);
    if (isCritical && !understood.includes(oid))
      throw new EvidenceRefused(`có phần mở rộng bắt buộc ${oid} chưa hỗ trợ`);
    const value = extension.children.find((child) => child.tag === 0x04);
    if (value && !values.has(oid)) values.set(oid, value.content);
  }
  return values;
}
