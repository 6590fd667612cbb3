/**
 * @file Whether a file is another one prolonged and nothing else: what the store asks before a stamped file takes the place of
 * the signed one. By bytes, not by what anybody says.
 */
import { PdfDocument } from '../pdf/document.ts';
import { listSignatureFields } from '../pdf/signature-fields.ts';
import { PdfDamaged } from '../pdf/values.ts';
import { examineDocument, type ExaminedDocument } from '../verification/examine-document.ts';
import { extendsSignature } from './cms-time-stamp.ts';
import { listExistingSignatures } from './existing-signatures.ts';

/**
 * Why `after` is not `before` prolonged, in English; null when it is. It must hold the same bytes but inside the newest
 * signature's own value, that value must be the same signature with unsigned attributes added, what follows must be
 * validation data alone, and every signature must be right.
 */
export function whyNotProlonged(before: Buffer, after: Buffer): string | null {
  try {
    return compareBytes(before, after) ?? judge(before, after);
  } catch (cause) {
    if (cause instanceof PdfDamaged) return cause.message;
    throw cause;
  }
}

function compareBytes(before: Buffer, after: Buffer): string | null {
  if (after.length < before.length) return 'the file became shorter';
  const kept = after.subarray(0, before.length);
  if (kept.equals(before)) return after.length === before.length ? 'nothing was added' : null;
  const newest = listExistingSignatures(new PdfDocument(before)).at(-1);
  if (!newest || newest.kind !== 'signature' || newest.range.coverage !== 'whole')
    return 'bytes changed, and the newest signature may not change any more';
  const [, gapStart, gapEnd] = newest.range.numbers;
  const isSameAround =
    kept.subarray(0, gapStart).equals(before.subarray(0, gapStart)) &&
    kept.subarray(gapEnd).equals(before.subarray(gapEnd));
  if (!isSameAround) return 'bytes changed outside the value of the newest signature';
  const now = listExistingSignatures(new PdfDocument(kept)).at(-1);
  if (!now || !extendsSignature(newest.range.contents, now.range.contents))
    return 'the newest signature is another one now';
  return null;
}

function judge(before: Buffer, after: Buffer): string | null {
  const { signatures, lostFields, isCutOff, damage } = examineDocument(after);
  if (damage !== null || isCutOff) return damage ?? 'the file is cut off';
  if (lostFields.length > 0) return `signatures were lost: ${lostFields.join(', ')}`;
  const fields = listSignatureFields(new PdfDocument(before)).filter(({ value }) => value !== null);
  const known = new Set(fields.map(({ fullName }) => fullName));
  const added = signatures.find(({ kind, field }) => kind !== 'time-stamp' && !known.has(field));
  if (added) return `more than validation data was added: the signature ${added.field}`;
  const newest = signatures.filter(({ kind }) => kind !== 'time-stamp').sort((a, b) => b.end - a.end)[0];
  if (newest?.integrity !== 'intact') return 'the newest signature is not right';
  for (const { field, integrity, problem, isAllowed, changes } of signatures) {
    if (problem !== null || integrity === 'broken') return `${field} is not right`;
    if (!isAllowed) return `${field} does not allow what came after it`;
    if (field === newest.field && changes.kind !== 'none' && changes.kind !== 'validation-data')
      return `more than validation data came after ${field}`;
  }
  return null;
}

/**
 * What an addition did to the signatures that were there, in English; null when every one of them is what it was. An odd
 * file may make of an innocent section something else: a reference that pointed nowhere now points at what is new.
 */
export function whatGotWorse(before: ExaminedDocument, after: ExaminedDocument): string | null {
  if (after.damage !== null) return after.damage;
  const lost = after.lostFields.find((field) => !before.lostFields.includes(field));
  if (lost !== undefined) return `the signature ${lost} was lost`;
  for (const was of before.signatures) {
    const is = after.signatures.find(({ field }) => field === was.field);
    if (!is) return `the signature ${was.field} was lost`;
    const isWorse = is.integrity !== was.integrity || is.problem !== was.problem || (was.isAllowed && !is.isAllowed);
    if (isWorse) return [was.field, ...is.reasons].join(': ');
  }
  return null;
}
