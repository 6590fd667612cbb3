/**
 * @file What a file must carry so that its signatures and time-stamps can be verified when nobody answers any more: for every
 * signer and every authority that stamped, the chain and its status (EN 319 142-1, 5.4.2).
 */
import { createHash } from 'node:crypto';
import { Failure } from '../../rooms/failure.ts';
import { readCertificate, type Certificate } from '../certificate.ts';
import type { PdfDocument } from '../pdf/document.ts';
import type {
  CertificateAnswer,
  CertificateQuestion,
  CertificateValidator,
  Evidence,
  TimeStampCheck,
} from '../validation/evidence.ts';
import { listExistingSignatures, type ExistingSignature } from './existing-signatures.ts';
import { readEvidence, type SignatureEvidence } from './validation-store.ts';

export interface EvidencePorts {
  /** @param digestOf digest of what the token must vouch for, by an algorithm of node:crypto */
  readonly checkTimeStamp: (token: Buffer, digestOf: (algorithm: string) => Buffer) => TimeStampCheck;
  readonly validator: CertificateValidator;
  readonly now: () => number;
}

/** A right time-stamp and what it vouches for. */
export interface Proof {
  readonly check: TimeStampCheck & { readonly timeMs: number; readonly authority: Certificate };
  /** The document time-stamp that holds the token; null inside a signature. */
  readonly holder: ExistingSignature | null;
}

/** The time-stamps that prove when `signature` existed, earliest first: its own, and those of the document around it. */
export function proofsOf(
  signature: ExistingSignature,
  existing: readonly ExistingSignature[],
  ports: EvidencePorts,
): Proof[] {
  const { cms } = signature;
  const own = (cms?.timeStampTokens ?? []).map((token) => ({
    check: ports.checkTimeStamp(token, (algorithm) =>
      createHash(algorithm)
        .update(cms?.signatureValue ?? '')
        .digest(),
    ),
    holder: null,
  }));
  const around = existing
    .filter((other) => other.kind === 'time-stamp' && other.range.end > signature.range.end)
    .map((holder) => ({ check: checkHolder(holder, ports), holder }));
  return [...own, ...around]
    .filter((proof): proof is Proof => isRight(proof.check))
    .sort((a, b) => a.check.timeMs - b.check.timeMs);
}

function checkHolder({ range }: ExistingSignature, ports: EvidencePorts): TimeStampCheck {
  return ports.checkTimeStamp(range.contents, (algorithm) => range.content.digest(algorithm));
}

function isRight(check: TimeStampCheck): check is Proof['check'] {
  return check.isIntact && check.timeMs !== null && check.authority !== null;
}

/**
 * Evidence for every signature and time-stamp of the file. For the signature named it must be complete; for those of others
 * it is what could be had.
 * @throws Failure `certificate-revoked`, `certificate-not-trusted`, `authority-unreachable`
 */
export async function collectEvidence(
  document: PdfDocument,
  fieldName: string,
  ports: EvidencePorts,
): Promise<SignatureEvidence[]> {
  const existing = listExistingSignatures(document);
  const stored = readEvidence(document);
  const collected: SignatureEvidence[] = [];
  for (const signature of existing) {
    const isNeeded = signature.fieldName === fieldName;
    const proofs = proofsOf(signature, existing, ports);
    const questions: CertificateQuestion[] = [];
    const embedded = join([stored, ...(signature.cms ? [signature.cms.evidence] : [])]);
    const base = { nowMs: ports.now(), embedded };
    const provenAtMs = proofs[0]?.check.timeMs ?? base.nowMs;
    if (signature.cms?.signer) {
      const pool = poolOf(signature.cms.certificates, embedded);
      const { signer: certificate } = signature.cms;
      const { claimedAtMs } = signature;
      questions.push({ ...base, certificate, pool, purpose: 'document-signing', provenAtMs, claimedAtMs });
    }
    if (signature.kind === 'time-stamp') {
      const check = checkHolder(signature, ports);
      if (isRight(check)) questions.push(authorityQuestion(check, provenAtMs, base));
    }
    // Document time-stamps have a turn of their own.
    const outer = proofs.find(({ holder }) => holder !== null);
    for (const { check, holder } of proofs)
      if (!holder) questions.push(authorityQuestion(check, outer?.check.timeMs ?? base.nowMs, base));

    const answers = await Promise.all(questions.map((question) => ports.validator.validate(question)));
    if (isNeeded) answers.forEach((answer, index) => requireGood(answer, questions[index]));
    collected.push({ contents: signature.contents, evidence: join(answers.map(({ evidence }) => evidence)) });
  }
  return collected;
}

