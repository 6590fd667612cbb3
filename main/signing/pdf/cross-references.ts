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
}

export interface CrossReferences {
  readonly sections: readonly Section[];
  readonly startXref: number;
  readonly structureEnd: number;
}

const MAX_SECTIONS = 2_000;
const MAX_ENTRIES = 2_000_000;

export function readCrossReferences(bytes: Buffer, budget: InflateBudget): CrossReferences {
  const keyword = bytes.lastIndexOf('startxref');
  if (keyword < 0) throw new PdfDamaged('no startxref');
  const parser = new PdfParser(bytes, keyword);
  parser.expectKeyword('startxref');
  const startXref = parser.expectInteger();
  while (isWhitespace(bytes[parser.position])) parser.position++;
  if (bytes.toString('latin1', parser.position, parser.position + 5) !== '%%EOF')
    throw new PdfDamaged('no %%EOF after startxref');
  const structureEnd = parser.position + 5;

  const sections: Section[] = [];
  const seen = new Set<number>();
  let entryCount = 0;
  for (let offset: number | undefined = startXref; offset !== undefined;) {
    if (seen.has(offset) || sections.length >= MAX_SECTIONS) throw new PdfDamaged('cross-references in a circle');
    seen.add(offset);
    const section: Section = readSection(bytes, offset, budget);
    entryCount += section.entries.size;
    if (entryCount > MAX_ENTRIES) throw new PdfDamaged('too many objects');
    sections.push(section);
    offset = offsetEntry(section.trailer, 'Prev');
  }
  return { sections, startXref, structureEnd };
}

function readSection(bytes: Buffer, offset: number, budget: InflateBudget): Section {
  if (offset >= bytes.length) throw new PdfDamaged(`cross-references at byte ${offset} lie outside the file`);
  const parser = new PdfParser(bytes, offset);
  parser.skipWhitespace();
  if (!parser.takeKeyword('xref')) return readStreamSection(bytes, offset, budget);
  const start = parser.position - 4;
  const entries = new Map<number, Entry>();
  for (;;) {
    parser.skipWhitespace();
    const first = parser.takeInteger();
    if (first === undefined) break;
    readSubsection(parser, first, entries);
  }
  parser.expectKeyword('trailer');
  const trailer = parser.dictionary();
  const end = parser.position;
  const extra = offsetEntry(trailer, 'XRefStm');
  if (extra === undefined) return { kind: 'table', start, end, trailer, entries, hybrid: null };
  const hidden = readStreamSection(bytes, extra, budget);
  for (const [number, entry] of hidden.entries) {
    const shown = entries.get(number);
    if (!shown || shown.kind === 'free') entries.set(number, entry);
  }
  return { kind: 'table', start, end, trailer, entries, hybrid: { start: hidden.start, end: hidden.end } };
}

function readSubsection(parser: PdfParser, first: number, entries: Map<number, Entry>): void {
  const count = parser.expectInteger();
  if (count > MAX_ENTRIES) throw new PdfDamaged('too many objects');
  for (let index = 0; index < count; index++) {
    const offset = parser.expectInteger();
    const generation = parser.expectInteger();
    parser.skipWhitespace();
    const isUsed = parser.takeKeyword('n');
    if (!isUsed && !parser.takeKeyword('f')) throw parser.damaged('expected n or f');
    // An entry in use at byte 0 is the mark of writers that mean a free one; nothing can stand there.
    entries.set(
      first + index,
      isUsed && offset > 0 ? { kind: 'plain', offset, generation } : { kind: 'free', generation },
    );
  }
}

function readStreamSection(bytes: Buffer, offset: number, budget: InflateBudget): Section {
  const parser = new PdfParser(bytes, offset);
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
  const entries = readStreamEntries(stream, budget);
  if (!entries.has(number)) entries.set(number, { kind: 'plain', offset: start, generation: 0 });
  return { kind: 'stream', start, end: parser.position, trailer: dict, entries, hybrid: null };
}

function readStreamEntries(stream: PdfStream, budget: InflateBudget): Map<number, Entry> {
  const direct = (value: PdfValue | undefined): PdfValue => value ?? PDF_NULL;
  const widths = integers(stream.dict, 'W');
  const [typeBytes = 0, secondBytes = 0, thirdBytes = 0] = widths;
  if (widths.length !== 3 || widths.some((width) => width > 6))
    throw new PdfDamaged('cross-reference stream with odd widths');
  const index = stream.dict.entries.has('Index')
    ? integers(stream.dict, 'Index')
    : [0, offsetEntry(stream.dict, 'Size') ?? 0];
  const content = decodeStream(stream, budget, direct);
  const entries = new Map<number, Entry>();
  let position = 0;
  const take = (width: number, otherwise: number): number => {
    if (width === 0) return otherwise;
    if (position + width > content.length) throw new PdfDamaged('cross-reference stream too short');
    const value = content.readUIntBE(position, width);
    position += width;
    return value;
  };
  for (let pair = 0; pair + 1 < index.length; pair += 2) {
    const first = index[pair] ?? 0;
    const count = index[pair + 1] ?? 0;
    if (count > MAX_ENTRIES) throw new PdfDamaged('too many objects');
    for (let step = 0; step < count; step++) {
      const type = take(typeBytes, 1);
      const second = take(secondBytes, 0);
      const third = take(thirdBytes, 0);
      if (type === 0) entries.set(first + step, { kind: 'free', generation: third });
      else if (type === 1) entries.set(first + step, { kind: 'plain', offset: second, generation: third });
      else if (type === 2) entries.set(first + step, { kind: 'packed', container: second, index: third });
    }
  }
  return entries;
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
