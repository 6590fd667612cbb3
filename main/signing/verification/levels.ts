/**
 * @file Which PAdES level a signature has really reached (EN 319 142-1, 6): counted is what is there, right and trusted,
 * not what the file claims.
 */
import type { PdfDocument } from '../pdf/document.ts';
import type { CertificateValidator, Evidence } from '../validation/evidence.ts';
import { hasStore, mergeEvidence, readStore } from './embedded-evidence.ts';
import type { ExaminedSignature } from './examine-document.ts';
import type { JudgedStamp } from './proof-of-existence.ts';

export type Level = 'B-B' | 'B-T' | 'B-LT' | 'B-LTA' | 'basic' | 'time-stamp';

export interface LevelQuestion {
  readonly document: PdfDocument;
  readonly signature: ExaminedSignature;
  /** Every signature of the file, time-stamps included. */
  readonly all: readonly ExaminedSignature[];
  readonly documentStamps: ReadonlyMap<ExaminedSignature, JudgedStamp>;
  readonly signatureStamps: readonly JudgedStamp[];
  /** When the signature is proven to have existed, milliseconds; null without a trusted time-stamp. */
  readonly provenAtMs: number | null;
  readonly nowMs: number;
  /** Asks no network and no cache: what it finds good, a reader without both can find good, too. */
  readonly offline: CertificateValidator;
}

export async function levelOf(question: LevelQuestion): Promise<Level> {
  const { signature, provenAtMs, document } = question;
  if (signature.kind === 'time-stamp') return 'time-stamp';
  if (signature.format !== 'ETSI.CAdES.detached' || !signature.cms?.hasSigningCertificate) return 'basic';
  if (provenAtMs === null) return 'B-B';
  if (!hasStore(document)) return 'B-T';
  for (const outer of question.all) {
    const isTrusted = (question.documentStamps.get(outer)?.provenAtMs ?? null) !== null;
    if (!isTrusted || outer.end <= signature.end || !outer.signedRevision || !hasStore(outer.signedRevision)) continue;
    if (await isProvenBy(question, provenAtMs, readStore(outer.signedRevision))) return 'B-LTA';
  }
  return (await isProvenBy(question, provenAtMs, readStore(document))) ? 'B-LT' : 'B-T';
}

/** Whether what the file carries is enough for the signer's chain, and for those of the stamps of the signature. */
async function isProvenBy(question: LevelQuestion, provenAtMs: number, store: Evidence): Promise<boolean> {
  const { signature, signatureStamps, offline, nowMs } = question;
  const { cms } = signature;
  if (!cms?.signer) return false;
  const embedded = mergeEvidence(cms.evidence, store);
  const signer = await offline.validate({
    certificate: cms.signer,
    pool: cms.certificates,
    purpose: 'document-signing',
    provenAtMs,
    claimedAtMs: null,
    nowMs,
    embedded,
  });
  if (signer.trust !== 'trusted' || signer.revocation !== 'good') return false;
  for (const { check, answer, provenAtMs: stampedAtMs } of signatureStamps) {
    if (!check.authority || stampedAtMs === null || answer?.trust !== 'trusted') continue;
    const authority = await offline.validate({
      certificate: check.authority,
      pool: [...check.certificates, ...cms.certificates],
      purpose: 'time-stamping',
      provenAtMs: nowMs,
      claimedAtMs: stampedAtMs,
      nowMs,
      embedded,
    });
    if (authority.trust === 'untrusted') return false;
  }
  return true;
}
