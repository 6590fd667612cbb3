/** @file What one question about a certificate or a time-stamp answers; shared by verification and augmentation. */
import type { Certificate } from '../certificate.ts';

/** DER values that prove a status: found inside a file (`/DSS`, CMS), in the cache, or fetched. */
export interface Evidence {
  readonly certificates: readonly Buffer[];
  readonly ocspResponses: readonly Buffer[];
  readonly revocationLists: readonly Buffer[];
}

export const NO_EVIDENCE: Evidence = { certificates: [], ocspResponses: [], revocationLists: [] };

export type Revocation = 'good' | 'revoked' | 'unknown' | 'not-checked';

export interface CertificateQuestion {
  readonly certificate: Certificate;
  /** Candidates for the chain: the CMS's certificates and the file's. */
  readonly pool: readonly Certificate[];
  readonly purpose: 'document-signing' | 'time-stamping';
  /** When the signature is known to have existed: a verified time-stamp, else the time of the check (EN 319 102-1). */
  readonly provenAtMs: number;
  /** What the signer states, when no time-stamp vouches for it; null when nothing is stated. */
  readonly claimedAtMs: number | null;
  readonly nowMs: number;
  readonly embedded: Evidence;
}

export interface CertificateAnswer {
  readonly trust: 'trusted' | 'untrusted' | 'indeterminate';
  /** From the certificate to the root, as far as it could be built. */
  readonly chain: readonly Certificate[];
  /** The worst along the chain, root excluded. */
  readonly revocation: Revocation;
  /** Milliseconds; null unless revoked. */
  readonly revokedAtMs: number | null;
  /** What was used, chain certificates included: what a long-term file must carry. */
  readonly evidence: Evidence;
  /** Vietnamese, for the officer. */
  readonly reasons: readonly string[];
}

export interface CertificateValidator {
  readonly validate: (question: CertificateQuestion) => Promise<CertificateAnswer>;
}

export interface TimeStampCheck {
  /** Imprint, CMS and ESS are right, and the authority may stamp (critical `id-kp-timeStamping`). Says nothing of trust. */
  readonly isIntact: boolean;
  readonly timeMs: number | null;
  readonly authority: Certificate | null;
  readonly certificates: readonly Certificate[];
  readonly reasons: readonly string[];
}
