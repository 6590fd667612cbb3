/**
 * @file DER as bytes: a bounded reader, which takes BER's open-ended lengths too, and a writer (X.690). Signed structures must
 * keep the very bytes that were signed, certificates included, so nothing here is decoded into objects and encoded again.
 */

export interface Asn1Node {
  /** Identifier octet, e.g. 0x30 SEQUENCE, 0xa0 context 0 constructed. */
  readonly tag: number;
  /** The whole element. */
  readonly raw: Buffer;
  readonly content: Buffer;
  /** Parsed when constructed, else empty. */
  readonly children: readonly Asn1Node[];
}

export class Asn1Error extends Error {
  override readonly name = 'Asn1Error';
}

/** Deeper than any certificate or CMS; a bomb of nested sequences stops here. */
const MAX_DEPTH = 40;
const MAX_NODES = 200_000;

/** Reads one DER element from the start of `bytes`. Bytes after it are left alone: compare `raw.length`. @throws Asn1Error */
export function readAsn1(bytes: Uint8Array): Asn1Node {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return readNode(buffer, 0, buffer.length, 0, { nodes: 0 });
}

function readNode(buffer: Buffer, start: number, limit: number, depth: number, count: { nodes: number }): Asn1Node {
  if (depth > MAX_DEPTH || ++count.nodes > MAX_NODES) throw new Asn1Error('nested too deep or too many elements');
  if (start + 2 > limit) throw new Asn1Error(`truncated at ${start}`);
  const tag = buffer[start] ?? 0;
  if ((tag & 0x1f) === 0x1f) throw new Asn1Error('tag numbers above 30 are not used here');
  if (buffer[start + 1] === 0x80 && (tag & 0x20) !== 0) return readIndefinite(buffer, start, limit, depth, count);
  const { length, headerBytes } = readLength(buffer, start + 1, limit);
  const contentStart = start + 1 + headerBytes;
  const end = contentStart + length;
  if (end > limit) throw new Asn1Error(`element at ${start} is longer than its parent`);
  const children: Asn1Node[] = [];
  if ((tag & 0x20) !== 0) {
    for (let position = contentStart; position < end;) {
      const child = readNode(buffer, position, end, depth + 1, count);
      children.push(child);
      position += child.raw.length;
    }
  }
  return { tag, raw: buffer.subarray(start, end), content: buffer.subarray(contentStart, end), children };
}

/** BER's open-ended form (X.690, 8.1.3.6), which some signers still use around the parts that matter. */
function readIndefinite(
  buffer: Buffer,
  start: number,
  limit: number,
  depth: number,
  count: { nodes: number },
): Asn1Node {
  const children: Asn1Node[] = [];
  let position = start + 2;
  while (position + 2 <= limit && !(buffer[position] === 0 && buffer[position + 1] === 0)) {
    const child = readNode(buffer, position, limit, depth + 1, count);
    children.push(child);
    position += child.raw.length;
  }
  if (position + 2 > limit) throw new Asn1Error(`element at ${start} has no end`);
  return {
    tag: buffer[start] ?? 0,
    raw: buffer.subarray(start, position + 2),
    content: buffer.subarray(start + 2, position),
    children,
  };
}

function readLength(buffer: Buffer, start: number, limit: number): { length: number; headerBytes: number } {
  const first = buffer[start] ?? 0;
  if (first < 0x80) return { length: first, headerBytes: 1 };
  const octets = first & 0x7f;
  if (octets === 0) throw new Asn1Error('indefinite length of a primitive');
  if (octets > 4 || start + 1 + octets > limit) throw new Asn1Error('length field too long');
  const length = buffer.readUIntBE(start + 1, octets);
  if (length < 0x80 || (octets > 1 && length < 2 ** (8 * (octets - 1)))) throw new Asn1Error('length is not minimal');
  return { length, headerBytes: 1 + octets };
}

/** The child at `index`, of the tag given when one is given. */
export function childOf(node: Asn1Node, index: number, tag?: number): Asn1Node {
  const child = node.children[index];
  if (!child || (tag !== undefined && child.tag !== tag)) {
    throw new Asn1Error(`expected ${tag === undefined ? 'an element' : `tag 0x${tag.toString(16)}`} at ${index}`);
  }
  return child;
}

