/**
 * @file `adbe.x509.rsa_sha1`, the oldest format (ISO 32000-1, 12.8.3.2): `/Contents` is a bare PKCS#1 value over the document,
 * the certificate stands in `/Cert`, unsigned. Whoever verifies learns that the key signed these bytes, and no more.
 */
import { createVerify } from 'node:crypto';
import { readAsn1 } from '../../asn1.ts';
import { readCertificate, type Certificate } from '../../certificate.ts';
import { NO_EVIDENCE } from '../../validation/evidence.ts';
import { brokenCms, type CmsCheck } from './cms-check.ts';
import type { SignedContent } from '../../cms/signed-content.ts';

const DIGESTS = ['sha1', 'sha256', 'sha384', 'sha512'] as const;

/** @param certificates DER, the signer's first. Never throws. */
export function checkRawRsa(contents: Buffer, content: SignedContent, certificates: readonly Buffer[]): CmsCheck {
  let chain: Certificate[];
  let value: Buffer;
  try {
    chain = certificates.map(readCertificate);
    const text = readAsn1(contents);
    if (text.tag !== 0x04) return brokenCms('Giá trị chữ ký không đúng cấu trúc của định dạng adbe.x509.rsa_sha1.');
    value = text.content;
  } catch (cause) {
    return brokenCms(`Cấu trúc chữ ký không đọc được (${cause instanceof Error ? cause.message : String(cause)}).`);
  }
  const [signer] = chain;
  if (!signer) return brokenCms('Không có chứng thư của người ký trong chữ ký.');
  const isRight = DIGESTS.some((digest) => {
    const check = createVerify(digest);
    for (const part of content.parts) check.update(part);
    try {
      return check.verify(signer.publicKey, value);
    } catch {
      return false; // a key that cannot have made such a value
    }
  });
  if (!isRight)
    return brokenCms('Nội dung tài liệu đã bị thay đổi, hoặc giá trị chữ ký không đúng với khóa của người ký.');
  return {
    integrity: 'weak',
    signer,
    certificates: chain,
    hasSigningCertificate: false,
    signatureValue: value,
    timeStampTokens: [],
    evidence: { ...NO_EVIDENCE, certificates },
    claimedTime: null,
    reasons: ['Chữ ký theo định dạng cũ (adbe.x509.rsa_sha1): chứng thư không được ký kèm, không đủ để kết luận.'],
  };
}
