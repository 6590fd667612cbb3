/**
 * @file The verdict on a signed PDF. Five questions, each answered on its own: is the signature right, does it cover the file,
 * what came after it, since when does it exist, and who vouches for the signer. A valid CMS alone proves none of the others.
 */
import { createHash } from 'node:crypto';
import { Failure } from '../../rooms/failure.ts';
import type { Certificate } from '../certificate.ts';
import { createCertificateValidator } from '../validation/certificate-validator.ts';
import type { ValidationPolicy } from '../validation/policy.ts';
import { NO_EVIDENCE, type CertificateValidator, type Evidence } from '../validation/evidence.ts';
import { readableCertificates } from '../cms/signed-data.ts';
import { mergeEvidence, readStore } from './embedded-evidence.ts';
import { examineDocument, type ExaminedDocument, type ExaminedSignature } from './examine-document.ts';
import { levelOf } from './levels.ts';
import {
  judgeDocumentStamps,
  judgeSignatureStamps,
  proofFor,
  type JudgedStamp,
  type Proof,
  type StampContext,
} from './proof-of-existence.ts';
import type { SignatureReport, VerificationResult } from './report.ts';
import { baseReport, certificateOf, lostReport, signerOf, vietnamTime } from './signature-report.ts';
import { doubtsAboutLater, overallVerdict, timeStampState, verdictOf } from './verdict.ts';

export interface VerificationRequest {
  /** ISO 8601, the time of the check. */
  readonly at: string;
  readonly password?: string | undefined;
}

/**
 * @param validator by the same policy, with network and cache as far as it allows
 * @throws Failure `pdf-password` for an encrypted file that does not open, `bad-request` for a time or roots that are none
 */
export async function verifyDocument(
  bytes: Buffer,
  { at, password }: VerificationRequest,
  policy: ValidationPolicy,
  validator: CertificateValidator,
): Promise<VerificationResult> {
  const nowMs = Date.parse(at);
  if (Number.isNaN(nowMs)) throw new Failure('bad-request', `${at} is not a time`);
  const examined = examineDocument(bytes, password);
  const reports = await new Verification(examined, nowMs, {
    validator,
    offline: createCertificateValidator(policy, null, null),
  }).run();
  reports.push(...examined.lostFields.map((field) => lostReport(field, examined.document === null)));
  const file = {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    sizeBytes: bytes.length,
    checkedAt: vietnamTime(nowMs),
  };
  if (examined.damage !== null) {
    const reasons = [`Tệp không đọc được như cấu trúc của chính nó (${examined.damage}).`];
    return { ...file, verdict: reports.length > 0 ? 'altered' : 'unreadable', signatures: reports, reasons };
  }
  const reasons = examined.isCutOff ? ['Tệp bị cắt trong lúc hoặc sau khi ký.'] : [];
  return { ...file, verdict: overallVerdict(reports, examined.isCutOff), signatures: reports, reasons };
}

const MAX_STORED_CERTIFICATES = 200;

interface Validators {
  readonly validator: CertificateValidator;
  /** Without network and cache: says what the file proves by itself. */
  readonly offline: CertificateValidator;
}

/** One file under one policy at one time. */
class Verification {
  readonly #examined: ExaminedDocument;
  readonly #validators: Validators;
  readonly #nowMs: number;
  readonly #store: Evidence;
  readonly #pool: readonly Certificate[];

  constructor(examined: ExaminedDocument, nowMs: number, validators: Validators) {
    this.#examined = examined;
    this.#nowMs = nowMs;
    this.#validators = validators;
    const { document, signatures } = examined;
    this.#store = document ? readStore(document) : NO_EVIDENCE;
    this.#pool = [
      ...signatures.flatMap(({ cms, stamp }) => [...(cms?.certificates ?? []), ...(stamp?.certificates ?? [])]),
      ...readableCertificates(this.#store.certificates.slice(0, MAX_STORED_CERTIFICATES)),
    ];
  }

