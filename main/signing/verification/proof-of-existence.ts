/**
 * @file Since when bytes are known to exist (EN 319 102-1, 5.6: proof of existence). A trusted document time-stamp proves it
 * for everything it covers; each is itself judged at the time that the stamps around it prove, the outermost one now.
 */
import type { Certificate } from '../certificate.ts';
import type { CertificateAnswer, CertificateValidator, Evidence } from '../validation/evidence.ts';
import type { ExaminedSignature } from './examine-document.ts';
import { signedContent } from '../cms/signed-content.ts';
import { checkStamp, type CheckedStamp } from './document-time-stamps.ts';
import { mergeEvidence } from './embedded-evidence.ts';

export interface JudgedStamp {
  readonly check: CheckedStamp;
  /** Null when the token is not right, or has no authority. */
  readonly answer: CertificateAnswer | null;
  /** Milliseconds; null unless the stamp is right and its authority trusted. */
  readonly provenAtMs: number | null;
}

export interface Proof {
  /** The latest time at which the bytes existed, milliseconds. */
  readonly atMs: number;
  /** Common name of the authority; null when nothing but the present proves it. */
  readonly by: string | null;
}

export interface StampContext {
  readonly validator: CertificateValidator;
  readonly pool: readonly Certificate[];
  readonly embedded: Evidence;
  readonly nowMs: number;
}

/** Every document time-stamp of the file, judged from the outermost inwards. */
export async function judgeDocumentStamps(
  signatures: readonly ExaminedSignature[],
  context: StampContext,
): Promise<ReadonlyMap<ExaminedSignature, JudgedStamp>> {
  const judged = new Map<ExaminedSignature, JudgedStamp>();
  const outermostFirst = signatures.filter(({ stamp }) => stamp !== null).sort((a, b) => b.end - a.end);
  for (const signature of outermostFirst) {
    if (!signature.stamp) continue;
    const proof = proofFor(signature.end, signatures, judged, context.nowMs);
    const judgement = await judgeStamp(signature.stamp, proof.atMs, context);
    // What came after it does not matter here: it proves the bytes it covers, if these are a document.
    const isUsable = signature.problem === null && signature.signedRevision !== null;
    judged.set(signature, isUsable ? judgement : { ...judgement, provenAtMs: null });
  }
  return judged;
}

/** What the file's own time-stamps prove about bytes that end at `end`. */
export function proofFor(
  end: number,
  signatures: readonly ExaminedSignature[],
  judged: ReadonlyMap<ExaminedSignature, JudgedStamp>,
  nowMs: number,
): Proof {
  let proof: Proof = { atMs: nowMs, by: null };
  for (const signature of signatures) {
    const stamp = judged.get(signature);
    if (!stamp || stamp.provenAtMs === null || signature.end <= end || stamp.provenAtMs >= proof.atMs) continue;
    proof = { atMs: stamp.provenAtMs, by: stamp.check.authority?.commonName ?? null };
  }
  return proof;
}

/** The stamps of one signature's value, which travel in its CMS. */
export async function judgeSignatureStamps(
  signature: ExaminedSignature,
  provenAtMs: number,
  context: StampContext,
): Promise<readonly JudgedStamp[]> {
  const { cms } = signature;
  const judged: JudgedStamp[] = [];
  for (const token of (cms?.timeStampTokens ?? []).slice(0, MAX_STAMPS)) {
    const check = checkStamp(
      token,
      (algorithm) => digestOf(cms?.signatureValue, algorithm),
      () => context.pool,
    );
    judged.push(await judgeStamp(check, provenAtMs, context));
  }
  return judged;
}

/** Nobody stamps one signature more often; each stamp costs a chain. */
const MAX_STAMPS = 10;

export async function judgeStamp(check: CheckedStamp, provenAtMs: number, context: StampContext): Promise<JudgedStamp> {
  if (check.integrity !== 'intact' || !check.authority || check.timeMs === null)
    return { check, answer: null, provenAtMs: null };
  const answer = await context.validator.validate({
    certificate: check.authority,
    pool: [...check.certificates, ...context.pool],
    purpose: 'time-stamping',
    provenAtMs,
    claimedAtMs: check.timeMs,
    nowMs: context.nowMs,
    embedded: mergeEvidence(context.embedded, {
      certificates: check.certificates.map(({ der }) => der),
      ocspResponses: [],
      revocationLists: [],
    }),
  });
  // A stamp from the future is a clock that is wrong, or a lie.
  const isBelieved = answer.trust === 'trusted' && check.timeMs <= context.nowMs + CLOCK_TOLERANCE_MS;
  return { check, answer, provenAtMs: isBelieved ? Math.min(check.timeMs, context.nowMs) : null };
}

const CLOCK_TOLERANCE_MS = 5 * 60_000;

function digestOf(value: Buffer | undefined, algorithm: string): Buffer {
  return signedContent([value ?? Buffer.alloc(0)]).digest(algorithm);
}
