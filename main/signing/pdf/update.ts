/**
 * @file Appends one section to a PDF and leaves every byte before it alone (ISO 32000-2, 7.5.6): the only way a file that
 * may carry signatures is ever changed.
 */
import { createHash } from 'node:crypto';
import type { PdfDocument } from './document.ts';
import type { ObjectIdentity, SecurityHandler } from './encryption/security-handler.ts';
import { parseSource } from './parser.ts';
import {
  array,
  dict,
  hexString,
  integer,
  mapStrings,
  name,
  PDF_NULL,
  serialise,
  type PdfDict,
  type PdfValue,
} from './values.ts';

export interface NewObject {
  readonly number: number;
  readonly generation: number;
  /** A value, or what stands between `n g obj` and `endobj` as other code wrote it, not encrypted. */
  readonly body: PdfValue | Buffer;
  /** The body goes in as it is even into an encrypted file: whoever wrote it has encrypted what must be. */
  readonly isSealed?: boolean;
}

export interface Update {
  /** What goes after the input's last byte. */
  readonly bytes: Buffer;
  /** Byte offset in the whole file of each object's body. */
  readonly bodyOffsets: ReadonlyMap<number, number>;
}

/**
 * The new section: of the same kind as the newest one, because readers that know only tables, and hybrid files whose
 * `/XRefStm` would hide the new objects, break otherwise.
 */
export function appendUpdate(document: PdfDocument, objects: readonly NewObject[], seed: string): Update {
  const lastByte = document.bytes[document.bytes.length - 1];
  const parts: Buffer[] = lastByte === 0x0a || lastByte === 0x0d ? [] : [Buffer.from('\n')];
  let position = document.bytes.length + (parts.length > 0 ? 1 : 0);
  const push = (bytes: Buffer): void => {
    parts.push(bytes);
    position += bytes.length;
  };
  const offsets = new Map<number, { offset: number; generation: number }>();
  const bodyOffsets = new Map<number, number>();
  for (const object of [...objects].sort((a, b) => a.number - b.number)) {
    offsets.set(object.number, { offset: position - document.origin, generation: object.generation });
    push(Buffer.from(`${object.number} ${object.generation} obj\n`, 'latin1'));
    bodyOffsets.set(object.number, position);
    push(sealedBody(document, object));
    push(Buffer.from('\nendobj\n', 'latin1'));
  }
  const highest = Math.max(document.size - 1, ...offsets.keys());
  const start = position - document.origin;
  if (document.sections[0]?.kind === 'stream') {
    const number = highest + 1;
    offsets.set(number, { offset: start, generation: 0 });
    push(crossReferenceStream(number, offsets, trailerOf(document, number + 1, seed)));
  } else {
    push(crossReferenceTable(offsets, trailerOf(document, highest + 1, seed)));
  }
  push(Buffer.from(`startxref\n${start}\n%%EOF\n`, 'latin1'));
  return { bytes: Buffer.concat(parts), bodyOffsets };
}

function trailerOf(document: PdfDocument, size: number, seed: string): PdfDict {
  const entries: [string, PdfValue][] = [['Size', integer(size)]];
  for (const key of ['Root', 'Info', 'Encrypt']) {
    const value = document.trailer.entries.get(key);
    if (value) entries.push([key, value]);
  }
  const changing = hexString(
    createHash('sha256').update(seed).update(String(document.bytes.length)).digest().subarray(0, 16),
  );
  const id = document.resolve(document.trailer.entries.get('ID'));
  const permanent = id.kind === 'array' ? document.resolve(id.items[0]) : undefined;
  // The key of an encrypted file hangs on its /ID: one that had none would not open any more with a new one.
  if (permanent?.kind === 'string') entries.push(['ID', array([permanent, changing])]);
  else if (!document.isEncrypted) entries.push(['ID', array([changing, changing])]);
  entries.push(['Prev', integer(document.startXref - document.origin)]);
  return dict(entries);
}

type Offsets = ReadonlyMap<number, { readonly offset: number; readonly generation: number }>;

function crossReferenceTable(offsets: Offsets, trailer: PdfDict): Buffer {
  let text = 'xref\n';
  for (const run of consecutiveRuns([...offsets.keys()])) {
    text += `${run[0]} ${run.length}\n`;
    for (const number of run) {
      const { offset, generation } = offsets.get(number) ?? { offset: 0, generation: 0 };
      text += `${String(offset).padStart(10, '0')} ${String(generation).padStart(5, '0')} n \n`;
    }
  }
  return Buffer.concat([Buffer.from(`${text}trailer\n`, 'latin1'), serialise(trailer), Buffer.from('\n')]);
}

function crossReferenceStream(number: number, offsets: Offsets, trailer: PdfDict): Buffer {
  const runs = consecutiveRuns([...offsets.keys()]);
  const rows = runs.flat().map((entry) => {
    const { offset, generation } = offsets.get(entry) ?? { offset: 0, generation: 0 };
    const row = Buffer.alloc(7);
    row[0] = 1;
    row.writeUInt32BE(offset, 1);
    row.writeUInt16BE(generation, 5);
    return row;
  });
  const body: PdfValue = {
    kind: 'stream',
    dict: dict([
      ['Type', name('XRef')],
      ['W', array([integer(1), integer(4), integer(2)])],
      ['Index', array(runs.flatMap((run) => [integer(run[0] ?? 0), integer(run.length)]))],
      ...trailer.entries,
    ]),
    bytes: Buffer.concat(rows),
  };
  return Buffer.concat([
    Buffer.from(`${number} 0 obj\n`, 'latin1'),
    serialise(body),
    Buffer.from('\nendobj\n', 'latin1'),
  ]);
}

function consecutiveRuns(numbers: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && last.at(-1) === number - 1) last.push(number);
    else runs.push([number]);
  }
  return runs;
}

/** Accepts a value, or source written by other code. */
export function sourceObject(number: number, body: PdfValue | Buffer | string, generation = 0): NewObject {
  return { number, generation, body: typeof body === 'string' ? Buffer.from(body, 'latin1') : body };
}

function sealedBody({ security }: PdfDocument, { number, generation, body, isSealed }: NewObject): Buffer {
  if (!security || isSealed) return Buffer.isBuffer(body) ? body : serialise(body);
  return serialise(sealValue(security, Buffer.isBuffer(body) ? parseSource(body) : body, { number, generation }));
}

/** The value with its strings, and of a stream its bytes, encrypted for the object it is written into. */
export function sealValue(security: SecurityHandler, value: PdfValue, owner: ObjectIdentity): PdfValue {
  const sealed = mapStrings(value, (string) => {
    const bytes = security.encryptString(string.bytes, owner);
    return bytes === string.bytes ? string : hexString(bytes);
  });
  if (sealed.kind !== 'stream') return sealed;
  const direct = (entry: PdfValue | undefined): PdfValue => entry ?? PDF_NULL;
  return { ...sealed, bytes: security.encryptStream(sealed.dict, sealed.bytes, owner, direct) };
}
