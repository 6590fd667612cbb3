/** @file Whether a signer's certificate leads to a root that the administrator trusts (RFC 5280, 6; offline part). */
import { allowsDocumentSigning, isIssuedBy, isSelfIssued, type Certificate } from '../certificate.ts';

export interface TrustCheck {
  readonly trust: 'trusted' | 'untrusted' | 'indeterminate';
  readonly chain: readonly Certificate[];
  readonly reasons: readonly string[];
}

const MAX_CHAIN = 8;
const MAX_STEPS = 200;

/**
 * @param signedAtMs the time the signer states; nobody vouches for it without a time-stamp
 * @param nowMs the time of the check
 */
export function checkTrust(
  signer: Certificate,
  pool: readonly Certificate[],
  roots: readonly Certificate[],
  signedAtMs: number,
  nowMs: number,
): TrustCheck {
  if (!allowsDocumentSigning(signer)) {
    return {
      trust: 'untrusted',
      chain: [signer],
      reasons: ['Chứng thư của người ký không được cấp để ký tài liệu (key usage).'],
    };
  }
  const chain = findChain(signer, pool, roots);
  if (!chain) {
    const reason =
      roots.length === 0
        ? 'Chưa cấu hình chứng thư gốc tin cậy nào.'
        : 'Không dựng được đường dẫn từ chứng thư người ký đến chứng thư gốc tin cậy.';
    return { trust: 'untrusted', chain: [signer], reasons: [reason] };
  }
  const reasons: string[] = [];
  let isOutdated = false;
  for (const certificate of chain) {
    if (signedAtMs < certificate.notBefore || signedAtMs > certificate.notAfter) {
      return {
        trust: 'untrusted',
        chain,
        reasons: [`Chứng thư "${certificate.commonName}" không có hiệu lực vào thời điểm ký.`],
      };
    }
    if (nowMs > certificate.notAfter) {
      isOutdated = true;
      reasons.push(
        `Chứng thư "${certificate.commonName}" nay đã hết hạn và không có dấu thời gian chứng minh tài liệu được ký trước khi hết hạn.`,
      );
    }
    if (certificate !== chain.at(-1) && /^1\.2\.840\.(113549\.1\.1\.5|10045\.4\.1)$/.test(certificate.signatureOid)) {
      reasons.push(`Lưu ý: chứng thư "${certificate.commonName}" được cấp bằng SHA-1.`);
    }
  }
  if (signedAtMs > nowMs) {
    return { trust: 'indeterminate', chain, reasons: [...reasons, 'Thời điểm ký ghi trong chữ ký nằm ở tương lai.'] };
  }
  return { trust: isOutdated ? 'indeterminate' : 'trusted', chain, reasons };
}

/** Depth first over possible issuers, so that a cross-certificate that leads nowhere does not hide the way. */
function findChain(
  signer: Certificate,
  pool: readonly Certificate[],
  roots: readonly Certificate[],
): Certificate[] | undefined {
  let steps = 0;
  const isRoot = (certificate: Certificate): boolean => roots.some((root) => root.der.equals(certificate.der));
  const extend = (chain: readonly Certificate[]): Certificate[] | undefined => {
    const last = chain.at(-1);
    if (!last || ++steps > MAX_STEPS) return undefined;
    if (isRoot(last)) return [...chain];
    if (chain.length >= MAX_CHAIN || isSelfIssued(last)) return undefined;
    for (const issuer of [...roots, ...pool]) {
      if (chain.some((link) => link.der.equals(issuer.der))) continue;
      if (!mayIssue(issuer, chain.length - 1) || !isIssuedBy(last, issuer)) continue;
      const whole = extend([...chain, issuer]);
      if (whole) return whole;
    }
    return undefined;
  };
  const chain = extend([signer]);
  return chain?.some((certificate) => certificate.unknownCritical.length > 0 && !isRoot(certificate))
    ? undefined
    : chain;
}

/** @param below how many CAs stand between the candidate and the signer */
function mayIssue(issuer: Certificate, below: number): boolean {
  if (!issuer.isCa || (issuer.keyUsage && !issuer.keyUsage.keyCertSign)) return false;
  return issuer.pathLength === null || below <= issuer.pathLength;
}
