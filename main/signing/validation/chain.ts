/**
 * @file Ways from a certificate to what an administrator trusts (RFC 5280, 6; RFC 4158). Several are found, because a cross
 * certificate or a renewed authority may make one of them useless at the time that counts.
 */
import { isIssuedBy, isSelfIssued, type Certificate } from '../certificate.ts';

/** From the certificate to the anchor, both included. */
export type Chain = readonly Certificate[];

export interface ChainSearch {
  readonly chains: readonly Chain[];
  /** The longest way that led to no anchor: what to explain, or where to go on. Empty when a chain was found. */
  readonly furthest: Chain;
  /** Issuers by name and key that may not issue, Vietnamese: why a way that seems to be there is none. */
  readonly obstacles: readonly string[];
}

const MAX_LENGTH = 8;
const MAX_CHAINS = 6;
/** Signatures verified for one search; a pool full of certificates with one name ends here. */
const MAX_CHECKS = 300;
const MAX_POOL = 500;

/** @param anchors roots, pinned issuers, or a person's own certificate */
export function findChains(
  certificate: Certificate,
  pool: readonly Certificate[],
  anchors: readonly Certificate[],
): ChainSearch {
  const chains: Chain[] = [];
  const obstacles = new Set<string>();
  let furthest: Chain = [certificate];
  let checks = 0;
  // A stranger may copy an anchor's name and key into a certificate with other dates: only the imported one counts.
  const others = pool.slice(0, MAX_POOL).filter((other) => !anchors.some((anchor) => hasSameIdentity(anchor, other)));
  const candidates = distinct([...anchors, ...others]);

  const extend = (chain: Chain): void => {
    const last = chain.at(-1);
    if (!last || chains.length >= MAX_CHAINS) return;
    if (anchors.some((anchor) => anchor.der.equals(last.der))) {
      chains.push(chain);
      return;
    }
    if (chain.length > furthest.length) furthest = chain;
    if (chain.length >= MAX_LENGTH || isSelfSigned(last)) return;
    for (const issuer of candidates) {
      if (!issuer.subjectDer.equals(last.issuerDer) || chain.some((link) => hasSameIdentity(link, issuer))) continue;
      if (++checks > MAX_CHECKS) return;
      if (!isIssuedBy(last, issuer)) continue;
      const obstacle = whyNotIssue(issuer, chain);
      if (obstacle !== null) obstacles.add(obstacle);
      else extend([...chain, issuer]);
    }
  };
  extend([certificate]);
  return chains.length > 0 ? { chains, furthest: [], obstacles: [] } : { chains, furthest, obstacles: [...obstacles] };
}

function hasSameIdentity(left: Certificate, right: Certificate): boolean {
  return left.subjectDer.equals(right.subjectDer) && left.publicKeyBits.equals(right.publicKeyBits);
}

function isSelfSigned(certificate: Certificate): boolean {
  return isSelfIssued(certificate) && isIssuedBy(certificate, certificate);
}

function distinct(certificates: readonly Certificate[]): Certificate[] {
  const seen = new Map(certificates.map((certificate) => [certificate.der.toString('base64'), certificate]));
  return [...seen.values()];
}

/** RFC 5280, 6.1.4 (k)–(n). Self-issued certificates do not count towards the path length. */
function whyNotIssue(issuer: Certificate, below: Chain): string | null {
  if (!issuer.isCa) return `Chứng thư "${issuer.commonName}" không phải của nơi cấp chứng thư (basicConstraints).`;
  if (issuer.keyUsage && !issuer.keyUsage.keyCertSign)
    return `Chứng thư "${issuer.commonName}" không được quyền ký chứng thư (key usage).`;
  const between = below.slice(1).filter((certificate) => !isSelfIssued(certificate)).length;
  return issuer.pathLength === null || between <= issuer.pathLength
    ? null
    : `Chứng thư "${issuer.commonName}" chỉ cho phép ${issuer.pathLength} cấp bên dưới (pathLength), ở đây có ${between}.`;
}

/** Why nothing was found, Vietnamese. */
export function explainMissing(search: ChainSearch, anchors: readonly Certificate[]): string[] {
  const last = search.furthest.at(-1);
  if (!last) return [];
  if (anchors.length === 0) return ['Chưa cấu hình chứng thư gốc tin cậy nào.'];
  if (search.obstacles.length > 0) return [...search.obstacles];
  if (isSelfSigned(last))
    return [
      search.furthest.length === 1
        ? `Chứng thư "${last.commonName}" tự ký và không nằm trong danh sách tin cậy của đơn vị.`
        : `Chứng thư gốc "${last.commonName}" không nằm trong danh sách tin cậy của đơn vị.`,
    ];
  return [
    `Không dựng được đường dẫn đến chứng thư gốc tin cậy: thiếu chứng thư của nơi cấp "${last.issuer}" ` +
      `(nơi cấp của "${last.commonName}").`,
  ];
}
