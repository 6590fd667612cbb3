/**
 * @file Whether every reader finds the same in what was appended: the rows of its cross-references, its trailers, the order of its
 * objects. Readers differ in whether the first or the last of two counts, and those that mend files go by the last in the file.
 */
import type { Entry, Section } from '../../pdf/cross-references.ts';
import type { PdfDocument } from '../../pdf/document.ts';
import { isPlainNumber, type PdfValue } from '../../pdf/values.ts';

/** Where readers look for `startxref` and `%%EOF`; what finds none there begins to mend (ISO 32000-1, annex H.3). */
const END_SEARCH_BYTES = 1024;
const OFFSETS = ['Prev', 'Size'];

/** What is ambiguous in the sections from `from` on, Vietnamese; null when nothing is. */
export function findAmbiguity(signed: PdfDocument, whole: PdfDocument): string | null {
  const from = signed.bytes.length;
  const added = whole.sections.filter(({ start }) => start >= from);
  // Tables for old readers beside streams for new ones: two readers would see two documents.
  if (added.some(({ hybrid }) => hybrid !== null))
    return 'Phần thêm sau chữ ký có hai bảng tham chiếu cho hai loại trình đọc.';
  if (added.some(({ hasDoubleEntries }) => hasDoubleEntries))
    return 'Bảng tham chiếu thêm sau chữ ký chỉ một đối tượng đến hai nơi.';
  if (!hasPlainEnd(whole) || added.some((section) => !isPlainTable(whole, section)))
    return 'Bảng tham chiếu thêm sau chữ ký không viết đúng dạng: trình đọc khác có thể dựng lại tệp theo cách khác.';
  if (added.some(({ trailer }) => trailer.hasDoubleKeys)) return 'Phần cuối tệp (trailer) có khóa lặp.';
  if (added.some(({ trailer }) => OFFSETS.some((key) => !isWholeNumber(trailer.entries.get(key)))))
    return 'Phần cuối tệp (trailer) ghi số không đúng dạng.';
  if (leavesOutObjects(signed, added)) return 'Phần cuối tệp (trailer) ghi ít đối tượng hơn bản đã ký.';
  if (whole.bytes.length - whole.structureEnd > END_SEARCH_BYTES)
    return 'Có quá nhiều dữ liệu sau điểm kết thúc của tài liệu.';
  if (hasLaterCopy(whole, added, from)) return 'Phần thêm sau chữ ký chứa một bản khác, bị che, của đối tượng.';
  return null;
}

/** A row of a table, or the head of a part of it (7.5.4), with either line end. */
const TABLE_LINE = /\d{10} \d{5} [nf](?: ?\r\n| ?[\r\n])|\d+ +\d+ *[\r\n]+/y;
const TABLE_START = /xref[\0\t\n\f\r ]+/y;

/** Comments and rows of other lengths make some readers mend the file, and show copies of objects that no table names. */
function isPlainTable(whole: PdfDocument, { kind, start, end }: Section): boolean {
  if (kind === 'stream') return true;
  const text = whole.bytes.toString('latin1', start, end);
  let position = 0;
  const take = (line: RegExp): boolean => {
    line.lastIndex = position;
    if (!line.test(text)) return false;
    position = line.lastIndex;
    return true;
  };
  if (!take(TABLE_START)) return false;
  while (take(TABLE_LINE));
  return text.startsWith('trailer', position);
}

function hasPlainEnd(whole: PdfDocument): boolean {
  const end = whole.bytes.toString('latin1', whole.bytes.lastIndexOf('startxref'), whole.structureEnd);
  return /^startxref[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]*(?:%%EOF)?$/.test(end);
}

function isWholeNumber(value: PdfValue | undefined): boolean {
  return (
    value?.kind === 'number' && Number.isInteger(value.value) && isPlainNumber(value) && !value.source.includes('.')
  );
}

/** Objects from `/Size` on do not exist for readers that go by it (7.5.4). */
function leavesOutObjects(signed: PdfDocument, added: readonly Section[]): boolean {
  let highest = 0;
  for (const [number, entry] of signed.entries) if (entry.kind !== 'free') highest = Math.max(highest, number);
  return added.some(({ trailer }) => {
    const size = trailer.entries.get('Size');
    return size?.kind === 'number' && size.value <= highest;
  });
}

/** A definition that the tables have given up but that stands behind the one that counts. */
function hasLaterCopy(whole: PdfDocument, added: readonly Section[], from: number): boolean {
  const placeOf = (entry: Entry | undefined): number => {
    if (entry?.kind === 'packed') return placeOf(whole.entries.get(entry.container));
    return entry?.kind === 'plain' ? entry.offset : -1;
  };
  return added.some(({ entries }) =>
    [...entries].some(([number, entry]) => {
      const counting = whole.entries.get(number);
      if (counting?.kind === 'free') return false;
      const place = placeOf(entry);
      return place >= from && place > placeOf(counting);
    }),
  );
}
