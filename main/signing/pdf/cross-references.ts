/** @file The chain of cross-reference sections from the last `startxref` back to the first (ISO 32000-2, 7.5.4–7.5.8). */
import { decodeStream, type InflateBudget } from './filters.ts';
import { isWhitespace, PdfParser, streamStart } from './parser.ts';
import { PDF_NULL, PdfDamaged, type PdfDict, type PdfStream, type PdfValue } from './values.ts';

export type Entry =
  | { readonly kind: 'free'; readonly generation: number }
  | { readonly kind: 'plain'; readonly offset: number; readonly generation: number }
  | { readonly kind: 'packed'; readonly container: number; readonly index: number };

export interface Section {
  readonly kind: 'table' | 'stream';
  /** Where it begins, and just after its trailer dictionary or its `endobj`. */
  readonly start: number;
  readonly end: number;
  readonly trailer: PdfDict;
  /** For a hybrid section, with what its `/XRefStm` adds. */
  readonly entries: ReadonlyMap<number, Entry>;
  /** The extra stream of a hybrid section. */
  readonly hybrid: { readonly start: number; readonly end: number } | null;
  /** One object in two places: some readers go by the first row, others by the last. */
  readonly hasDoubleEntries: boolean;
}

export interface CrossReferences {
  readonly sections: readonly Section[];
  /** Where offsets in the file count from: 0, or the header's place behind what some mail programs put before it. */
  readonly origin: number;
  readonly startXref: number;
  readonly structureEnd: number;
}

/** Readers look for the header in the first kilobyte. */
const HEADER_SEARCH_BYTES = 1024;
const MAX_SECTIONS = 2_000;
const MAX_ENTRIES = 2_000_000;

/** Where something stands in the file, and what its own offsets count from. */
interface Place {
  readonly bytes: Buffer;
  readonly origin: number;
  readonly budget: InflateBudget;
}

/** All offsets of the result count from the file's first byte. */
export function readCrossReferences(bytes: Buffer, budget: InflateBudget): CrossReferences {
  const keyword = bytes.lastIndexOf('startxref');
  if (keyword < 0) throw new PdfDamaged('no startxref');
  const parser = new PdfParser(bytes, keyword);
  parser.expectKeyword('startxref');
  const stated = parser.expectInteger();
  const structureEnd = endOfStructure(parser);
  const origin = findOrigin(bytes, stated);
  const place: Place = { bytes, origin, budget };

  const sections: Section[] = [];
  const seen = new Set<number>();
  let entryCount = 0;
  for (let offset: number | undefined = stated; offset !== undefined;) {
    if (seen.has(offset) || sections.length >= MAX_SECTIONS) throw new PdfDamaged('cross-references in a circle');
    seen.add(offset);
    const section: Section = readSection(place, offset);
    entryCount += section.entries.size;
    if (entryCount > MAX_ENTRIES) throw new PdfDamaged('too many objects');
    sections.push(section);
    offset = offsetEntry(section.trailer, 'Prev');
  }
  return { sections, origin, startXref: stated + origin, structureEnd };
}

/** After `%%EOF`, or after the number where a file ends without that mark. */
function endOfStructure(parser: PdfParser): number {
  const { bytes, position } = parser;
  while (isWhitespace(bytes[parser.position])) parser.position++;
  if (parser.position === bytes.length) return position;
  if (bytes.toString('latin1', parser.position, parser.position + 5) !== '%%EOF')
    throw new PdfDamaged('no %%EOF after startxref');
  return parser.position + 5;
}

/**
 * Offsets count from the header (7.5.2). Some writers count what stands before it too, and readers that find nothing in one
 * place try the other: where both lead to cross-references, two readers may see two documents.
 */
function findOrigin(bytes: Buffer, startXref: number): number {
  const header = bytes.subarray(0, HEADER_SEARCH_BYTES).indexOf('%PDF-');
  if (header < 0) throw new PdfDamaged('the file does not begin with %PDF-');
  const [wrong, right] = [sectionAt(bytes, startXref), sectionAt(bytes, startXref + header)];
  if (wrong !== undefined && wrong !== right)
    throw new PdfDamaged('offsets do not count from the header, or from two places');
  return header;
}

