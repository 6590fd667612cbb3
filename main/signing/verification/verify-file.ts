/**
 * @file The verdict on files that are no PDF, in the same words: a detached CMS signature over a file, or the signatures inside
 * an XML document. What a PDF's revisions are to it, these have not: the signature covers the file as it is, or it does not.
 */
import { createHash } from 'node:crypto';
import { XmlElement } from 'libxml2-wasm';
import { Failure } from '../../rooms/failure.ts';
import type { Certificate } from '../certificate.ts';
import { NO_EVIDENCE, type CertificateValidator, type Evidence } from '../validation/evidence.ts';
import { toVietnamTime } from '../vietnam-time.ts';
import { attribute, DS, withXml } from '../xades/xml-document.ts';
import { checkXmlSignature, type XmlCheck } from '../xades/check-signature.ts';
import { checkCms } from './cms/cms-check.ts';
import { signedContent, type SignedContent } from '../cms/signed-content.ts';
import { checkStamp } from './document-time-stamps.ts';
import { judgeStamp, type JudgedStamp } from './proof-of-existence.ts';
import type { SignatureReport, VerificationResult } from './report.ts';
import { overallVerdict, timeStampState } from './verdict.ts';
import { certificateOf, signerOf } from './signature-report.ts';
import { earliest, stampReasons } from './verify-document.ts';

/** What is known of one signature before anybody is asked whether to trust it. */
interface Examined {
  readonly field: string;
  readonly format: string;
  readonly integrity: SignatureReport['integrity'];
  readonly coverage: 'whole' | 'part' | 'none';
  readonly signer: Certificate | null;
  readonly certificates: readonly Certificate[];
  readonly hasSigningCertificate: boolean;
  readonly timeStamps: readonly { readonly token: Buffer; readonly stamped: Buffer }[];
  readonly evidence: Evidence;
  readonly claimedAtMs: number | null;
  readonly reasons: readonly string[];
}

export interface FileQuestion {
  readonly validator: CertificateValidator;
  /** ISO 8601, the time of the check. */
  readonly at: string;
}

/** Each reference of each costs a second reading of the document. */
const MAX_SIGNATURES = 20;
const MAX_STAMPS = 10;

/** @param content the signed file's digests and size @throws Failure `bad-request` for a time that is none */
export async function verifyDetached(
  cms: Buffer,
  content: SignedContent & { readonly sizeBytes: number },
  question: FileQuestion,
): Promise<VerificationResult> {
  const check = checkCms(fromPem(cms), content, 'detached');
  const examined: Examined = {
    ...check,
    field: 'CAdES',
    format: 'CAdES',
    coverage: check.integrity === 'broken' ? 'none' : 'whole',
    timeStamps: check.timeStampTokens.map((token) => ({ token, stamped: check.signatureValue })),
    claimedAtMs: check.claimedTime,
  };
  const report = await judge(examined, question);
  return resultOf(content.digest('sha256'), content.sizeBytes, [report], question);
}

/** @throws Failure `file-damaged`, `file-too-large`, `bad-request` */
export async function verifyXml(bytes: Buffer, question: FileQuestion): Promise<VerificationResult> {
  const examined = withXml(bytes, (document) => {
    // A countersignature is about another signature, not about the document.
    const signatures = document
      .find('//ds:Signature[not(ancestor::ds:Signature)]', { ds: DS })
      .filter((node) => node instanceof XmlElement);
    if (signatures.length > MAX_SIGNATURES) throw new Failure('file-not-supported', `${signatures.length} signatures`);
    return signatures.map((signature, index) => {
      const field = attribute(signature, 'Id') ?? `Signature ${index + 1}`;
      return describeXml(field, checkXmlSignature(bytes, document, signature));
    });
  });
  const reports: SignatureReport[] = [];
  for (const signature of examined) reports.push(await judge(signature, question));
  return resultOf(createHash('sha256').update(bytes).digest(), bytes.length, reports, question);
}

function describeXml(field: string, check: XmlCheck): Examined {
  return { ...check, field, format: 'XAdES', evidence: NO_EVIDENCE, claimedAtMs: check.claimedTime };
}

