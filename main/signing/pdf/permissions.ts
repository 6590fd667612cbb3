/**
 * @file What a document lets a later signer do: certification (DocMDP), fields locked by earlier signatures (FieldMDP),
 * permissions of encryption, usage rights (ISO 32000-2, 12.8.2, 12.7.5.5, 7.6.4.2).
 */
import { Failure } from '../../rooms/failure.ts';
import type { PdfDocument } from './document.ts';
import {
  certificationLevel,
  documentLevel,
  locksField,
  readFieldLocks,
  type PermittedChanges,
} from './modification-rules.ts';
import { listSignatureFields, type SignatureField } from './signature-fields.ts';
import type { PdfDict } from './values.ts';

/** The strictest of the certification and of what signatures since then ask for (`/P` of a lock, Table 236). */
export function permittedChanges(
  document: PdfDocument,
  fields: readonly SignatureField[],
): PermittedChanges | undefined {
  const levels = [certificationLevel(document)];
  for (const field of fields) {
    const signature = document.dictionary(field.value ?? undefined);
    if (signature) levels.push(documentLevel(document, signature));
  }
  return levels.reduce((strictest, level) => (level && level < (strictest ?? 4) ? level : strictest), undefined);
}

/** Names what forbids a signature in this place. @param field the field to sign; null for a new one */
export function checkPermissions(document: PdfDocument, field: SignatureField | null, isVisible: boolean): void {
  refuseUsageRights(document.dictionary(document.catalog.entries.get('Perms')));
  const fields = listSignatureFields(document);
  const level = permittedChanges(document, fields);
  if (level === 1) throw new Failure('pdf-certified-no-changes');
  if (level === 2 && isVisible && !field)
    throw new Failure('pdf-certified-no-changes', 'only an existing field may be signed visibly');
  if (field && isLockedBefore(document, fields, field.fullName))
    throw new Failure('pdf-certified-no-changes', `field ${field.fullName} was locked by an earlier signature`);
  const { security } = document;
  if (security && !(field ? security.allowsSigningFields : security.allowsNewFields))
    throw new Failure('pdf-not-permitted', field ? 'filling in fields' : 'adding fields');
}

function refuseUsageRights(permissions: PdfDict | undefined): void {
  if (permissions?.entries.has('UR3') || permissions?.entries.has('UR'))
    throw new Failure('pdf-not-signable', 'usage rights of Adobe Reader');
}

/** Whether a signature of the document locked the field: its FieldMDP names it, all, or all but others (12.8.2.4). */
export function isLockedBefore(document: PdfDocument, fields: readonly SignatureField[], fullName: string): boolean {
  return fields.some((field) => {
    const signature = document.dictionary(field.value ?? undefined);
    return signature !== undefined && readFieldLocks(document, signature).some((lock) => locksField(lock, fullName));
  });
}
