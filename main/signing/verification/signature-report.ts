/** @file The parts of a signature's report that only translate what was found; times become Vietnam's. */
import type { Certificate } from '../certificate.ts';
import type { CertificateAnswer } from '../validation/evidence.ts';
import { toVietnamTime } from '../vietnam-time.ts';
import type { ExaminedSignature } from './examine-document.ts';
import type { SignatureReport } from './report.ts';

/** What the bytes alone say; nobody was asked for trust yet. */
export function baseReport(signature: ExaminedSignature): Omit<SignatureReport, 'verdict' | 'reasons'> {
  const { cms, changes } = signature;
  return {
    field: signature.field,
    kind: signature.kind,
    signer: cms?.signer?.commonName ?? null,
    organisation: cms?.signer?.organisation ?? null,
    ...(cms?.signer ? certificateOf(cms.signer) : { certificate: null }),
    signedAt: signature.claimedAtMs === null ? null : vietnamTime(signature.claimedAtMs),
    provenAt: null,
    provenBy: null,
    reason: signature.statedReason,
    format: signature.format,
    level: signature.kind === 'time-stamp' ? 'time-stamp' : 'basic',
    coverage: signature.coverage,
    integrity: signature.integrity,
    trust: 'not-checked',
    trustedRoot: null,
    revocation: 'not-checked',
    revokedAt: null,
    timestamp: 'none',
    changesAfter: changes.kind,
    areChangesAllowed: signature.isAllowed,
    fieldChanges: changes.fieldChanges.map((change) => ({ ...change })),
  };
}

/** Who signed, and who vouches for them. */
export function signerOf(answer: CertificateAnswer, certificate: Certificate): Partial<SignatureReport> {
  const root = answer.chain.at(-1);
  return {
    signer: certificate.commonName,
    organisation: certificate.organisation,
    ...certificateOf(certificate),
    trust: answer.trust,
    trustedRoot: answer.trust === 'trusted' && root ? root.subject : null,
    revocation: answer.revocation,
    revokedAt: answer.revokedAtMs === null ? null : vietnamTime(answer.revokedAtMs),
  };
}

export function certificateOf(certificate: Certificate): Pick<SignatureReport, 'certificate'> {
  return {
    certificate: {
      subject: certificate.subject,
      issuer: certificate.issuer,
      serialNumber: certificate.serialNumber,
      notBefore: vietnamTime(certificate.notBefore),
      notAfter: vietnamTime(certificate.notAfter),
    },
  };
}

/** Of a signature that the document no longer shows. */
export function lostReport(field: string, isDamaged: boolean): SignatureReport {
  return {
    field,
    kind: 'signature',
    verdict: 'altered',
    signer: null,
    organisation: null,
    certificate: null,
    signedAt: null,
    provenAt: null,
    provenBy: null,
    reason: null,
    format: '',
    level: 'basic',
    coverage: 'revision',
    integrity: 'not-checked',
    trust: 'not-checked',
    trustedRoot: null,
    revocation: 'not-checked',
    revokedAt: null,
    timestamp: 'none',
    changesAfter: 'other',
    areChangesAllowed: false,
    fieldChanges: [],
    reasons: [isDamaged ? 'Phần thêm sau chữ ký làm hỏng tài liệu.' : 'Chữ ký này đã bị gỡ khỏi tài liệu sau khi ký.'],
  };
}

export function vietnamTime(ms: number): string {
  return toVietnamTime(new Date(ms).toISOString());
}
