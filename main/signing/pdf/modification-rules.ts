/**
 * @file What a signature states about later changes: DocMDP levels and FieldMDP locks (ISO 32000-2, 12.8.2.2, 12.8.2.4). Read in
 * one place, so that signing obeys exactly what verification demands.
 */
import type { PdfDocument } from './document.ts';
import { decodeText } from './signature-fields.ts';
import { transformParameters } from './signature-references.ts';
import type { PdfDict } from './values.ts';

/** 1 nothing may change, 2 filling in and signing, 3 annotations too. */
export type PermittedChanges = 1 | 2 | 3;

export interface FieldLock {
  readonly action: 'All' | 'Include' | 'Exclude';
  /** Full names. Naming a field names everything below it. */
  readonly fields: readonly string[];
}

/** `/P` of transform parameters or of a lock; undefined when there is none, 2 for what means nothing. */
export function statedLevel(document: PdfDocument, parameters: PdfDict): PermittedChanges | undefined {
  const level = document.entry(parameters, 'P');
  if (level.kind !== 'number') return undefined;
  return level.value === 1 || level.value === 3 ? level.value : 2;
}

/** The level a signature's own DocMDP reference states; 2 is the default of one that states none. */
export function documentLevel(document: PdfDocument, signature: PdfDict): PermittedChanges | undefined {
  const [parameters] = transformParameters(document, signature, 'DocMDP');
  return parameters ? (statedLevel(document, parameters) ?? 2) : undefined;
}

/** The level of the signature to which the catalog's `/Perms` gives the document; undefined when it is not certified. */
export function certificationLevel(document: PdfDocument): PermittedChanges | undefined {
  const permissions = document.dictionary(document.catalog.entries.get('Perms'));
  const certifying = permissions ? document.dictionary(permissions.entries.get('DocMDP')) : undefined;
  return certifying ? (documentLevel(document, certifying) ?? 2) : undefined;
}

/** A lock nobody can read locks everything; one that names a level (`/P`) and no fields is about the document alone. */
export function readFieldLock(document: PdfDocument, parameters: PdfDict): FieldLock | null {
  const action = document.entry(parameters, 'Action');
  const list = document.entry(parameters, 'Fields');
  if (action.kind === 'null' && parameters.entries.has('P')) return null;
  const fields = (list.kind === 'array' ? list.items : [])
    .map((item) => document.resolve(item))
    .flatMap((item) => (item.kind === 'string' ? [decodeText(item)] : []));
  if (action.kind === 'name' && (action.name === 'Include' || action.name === 'Exclude'))
    return { action: action.name, fields };
  return { action: 'All', fields: [] };
}

export function readFieldLocks(document: PdfDocument, signature: PdfDict): FieldLock[] {
  return transformParameters(document, signature, 'FieldMDP').flatMap(
    (parameters) => readFieldLock(document, parameters) ?? [],
  );
}

export function locksField({ action, fields }: FieldLock, name: string): boolean {
  const isNamed = fields.some((field) => name === field || name.startsWith(`${field}.`));
  if (action === 'All') return true;
  return action === 'Include' ? isNamed : !isNamed;
}
