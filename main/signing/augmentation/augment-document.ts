/**
 * @file Brings a signed PDF to a long-term level (EN 319 142-1, 6): time-stamp, validation data, time-stamp over everything.
 * The signature is never at stake: what an authority does not answer costs a level, and the input is never changed.
 */
import { createHash } from 'node:crypto';
import type { ErrorCode } from '../../../preload/error-codes.ts';
import { Failure } from '../../rooms/failure.ts';
import { PdfDocument } from '../pdf/document.ts';
import { PdfDamaged } from '../pdf/values.ts';
import type { SignatureLevel } from '../validation/policy.ts';
import { examineDocument } from '../verification/examine-document.ts';
import { withSignatureTimeStamp } from './cms-time-stamp.ts';
import { addDocumentTimeStamp } from './document-time-stamp.ts';
import { collectEvidence, proofsOf, requireTrustedAuthority, type EvidencePorts } from './evidence-of-signatures.ts';
import { listExistingSignatures, replaceContents, type ExistingSignature } from './existing-signatures.ts';
import { isAtLeast } from './levels.ts';
import { openForValidationData } from './open-for-validation-data.ts';
import { whatGotWorse } from './same-document.ts';
import { addEvidence, readEvidence } from './validation-store.ts';

export interface AugmentationPorts extends EvidencePorts {
  /**
   * One for each time-stamp authority, in order of preference: a token checked against the SHA-256 digest, DER.
   * @throws Failure `authority-unreachable`, `time-stamp-refused`
   */
  readonly timeStampSources: readonly ((digest: Buffer) => Promise<Buffer>)[];
}

export interface Augmentation {
  /** Null when nothing was added. */
  readonly bytes: Buffer | null;
  /** The level of the newest signature now. */
  readonly reached: SignatureLevel;
  /** Why it went no further. */
  readonly code: ErrorCode | null;
  readonly detail: string | null;
}

/**
 * Asked for `B-LTA` again, a file gets what is new of validation data and one more time-stamp over everything: that is how
 * it outlives the certificate of the last one.
 * @throws Failure `pdf-not-signable` (no signature), `pdf-damaged`, `signature-does-not-verify` when the newest signature is not
 *   right, `pdf-password`
 */
export async function augmentDocument(
  bytes: Buffer,
  wanted: SignatureLevel,
  ports: AugmentationPorts,
  password?: string,
): Promise<Augmentation> {
  const { fieldName } = refusingDamage(() => newestSignature(new PdfDocument(bytes, password)));
  const steps: readonly [SignatureLevel, (input: Buffer) => Promise<Buffer>][] = [
    ['B-T', (input) => stampSignature(input, ports, password)],
    ['B-LT', (input) => addValidationData(input, fieldName, ports, password)],
    ['B-LTA', (input) => stampDocument(input, fieldName, ports, password)],
  ];
  const before = examineDocument(bytes, password);
  let current = bytes;
  let reached: SignatureLevel = 'B-B';
  try {
    for (const [level, step] of steps) {
      if (!isAtLeast(wanted, level)) break;
      const next = await step(current);
      const problem = next === current ? null : whatGotWorse(before, examineDocument(next, password));
      if (problem !== null) throw new Failure('pdf-not-signable', problem);
      current = next;
      reached = level;
    }
    return { bytes: current === bytes ? null : current, reached, code: null, detail: null };
  } catch (thrown) {
    const failure = asFailure(thrown);
    return {
      bytes: current === bytes ? null : current,
      reached,
      code: failure.code,
      detail: failure.detail ?? null,
    };
  }
}

/**
 * A time-stamp for the newest signature: inside its own value where that still may change, because it is the newest thing
 * in the file and has room; else around the whole document. Nothing when a right one vouches for it already.
 */
async function stampSignature(input: Buffer, ports: AugmentationPorts, password?: string): Promise<Buffer> {
  const document = new PdfDocument(input, password);
  const existing = listExistingSignatures(document);
  const newest = newestSignature(document);
  if (proofsOf(newest, existing, ports).length > 0) return input;
  if (newest.range.coverage === 'whole') {
    const digest = createHash('sha256').update(newest.cms.signatureValue).digest();
    const token = await requestTrusted(digest, document, ports);
    const stamped = replaceContents(input, newest, withSignatureTimeStamp(newest.range.contents, token));
    if (stamped) return stamped;
  }
  return stampWhole(input, ports, password);
}

async function addValidationData(
  input: Buffer,
  fieldName: string,
  ports: AugmentationPorts,
  password?: string,
): Promise<Buffer> {
  const { document } = openForValidationData(input, password);
  const evidence = await collectEvidence(document, fieldName, ports);
  return addEvidence(document, evidence, new Date(ports.now()).toISOString()) ?? input;
}

/** The time-stamp over everything, and what proves its own authority when the file does not hold that yet. */
async function stampDocument(
  input: Buffer,
  fieldName: string,
  ports: AugmentationPorts,
  password?: string,
): Promise<Buffer> {
  const stamped = await stampWhole(input, ports, password);
  try {
    return await addValidationData(stamped, fieldName, ports, password);
  } catch (thrown) {
    asFailure(thrown);
    return stamped; // the time-stamp stands; its evidence can still be had when the file is prolonged
  }
}

async function stampWhole(input: Buffer, ports: AugmentationPorts, password?: string): Promise<Buffer> {
  const { document, pages } = openForValidationData(input, password);
  const stamp = (digest: Buffer): Promise<Buffer> => requestTrusted(digest, document, ports);
  return addDocumentTimeStamp(document, pages[0], stamp, new Date(ports.now()).toISOString());
}

/**
 * The first token that may go in. It stays in the file for ever: one of an authority that nobody here trusts does not.
 * @throws Failure `authority-unreachable` when trying again may help; the detail names what each authority did
 */
async function requestTrusted(digest: Buffer, document: PdfDocument, ports: AugmentationPorts): Promise<Buffer> {
  const failures: Failure[] = [];
  for (const source of ports.timeStampSources) {
    try {
      const token = await source(digest);
      await requireTrustedAuthority(token, digest, readEvidence(document), ports);
      return token;
    } catch (thrown) {
      failures.push(asFailure(thrown));
    }
  }
  const worth = failures.find(({ code }) => code === 'authority-unreachable') ?? failures[0];
  if (!worth) throw new Failure('time-stamp-refused', 'no time-stamp authority is configured');
  throw new Failure(worth.code, failures.map(({ code, detail }) => detail ?? code).join('; '), { cause: worth });
}

function newestSignature(document: PdfDocument): ExistingSignature & { cms: NonNullable<ExistingSignature['cms']> } {
  const newest = listExistingSignatures(document).findLast(({ kind }) => kind === 'signature');
  if (!newest?.cms) throw new Failure('pdf-not-signable', 'no signature to prolong');
  const { cms, fieldName } = newest;
  if (cms.integrity === 'broken') throw new Failure('signature-does-not-verify', [fieldName, ...cms.reasons].join(' '));
  return { ...newest, cms };
}

function refusingDamage<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw asFailure(thrown);
  }
}

/** @throws whatever is a bug */
function asFailure(thrown: unknown): Failure {
  if (thrown instanceof PdfDamaged) return new Failure('pdf-damaged', thrown.message, { cause: thrown });
  if (thrown instanceof Failure) return thrown;
  throw thrown;
}
