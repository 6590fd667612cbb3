/**
 * @file What a document lets a later signer do: certification (DocMDP), fields locked by earlier signatures (FieldMDP),
 * permissions of encryption, usage rights (ISO 32000-2, 12.8.2, 12.7.5.5, 7.6.4.2).
 */
import { Failure } from '../../rooms/failure.ts';
import type { PdfDocument } from './document.ts';
import { decodeText, listSignatureFields, type SignatureField } from './signature-fields.ts';
import { transformParameters } from './signature-references.ts';
import type { PdfDict, PdfValue } from './values.ts';

/** 1 nothing may change, 2 filling in and signing, 3 annotations too. */
export type PermittedChanges = 1 | 2 | 3;

/** 1–3 when the document is certified, else undefined. */
export function certificationLevel(
  document: PdfDocument,
  permissions: PdfDict | undefined,
): PermittedChanges | undefined {
  const signature = permissions ? document.dictionary(permissions.entries.get('DocMDP')) : undefined;
  if (!signature) return undefined;
  return levelOf(document, signature) ?? 2;
}

/** The strictest of the certification and of what signatures since then ask for (`/P` of a lock, Table 236). */
export function permittedChanges(
  document: PdfDocument,
  fields: readonly SignatureField[],
): PermittedChanges | undefined {
  const levels = [certificationLevel(document, document.dictionary(document.catalog.entries.get('Perms')))];
  for (const field of fields) {
    const signature = document.dictionary(field.value ?? undefined);
    if (signature) levels.push(levelOf(document, signature));
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
    return (
      signature !== undefined &&
      transformParameters(document, signature, 'FieldMDP').some((parameters) => locks(document, parameters, fullName))
    );
  });
}

function locks(document: PdfDocument, parameters: PdfDict, fullName: string): boolean {
  const action = document.entry(parameters, 'Action');
  const listed = document.entry(parameters, 'Fields');
  const names = (listed.kind === 'array' ? listed.items : []).map((item) => textOf(document.resolve(item)));
  // Naming a field names everything below it.
  const isNamed = names.some((name) => fullName === name || fullName.startsWith(`${name}.`));
  if (action.kind === 'name' && action.name === 'Include') return isNamed;
  if (action.kind === 'name' && action.name === 'Exclude') return !isNamed;
  return true;
}

function levelOf(document: PdfDocument, signature: PdfDict): PermittedChanges | undefined {
  const [parameters] = transformParameters(document, signature, 'DocMDP');
  if (!parameters) return undefined;
  const level = document.entry(parameters, 'P');
  return level.kind === 'number' && (level.value === 1 || level.value === 3) ? level.value : 2;
}

function textOf(value: PdfValue): string {
  return value.kind === 'string' ? decodeText(value) : '';
}
