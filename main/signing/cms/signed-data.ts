/** @file Reads a CMS SignedData with one signer (RFC 5652, 5). Strict: what a correct signer never writes is refused. */
import { Asn1Error, childOf, readAsn1, readOid, readSmallInteger, type Asn1Node } from '../asn1.ts';
import { readCertificate, type Certificate } from '../certificate.ts';
import { OID } from '../object-identifiers.ts';

/** Something that a reader can be told in words; its message is Vietnamese. */
export class CmsBroken extends Error {}

export interface SignedData {
  readonly version: number;
  readonly digestOids: readonly string[];
  readonly contentOid: string;
  /** Null when the signature is detached. */
  readonly content: Buffer | null;
  readonly certificates: readonly Certificate[];
  /** DER of each CertificateList. */
  readonly revocationLists: readonly Buffer[];
  readonly signer: SignerInfo;
  /** Tags of its parts in the order of RFC 5652, 5.1. */
  readonly isInOrder: boolean;
}

export interface SignerInfo {
  readonly version: number;
  readonly isById: boolean;
  readonly isSignedBy: (certificate: Certificate) => boolean;
  readonly digestOid: string;
  /** Null when the signature stands over the content itself. */
  readonly signedAttributes: Asn1Node | null;
  readonly signatureOid: string;
  readonly signatureParameters: Asn1Node | undefined;
  readonly signature: Buffer;
  readonly unsignedAttributes: readonly { readonly oid: string; readonly values: readonly Buffer[] }[];
}

/** @throws CmsBroken, Asn1Error, or an Error of a certificate that cannot be read */
export function readSignedData(bytes: Buffer): SignedData {
  const outer = readAsn1(bytes);
  if (outer.tag !== 0x30 || readOid(childOf(outer, 0)) !== OID.signedData)
    throw new CmsBroken('Nội dung chữ ký không phải là CMS SignedData.');
  const data = childOf(exactly(childOf(exactly(outer, 2), 1, 0xa0), 1), 0, 0x30);
  const encapsulated = childOf(data, 2, 0x30);
  const signerInfos = data.children.at(-1);
  if (signerInfos?.tag !== 0x31 || signerInfos.children.length !== 1)
    throw new CmsBroken('Chữ ký phải có đúng một người ký.');
  const optional = (tag: number): Asn1Node | undefined => data.children.slice(3, -1).find((child) => child.tag === tag);
  return {
    version: readSmallInteger(childOf(data, 0)),
    digestOids: childOf(data, 1, 0x31).children.map(readAlgorithm),
    contentOid: readOid(childOf(encapsulated, 0)),
    content: readContent(encapsulated),
    certificates: readCertificates(optional(0xa0)),
    revocationLists: (optional(0xa1)?.children ?? []).filter((node) => node.tag === 0x30).map((node) => node.raw),
    signer: readSignerInfo(childOf(signerInfos, 0, 0x30)),
    isInOrder: /^2,49,48,(160,)?(161,)?49$/.test(data.children.map((child) => child.tag).join()),
  };
}

/** Room for nothing beside what belongs there: a length that was stretched over the padding is a change too. */
function exactly(node: Asn1Node, count: number): Asn1Node {
  if (node.children.length !== count) throw new Asn1Error(`${node.children.length} elements instead of ${count}`);
  return node;
}

function readContent(encapsulated: Asn1Node): Buffer | null {
  if (encapsulated.children.length === 1) return null;
  const [text] = exactly(childOf(exactly(encapsulated, 2), 1, 0xa0), 1).children;
  if (text?.tag === 0x04) return text.content;
  // BER writers cut long strings into pieces (X.690, 8.7.3).
  if (text?.tag === 0x24 && text.children.every((piece) => piece.tag === 0x04))
    return Buffer.concat(text.children.map((piece) => piece.content));
  throw new Asn1Error('encapsulated content is not an octet string');
}

