/**
 * @file Whether one certificate was revoked at the proven time: what the file brings when it is from around that time, then
 * OCSP, then lists (EN 319 102-1, 5.2.5). Every step that led to nothing is told.
 */
import type { Certificate } from '../certificate.ts';
import type { EvidenceSource } from './evidence-source.ts';
import { checkOcspResponse, type OcspProof } from './ocsp.ts';
import { lookUp, openRevocationList, type RevocationList } from './revocation-list.ts';
import { EvidenceRefused } from './signed-structure.ts';
import { CLOCK_TOLERANCE_MS, type StatusProof } from './status-proof.ts';
import { StatusSearch, type StatusAnswer, type StatusQuestion } from './status-search.ts';

export interface RevocationCheck {
  readonly statusOf: (question: StatusQuestion) => Promise<StatusAnswer>;
}

/** A file may bring any number; what is beyond this is somebody's attempt at our time. */
const MAX_EMBEDDED = 300;

export function createRevocationCheck(source: EvidenceSource, allowsSha1Issuers: boolean): RevocationCheck {
  const opened = new WeakMap<Buffer, Map<string, RevocationList | Error>>();

  /** The signature of a long list is checked once, however many certificates are looked up in it. */
  function openOnce(bytes: Buffer, issuer: Certificate): RevocationList {
    const byIssuer = opened.get(bytes) ?? new Map<string, RevocationList | Error>();
    opened.set(bytes, byIssuer);
    const key = issuer.publicKeyBits.toString('base64');
    const known = byIssuer.get(key) ?? attempt(() => openRevocationList(bytes, issuer));
    byIssuer.set(key, known);
    if (known instanceof Error) throw known;
    return known;
  }

  async function statusOf(question: StatusQuestion): Promise<StatusAnswer> {
    const search = new StatusSearch(question, allowsSha1Issuers);
    const { certificate, issuer, embedded, nowMs } = question;
    for (const bytes of embedded.ocspResponses.slice(0, MAX_EMBEDDED))
      await considerOcsp(search, bytes, null, null, 'OCSP trong tệp');
    for (const bytes of embedded.revocationLists.slice(0, MAX_EMBEDDED))
      considerList(search, bytes, null, 'CRL trong tệp');
    if (search.isSettled) return search.answer();

    const stock = await source.storedOcsp(certificate, issuer);
    if (stock) await considerOcsp(search, stock, null, null, 'OCSP đã lưu');
    for (const url of certificate.ocspUrls) {
      if (search.hasProof || !source.isOnline) break;
      await search.trying(`OCSP ${url}`, async () => {
        const { bytes, nonce } = await source.fetchOcsp(certificate, issuer, url, nowMs);
        await considerOcsp(search, bytes, nonce, url, `OCSP ${url}`);
      });
    }
    for (const url of certificate.revocationListUrls) {
      if (search.hasProof) break;
      const list = await source.storedList(url);
      if (list) considerList(search, list, null, 'CRL đã lưu');
      if (search.hasProof || !source.isOnline) break;
      await search.trying(`CRL ${url}`, async () => {
        const bytes = await source.fetchList(url, nowMs);
        const proof = considerList(search, bytes, url, `CRL ${url}`);
        if (proof?.nextUpdateMs != null) await source.keepList(url, bytes);
      });
    }
    if (!search.hasProof) search.explainSilence(source.isOnline);
    return search.answer();
  }

  /** @param url null for what was not fetched just now: it may well be about something else, and nobody is told */
  async function considerOcsp(
    search: StatusSearch,
    bytes: Buffer,
    nonce: Buffer | null,
    url: string | null,
    name: string,
  ): Promise<void> {
    const { certificate, issuer, pool, nowMs } = search.question;
    const proof = attempt(() => checkOcspResponse(bytes, certificate, issuer, pool, nonce));
    if (proof instanceof Error) {
      if (url !== null) throw asRefused(proof);
      return;
    }
    if (await isResponderRevoked(proof, search.question)) {
      const reason = `chứng thư "${proof.responder.commonName}" của máy chủ OCSP đã bị thu hồi`;
      if (url !== null) throw new EvidenceRefused(reason);
      return;
    }
    if (url !== null && proof.echoesNonce) search.compareClocks(proof.producedAtMs);
    const isUsed = search.consider(proof, [proof.responder], name);
    if (!isUsed || url === null || proof.status === 'unknown') return;
    const isLasting = proof.nextUpdateMs !== null && proof.thisUpdateMs <= nowMs + CLOCK_TOLERANCE_MS;
    await source.keepOcsp(certificate, issuer, bytes, isLasting);
  }

  /** RFC 6960, 4.2.2.2.1. A responder without `nocheck` is looked for in its issuer's list; silence does not count against it. */
  async function isResponderRevoked(proof: OcspProof, question: StatusQuestion): Promise<boolean> {
    const { responder, isDelegated, producedAtMs } = proof;
    if (!isDelegated || responder.hasNoCheck) return false;
    const lists = question.embedded.revocationLists.slice(0, MAX_EMBEDDED);
    for (const url of responder.revocationListUrls) {
      const list = (await source.storedList(url)) ?? (source.isOnline ? await fetchQuietly(url, question.nowMs) : null);
      if (list) lists.push(list);
    }
    return lists.some((bytes) => {
      const status = attempt(() => lookUp(openOnce(bytes, question.issuer), responder));
      return !(status instanceof Error) && status.status === 'revoked' && (status.revokedAtMs ?? 0) <= producedAtMs;
    });
  }

  async function fetchQuietly(url: string, nowMs: number): Promise<Buffer | null> {
    try {
      return await source.fetchList(url, nowMs);
    } catch (cause) {
      if (cause instanceof EvidenceRefused) return null;
      throw cause;
    }
  }

  function considerList(search: StatusSearch, bytes: Buffer, url: string | null, name: string): StatusProof | null {
    const { certificate, issuer } = search.question;
    const proof = attempt(() => lookUp(openOnce(bytes, issuer), certificate));
    if (!(proof instanceof Error)) {
      search.consider(proof, [], name);
      return proof;
    }
    if (url !== null) throw asRefused(proof);
    return null;
  }

  return { statusOf };
}

/** What strangers' bytes cannot do: throw past this point. */
function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (cause) {
    return cause instanceof Error ? cause : new Error(String(cause));
  }
}

function asRefused(error: Error): EvidenceRefused {
  return error instanceof EvidenceRefused
    ? error
    : new EvidenceRefused(`câu trả lời không đọc được (${error.message})`);
}