/** @throws Failure `certificate-not-trusted` for a token of an authority that leads to no root of this counter */
export async function requireTrustedAuthority(
  token: Buffer,
  digest: Buffer,
  embedded: Evidence,
  ports: EvidencePorts,
): Promise<void> {
  const check = ports.checkTimeStamp(token, (algorithm) => (algorithm === 'sha256' ? digest : Buffer.alloc(0)));
  if (!isRight(check)) throw new Failure('authority-unreachable', check.reasons.join(' '));
  const base = { nowMs: ports.now(), embedded };
  const answer = await ports.validator.validate(authorityQuestion(check, base.nowMs, base));
  if (answer.trust === 'untrusted') refuse(answer, check.authority);
}

function authorityQuestion(
  check: Proof['check'],
  provenAtMs: number,
  base: Pick<CertificateQuestion, 'nowMs' | 'embedded'>,
): CertificateQuestion {
  const { authority: certificate, timeMs: claimedAtMs } = check;
  const pool = poolOf(check.certificates, base.embedded);
  return { ...base, certificate, pool, purpose: 'time-stamping', provenAtMs, claimedAtMs };
}

function requireGood(answer: CertificateAnswer, question: CertificateQuestion | undefined): void {
  if (!question) return;
  const isRevoked = answer.revocation === 'revoked' && (answer.revokedAtMs ?? 0) <= question.provenAtMs;
  if (isRevoked || answer.trust !== 'trusted') refuse(answer, question.certificate);
  if (answer.revocation === 'unknown' || answer.revocation === 'not-checked')
    throw new Failure('authority-unreachable', describe(answer, question.certificate));
}

function refuse(answer: CertificateAnswer, certificate: Certificate): never {
  // Whoever cannot be asked is no reason to distrust: asked again later, the answer may be another.
  const isOpen = answer.trust === 'indeterminate' && answer.revocation !== 'revoked' && answer.revocation !== 'good';
  const code = answer.revocation === 'revoked' ? 'certificate-revoked' : 'certificate-not-trusted';
  throw new Failure(isOpen ? 'authority-unreachable' : code, describe(answer, certificate));
}

function describe(answer: CertificateAnswer, certificate: Certificate): string {
  return [certificate.commonName, ...answer.reasons].join(': ');
}

function join(parts: readonly Evidence[]): Evidence {
  return {
    certificates: distinct(parts.flatMap(({ certificates }) => certificates)),
    ocspResponses: distinct(parts.flatMap(({ ocspResponses }) => ocspResponses)),
    revocationLists: distinct(parts.flatMap(({ revocationLists }) => revocationLists)),
  };
}

function distinct(values: readonly Buffer[]): Buffer[] {
  return values.filter((value, index) => values.findIndex((other) => other.equals(value)) === index);
}

function poolOf(certificates: readonly Certificate[], embedded: Evidence): Certificate[] {
  return [...certificates, ...embedded.certificates.flatMap(readOrSkip)];
}

/** A store of somebody else's file may hold anything; what is no certificate helps no chain. */
function readOrSkip(der: Buffer): Certificate[] {
  try {
    return [readCertificate(der)];
  } catch {
    return [];
  }
}