export function readOid(node: Asn1Node): string {
  if (node.tag !== 0x06 || node.content.length === 0) throw new Asn1Error('not an object identifier');
  const arcs: number[] = [];
  let value = 0;
  for (const octet of node.content) {
    value = value * 128 + (octet & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER) throw new Asn1Error('object identifier arc too large');
    if ((octet & 0x80) === 0) {
      arcs.push(value);
      value = 0;
    }
  }
  const first = arcs[0] ?? 0;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...arcs.slice(1)].join('.');
}

/** Non-negative INTEGER up to 2^53; for versions, salt lengths and path lengths. */
export function readSmallInteger(node: Asn1Node): number {
  if (node.tag !== 0x02 || node.content.length === 0 || node.content.length > 6)
    throw new Asn1Error('not a small integer');
  return node.content.readUIntBE(0, node.content.length);
}

/** UTCTime or GeneralizedTime in Zulu form, as milliseconds since the epoch (RFC 5280, 4.1.2.5; RFC 3161 adds fractions). */
export function readTime(node: Asn1Node): number {
  const text = node.content.toString('latin1');
  const form = node.tag === 0x17 ? UTC_TIME : node.tag === 0x18 ? GENERALIZED_TIME : undefined;
  const match = form?.exec(text);
  if (!match) throw new Asn1Error(`not a time: ${text}`);
  const [, yearText = '', month, day, hour, minute, second, fraction = ''] = match;
  const year = yearText.length === 4 ? Number(yearText) : Number(yearText) + (Number(yearText) >= 50 ? 1900 : 2000);
  const date = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const instant = Date.parse(`${date}Z`);
  // The parser lets 24:00 and 30 February through as the day after.
  if (Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 19) !== date)
    throw new Asn1Error(`not a time: ${text}`);
  return instant + Math.floor(Number(`0${fraction}`) * 1000);
}
const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\.\d+)?Z$/;

/** UTCTime through 2049, GeneralizedTime after (RFC 5280, 4.1.2.5; RFC 5652, 11.3). @param ms since the epoch; fractions are cut */
export function derTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return Number(digits.slice(0, 4)) < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits));
}

/** One element's place in a buffer, nothing inside it read: for lists too long to become objects. */
export interface Asn1Place {
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
}

/** @param limit where the parent ends */
export function placeAt(buffer: Buffer, start: number, limit: number): Asn1Place {
  if (start + 2 > limit) throw new Asn1Error(`truncated at ${start}`);
  const tag = buffer[start] ?? 0;
  if ((tag & 0x1f) === 0x1f) throw new Asn1Error('tag numbers above 30 are not used here');
  const { length, headerBytes } = readLength(buffer, start + 1, limit);
  const contentStart = start + 1 + headerBytes;
  if (contentStart + length > limit) throw new Asn1Error(`element at ${start} is longer than its parent`);
  return { tag, start, contentStart, end: contentStart + length };
}

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length;
  if (size < 0x80) return Buffer.concat([Buffer.from([tag, size]), content]);
  const octets = size < 0x100 ? 1 : size < 0x10000 ? 2 : size < 0x1000000 ? 3 : 4;
  const header = Buffer.alloc(2 + octets);
  header[0] = tag;
  header[1] = 0x80 | octets;
  header.writeUIntBE(size, 2, octets);
  return Buffer.concat([header, content]);
}

export function derSequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, ...parts);
}

/** SET OF with its elements in the order that DER demands: ascending by encoding (X.690, 11.6). */
export function derSetOf(...elements: readonly Buffer[]): Buffer {
  return der(0x31, ...[...elements].sort(Buffer.compare));
}

export function derOctetString(bytes: Uint8Array): Buffer {
  return der(0x04, bytes);
}

export function derInteger(value: number): Buffer {
  if (!Number.isInteger(value) || value < 0 || value > 127) throw new RangeError(`${value} does not fit one octet`);
  return Buffer.from([0x02, 0x01, value]);
}

/** INTEGER of any size from its unsigned big-endian bytes. */
export function derUnsignedInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const magnitude = bytes.length === 0 ? Buffer.alloc(1) : bytes.subarray(start);
  return der(0x02, (magnitude[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.alloc(1), magnitude]) : magnitude);
}

export const DER_NULL: Buffer = Buffer.from([0x05, 0x00]);

export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const group = [arc % 128];
    for (let value = Math.floor(arc / 128); value > 0; value = Math.floor(value / 128))
      group.unshift((value % 128) | 0x80);
    octets.push(...group);
  }
  return der(0x06, Buffer.from(octets));
}