  async run(): Promise<SignatureReport[]> {
    const { signatures } = this.#examined;
    const stamps = await judgeDocumentStamps(signatures, this.#context(this.#store));
    const reports: SignatureReport[] = [];
    for (const signature of signatures) {
      const stamp = stamps.get(signature);
      const report = stamp ? this.#stampReport(signature, stamp) : await this.#signatureReport(signature, stamps);
      reports.push(report);
    }
    return reports.map((report, index) => withLaterDoubts(report, signatures[index], reports));
  }

  #context(embedded: Evidence): StampContext {
    return { validator: this.#validators.validator, pool: this.#pool, embedded, nowMs: this.#nowMs };
  }

  async #signatureReport(
    signature: ExaminedSignature,
    documentStamps: ReadonlyMap<ExaminedSignature, JudgedStamp>,
  ): Promise<SignatureReport> {
    const { cms } = signature;
    const base = baseReport(signature);
    if (signature.problem || !cms?.signer)
      return { ...base, verdict: verdictOf(signature, null, 'none'), reasons: [...signature.reasons] };
    const embedded = mergeEvidence(cms.evidence, this.#store);
    const outer = proofFor(signature.end, this.#examined.signatures, documentStamps, this.#nowMs);
    const own = await judgeSignatureStamps(signature, outer.atMs, this.#context(embedded));
    const proof = earliest(outer, own);
    const answer = await this.#validators.validator.validate({
      certificate: cms.signer,
      pool: [...cms.certificates, ...this.#pool],
      purpose: 'document-signing',
      provenAtMs: proof.atMs,
      claimedAtMs: signature.claimedAtMs,
      nowMs: this.#nowMs,
      embedded,
    });
    const provenAtMs = proof.by === null ? null : proof.atMs;
    const timestamp = timeStampState(own) === 'none' && provenAtMs !== null ? 'valid' : timeStampState(own);
    return {
      ...base,
      ...signerOf(answer, cms.signer),
      verdict: verdictOf(signature, answer.trust, timestamp),
      provenAt: provenAtMs === null ? null : vietnamTime(provenAtMs),
      provenBy: proof.by,
      timestamp,
      level: await this.#level(signature, documentStamps, own, provenAtMs),
      reasons: [
        ...signature.reasons,
        ...answer.reasons,
        ...own.flatMap(stampReasons),
        ...(signature.claimedAtMs === null && provenAtMs === null ? ['Chữ ký không ghi thời điểm ký.'] : []),
      ],
    };
  }

  #level(
    signature: ExaminedSignature,
    documentStamps: ReadonlyMap<ExaminedSignature, JudgedStamp>,
    signatureStamps: readonly JudgedStamp[],
    provenAtMs: number | null,
  ): Promise<SignatureReport['level']> | 'basic' {
    const { document, signatures } = this.#examined;
    if (!document) return 'basic';
    return levelOf({
      document,
      signature,
      all: signatures,
      documentStamps,
      signatureStamps,
      provenAtMs,
      nowMs: this.#nowMs,
      offline: this.#validators.offline,
    });
  }

  #stampReport(signature: ExaminedSignature, stamp: JudgedStamp): SignatureReport {
    const { authority, timeMs } = stamp.check;
    const base = baseReport(signature);
    if (signature.problem || !authority)
      return { ...base, verdict: verdictOf(signature, null, 'none'), reasons: [...signature.reasons] };
    const timestamp = timeStampState([stamp]);
    const trust = stamp.answer?.trust ?? null;
    return {
      ...base,
      ...(stamp.answer
        ? signerOf(stamp.answer, authority)
        : { signer: authority.commonName, ...certificateOf(authority) }),
      verdict:
        signature.integrity === 'weak' && signature.isAllowed ? 'indeterminate' : verdictOf(signature, trust, 'none'),
      signedAt: timeMs === null ? null : vietnamTime(timeMs),
      provenAt: stamp.provenAtMs === null ? null : vietnamTime(stamp.provenAtMs),
      provenBy: stamp.provenAtMs === null ? null : authority.commonName,
      timestamp,
      reasons: [...signature.reasons, ...(stamp.answer?.reasons ?? [])],
    };
  }
}

export function earliest(outer: Proof, own: readonly JudgedStamp[]): Proof {
  let proof = outer;
  for (const { check, provenAtMs } of own) {
    if (provenAtMs !== null && (proof.by === null || provenAtMs < proof.atMs))
      proof = { atMs: provenAtMs, by: check.authority?.commonName ?? null };
  }
  return proof;
}

export function stampReasons({ check, answer }: JudgedStamp): string[] {
  if (check.integrity !== 'intact') return [...check.reasons];
  if (answer?.trust === 'trusted') return [];
  const name = check.authority?.commonName ?? '';
  return [`Dấu thời gian của "${name}" không được dùng làm bằng chứng.`, ...(answer?.reasons ?? [])];
}

function withLaterDoubts(
  report: SignatureReport,
  signature: ExaminedSignature | undefined,
  all: readonly SignatureReport[],
): SignatureReport {
  if (!signature) return report;
  const doubts = doubtsAboutLater(signature, all);
  if (doubts.length === 0) return report;
  const verdict = report.verdict === 'valid' ? 'indeterminate' : report.verdict;
  return { ...report, verdict, reasons: [...report.reasons, ...doubts] };
}
