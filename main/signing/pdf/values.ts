/**
 * @file The values of a PDF as they stand in a file (ISO 32000-2, 7.3). Scalars keep their source text, so that an object
 * written again differs from the original only where something was changed on purpose.
 */

export type PdfValue =
  PdfNull | PdfBoolean | PdfNumber | PdfName | PdfString | PdfArray | PdfDict | PdfReference | PdfStream;

export interface PdfNull {
  readonly kind: 'null';
}
export interface PdfBoolean {
  readonly kind: 'boolean';
  readonly value: boolean;
}
export interface PdfNumber {
  readonly kind: 'number';
  readonly value: number;
  readonly source: string;
}
export interface PdfName {
  readonly kind: 'name';
  /** Without the slash, `#xx` decoded, one character per byte. */
  readonly name: string;
  readonly source: string;
}
export interface PdfString {
  readonly kind: 'string';
  readonly bytes: Buffer;
  /** Where the token stands in the file, delimiters included; null inside object streams. */
  readonly start: number;
  readonly end: number;
  /** The token; of a decrypted string, a token that says the same in plain. */
  readonly source: Buffer;
}
export interface PdfArray {
  readonly kind: 'array';
  readonly items: readonly PdfValue[];
}
export interface PdfDict {
  readonly kind: 'dict';
  readonly entries: ReadonlyMap<string, PdfValue>;
  /** The same key twice with different values: readers disagree on which counts, so nothing may be built on such a dictionary. */
  readonly hasDoubleKeys: boolean;
}
export interface PdfReference {
  readonly kind: 'reference';
  readonly number: number;
  readonly generation: number;
}
export interface PdfStream {
  readonly kind: 'stream';
  readonly dict: PdfDict;
  /** As stored: filters not applied, encrypted where the file is. */
  readonly bytes: Buffer;
  /** The object whose key encrypts it; absent where nothing does. */
  readonly sealedAs?: { readonly number: number; readonly generation: number };
}

/** The file does not follow the format where it matters. Never repaired here: what was signed must be what is shown. */
export class PdfDamaged extends Error {
  override readonly name = 'PdfDamaged';
}

export const PDF_NULL: PdfNull = { kind: 'null' };

export function reference(number: number, generation = 0): PdfReference {
  return { kind: 'reference', number, generation };
}

export function name(text: string): PdfName {
  return { kind: 'name', name: text, source: `/${text}` };
}

export function integer(value: number): PdfNumber {
  return { kind: 'number', value, source: String(value) };
}

export function array(items: readonly PdfValue[]): PdfArray {
  return { kind: 'array', items };
}

export function dict(entries: Iterable<readonly [string, PdfValue]>): PdfDict {
  return { kind: 'dict', entries: new Map(entries), hasDoubleKeys: false };
}

/** A string as hexadecimal digits. */
export function hexString(bytes: Buffer): PdfString {
  return { kind: 'string', bytes, start: -1, end: -1, source: Buffer.from(`<${bytes.toString('hex')}>`, 'latin1') };
}

/**
 * Every string exchanged, but one: the value of a signature in `/Contents` is never encrypted (ISO 32000-2, 7.6.2), because
 * it is written after everything else is.
 */
export function mapStrings(value: PdfValue, change: (string: PdfString) => PdfString): PdfValue {
  switch (value.kind) {
    case 'string':
      return change(value);
    case 'array':
      return { ...value, items: value.items.map((item) => mapStrings(item, change)) };
    case 'dict':
      return mapDict(value, change);
    case 'stream':
      return { ...value, dict: mapDict(value.dict, change) };
    default:
      return value;
  }
}

function mapDict(value: PdfDict, change: (string: PdfString) => PdfString): PdfDict {
  const isSignature = value.entries.has('ByteRange');
  const entries = [...value.entries].map(([key, entry]): [string, PdfValue] => [
    key,
    isSignature && key === 'Contents' ? entry : mapStrings(entry, change),
  ]);
  return { ...value, entries: new Map(entries) };
}

/** The dictionary with entries set or, where the value is undefined, taken out; the order of the others stays. */
export function withEntries(original: PdfDict, changes: Readonly<Record<string, PdfValue | undefined>>): PdfDict {
  const entries = new Map(original.entries);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) entries.delete(key);
    else entries.set(key, value);
  }
  return { kind: 'dict', entries, hasDoubleKeys: original.hasDoubleKeys };
}

/** A value as PDF source, byte for byte as read where it was read. */
export function serialise(value: PdfValue): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: PdfValue, parts: Buffer[]): void {
  const text = (source: string): void => void parts.push(Buffer.from(source, 'latin1'));
  switch (value.kind) {
    case 'null':
      return text('null');
    case 'boolean':
      return text(String(value.value));
    case 'number':
    case 'name':
      return text(value.source);
    case 'string':
      return void parts.push(value.source);
    case 'reference':
      return text(`${value.number} ${value.generation} R`);
    case 'array':
      text('[');
      value.items.forEach((item, index) => {
        if (index > 0) text(' ');
        write(item, parts);
      });
      return text(']');
    case 'dict':
      text('<<');
      for (const [key, entry] of value.entries) {
        text(`${nameSource(key)} `);
        write(entry, parts);
        text(' ');
      }
      return text('>>');
    case 'stream':
      write(withEntries(value.dict, { Length: integer(value.bytes.length) }), parts);
      text('\nstream\n');
      parts.push(value.bytes);
      return text('\nendstream');
  }
}

function nameSource(key: string): string {
  let source = '/';
  for (const character of key) {
    const code = character.charCodeAt(0);
    const isRegular = code > 0x20 && code < 0x7f && !'#()<>[]{}/%'.includes(character);
    source += isRegular ? character : `#${code.toString(16).padStart(2, '0')}`;
  }
  return source;
}

/** Spelled as the format says (7.3.3). Others, such as `12-3`, readers mend in different ways. */
export function isPlainNumber({ source }: PdfNumber): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(source);
}

function isSameNumber(a: PdfNumber, b: PdfNumber): boolean {
  return a.source === b.source || (a.value === b.value && isPlainNumber(a) && isPlainNumber(b));
}

/** Whether two values mean the same, references by number. Spelling (`#41` for `A`, `1.0` for `1`) does not count. */
export function isSameValue(a: PdfValue | undefined, b: PdfValue | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'null':
      return true;
    case 'boolean':
      return a.value === (b as typeof a).value;
    case 'number':
      return isSameNumber(a, b as PdfNumber);
    case 'name':
      return a.name === (b as PdfName).name;
    case 'string':
      return a.bytes.equals((b as PdfString).bytes);
    case 'reference':
      return a.number === (b as PdfReference).number && a.generation === (b as PdfReference).generation;
    case 'array': {
      const other = (b as PdfArray).items;
      return a.items.length === other.length && a.items.every((item, index) => isSameValue(item, other[index]));
    }
    case 'dict': {
      // Which of two entries with one key counts is each reader's own choice: such values are the same as none.
      if (a.hasDoubleKeys || (b as PdfDict).hasDoubleKeys) return false;
      const other = (b as PdfDict).entries;
      return (
        a.entries.size === other.size && [...a.entries].every(([key, entry]) => isSameValue(entry, other.get(key)))
      );
    }
    case 'stream':
      return isSameValue(a.dict, (b as PdfStream).dict) && a.bytes.equals((b as PdfStream).bytes);
  }
}