async function judge(examined: Examined, { validator, at }: FileQuestion): Promise<SignatureReport> {
  const nowMs = readTime(at);
  const base = baseReport(examined);
  const { signer } = examined;
  if (!signer || examined.integrity === 'broken' || examined.integrity === 'not-checked')
    return { ...base, verdict: examined.integrity === 'not-checked' ? 'indeterminate' : 'broken' };
  const context = { validator, pool: examined.certificates, embedded: examined.evidence, nowMs };
  const stamps: JudgedStamp[] = [];
  for (const { token, stamped } of examined.timeStamps.slice(0, MAX_STAMPS)) {
    const check = checkStamp(
      token,
      (algorithm) => signedContent([stamped]).digest(algorithm),
      () => examined.certificates,
    );
    stamps.push(await judgeStamp(check, nowMs, context));
  }
  const proof = earliest({ atMs: nowMs, by: null }, stamps);
  const answer = await validator.validate({
    certificate: signer,
    pool: examined.certificates,
    purpose: 'document-signing',
    provenAtMs: proof.atMs,
    claimedAtMs: examined.claimedAtMs,
    nowMs,
    embedded: examined.evidence,
  });
  const timestamp = timeStampState(stamps);
  const isDoubtful = examined.integrity === 'weak' || examined.coverage !== 'whole' || timestamp === 'invalid';
  const isValid = answer.trust === 'trusted' && !isDoubtful;
  return {
    ...base,
    ...signerOf(answer, signer),
    verdict: answer.trust === 'untrusted' ? 'untrusted' : isValid ? 'valid' : 'indeterminate',
    provenAt: proof.by === null ? null : vietnamTime(proof.atMs),
    provenBy: proof.by,
    level: !examined.hasSigningCertificate ? 'basic' : proof.by === null ? 'B-B' : 'B-T',
    timestamp,
    reasons: [
      ...examined.reasons,
      ...answer.reasons,
      ...stamps.flatMap(stampReasons),
      ...(examined.claimedAtMs === null && proof.by === null ? ['Chữ ký không ghi thời điểm ký.'] : []),
    ],
  };
}

function baseReport(examined: Examined): SignatureReport {
  return {
    field: examined.field,
    kind: 'signature',
    verdict: 'broken',
    signer: examined.signer?.commonName ?? null,
    organisation: examined.signer?.organisation ?? null,
    ...(examined.signer ? certificateOf(examined.signer) : { certificate: null }),
    signedAt: examined.claimedAtMs === null ? null : vietnamTime(examined.claimedAtMs),
    provenAt: null,
    provenBy: null,
    reason: null,
    format: examined.format,
    level: 'basic',
    coverage: examined.coverage === 'whole' ? 'whole' : examined.coverage === 'part' ? 'revision' : 'none',
    integrity: examined.integrity,
    trust: 'not-checked',
    trustedRoot: null,
    revocation: 'not-checked',
    revokedAt: null,
    timestamp: 'none',
    changesAfter: 'none',
    areChangesAllowed: true,
    fieldChanges: [],
    reasons: [...examined.reasons],
  };
}

function resultOf(
  sha256: Buffer,
  sizeBytes: number,
  signatures: SignatureReport[],
  { at }: FileQuestion,
): VerificationResult {
  return {
    verdict: overallVerdict(signatures, false),
    signatures,
    sha256: sha256.toString('hex'),
    sizeBytes,
    checkedAt: vietnamTime(readTime(at)),
    reasons: [],
  };
}

/** Signatures travel as text too: `-----BEGIN PKCS7-----`, `-----BEGIN CMS-----` (RFC 7468, 8 and 9). */
function fromPem(bytes: Buffer): Buffer {
  const match = /-----BEGIN (?:PKCS7|CMS)-----([^-]+)-----END/.exec(bytes.toString('latin1'));
  return match?.[1] === undefined ? bytes : Buffer.from(match[1], 'base64');
}

function readTime(at: string): number {
  const instant = Date.parse(at);
  if (Number.isNaN(instant)) throw new Failure('bad-request', `${at} is not a time`);
  return instant;
}

function vietnamTime(ms: number): string {
  return toVietnamTime(new Date(ms).toISOString());
}