/** Where a section or an object begins at this place or after white space; undefined when something else stands there. */
function sectionAt(bytes: Buffer, offset: number): number | undefined {
  const parser = new PdfParser(bytes, Math.min(offset, bytes.length));
  parser.skipWhitespace();
  const source = bytes.toString('latin1', parser.position, parser.position + 40);
  return /^(?:xref[\0\t\n\f\r ]|\d+[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+obj)/.test(source) ? parser.position : undefined;
}

function readSection(place: Place, offset: number): Section {
  const parser = parserAt(place, offset);
  parser.skipWhitespace();
  if (!parser.takeKeyword('xref')) return readStreamSection(place, offset);
  const start = parser.position - 4;
  const rows = new Rows();
  const { entries } = rows;
  for (;;) {
    parser.skipWhitespace();
    const first = parser.takeInteger();
    if (first === undefined) break;
    readSubsection(parser, place.origin, first, rows);
  }
  parser.expectKeyword('trailer');
  const trailer = parser.dictionary();
  const end = parser.position;
  const extra = offsetEntry(trailer, 'XRefStm');
  const table = { kind: 'table', start, end, trailer, entries } as const;
  if (extra === undefined) return { ...table, hybrid: null, hasDoubleEntries: rows.hasDoubles };
  const hidden = readStreamSection(place, extra);
  for (const [number, entry] of hidden.entries) {
    const shown = entries.get(number);
    if (!shown || shown.kind === 'free') entries.set(number, entry);
  }
  const hasDoubleEntries = rows.hasDoubles || hidden.hasDoubleEntries;
  return { ...table, hybrid: { start: hidden.start, end: hidden.end }, hasDoubleEntries };
}

function parserAt({ bytes, origin }: Place, offset: number): PdfParser {
  if (offset + origin >= bytes.length) throw new PdfDamaged(`cross-references at byte ${offset} lie outside the file`);
  return new PdfParser(bytes, offset + origin);
}

/** The rows of one table or stream; of two for one object the last counts. */
class Rows {
  readonly entries = new Map<number, Entry>();
  hasDoubles = false;

  set(number: number, entry: Entry): void {
    const earlier = this.entries.get(number);
    if (earlier && !isSameEntry(earlier, entry)) this.hasDoubles = true;
    this.entries.set(number, entry);
  }
}

export function isSameEntry(a: Entry, b: Entry | undefined): boolean {
  if (!b || a.kind !== b.kind) return false;
  if (a.kind === 'plain') return a.offset === (b as typeof a).offset && a.generation === (b as typeof a).generation;
  if (a.kind === 'packed') return a.container === (b as typeof a).container && a.index === (b as typeof a).index;
  return true;
}

function readSubsection(parser: PdfParser, origin: number, first: number, rows: Rows): void {
  const count = parser.expectInteger();
  if (count > MAX_ENTRIES) throw new PdfDamaged('too many objects');
  for (let index = 0; index < count; index++) {
    const offset = parser.expectInteger();
    const generation = parser.expectInteger();
    parser.skipWhitespace();
    const isUsed = parser.takeKeyword('n');
    if (!isUsed && !parser.takeKeyword('f')) throw parser.damaged('expected n or f');
    // An entry in use at byte 0 is the mark of writers that mean a free one; nothing can stand there.
    rows.set(
      first + index,
      isUsed && offset > 0 ? { kind: 'plain', offset: offset + origin, generation } : { kind: 'free', generation },
    );
  }
}

function readStreamSection(place: Place, offset: number): Section {
  const { bytes } = place;
  const parser = parserAt(place, offset);
  parser.skipWhitespace();
  const start = parser.position;
  const number = parser.expectInteger();
  parser.expectInteger();
  parser.expectKeyword('obj');
  const dict = parser.dictionary();
  const type = dict.entries.get('Type');
  if (type?.kind !== 'name' || type.name !== 'XRef') throw new PdfDamaged(`no cross-references at byte ${offset}`);
  parser.expectKeyword('stream');
  const length = offsetEntry(dict, 'Length') ?? 0;
  const contentStart = streamStart(parser);
  if (contentStart + length > bytes.length)
    throw new PdfDamaged('cross-reference stream reaches past the end of the file');
  parser.position = contentStart + length;
  parser.expectKeyword('endstream');
  parser.expectKeyword('endobj');
  const stream: PdfStream = { kind: 'stream', dict, bytes: bytes.subarray(contentStart, contentStart + length) };
  const { entries, hasDoubles } = readStreamEntries(stream, place);
  if (!entries.has(number)) entries.set(number, { kind: 'plain', offset: start, generation: 0 });
  const end = parser.position;
  return { kind: 'stream', start, end, trailer: dict, entries, hybrid: null, hasDoubleEntries: hasDoubles };
}

function readStreamEntries(stream: PdfStream, { origin, budget }: Place): Rows {
  const direct = (value: PdfValue | undefined): PdfValue => value ?? PDF_NULL;
  const widths = integers(stream.dict, 'W');
  const [typeBytes = 0, secondBytes = 0, thirdBytes = 0] = widths;
  if (widths.length !== 3 || widths.some((width) => width > 8))
    throw new PdfDamaged('cross-reference stream with odd widths');
  const index = stream.dict.entries.has('Index')
    ? integers(stream.dict, 'Index')
    : [0, offsetEntry(stream.dict, 'Size') ?? 0];
  const content = decodeStream(stream, budget, direct);
  const rows = new Rows();
  let position = 0;
  const take = (width: number, otherwise: number): number => {
    if (width === 0) return otherwise;
    if (position + width > content.length) throw new PdfDamaged('cross-reference stream too short');
    // Whole numbers are exact in six bytes; what needs more is no offset of any file.
    const spare = Math.max(0, width - 6);
    if (spare > 0 && content.readUIntBE(position, spare) > 0) throw new PdfDamaged('cross-reference without end');
    const value = content.readUIntBE(position + spare, width - spare);
    position += width;
    return value;
  };
  let total = 0; // rows without width take no bytes: only this bounds them
  for (let pair = 0; pair + 1 < index.length; pair += 2) {
    const first = index[pair] ?? 0;
    const count = index[pair + 1] ?? 0;
    total += count;
    if (total > MAX_ENTRIES) throw new PdfDamaged('too many objects');
    for (let step = 0; step < count; step++) {
      const type = take(typeBytes, 1);
      const second = take(secondBytes, 0);
      const third = take(thirdBytes, 0);
      if (type === 1 && second > 0)
        rows.set(first + step, { kind: 'plain', offset: second + origin, generation: third });
      else if (type === 2) rows.set(first + step, { kind: 'packed', container: second, index: third });
      else rows.set(first + step, { kind: 'free', generation: third }); // unknown types mean null (7.5.8.3)
    }
  }
  return rows;
}

function integers(owner: PdfDict, key: string): number[] {
  const value = owner.entries.get(key);
  if (value?.kind !== 'array') throw new PdfDamaged(`cross-reference stream without /${key}`);
  return value.items.map((item) => {
    if (item.kind !== 'number' || !Number.isInteger(item.value) || item.value < 0)
      throw new PdfDamaged(`/${key} is not a list of integers`);
    return item.value;
  });
}

/** A direct non-negative integer, or undefined when the key is absent. */
function offsetEntry(owner: PdfDict, key: string): number | undefined {
  const value = owner.entries.get(key);
  if (value === undefined) return undefined;
  if (value.kind !== 'number' || !Number.isInteger(value.value) || value.value < 0)
    throw new PdfDamaged(`/${key} is not an offset`);
  return value.value;
}
