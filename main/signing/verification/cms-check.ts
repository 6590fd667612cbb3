/**
 * @file Checks the CMS of a signature against the digest of what it covers (RFC 5652, 5.4–5.6; RFC 5035). Strict: what a
 * correct signer never writes is a reason not to believe.
 */
import { constants, createHash, verify } from 'node:crypto';
import { Asn1Error, childOf, readAsn1, readOid, readSmallInteger, type Asn1Node } from '../asn1.ts';
import { readCertificate, type Certificate } from '../certificate.ts';
import { DIGESTS, OID, SIGNATURES } from '../object-identifiers.ts';

export interface CmsCheck {
  /** `weak` is correct, but by an algorithm or form that proves too little. */
  readonly integrity: 'intact' | 'weak' | 'broken';
  readonly signer: Certificate | null;
  readonly certificates: readonly Certificate[];
  readonly hasSigningCertificate: boolean;
  readonly hasTimeStamp: boolean;
  /** Milliseconds, from the signing-time attribute of older formats. */
  readonly claimedTime: number | null;
  readonly reasons: readonly string[];
}

class CmsBroken extends Error {}

/** @param digestOf answers the digest of the covered bytes by an algorithm of node:crypto. Never throws. */
export function checkCms(
  bytes: Buffer,
  digestOf: (algorithm: string) => Buffer,
  needsSigningCertificate: boolean,
): CmsCheck {
  try {
    return readAndCheck(bytes, digestOf, needsSigningCertificate);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    const reason = cause instanceof CmsBroken ? detail : `Cấu trúc chữ ký không đọc được (${detail}).`;
    return {
      integrity: 'broken',
      signer: null,
      certificates: [],
      hasSigningCertificate: false,
      hasTimeStamp: false,
      claimedTime: null,
      reasons: [reason],
    };
  }
}

function readAndCheck(
  bytes: Buffer,
  digestOf: (algorithm: string) => Buffer,
  needsSigningCertificate: boolean,
): CmsCheck {
  const content = readAsn1(bytes);
  if (content.tag !== 0x30 || readOid(childOf(content, 0)) !== OID.signedData)
    throw new CmsBroken('Nội dung chữ ký không phải là CMS SignedData.');
  const signedData = childOf(exactly(childOf(exactly(content, 2), 1, 0xa0), 1), 0, 0x30);
  const reasons: string[] = [];
  let isWeak = false;

  const encapsulated = childOf(signedData, 2, 0x30);
  if (readOid(childOf(encapsulated, 0)) !== OID.data || encapsulated.children.length !== 1)
    throw new CmsBroken('Chữ ký không phải dạng tách rời trên tài liệu.');
  const certificates = readCertificates(signedData.children.find((child) => child.tag === 0xa0));
  const signerInfos = signedData.children.at(-1);
  if (signerInfos?.tag !== 0x31 || signerInfos.children.length !== 1)
    throw new CmsBroken('Chữ ký phải có đúng một người ký.');
  const info = readSignerInfo(childOf(signerInfos, 0, 0x30));

  const signer = certificates.find((certificate) => info.isSignedBy(certificate)) ?? null;
  if (!signer) throw new CmsBroken('Không có chứng thư của người ký trong chữ ký.');
  const listsDigest = childOf(signedData, 1, 0x31).children.map(readAlgorithm).includes(info.digestOid);
  const parts = signedData.children.map((child) => child.tag);
  const isInOrder = /^2,49,48,(160,)?(161,)?49$/.test(parts.join());
  const hasUsualVersions = readSmallInteger(childOf(signedData, 0)) === 1 && info.version === (info.isById ? 3 : 1);
  if (!listsDigest || !isInOrder || (!hasUsualVersions && !info.isById)) {
    isWeak = true;
    reasons.push('Phần đầu của chữ ký (phiên bản hoặc danh sách thuật toán) không đúng chuẩn CMS.');
  }
  const digestName = DIGESTS[info.digestOid];
  if (!digestName) throw new CmsBroken(`Thuật toán băm ${info.digestOid} không được hỗ trợ.`);

  const attributes = readAttributes(info.signedAttributes);
  const contentType = attributes.get(OID.contentType);
  if (!contentType || readOid(contentType) !== OID.data)
    throw new CmsBroken('Thuộc tính content-type của chữ ký sai hoặc thiếu.');
  const stated = attributes.get(OID.messageDigest);
  if (stated?.tag !== 0x04) throw new CmsBroken('Chữ ký không có thuộc tính message-digest.');
  if (!stated.content.equals(digestOf(digestName)))
    throw new CmsBroken('Nội dung tài liệu đã bị thay đổi: giá trị băm không khớp với chữ ký.');
  const signedBytes = Buffer.from(info.signedAttributes.raw);
  signedBytes[0] = 0x31;
  if (!verifies(signer, info, digestName, signedBytes))
    throw new CmsBroken('Giá trị chữ ký không đúng với khóa công khai của chứng thư người ký.');
  if (digestName === 'sha1') {
    isWeak = true;
    reasons.push('Chữ ký dùng SHA-1, không còn đủ an toàn.');
  }

  const signingCertificate = checkSigningCertificate(attributes, signer);
  if (signingCertificate === 'wrong')
    throw new CmsBroken('Chứng thư trong chữ ký không phải chứng thư mà người ký đã ký kèm (ESS signing-certificate).');
  if (signingCertificate === 'missing' && needsSigningCertificate) {
    isWeak = true;
    reasons.push('Thiếu thuộc tính signing-certificate-v2 mà PAdES bắt buộc.');
  }
  const time = attributes.get(OID.signingTime);
  return {
    integrity: isWeak ? 'weak' : 'intact',
    signer,
    certificates,
    hasSigningCertificate: signingCertificate === 'right',
    hasTimeStamp: info.unsignedOids.includes(OID.signatureTimeStamp),
    claimedTime: time ? readTimeOrNull(time) : null,
    reasons,
  };
}

