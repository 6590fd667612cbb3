/**
 * @file What a signature allows to happen after it: DocMDP of a certification and FieldMDP of locked fields (ISO 32000-2, 12.8.2),
 * read from the signed revision, where nobody can have changed them since.
 */
import type { PdfDocument } from '../pdf/document.ts';
import { decodeText, type SignatureField } from '../pdf/signature-fields.ts';
import { transformParameters } from '../pdf/signature-references.ts';
import type { PdfDict, PdfValue } from '../pdf/values.ts';
import type { Changes } from './changes/findings.ts';

export interface Permissions {
  /** DocMDP: 1 nothing, 2 filling in and signing, 3 annotations too. Null: not certified. */
  readonly level: 1 | 2 | 3 | null;
  /** The signature that is asked about certifies the document itself. */
  readonly isCertification: boolean;
  readonly locks: readonly FieldLock[];
}

export interface FieldLock {
  readonly action: 'All' | 'Include' | 'Exclude';
  readonly fields: readonly string[];
}

export const NO_LIMITS: Permissions = { level: null, isCertification: false, locks: [] };

/** @param signed the revision that the signature covers @param field its field there */
export function readPermissions(signed: PdfDocument, field: SignatureField): Permissions {
  const own = signed.dictionary(field.value ?? undefined);
  const rights = signed.dictionary(signed.catalog.entries.get('Perms'));
  const certifying = rights ? signed.dictionary(rights.entries.get('DocMDP')) : undefined;
  const isCertification = own !== undefined && certifying === own;
  const lockLevel = field.lock ? levelOf(signed.entry(field.lock, 'P')) : null;
  const levels = [
    certifying ? certificationOf(signed, certifying) : null,
    own ? documentLevel(signed, own) : null,
    lockLevel,
  ].filter((level) => level !== null);
  const locks = own
    ? transformParameters(signed, own, 'FieldMDP').map((parameters) => readLock(signed, parameters))
    : [];
  if (field.lock) locks.push(readLock(signed, field.lock));
  return {
    level: levels.length > 0 ? (Math.min(...levels) as 1 | 2 | 3) : null,
    isCertification,
    locks: locks.filter((lock) => lock !== null),
  };
}

/** Whether everything that came later was allowed; if not, why (Vietnamese). */
export function judgeChanges(changes: Changes, permissions: Permissions): string | null {
  const { level, locks } = permissions;
  const isLocked = (name: string): boolean => locks.some((lock) => locksField(lock, name));
  switch (changes.kind) {
    case 'none':
    case 'validation-data':
      return null;
    case 'other':
      return 'Tài liệu đã bị thay đổi sau chữ ký này.';
    case 'annotations':
      if (level !== 3) return 'Chú thích hoặc hình ảnh được thêm sau chữ ký này mà người ký không cho phép.';
      break;
    case 'form-filling':
      if (level === 1) return 'Người ký đã chứng nhận tài liệu và không cho phép thay đổi nào (DocMDP 1).';
  }
  const locked = changes.touchedFields.find(isLocked);
  if (locked !== undefined) return `Trường "${locked}" đã bị khóa khi ký nhưng vẫn bị thay đổi (FieldMDP).`;
  for (const later of changes.laterSignatures) {
    if (!later.isNewField || later.pageShare === 0) continue;
    if (level === 2) return `Chữ ký có hình "${later.field}" được thêm vào tài liệu đã chứng nhận (DocMDP 2).`;
    if (isLocked(later.field)) return `Trường "${later.field}" được thêm dù biểu mẫu đã bị khóa khi ký (FieldMDP).`;
  }
  return null;
}

function locksField(lock: FieldLock, name: string): boolean {
  const isNamed = lock.fields.some((field) => name === field || name.startsWith(`${field}.`));
  switch (lock.action) {
    case 'All':
      return true;
    case 'Include':
      return isNamed;
    case 'Exclude':
      return !isNamed;
  }
}

function certificationOf(document: PdfDocument, signature: PdfDict): 1 | 2 | 3 {
  return documentLevel(document, signature) ?? 2;
}

function documentLevel(document: PdfDocument, signature: PdfDict): 1 | 2 | 3 | null {
  const [parameters] = transformParameters(document, signature, 'DocMDP');
  if (!parameters) return null;
  return levelOf(document.entry(parameters, 'P')) ?? 2;
}

function levelOf(value: PdfValue): 1 | 2 | 3 | null {
  if (value.kind !== 'number') return null;
  return value.value === 1 || value.value === 3 ? value.value : 2;
}

/** A lock nobody can read locks everything; one that names a level (`/P`) and no fields is about the document alone. */
function readLock(document: PdfDocument, parameters: PdfDict): FieldLock | null {
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
