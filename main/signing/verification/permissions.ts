/**
 * @file What a signature allows to happen after it: DocMDP of a certification and FieldMDP of locked fields (ISO 32000-2, 12.8.2),
 * read from the signed revision, where nobody can have changed them since.
 */
import type { PdfDocument } from '../pdf/document.ts';
import {
  certificationLevel,
  documentLevel,
  locksField,
  readFieldLock,
  readFieldLocks,
  statedLevel,
  type FieldLock,
  type PermittedChanges,
} from '../pdf/modification-rules.ts';
import type { SignatureField } from '../pdf/signature-fields.ts';
import type { Changes } from './changes/findings.ts';

export interface Permissions {
  /** DocMDP: 1 nothing, 2 filling in and signing, 3 annotations too. Null: not certified. */
  readonly level: PermittedChanges | null;
  /** The signature that is asked about certifies the document itself. */
  readonly isCertification: boolean;
  readonly locks: readonly FieldLock[];
}

export const NO_LIMITS: Permissions = { level: null, isCertification: false, locks: [] };

/** @param signed the revision that the signature covers @param field its field there */
export function readPermissions(signed: PdfDocument, field: SignatureField): Permissions {
  const own = signed.dictionary(field.value ?? undefined);
  const rights = signed.dictionary(signed.catalog.entries.get('Perms'));
  const certifying = rights ? signed.dictionary(rights.entries.get('DocMDP')) : undefined;
  const isCertification = own !== undefined && certifying === own;
  const levels = [
    certificationLevel(signed),
    own ? documentLevel(signed, own) : undefined,
    field.lock ? statedLevel(signed, field.lock) : undefined,
  ].filter((level) => level !== undefined);
  const fieldLock = field.lock ? readFieldLock(signed, field.lock) : null;
  return {
    level: levels.length > 0 ? (Math.min(...levels) as PermittedChanges) : null,
    isCertification,
    locks: [...(own ? readFieldLocks(signed, own) : []), ...(fieldLock ? [fieldLock] : [])],
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