/** Room for nothing beside what belongs there: a length that was stretched over the padding is a change too. */
function exactly(node: Asn1Node, count: number): Asn1Node {
  if (node.children.length !== count) throw new Asn1Error(`${node.children.length} elements instead of ${count}`);
  return node;
}

function readCertificates(list: Asn1Node | undefined): Certificate[] {
  const nodes = list?.children ?? [];
  if (nodes.some((node) => node.tag !== 0x30 && (node.tag & 0xe0) !== 0xa0))
    throw new Asn1Error('something else among the certificates');
  return nodes.filter((node) => node.tag === 0x30).map((node) => readCertificate(node.raw));
}

interface SignerInfo {
  readonly version: number;
  readonly isById: boolean;
  readonly isSignedBy: (certificate: Certificate) => boolean;
  readonly digestOid: string;
  readonly signedAttributes: Asn1Node;
  readonly signatureOid: string;
  readonly signatureParameters: Asn1Node | undefined;
  readonly signature: Buffer;
  readonly unsignedOids: readonly string[];
}

function readSignerInfo(node: Asn1Node): SignerInfo {
  const [version, sid, digest, attributes, algorithm, signature, unsigned, ...rest] = node.children;
  if (
    !version ||
    !sid ||
    !digest ||
    attributes?.tag !== 0xa0 ||
    !algorithm ||
    signature?.tag !== 0x04 ||
    rest.length > 0
  ) {
    throw new CmsBroken('Thông tin người ký trong chữ ký thiếu thuộc tính được ký hoặc sai cấu trúc.');
  }
  if (unsigned && unsigned.tag !== 0xa1) throw new CmsBroken('Thông tin người ký có phần thừa.');
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
    digestOid: readAlgorithm(digest),
    signedAttributes: attributes,
    signatureOid,
    signatureParameters: algorithm.children[1],
    signature: signature.content,
    unsignedOids: (unsigned?.children ?? []).map((attribute) => readOid(childOf(attribute, 0))),
  };
}

/** The OID of an AlgorithmIdentifier whose parameters are absent or NULL. */
function readAlgorithm(node: Asn1Node): string {
  const parameters = node.children[1];
  if (node.tag !== 0x30 || node.children.length > 2 || (parameters && !parameters.raw.equals(Buffer.from([5, 0]))))
    throw new Asn1Error('unexpected algorithm parameters');
  return readOid(childOf(node, 0));
}

