/**
 * @file The syntax of PDF (ISO 32000-1, 7.2–7.5): names, strings, numbers, dates, streams, and a whole file with a
 * classic cross-reference table. An object body is the bytes between `n 0 obj` and `endobj`.
 */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export interface PdfObject {
  readonly number: number;
  readonly body: Buffer;
}

/** Hands out object numbers and keeps the bodies; used for new files and for the new section of an existing one. */
export interface ObjectList {
  readonly objects: readonly PdfObject[];
  reserve(): number;
  set(number: number, body: string | Buffer): void;
  add(body: string | Buffer): number;
}

export function createObjectList(firstNumber = 1): ObjectList {
  const objects: PdfObject[] = [];
  let next = firstNumber;
  const set = (number: number, body: string | Buffer): void => {
    objects.push({ number, body: typeof body === 'string' ? Buffer.from(body, 'latin1') : body });
  };
  return {
    objects,
    set,
    reserve: () => next++,
    add(body) {
      const number = next++;
      set(number, body);
      return number;
    },
  };
}

export function pdfReference(number: number): string {
  return `${number} 0 R`;
}

/** `/Name`, with everything outside the regular characters written as `#xx` (7.3.5). */
export function pdfName(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  return `/${[...bytes].map((byte) => (isRegular(byte) ? String.fromCharCode(byte) : `#${hexByte(byte)}`)).join('')}`;
}

function isRegular(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !'#()<>[]{}/%'.includes(String.fromCharCode(byte));
}

/** A text string: printable ASCII as it is, everything else as UTF-16BE with a byte order mark (7.9.2.2). */
export function pdfText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `(${text.replace(/[\\()]/g, '\\$&')})`;
  return `<FEFF${hexUtf16(text)}>`;
}

export function hexUtf16(text: string): string {
  let hex = '';
  for (let index = 0; index < text.length; index++) hex += text.charCodeAt(index).toString(16).padStart(4, '0');
  return hex.toUpperCase();
}

/** A real without exponent, at most four decimals: a ten-thousandth of a point is far below what any device can show. */
export function pdfNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is not a number of PDF`);
  const fixed = value.toFixed(4).replace(/\.?0+$/, '');
  return fixed === '-0' ? '0' : fixed;
}

export function pdfNumbers(...values: number[]): string {
  return values.map(pdfNumber).join(' ');
}

/** `D:20261121091005+07'00'` from an ISO 8601 instant; the offset stays the one that was given. */
export function pdfDate(iso: string): string {
  const parts = readIsoDate(iso);
  const zone = parts.offset === 'Z' ? 'Z' : `${parts.offset.slice(0, 3)}'${parts.offset.slice(4)}'`;
  return `(D:${parts.date.replaceAll('-', '')}${parts.time.replaceAll(':', '')}${zone})`;
}

/** The same instant as XMP wants it: whole seconds, offset kept. */
export function xmpDate(iso: string): string {
  const parts = readIsoDate(iso);
  return `${parts.date}T${parts.time}${parts.offset}`;
}

function readIsoDate(iso: string): { date: string; time: string; offset: string } {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(iso);
  if (!match || Number.isNaN(Date.parse(iso))) throw new RangeError(`${iso} is not an ISO 8601 time with offset`);
  const [, date = '', time = '', offset = ''] = match;
  return { date, time: time.length === 5 ? `${time}:00` : time, offset };
}

/** Stream body; `dictionary` holds the entries without `<<`, `>>` and `/Length`. */
export function pdfStream(dictionary: string, bytes: Uint8Array): Buffer {
  const head = `<<${dictionary ? `${dictionary} ` : ''}/Length ${bytes.length}>>\nstream\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes, Buffer.from('\nendstream', 'latin1')]);
}

export function deflatedStream(dictionary: string, bytes: Uint8Array | string): Buffer {
  const plain = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  return pdfStream(`${dictionary ? `${dictionary} ` : ''}/Filter /FlateDecode`, deflateSync(plain, { level: 9 }));
}

export function wrapObject(object: PdfObject): Buffer {
  return Buffer.concat([
    Buffer.from(`${object.number} 0 obj\n`, 'latin1'),
    object.body,
    Buffer.from('\nendobj\n', 'latin1'),
  ]);
}

/**
 * A complete file. `/ID` is the SHA-256 of all objects, shortened, so that equal input gives equal bytes.
 * @throws Error when an object number is missing or used twice: that is a bug of the caller.
 */
export function serialisePdf(list: ObjectList, rootNumber: number, infoNumber: number): Buffer {
  const objects = [...list.objects].sort((a, b) => a.number - b.number);
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const hash = createHash('sha256');
  let position = parts[0]?.length ?? 0;
  let table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  for (const [index, object] of objects.entries()) {
    if (object.number !== index + 1) throw new Error(`object ${index + 1} is missing or doubled`);
    const bytes = wrapObject(object);
    table += `${String(position).padStart(10, '0')} 00000 n \n`;
    position += bytes.length;
    hash.update(bytes);
    parts.push(bytes);
  }
  const id = hash.digest('hex').slice(0, 32).toUpperCase();
  const size = objects.length + 1;
  const trailer = `trailer\n<</Size ${size} /Root ${pdfReference(rootNumber)} /Info ${pdfReference(infoNumber)} /ID [<${id}> <${id}>]>>\n`;
  parts.push(Buffer.from(`${table}${trailer}startxref\n${position}\n%%EOF\n`, 'latin1'));
  return Buffer.concat(parts);
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0').toUpperCase();
}
