/**
 * @file Opens a PDF exactly as its cross-references say (ISO 32000-2, 7.5): tables, streams, hybrids, object streams,
 * linearised files, any number of revisions. What does not add up is {@link PdfDamaged}, never searched for or repaired.
 */
import { PdfParser, streamStart } from './parser.ts';
import { readCrossReferences, type Entry, type Section } from './cross-references.ts';
import { SecurityHandler } from './encryption/security-handler.ts';
import { decodeStream, type InflateBudget } from './filters.ts';
import {
  hexString,
  mapStrings,
  PDF_NULL,
  PdfDamaged,
  type PdfDict,
  type PdfStream,
  type PdfString,
  type PdfValue,
} from './values.ts';

export interface LocatedObject {
  readonly number: number;
  readonly generation: number;
  readonly value: PdfValue;
  /** From the first digit of `n g obj` to after `endobj`. */
  readonly start: number;
  readonly end: number;
}

const MAX_REFERENCE_STEPS = 32;
/** Cross-reference and object streams only; pictures and pages are never inflated here. */
const MAX_INFLATED_BYTES = 128 * 1024 * 1024;
/** Of all objects that were looked at; about a gigabyte of them. */
const MAX_VALUES = 10_000_000;
/** What readers number objects up to (ISO 32000-1, annex C). */
const MAX_OBJECT_NUMBER = 8_388_607;

export class PdfDocument {
  readonly bytes: Buffer;
  /** Newest first. */
  readonly sections: readonly Section[];
  readonly trailer: PdfDict;
  readonly startXref: number;
  /** Where offsets written in the file count from; those of this object count from the first byte. */
  readonly origin: number;
  /** Just after the last `%%EOF`, its line end not included. */
  readonly structureEnd: number;
  readonly entries: ReadonlyMap<number, Entry>;
  /** One above the highest object number in use or declared. */
  readonly size: number;
  /** Null for a file that is not encrypted. Values read are plain already; what is written must go through it. */
  readonly security: SecurityHandler | null;
  readonly #password: string | undefined;
  readonly #values = new Map<number, PdfValue>();
  readonly #containers = new Map<number, Container>();
  #remainingValues = MAX_VALUES;
  readonly #budget: InflateBudget = { remainingBytes: MAX_INFLATED_BYTES };
  readonly #reading = new Set<number>();

