/** @file Reads single PDF values from bytes (ISO 32000-2, 7.2–7.3), within limits that no honest file meets. */
import { isSameValue, PDF_NULL, PdfDamaged, type PdfDict, type PdfValue } from './values.ts';

const MAX_DEPTH = 100;
const MAX_TOKEN_BYTES = 64 * 1024 * 1024;
/** Of one object, numbers and names in arrays counted. Each costs some fifty times its two bytes in the file. */
const MAX_VALUES = 2_000_000;

const WHITESPACE = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20]);
const DELIMITERS = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)));

export function isWhitespace(byte: number | undefined): boolean {
  return byte !== undefined && WHITESPACE.has(byte);
}

function isRegular(byte: number | undefined): boolean {
  return byte !== undefined && !WHITESPACE.has(byte) && !DELIMITERS.has(byte);
}

/** A cursor over one buffer. */
export class PdfParser {
  readonly bytes: Buffer;
  readonly end: number;
  position: number;
  /** How many values were read so far, those inside others counted. */
  valueCount = 0;
  readonly #maxValues: number;

  constructor(bytes: Buffer, position: number, end: number = bytes.length, maxValues = MAX_VALUES) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.#maxValues = Math.min(MAX_VALUES, maxValues);
  }

  skipWhitespace(): void {
    for (; this.position < this.end; this.position++) {
      const byte = this.bytes[this.position];
      if (byte === 0x25) {
        while (
          this.position + 1 < this.end &&
          this.bytes[this.position + 1] !== 0x0a &&
          this.bytes[this.position + 1] !== 0x0d
        )
          this.position++;
      } else if (!isWhitespace(byte)) return;
    }
  }

  /** Whether the keyword stands here, ended by something that is not a regular character; then steps over it. */
  takeKeyword(keyword: string): boolean {
    const end = this.position + keyword.length;
    if (end > this.end || this.bytes.toString('latin1', this.position, end) !== keyword) return false;
    if (end < this.end && isRegular(this.bytes[end])) return false;
    this.position = end;
    return true;
  }

  expectKeyword(keyword: string): void {
    this.skipWhitespace();
    if (!this.takeKeyword(keyword)) throw this.damaged(`expected ${keyword}`);
  }

  /** A non-negative integer without sign, or undefined (nothing consumed). */
  takeInteger(): number | undefined {
    let position = this.position;
    let value = 0;
    while (position < this.end) {
      const byte = this.bytes[position] ?? 0;
      if (byte < 0x30 || byte > 0x39) break;
      value = value * 10 + byte - 0x30;
      if (++position - this.position > 15) return undefined;
    }
    if (position === this.position || isRegular(position < this.end ? this.bytes[position] : undefined))
      return undefined;
    this.position = position;
    return value;
  }

  expectInteger(): number {
    this.skipWhitespace();
    const value = this.takeInteger();
    if (value === undefined) throw this.damaged('expected an integer');
    return value;
  }

  value(depth = 0): PdfValue {
    if (depth > MAX_DEPTH) throw this.damaged('nested too deep');
    if (++this.valueCount > this.#maxValues) throw this.damaged('too many values');
    this.skipWhitespace();
    const byte = this.position < this.end ? this.bytes[this.position] : undefined;
    switch (byte) {
      case undefined:
        throw this.damaged('unexpected end');
      case 0x2f:
        return this.#name();
      case 0x28:
        return this.#literalString();
      case 0x5b:
        return this.#array(depth);
      case 0x3c:
        return this.bytes[this.position + 1] === 0x3c ? this.dictionary(depth) : this.#hexString();
    }
    if (byte >= 0x30 && byte <= 0x39) {
      const found = this.#reference();
      if (found) return found;
    }
    return this.#word();
  }

  dictionary(depth = 0): PdfDict {
    this.skipWhitespace();
    if (this.bytes[this.position] !== 0x3c || this.bytes[this.position + 1] !== 0x3c) throw this.damaged('expected <<');
    this.position += 2;
    const entries = new Map<string, PdfValue>();
    let hasDoubleKeys = false;
    for (;;) {
      this.skipWhitespace();
      if (this.position >= this.end) throw this.damaged('dictionary without end');
      if (this.bytes[this.position] === 0x3e && this.bytes[this.position + 1] === 0x3e) {
        this.position += 2;
        return { kind: 'dict', entries, hasDoubleKeys };
      }
      if (this.bytes[this.position] !== 0x2f) throw this.damaged('expected a key');
      const key = this.#name();
      if (key.kind !== 'name') throw this.damaged('expected a key');
      const value = this.value(depth + 1);
      const earlier = entries.get(key.name);
      if (earlier && !isSameValue(earlier, value)) hasDoubleKeys = true;
      entries.set(key.name, value);
    }
  }

  #reference(): PdfValue | undefined {
    const start = this.position;
    const number = this.takeInteger();
    if (number !== undefined) {
      this.skipWhitespace();
      const generation = this.takeInteger();
      if (generation !== undefined) {
        this.skipWhitespace();
        if (this.takeKeyword('R')) return { kind: 'reference', number, generation };
      }
    }
    this.position = start;
    return undefined;
  }

  #array(depth: number): PdfValue {
    this.position++;
    const items: PdfValue[] = [];
    for (;;) {
      this.skipWhitespace();
      if (this.position >= this.end) throw this.damaged('array without end');
      if (this.bytes[this.position] === 0x5d) {
        this.position++;
        return { kind: 'array', items };
      }
      items.push(this.value(depth + 1));
    }
  }

  #name(): PdfValue {
    const start = this.position++;
    while (this.position < this.end && isRegular(this.bytes[this.position])) this.position++;
    const source = this.bytes.toString('latin1', start, this.position);
    const decoded = source
      .slice(1)
      .replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return { kind: 'name', name: decoded, source };
  }

  #hexString(): PdfValue {
    const start = this.position;
    const end = this.bytes.indexOf(0x3e, start);
    if (end < 0 || end >= this.end || end - start > MAX_TOKEN_BYTES)
      throw this.damaged('hexadecimal string without end');
    this.position = end + 1;
    const bytes = this.#hexDigits(this.bytes.toString('latin1', start + 1, end));
    return { kind: 'string', bytes, start, end: end + 1, source: this.bytes.subarray(start, end + 1) };
  }

  /** Signature values are long and all digits: decoding stops at the first that is none, so its length tells. */
  #hexDigits(text: string): Buffer {
    const plain = Buffer.from(text, 'hex');
    if (plain.length * 2 === text.length) return plain;
    const digits = text.replace(/[\0\t\n\f\r ]+/g, '');
    if (!/^[0-9a-fA-F]*$/.test(digits)) throw this.damaged('not a hexadecimal string');
    return Buffer.from(digits.length % 2 === 1 ? `${digits}0` : digits, 'hex');
  }

  #literalString(): PdfValue {
    const start = this.position;
    const end = this.#literalEnd();
    const out = Buffer.alloc(end - start - 2);
    let length = 0;
    const put = (byte: number): void => void (out[length++] = byte);
    for (this.position = start + 1; this.position < end - 1;) {
      const byte = this.bytes[this.position++] ?? 0;
      if (byte === 0x5c) this.#escape(put);
      else if (byte === 0x0d) {
        if (this.bytes[this.position] === 0x0a) this.position++;
        put(0x0a);
      } else put(byte);
    }
    this.position = end;
    return { kind: 'string', bytes: out.subarray(0, length), start, end, source: this.bytes.subarray(start, end) };
  }

  /** After the parenthesis that closes the one at the cursor. */
  #literalEnd(): number {
    let open = 1;
    for (let position = this.position + 1; position < this.end; position++) {
      if (position - this.position > MAX_TOKEN_BYTES) break;
      const byte = this.bytes[position];
      if (byte === 0x5c) position++;
      else if (byte === 0x28) open++;
      else if (byte === 0x29 && --open === 0) return position + 1;
    }
    throw this.damaged('string without end');
  }

  #escape(put: (byte: number) => void): void {
    const byte = this.bytes[this.position++];
    const simple = byte === undefined ? -1 : 'nrtbf'.indexOf(String.fromCharCode(byte));
    if (simple >= 0) put([0x0a, 0x0d, 0x09, 0x08, 0x0c][simple] ?? 0);
    else if (byte === 0x0d) {
      if (this.bytes[this.position] === 0x0a) this.position++;
    } else if (byte !== undefined && byte >= 0x30 && byte <= 0x37) {
      let code = byte - 0x30;
      for (let digits = 1; digits < 3; digits++) {
        const next = this.bytes[this.position] ?? 0;
        if (next < 0x30 || next > 0x37) break;
        code = code * 8 + next - 0x30;
        this.position++;
      }
      put(code & 0xff);
    } else if (byte !== undefined && byte !== 0x0a) put(byte);
  }

  #word(): PdfValue {
    const start = this.position;
    while (this.position < this.end && isRegular(this.bytes[this.position])) this.position++;
    const source = this.bytes.toString('latin1', start, this.position);
    if (source === 'true' || source === 'false') return { kind: 'boolean', value: source === 'true' };
    if (source === 'null') return PDF_NULL;
    if (/^[+-]*\d*\.?\d*(?:-\d*)?$/.test(source) && /\d/.test(source)) {
      return { kind: 'number', value: Number(source.replace(/^[+-]*(?=-)|^\+/, '').replace(/(\d)-.*$/, '$1')), source };
    }
    this.position = start;
    throw this.damaged(`unexpected ${JSON.stringify(source.slice(0, 20))}`);
  }

  damaged(what: string): PdfDamaged {
    return new PdfDamaged(`${what} at byte ${this.position}`);
  }
}

/** The position of the first stream byte: after `stream` and CR LF or LF (7.3.8.1). */
export function streamStart(parser: PdfParser): number {
  const { bytes, position } = parser;
  if (bytes[position] === 0x0d && bytes[position + 1] === 0x0a) return position + 2;
  if (bytes[position] === 0x0a) return position + 1;
  throw new PdfDamaged(`stream keyword without line end at byte ${position}`);
}

/** One value from source written by this program, a stream by its direct `/Length`. */
export function parseSource(source: string | Buffer): PdfValue {
  const parser = new PdfParser(typeof source === 'string' ? Buffer.from(source, 'latin1') : source, 0);
  const value = parser.value();
  parser.skipWhitespace();
  if (value.kind !== 'dict' || !parser.takeKeyword('stream')) return value;
  const start = streamStart(parser);
  const length = value.entries.get('Length');
  if (length?.kind !== 'number') throw new Error('a new stream must say its length');
  return { kind: 'stream', dict: value, bytes: parser.bytes.subarray(start, start + length.value) };
}
