/** @file Bytes that belong to nothing: readers that repair files find objects there that the cross-references do not show. */
import type { PdfDocument } from '../../pdf/document.ts';
import { isWhitespace, PdfParser } from '../../pdf/parser.ts';

/** The first byte from `from` on that belongs to no object, cross-reference or trailer of the chain; undefined when all do. */
export function findUnaccountedBytes(document: PdfDocument, from: number): number | undefined {
  const spans: [number, number][] = [];
  for (const section of document.sections) {
    if (section.start >= from) spans.push([section.start, section.end]);
    if (section.hybrid && section.hybrid.start >= from) spans.push([section.hybrid.start, section.hybrid.end]);
    for (const [number, entry] of section.entries) {
      if (entry.kind !== 'plain' || entry.offset < from) continue;
      const { start, end } = document.readAt(entry.offset, number, entry.generation);
      spans.push([start, end]);
    }
  }
  spans.sort((a, b) => a[0] - b[0]);
  let position = from;
  for (const [start, end] of [...spans, [document.bytes.length, document.bytes.length] as const]) {
    const foreign = foreignByte(document.bytes, position, start);
    if (foreign !== undefined) return foreign;
    position = Math.max(position, end);
  }
  return undefined;
}

/** Comments that a reader who mends files would take for objects. */
function isHidingPlace(skipped: Buffer): boolean {
  return ['obj', 'stream', 'trailer', 'xref'].some((keyword) => skipped.includes(keyword));
}

/** Between the parts only white space, comments and `startxref` with its number may stand. */
function foreignByte(bytes: Buffer, from: number, to: number): number | undefined {
  const parser = new PdfParser(bytes, from, to);
  while (parser.position < to) {
    const before = parser.position;
    parser.skipWhitespace();
    if (isHidingPlace(bytes.subarray(before, parser.position))) return before;
    if (parser.position >= to || isWhitespace(bytes[parser.position])) continue;
    if (!parser.takeKeyword('startxref')) return parser.position;
    parser.skipWhitespace();
    if (parser.takeInteger() === undefined) return parser.position;
  }
  return undefined;
}