function readAttributes(set: Asn1Node): Map<string, Asn1Node> {
  const attributes = new Map<string, Asn1Node>();
  for (const attribute of set.children) {
    const oid = readOid(childOf(attribute, 0));
    const values = childOf(exactly(attribute, 2), 1, 0x31);
    if (attributes.has(oid) || values.children.length !== 1) throw new CmsBroken('Thuộc tính được ký bị lặp.');
    attributes.set(oid, childOf(values, 0));
  }
  return attributes;
}

function verifies(signer: Certificate, info: SignerInfo, digestName: string, signedBytes: Buffer): boolean {
  const { publicKey } = signer;
  const kind = publicKey.asymmetricKeyType;
  try {
    if (info.signatureOid === OID.rsaPss) return verifiesPss(signer, info, signedBytes);
    if (info.signatureOid === OID.rsaEncryption && kind === 'rsa')
      return verify(digestName, signedBytes, publicKey, info.signature);
    if (info.signatureOid === OID.ecPublicKey && kind === 'ec')
      return verify(digestName, signedBytes, publicKey, info.signature);
    const named = SIGNATURES[info.signatureOid];
    return (
      named !== undefined &&
      named.key === kind &&
      named.digest === digestName &&
      verify(named.digest, signedBytes, publicKey, info.signature)
    );
  } catch {
    return false; // OpenSSL throws for values that are not even well-formed
  }
}

/** RFC 4055, 3.1: hash, mask function and salt length stand in the parameters, with SHA-1 and 20 when left out. */
function verifiesPss(signer: Certificate, info: SignerInfo, signedBytes: Buffer): boolean {
  const parameter = (tag: number): Asn1Node | undefined =>
    info.signatureParameters?.children.find((child) => child.tag === tag)?.children[0];
  const hash = parameter(0xa0);
  const mask = parameter(0xa1);
  const salt = parameter(0xa2);
  const hashName = hash ? DIGESTS[readOid(childOf(hash, 0))] : 'sha1';
  const maskHash = mask ? DIGESTS[readOid(childOf(childOf(mask, 1), 0))] : 'sha1';
  // node:crypto uses one hash for both; other combinations occur in no product known here.
  if (!hashName || maskHash !== hashName) return false;
  const key = {
    key: signer.publicKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: salt ? readSmallInteger(salt) : 20,
  };
  return verify(hashName, signedBytes, key, info.signature);
}

/** Version 2 names its hash (SHA-256 when left out), version 1 is SHA-1. Only the first entry is the signer's. */
function checkSigningCertificate(
  attributes: ReadonlyMap<string, Asn1Node>,
  signer: Certificate,
): 'right' | 'wrong' | 'missing' {
  const second = attributes.get(OID.signingCertificateV2);
  const first = attributes.get(OID.signingCertificate);
  const attribute = second ?? first;
  if (!attribute) return 'missing';
  const id = childOf(childOf(attribute, 0, 0x30), 0, 0x30);
  let position = 0;
  let algorithm: string | undefined = second ? 'sha256' : 'sha1';
  if (second && id.children[0]?.tag === 0x30) {
    algorithm = DIGESTS[readOid(childOf(childOf(id, 0), 0))];
    position = 1;
  }
  if (!algorithm) return 'wrong';
  const hash = childOf(id, position, 0x04).content;
  if (!createHash(algorithm).update(signer.der).digest().equals(hash)) return 'wrong';
  const issuerSerial = id.children[position + 1];
  if (issuerSerial && !childOf(issuerSerial, 1, 0x02).raw.equals(signer.serialDer)) return 'wrong';
  return 'right';
}

function readTimeOrNull(node: Asn1Node): number | null {
  const text = node.content.toString('latin1');
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (!match) return null;
  const [, year = '', ...rest] = match;
  const [month, day, hour, minute, second] = rest.map(Number) as [number, number, number, number, number];
  return Date.UTC(year.length === 4 ? Number(year) : 2000 + Number(year), month - 1, day, hour, minute, second);
}