function readCertificates(list: Asn1Node | undefined): Certificate[] {
  const nodes = list?.children ?? [];
  if (nodes.some((node) => node.tag !== 0x30 && (node.tag & 0xe0) !== 0xa0))
    throw new Asn1Error('something else among the certificates');
  return nodes.filter((node) => node.tag === 0x30).map((node) => readCertificate(node.raw));
}

/** Those of a store that can be read; one by an algorithm nobody knows vouches for nothing. */
export function readableCertificates(encoded: readonly Buffer[]): Certificate[] {
  return encoded.flatMap((bytes) => {
    try {
      return [readCertificate(bytes)];
    } catch {
      return [];
    }
  });
}

function readSignerInfo(node: Asn1Node): SignerInfo {
  const parts = [...node.children];
  const take = (tag?: number): Asn1Node | undefined =>
    tag === undefined || parts[0]?.tag === tag ? parts.shift() : undefined;
  const [version, sid, digest] = [take(), take(), take()];
  const attributes = take(0xa0);
  const [algorithm, signature] = [take(0x30), take(0x04)];
  const unsigned = take(0xa1);
  if (!version || !sid || !digest || !algorithm || !signature || parts.length > 0)
    throw new CmsBroken('Thông tin người ký trong chữ ký sai cấu trúc.');
  const isById = sid.tag === 0x80;
  if (!isById && (sid.tag !== 0x30 || sid.children.length !== 2))
    throw new Asn1Error('unknown kind of signer identifier');
  const signatureOid = readOid(childOf(algorithm, 0));
  if (signatureOid !== OID.rsaPss) readAlgorithm(algorithm);
  return {
    version: readSmallInteger(version),
    isById,
    isSignedBy: (certificate) =>
      isById
        ? (certificate.subjectKeyId?.equals(sid.content) ?? false)
        : certificate.issuerDer.equals(childOf(sid, 0).raw) && certificate.serialDer.equals(childOf(sid, 1).raw),
    digestOid: readDigestAlgorithm(digest),
    signedAttributes: attributes ?? null,
    signatureOid,
    signatureParameters: algorithm.children[1],
    signature: signature.content,
    unsignedAttributes: (unsigned?.children ?? []).map((attribute) => ({
      oid: readOid(childOf(attribute, 0)),
      values: childOf(attribute, 1, 0x31).children.map((value) => value.raw),
    })),
  };
}

/** The OID of an AlgorithmIdentifier whose parameters are absent or NULL. */
function readAlgorithm(node: Asn1Node): string {
  const parameters = node.children[1];
  if (node.tag !== 0x30 || node.children.length > 2 || (parameters && !parameters.raw.equals(Buffer.from([5, 0]))))
    return readDigestAlgorithm(node);
  return readOid(childOf(node, 0));
}

/** id-shake256-len says its length, which must be 512 bits (RFC 8702, 3.1); other digests have no parameters. */
function readDigestAlgorithm(node: Asn1Node): string {
  const oid = readOid(childOf(node, 0));
  const parameters = node.children[1];
  if (node.tag !== 0x30 || node.children.length > 2) throw new Asn1Error('unexpected algorithm parameters');
  if (!parameters || parameters.raw.equals(Buffer.from([5, 0]))) return oid;
  const isShake = oid === '2.16.840.1.101.3.4.2.18';
  if (!isShake || readSmallInteger(parameters) !== 512) throw new Asn1Error('unexpected algorithm parameters');
  return oid;
}

/** @throws CmsBroken for an attribute that occurs twice or has other than one value (RFC 5652, 11) */
export function readSignedAttributes(set: Asn1Node): ReadonlyMap<string, Asn1Node> {
  const attributes = new Map<string, Asn1Node>();
  for (const attribute of set.children) {
    const oid = readOid(childOf(attribute, 0));
    const values = childOf(exactly(attribute, 2), 1, 0x31);
    if (attributes.has(oid) || values.children.length !== 1) throw new CmsBroken('Thuộc tính được ký bị lặp.');
    attributes.set(oid, childOf(values, 0));
  }
  return attributes;
}
