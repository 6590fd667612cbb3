/**
 * @file Checks the CMS of a signature against what it covers (RFC 5652, 5.4–5.6; RFC 5035): the digest, the signature value,
 * the certificate that the signer signed along. Says nothing of trust, time or what else is in the file.
 */
import { der, readAsn1, readOid, type Asn1Node } from '../../asn1.ts';
import type { Certificate } from '../../certificate.ts';
import { DIGESTS, OID } from '../../object-identifiers.ts';
import { NO_EVIDENCE, type Evidence } from '../../validation/evidence.ts';
import { signedContent, type SignedContent } from '../../cms/signed-content.ts';
import { CmsBroken, readSignedAttributes, readSignedData, type SignedData } from '../../cms/signed-data.ts';
import { fitsKey } from '../../cms/signature-value.ts';
import { checkSigningCertificate } from '../../cms/signing-certificate.ts';

export interface CmsCheck {
  /** `weak` is correct, but by an algorithm or form that proves too little. */
  readonly integrity: 'intact' | 'weak' | 'broken';
  readonly signer: Certificate | null;
  readonly certificates: readonly Certificate[];
  /** The signer signed which certificate is theirs (ESS), and it is the one used. */
  readonly hasSigningCertificate: boolean;
  /** What a time-stamp of this signature stamps. */
  readonly signatureValue: Buffer;
  /** DER of the tokens that claim to stamp it; not checked here. */
  readonly timeStampTokens: readonly Buffer[];
  /** OCSP answers and revocation lists that travel inside. */
  readonly evidence: Evidence;
  /** Milliseconds, from the signing-time attribute of older formats. */
  readonly claimedTime: number | null;
  readonly reasons: readonly string[];
}

/** How the content hangs together with the CMS (ISO 32000-2, 12.8.3). */
export type CmsForm =
  /** `adbe.pkcs7.detached` and, with the ESS attribute, `ETSI.CAdES.detached`. */
  | 'detached'
  | 'pades'
  /** `adbe.pkcs7.sha1`: the SHA-1 of the document is what the CMS carries and signs. */
  | 'sha1-inside';

/** Shorter ones have been factored in public; 1,024 bits were usual until 2013 and are left to the issuer's dates. */
const MIN_RSA_BITS = 1_024;

/** Never throws: what cannot be read is broken. */
export function checkCms(bytes: Buffer, content: SignedContent, form: CmsForm): CmsCheck {
  try {
    return readAndCheck(bytes, content, form);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    const reason = cause instanceof CmsBroken ? detail : `Cấu trúc chữ ký không đọc được (${detail}).`;
    return brokenCms(reason);
  }
}

export function brokenCms(reason: string): CmsCheck {
  return {
    integrity: 'broken',
    signer: null,
    certificates: [],
    hasSigningCertificate: false,
    signatureValue: Buffer.alloc(0),
    timeStampTokens: [],
    evidence: NO_EVIDENCE,
    claimedTime: null,
    reasons: [reason],
  };
}

function readAndCheck(bytes: Buffer, document: SignedContent, form: CmsForm): CmsCheck {
  const data = readSignedData(bytes);
  const info = data.signer;
  const weaknesses: string[] = [];
  const content = contentOf(data, document, form, weaknesses);
  const signer = data.certificates.find((certificate) => info.isSignedBy(certificate)) ?? null;
  if (!signer) throw new CmsBroken('Không có chứng thư của người ký trong chữ ký.');
  weaknesses.push(...headWeaknesses(data));
  const digestName = DIGESTS[info.digestOid];
  if (!digestName) throw new CmsBroken(`Thuật toán băm ${info.digestOid} không được hỗ trợ.`);

  const attributes = info.signedAttributes ? readSignedAttributes(info.signedAttributes) : null;
  if (attributes) checkAttributes(attributes, content.digest(digestName), data.contentOid);
  else weaknesses.push('Chữ ký không có thuộc tính được ký (kiểu cũ): không ghi rõ loại nội dung và chứng thư.');
  const signed = info.signedAttributes ? signedContent([asSetOf(info.signedAttributes)]) : content;
  if (!fitsKey(signer.publicKey, info, digestName, signed))
    throw new CmsBroken(
      attributes
        ? 'Giá trị chữ ký không đúng với khóa công khai của chứng thư người ký.'
        : 'Nội dung tài liệu đã bị thay đổi, hoặc giá trị chữ ký không đúng với khóa của người ký.',
    );
  if (digestName === 'sha1') weaknesses.push('Chữ ký dùng SHA-1, không còn đủ an toàn.');
  if (signer.publicKey.asymmetricKeyType === 'dsa') weaknesses.push('Chữ ký dùng DSA, không còn được khuyến nghị.');
  const keyBits = signer.publicKey.asymmetricKeyDetails?.modulusLength;
  if (keyBits !== undefined && keyBits < MIN_RSA_BITS)
    weaknesses.push(`Khóa của người ký chỉ dài ${keyBits} bit, không còn đủ an toàn.`);

  const signingCertificate = attributes ? checkSigningCertificate(attributes, signer) : 'missing';
  if (signingCertificate === 'wrong')
    throw new CmsBroken('Chứng thư trong chữ ký không phải chứng thư mà người ký đã ký kèm (ESS signing-certificate).');
  if (signingCertificate === 'missing' && form === 'pades')
    weaknesses.push('Thiếu thuộc tính signing-certificate-v2 mà PAdES bắt buộc.');
  const time = attributes?.get(OID.signingTime);
  return {
    integrity: weaknesses.length > 0 ? 'weak' : 'intact',
    signer,
    certificates: data.certificates,
    hasSigningCertificate: signingCertificate === 'right',
    signatureValue: info.signature,
    timeStampTokens: info.unsignedAttributes
      .filter(({ oid }) => oid === OID.signatureTimeStamp)
      .flatMap(({ values }) => values),
    evidence: readEvidence(data, attributes),
    claimedTime: time ? readTimeOrNull(time) : null,
    reasons: weaknesses,
  };
}

