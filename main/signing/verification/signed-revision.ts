/** @file The document as it stood when a signature was made: the covered bytes, opened as a file of their own. */
import type { PdfDocument } from '../pdf/document.ts';
import { isWhitespace } from '../pdf/parser.ts';
import { listSignatureFields, type SignatureField } from '../pdf/signature-fields.ts';
import { PdfDamaged } from '../pdf/values.ts';
import type { CoveredRange } from './byte-range.ts';

/** The signed document, or why the covered bytes are none with this signature in this very field. */
export function openSignedRevision(
  whole: PdfDocument,
  field: SignatureField,
  range: CoveredRange,
): PdfDocument | string {
  if (range.coverage === 'whole') return whole;
  let signed: PdfDocument;
  try {
    signed = whole.revision(range.end);
    const own = listSignatureFields(signed).find(
      (candidate) => candidate.reference.number === field.reference.number && candidate.value !== null,
    );
    const value = signed.dictionary(own?.value ?? undefined);
    const contents = value ? signed.entry(value, 'Contents') : undefined;
    if (contents?.kind !== 'string' || contents.start !== range.numbers[1])
      return 'Chữ ký không thuộc bản tài liệu mà nó phủ.';
  } catch (cause) {
    if (!(cause instanceof PdfDamaged)) throw cause;
    return 'Phần được ký không phải là một tài liệu hoàn chỉnh.';
  }
  for (let position = signed.structureEnd; position < range.end; position++) {
    if (!isWhitespace(whole.bytes[position])) return 'Phần được ký không kết thúc ở cuối một bản tài liệu.';
  }
  return signed;
}
