/** @file Signatures that stand in a file's bytes but that the document no longer shows: taken out after signing. */
import { PdfDocument } from '../pdf/document.ts';
import { listSignatureFields } from '../pdf/signature-fields.ts';
import { PdfDamaged } from '../pdf/values.ts';
import { Failure } from '../../rooms/failure.ts';

const MAX_CANDIDATES = 500;
/** Each candidate is a document to open; more than this many that are none belong to a file made to waste time. */
const MAX_OPENED = 60;

/**
 * Full names of the fields that were signed in an earlier revision and are not `known`.
 * @param knownEnds where the signatures end that the document shows: their revisions need no second look
 */
export function findLostSignatures(
  bytes: Buffer,
  known: ReadonlySet<string>,
  knownEnds: ReadonlySet<number>,
  password: string | undefined,
): string[] {
  const lost = new Set<string>();
  for (const end of candidateEnds(bytes, knownEnds)) {
    try {
      const earlier = new PdfDocument(bytes.subarray(0, end), password);
      for (const field of listSignatureFields(earlier)) {
        if (field.value !== null && !known.has(field.fullName)) lost.add(field.fullName);
      }
    } catch (cause) {
      // Not the end of a revision, or of a document of its own: nothing was signed there.
      if (!(cause instanceof PdfDamaged) && !(cause instanceof Failure)) throw cause;
    }
  }
  return [...lost];
}

function candidateEnds(bytes: Buffer, knownEnds: ReadonlySet<number>): number[] {
  const ends = new Set<number>();
  let seen = 0;
  for (
    let position = bytes.indexOf('/ByteRange');
    position >= 0 && seen < MAX_CANDIDATES && ends.size < MAX_OPENED;
    position = bytes.indexOf('/ByteRange', position + 1), seen++
  ) {
    const match = /^\/ByteRange\s*\[\s*0\s+\d+\s+(\d+)\s+(\d+)/.exec(
      bytes.toString('latin1', position, position + 120),
    );
    const end = match ? Number(match[1]) + Number(match[2]) : 0;
    if (end > 0 && end < bytes.length && !knownEnds.has(end)) ends.add(end);
  }
  return [...ends];
}