function contentOf(data: SignedData, document: SignedContent, form: CmsForm, weaknesses: string[]): SignedContent {
  if (data.contentOid !== OID.data) throw new CmsBroken('Loại nội dung của chữ ký không phải dữ liệu tài liệu.');
  if (form !== 'sha1-inside') {
    if (data.content) throw new CmsBroken('Chữ ký không phải dạng tách rời trên tài liệu.');
    return document;
  }
  if (!data.content?.equals(document.digest('sha1')))
    throw new CmsBroken('Nội dung tài liệu đã bị thay đổi: giá trị băm không khớp với chữ ký.');
  weaknesses.push('Chữ ký dùng SHA-1, không còn đủ an toàn.');
  return signedContent([data.content]);
}

/** What the value does not sign must at least be as the standard says, so that no byte may change unnoticed. */
function headWeaknesses(data: SignedData): string[] {
  const { signer } = data;
  const listsDigest = data.digestOids.includes(signer.digestOid);
  const hasUsualVersions = data.version === 1 && signer.version === (signer.isById ? 3 : 1);
  if (listsDigest && data.isInOrder && (hasUsualVersions || signer.isById)) return [];
  return ['Phần đầu của chữ ký (phiên bản hoặc danh sách thuật toán) không đúng chuẩn CMS.'];
}

function checkAttributes(attributes: ReadonlyMap<string, Asn1Node>, digest: Buffer, contentOid: string): void {
  const contentType = attributes.get(OID.contentType);
  if (!contentType || readOid(contentType) !== contentOid)
    throw new CmsBroken('Thuộc tính content-type của chữ ký sai hoặc thiếu.');
  const stated = attributes.get(OID.messageDigest);
  if (stated?.tag !== 0x04) throw new CmsBroken('Chữ ký không có thuộc tính message-digest.');
  if (!stated.content.equals(digest))
    throw new CmsBroken('Nội dung tài liệu đã bị thay đổi: giá trị băm không khớp với chữ ký.');
}

/** Signed is the SET OF, not the implicit tag it is stored under (RFC 5652, 5.4). */
function asSetOf(attributes: Asn1Node): Buffer {
  if (attributes.raw[1] === 0x80) return der(0x31, ...attributes.children.map((child) => child.raw));
  const bytes = Buffer.from(attributes.raw);
  bytes[0] = 0x31;
  return bytes;
}

function readEvidence(data: SignedData, attributes: ReadonlyMap<string, Asn1Node> | null): Evidence {
  const archived = attributes?.get(OID.revocationInfoArchival);
  const listed = (tag: number): Buffer[] =>
    archived?.children.find((child) => child.tag === tag)?.children[0]?.children.map((child) => child.raw) ?? [];
  return {
    certificates: data.certificates.map((certificate) => certificate.der),
    ocspResponses: listed(0xa1),
    revocationLists: [...data.revocationLists, ...listed(0xa0)],
  };
}

function readTimeOrNull(node: Asn1Node): number | null {
  const text = node.content.toString('latin1');
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (!match) return null;
  const [, year = '', ...rest] = match;
  const [month, day, hour, minute, second] = rest.map(Number) as [number, number, number, number, number];
  return Date.UTC(year.length === 4 ? Number(year) : 2000 + Number(year), month - 1, day, hour, minute, second);
}

/** The element at the start of what stands in `/Contents`; null when there is none. */
export function firstElement(padded: Buffer): Buffer | null {
  try {
    return readAsn1(padded).raw;
  } catch {
    return null;
  }
}
