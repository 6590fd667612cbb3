/**
 * @file Which bytes a signature covers: everything from the first byte to an end, but exactly its own `/Contents` (ISO 32000-2,
 * 12.8.1). A wider gap, a later start, a third part: room for what the signer never saw.
 */
import { signedContent, type SignedContent } from '../cms/signed-content.ts';
import { firstElement } from './cms/cms-check.ts';
import type { PdfDocument } from '../pdf/document.ts';
import type { ObjectIdentity } from '../pdf/encryption/security-handler.ts';
import { PdfDamaged, type PdfDict } from '../pdf/values.ts';

export interface CoveredRange {
  /** `[0, position of <, position after >, bytes after that]`. */
  readonly numbers: readonly [0, number, number, number];
  /** Where the covered bytes end. */
  readonly end: number;
  readonly coverage: 'whole' | 'revision';
  readonly content: SignedContent;
  /** What stands in the gap, padding cut off. */
  readonly contents: Buffer;
}

export interface RangeProblem {
  readonly problem: string;
  readonly verdict: 'altered' | 'broken';
}

/** @param owner the object that holds the dictionary; null when that cannot be told */
export function readByteRange(
  whole: PdfDocument,
  signature: PdfDict,
  owner: ObjectIdentity | null = null,
): CoveredRange | RangeProblem {
  const { bytes } = whole;
  const altered = (problem: string): RangeProblem => ({ problem, verdict: 'altered' });
  if (signature.hasDoubleKeys) return altered('Từ điển chữ ký có khóa lặp.');
  const list = whole.entry(signature, 'ByteRange');
  const contents = whole.entry(signature, 'Contents');
  if (list.kind !== 'array' || contents.kind !== 'string')
    return { problem: 'Chữ ký thiếu phạm vi byte (ByteRange) hoặc nội dung (Contents).', verdict: 'broken' };
  const numbers = list.items.map((item) => (item.kind === 'number' && Number.isInteger(item.value) ? item.value : -1));
  const [start = -1, gapStart = -1, gapEnd = -1, rest = -1] = numbers;
  if (numbers.length !== 4 || start !== 0 || gapStart <= 0 || gapEnd <= gapStart || rest < 0)
    return altered('Phạm vi byte của chữ ký không phủ tài liệu từ đầu đến cuối.');
  const end = gapEnd + rest;
  if (end > bytes.length)
    return { problem: 'Phạm vi byte của chữ ký vượt quá cuối tệp: tệp bị cắt hoặc bị sửa.', verdict: 'broken' };
  if (contents.start !== gapStart || contents.end !== gapEnd)
    return altered('Phần không được ký rộng hơn giá trị chữ ký.');
  const digits = bytes.toString('latin1', gapStart + 1, gapEnd - 1);
  if (
    bytes[gapStart] !== 0x3c ||
    digits.length % 2 !== 0 ||
    !(/^[0-9a-f]*$/.test(digits) || /^[0-9A-F]*$/.test(digits))
  )
    return altered('Giá trị chữ ký không đúng dạng thập lục phân.');
  const padded = Buffer.from(digits, 'hex');
  const value = firstElement(padded) ?? padded; // what cannot be read at all is judged by the check of the CMS
  if (
    padded.subarray(value.length).some((byte) => byte !== 0) &&
    !isEncryptedPadding(whole, padded, value.length, owner)
  )
    return altered('Có dữ liệu lạ sau giá trị chữ ký.');
  return {
    numbers: [0, gapStart, gapEnd, rest],
    end,
    coverage: end === bytes.length ? 'whole' : 'revision',
    content: signedContent([bytes.subarray(0, gapStart), bytes.subarray(gapEnd, end)]),
    contents: value,
  };
}

/** Of a block that the value was written over, and of the one whose decryption hangs on it. */
const BROKEN_BLOCK_BYTES = 16;

/** PDFBox encrypts the zeros that keep the room for the value: behind it they must decrypt to zeros again. */
function isEncryptedPadding(
  whole: PdfDocument,
  padded: Buffer,
  valueBytes: number,
  owner: ObjectIdentity | null,
): boolean {
  if (!whole.security || !owner) return false;
  try {
    const plain = whole.security.decryptString(padded, owner);
    const rest = plain.subarray(valueBytes + BROKEN_BLOCK_BYTES);
    return rest.length > 0 && rest.every((byte) => byte === 0);
  } catch (cause) {
    if (cause instanceof PdfDamaged) return false;
    throw cause;
  }
}
