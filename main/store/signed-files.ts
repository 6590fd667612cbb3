/**
 * @file A signed file is believed for what it is, not for what is said of it: its newest signature is right, covers the whole
 * file, is of the certificate that was named, and nothing but that signature came after the file that waited for it.
 */
import { commonName } from '../../preload/certificate-name.ts';
import { readBlob, type BlobAccess } from '../blobs/blob-file.ts';
import type { SignatureInfo } from '../../preload/types.ts';
import { Failure } from '../rooms/failure.ts';
import { PdfDocument } from '../signing/pdf/document.ts';
import { listSignatureFields } from '../signing/pdf/signature-fields.ts';
import { PdfDamaged } from '../signing/pdf/values.ts';
import { compareRevisions } from '../signing/verification/changes/compare-revisions.ts';
import { examineDocument, type ExaminedSignature } from '../signing/verification/examine-document.ts';

/** @throws Failure `signature-does-not-verify` with what is wrong */
export async function requireSignedFile(
  signed: BlobAccess,
  unsigned: BlobAccess,
  signature: SignatureInfo,
): Promise<void> {
  const [after, before] = [await readBlob(signed), await readBlob(unsigned)];
  const problem = whyNotSigned(before, after, signature);
  if (problem !== null) throw new Failure('signature-does-not-verify', problem);
}

/** In English; null when all is right. `after` is known to begin with `before`. */
export function whyNotSigned(before: Buffer, after: Buffer, signature: SignatureInfo): string | null {
  const { document, signatures, lostFields, damage } = examineDocument(after);
  if (!document) return damage ?? 'the signed file cannot be read';
  if (lostFields.length > 0) return `signatures were lost: ${lostFields.join(', ')}`;
  const newest = signatures.findLast(({ coverage }) => coverage === 'whole');
  if (newest?.kind !== 'signature' || newest.integrity !== 'intact' || newest.problem !== null)
    return newest?.reasons.join(' ') || 'no right signature covers the whole file';
  const damaged = signatures.find(
    ({ problem, integrity, isAllowed }) => problem !== null || integrity === 'broken' || !isAllowed,
  );
  if (damaged) return `${damaged.field}: ${damaged.reasons.join(' ')}`;
  const certificate = newest.cms?.signer;
  if (certificate?.serialNumber.toUpperCase() !== signature.certificateSerial.toUpperCase())
    return `signed with certificate ${certificate?.serialNumber ?? 'none'}, not ${signature.certificateSerial}`;
  // The pages read the name from the subject's one line: with a comma or a slash in it they show less of it.
  const names = [certificate.commonName, commonName(certificate.subject)].map((name) => name.normalize('NFC'));
  if (!names.includes(signature.signerName.normalize('NFC')))
    return `signed by ${certificate.commonName}, not by ${signature.signerName}`;
  return whatElseChanged(before, document, newest);
}

/** The signature is one new section over the very file that waited: not a page, not a field besides its own. */
function whatElseChanged(before: Buffer, after: PdfDocument, newest: ExaminedSignature): string | null {
  try {
    const waiting = new PdfDocument(before);
    const field = listSignatureFields(after).find(({ fullName }) => fullName === newest.field);
    const ends = new Map(field ? [[field.reference.number, newest.end] as const] : []);
    const changes = compareRevisions(waiting, after, ends);
    const isThatAlone = changes.fieldChanges.length === 0 && changes.laterSignatures.length === 1;
    if (changes.kind === 'form-filling' && isThatAlone) return null;
    return changes.reasons.join(' ') || `changes: ${changes.kind}`;
  } catch (cause) {
    if (cause instanceof PdfDamaged) return cause.message;
    throw cause;
  }
}
