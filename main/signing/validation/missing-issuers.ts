/**
 * @file Fetches the issuer that a certificate names when nobody brought it. Nothing vouches for that address yet: a file could
 * make this machine send requests anywhere, so only hosts that an administrator named are asked.
 */
import type { Certificate } from '../certificate.ts';
import { findChains, type ChainSearch } from './chain.ts';
import { rewritten, type EvidenceSource } from './evidence-source.ts';
import type { ValidationPolicy } from './policy.ts';
import { EvidenceRefused } from './signed-structure.ts';

/** Levels that may be missing between a signer and what is known. */
const MAX_FETCHES = 4;

export interface CompletedSearch {
  readonly search: ChainSearch;
  /** Vietnamese: what was tried. */
  readonly reasons: readonly string[];
}

export async function findChainsFetching(
  certificate: Certificate,
  pool: readonly Certificate[],
  anchors: readonly Certificate[],
  ports: { readonly source: EvidenceSource; readonly policy: ValidationPolicy; readonly nowMs: number },
): Promise<CompletedSearch> {
  const reasons: string[] = [];
  const known = [...pool];
  let search = findChains(certificate, known, anchors);
  for (let fetched = 0; fetched < MAX_FETCHES && search.chains.length === 0 && anchors.length > 0; fetched++) {
    const last = search.furthest.at(-1);
    const found = last ? await fetchIssuers(last, ports, reasons) : [];
    const fresh = found.filter((issuer) => !known.some((other) => other.der.equals(issuer.der)));
    if (fresh.length === 0) break;
    known.push(...fresh);
    search = findChains(certificate, known, anchors);
  }
  return { search, reasons };
}

async function fetchIssuers(
  certificate: Certificate,
  {
    source,
    policy,
    nowMs,
  }: { readonly source: EvidenceSource; readonly policy: ValidationPolicy; readonly nowMs: number },
  reasons: string[],
): Promise<readonly Certificate[]> {
  for (const url of certificate.issuerUrls) {
    if (!isAllowed(url, policy)) {
      reasons.push(`Không tải chứng thư nơi cấp từ ${url}: máy chủ này không nằm trong danh sách được phép.`);
      continue;
    }
    try {
      return await source.fetchIssuers(url, nowMs);
    } catch (cause) {
      if (!(cause instanceof EvidenceRefused)) throw cause;
      reasons.push(`Không tải được chứng thư nơi cấp từ ${url}: ${cause.message}.`);
    }
  }
  return [];
}

function isAllowed(url: string, policy: ValidationPolicy): boolean {
  const { hostname, host } = new URL(rewritten(url, policy));
  return policy.issuerHosts.some((allowed) => [hostname, host].includes(allowed.toLowerCase()));
}