  /**
   * @param password the user's or the owner's, for an encrypted file that does not open without one
   * @throws PdfDamaged, or Failure `pdf-password`, or `pdf-not-signable` for an encryption that is not supported
   */
  constructor(bytes: Buffer, password?: string) {
    this.#password = password;
    this.bytes = bytes;
    const found = readCrossReferences(bytes, this.#budget);
    this.sections = found.sections;
    this.startXref = found.startXref;
    this.origin = found.origin;
    this.structureEnd = found.structureEnd;
    const newest = found.sections[0];
    if (!newest) throw new PdfDamaged('no cross-references');
    this.trailer = newest.trailer;
    const entries = new Map<number, Entry>();
    let size = 0;
    for (const section of found.sections) {
      const declared = section.trailer.entries.get('Size');
      if (declared?.kind === 'number') size = Math.max(size, declared.value);
      for (const [number, entry] of section.entries) {
        if (!entries.has(number)) entries.set(number, entry);
        size = Math.max(size, number + 1);
      }
    }
    if (size - 1 > MAX_OBJECT_NUMBER) throw new PdfDamaged(`objects numbered up to ${size - 1}`);
    this.entries = entries;
    this.size = size;
    this.security = this.#openSecurity();
  }

  /** An earlier revision: the first `length` bytes, opened with the same password. */
  revision(length: number): PdfDocument {
    return new PdfDocument(this.bytes.subarray(0, length), this.#password);
  }

  #openSecurity(): SecurityHandler | null {
    const stored = this.trailer.entries.get('Encrypt');
    if (stored === undefined) return null;
    const encrypt = this.dictionary(stored);
    if (!encrypt) throw new PdfDamaged('/Encrypt is not a dictionary');
    const id = this.entry(this.trailer, 'ID');
    const first = id.kind === 'array' ? this.resolve(id.items[0]) : PDF_NULL;
    const fileId = first.kind === 'string' ? first.bytes : Buffer.alloc(0);
    const security = new SecurityHandler(encrypt, fileId, this.#password, (value) => this.resolve(value));
    this.#values.clear(); // what was read up to here was not decrypted
    if (stored.kind === 'reference') this.#values.set(stored.number, encrypt);
    return security;
  }

  get isEncrypted(): boolean {
    return this.trailer.entries.has('Encrypt');
  }

  /** The object behind a reference; anything else is returned as it is. Missing objects are null (7.3.10). */
  resolve(value: PdfValue | undefined): PdfValue {
    let current = value ?? PDF_NULL;
    for (let step = 0; current.kind === 'reference'; step++) {
      if (step > MAX_REFERENCE_STEPS) throw new PdfDamaged('references in a circle');
      current = this.object(current.number, current.generation);
    }
    return current;
  }

  /** The dictionary itself or a stream's; undefined when the value is something else. */
  dictionary(value: PdfValue | undefined): PdfDict | undefined {
    const found = this.resolve(value);
    if (found.kind === 'dict') return found;
    return found.kind === 'stream' ? found.dict : undefined;
  }

  entry(owner: PdfDict, key: string): PdfValue {
    return this.resolve(owner.entries.get(key));
  }

  get catalog(): PdfDict {
    const catalog = this.dictionary(this.trailer.entries.get('Root'));
    if (!catalog) throw new PdfDamaged('the document has no catalog');
    return catalog;
  }

  object(number: number, generation?: number): PdfValue {
    const entry = this.entries.get(number);
    if (!entry || entry.kind === 'free') return PDF_NULL;
    if (generation !== undefined && (entry.kind === 'plain' ? entry.generation : 0) !== generation) return PDF_NULL;
    const known = this.#values.get(number);
    if (known) return known;
    if (this.#reading.has(number)) throw new PdfDamaged(`object ${number} depends on itself`);
    this.#reading.add(number);
    try {
      const value =
        entry.kind === 'plain' ? this.located(number).value : this.#packed(entry.container, entry.index, number);
      this.#values.set(number, value);
      return value;
    } finally {
      this.#reading.delete(number);
    }
  }

  /** A plain object with its place in the file. @throws PdfDamaged when it is not where the cross-references say. */
  located(number: number): LocatedObject {
    const entry = this.entries.get(number);
    if (entry?.kind !== 'plain') throw new PdfDamaged(`object ${number} is not a plain object`);
    return this.readAt(entry.offset, number, entry.generation);
  }

  /** Reads the object that must stand at `offset`. */
  readAt(offset: number, number: number, generation: number): LocatedObject {
    const parser = new PdfParser(this.bytes, offset, this.bytes.length, this.#remainingValues);
    parser.skipWhitespace();
    const start = parser.position;
    if (parser.takeInteger() !== number) throw new PdfDamaged(`object ${number} is not at byte ${offset}`);
    if (parser.expectInteger() !== generation) throw new PdfDamaged(`object ${number} has another generation`);
    parser.expectKeyword('obj');
    const plain = parser.value();
    this.#remainingValues -= parser.valueCount;
    parser.skipWhitespace();
    let value: PdfValue = plain;
    if (plain.kind === 'dict' && parser.takeKeyword('stream')) value = this.#stream(parser, plain, number);
    parser.expectKeyword('endobj');
    return { number, generation, value: this.#decrypted(value, number, generation), start, end: parser.position };
  }

  #decrypted(value: PdfValue, number: number, generation: number): PdfValue {
    const { security } = this;
    const encrypt = this.trailer.entries.get('Encrypt');
    if (!security || (encrypt?.kind === 'reference' && encrypt.number === number)) return value;
    if (value.kind === 'stream' && isNamed(value.dict.entries.get('Type'), 'XRef')) return value;
    const owner = { number, generation };
    const change = (string: PdfString): PdfString => ({
      ...hexString(security.decryptString(string.bytes, owner)),
      start: string.start,
      end: string.end,
    });
    const plain = mapStrings(value, change);
    return plain.kind === 'stream' ? { ...plain, sealedAs: owner } : plain;
  }

  /** A stream's content, decrypted, with Flate and predictors undone. */
  decode(stream: PdfStream): Buffer {
    const resolve = (value: PdfValue | undefined): PdfValue => this.resolve(value);
    const { security } = this;
    const plain =
      security && stream.sealedAs
        ? { ...stream, bytes: security.decryptStream(stream.dict, stream.bytes, stream.sealedAs, resolve) }
        : stream;
    return decodeStream(plain, this.#budget, resolve);
  }

  #stream(parser: PdfParser, dict: PdfDict, number: number): PdfStream {
    const start = streamStart(parser);
    const length = this.resolve(dict.entries.get('Length'));
    if (length.kind !== 'number' || !Number.isInteger(length.value) || length.value < 0)
      throw new PdfDamaged(`stream ${number} has no length`);
    const end = start + length.value;
    if (end > this.bytes.length) throw new PdfDamaged(`stream ${number} reaches past the end of the file`);
    parser.position = end;
    parser.expectKeyword('endstream');
    return { kind: 'stream', dict, bytes: this.bytes.subarray(start, end) };
  }

  #packed(container: number, index: number, number: number): PdfValue {
    const { content, places } = this.#container(container);
    const place = places[index];
    // Some readers go by the index, others by the number: they must not find different objects.
    if (place?.number !== number) throw new PdfDamaged(`object ${number} is not in object stream ${container}`);
    const { offset } = place;
    const parser = new PdfParser(content, offset, content.length, this.#remainingValues);
    const value = detached(parser.value());
    this.#remainingValues -= parser.valueCount;
    return value;
  }

  #container(number: number): Container {
    const known = this.#containers.get(number);
    if (known) return known;
    if (this.entries.get(number)?.kind !== 'plain') throw new PdfDamaged(`object stream ${number} is missing`);
    const stream = this.object(number);
    if (stream.kind !== 'stream') throw new PdfDamaged(`object ${number} is not an object stream`);
    const count = this.entry(stream.dict, 'N');
    const first = this.entry(stream.dict, 'First');
    if (count.kind !== 'number' || first.kind !== 'number' || count.value < 0 || count.value > 1_000_000) {
      throw new PdfDamaged(`object stream ${number} has no count`);
    }
    const content = this.decode(stream);
    const header = new PdfParser(content, 0);
    const places: Container['places'][number][] = [];
    for (let index = 0; index < count.value; index++)
      places.push({ number: header.expectInteger(), offset: first.value + header.expectInteger() });
    const container = { content, places };
    this.#containers.set(number, container);
    return container;
  }
}

/** An object stream, inflated; its objects are read when somebody asks for them. */
interface Container {
  readonly content: Buffer;
  readonly places: readonly { readonly number: number; readonly offset: number }[];
}

function isNamed(value: PdfValue | undefined, expected: string): boolean {
  return value?.kind === 'name' && value.name === expected;
}

/** Places inside an object stream are not places in the file: marked so that nothing mistakes them for such. */
function detached(value: PdfValue): PdfValue {
  switch (value.kind) {
    case 'string':
      return { ...value, start: -1, end: -1 };
    case 'array':
      return { ...value, items: value.items.map(detached) };
    case 'dict':
      return { ...value, entries: new Map([...value.entries].map(([key, entry]) => [key, detached(entry)])) };
    default:
      return value;
  }
}
