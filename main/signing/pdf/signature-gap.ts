/**
 * @file The gap that a signature leaves for its own value: `/Contents` of a known size and a `/ByteRange` that covers the
 * whole file but it (ISO 32000-2, 12.8.1). For signatures and for time-stamps of the document alike.
 */
import { createHash } from 'node:crypto';
import { Failure } from '../../rooms/failure.ts';
import type { PdfDocument } from './document.ts';
import { sealValue, type NewObject, type Update } from './update.ts';
import { serialise, type PdfDict } from './values.ts';

/** `[0, start of <, after >, rest]`, bytes of the whole file. */
export type ByteRange = readonly [0, number, number, number];

export interface SignatureGap {
  readonly object: NewObject;
  /** Within the object's body. */
  readonly byteRangeStart: number;
  readonly contentsStart: number;
  readonly reservedBytes: number;
}

export interface OpenedGap {
  /** What goes after the input's last byte, `/ByteRange` filled in and `/Contents` all zeros. */
  readonly tail: Buffer;
  readonly byteRange: ByteRange;
  /** SHA-256 over both covered parts. */
  readonly digest: Buffer;
}

const BYTE_RANGE_WIDTH = 10;

/** @param entries of the signature dictionary, without `/ByteRange` and `/Contents` */
export function leaveGap(document: PdfDocument, number: number, entries: PdfDict, reservedBytes: number): SignatureGap {
  const { security } = document;
  const stated = security ? sealValue(security, entries, { number, generation: 0 }) : entries;
  let body = serialise(stated).toString('latin1').replace(/>>$/, '');
  body += '/ByteRange [0 ';
  const byteRangeStart = body.length;
  body += `${' '.repeat(3 * BYTE_RANGE_WIDTH + 2)}] /Contents `;
  const contentsStart = body.length;
  body += `<${'0'.repeat(reservedBytes * 2)}>>>`;
  const object = { number, generation: 0, body: Buffer.from(body, 'latin1'), isSealed: true };
  return { object, byteRangeStart, contentsStart, reservedBytes };
}

/** @param update the section that contains the gap's object */
export function openGap(document: PdfDocument, update: Update, gap: SignatureGap): OpenedGap {
  const bodyStart = update.bodyOffsets.get(gap.object.number);
  if (bodyStart === undefined) throw new Error('the section does not contain its own signature');
  const inputLength = document.bytes.length;
  const tail = update.bytes;
  const gapStart = bodyStart + gap.contentsStart;
  const gapEnd = gapStart + 2 + gap.reservedBytes * 2;
  const byteRange = [0, gapStart, gapEnd, inputLength + tail.length - gapEnd] as const;
  const written = byteRange
    .slice(1)
    .map((value) => String(value).padStart(BYTE_RANGE_WIDTH))
    .join(' ');
  tail.write(written, bodyStart - inputLength + gap.byteRangeStart, 'latin1');
  const digest = createHash('sha256')
    .update(document.bytes)
    .update(tail.subarray(0, gapStart - inputLength))
    .update(tail.subarray(gapEnd - inputLength))
    .digest();
  return { tail, byteRange, digest };
}

/**
 * Puts the CMS into the gap, in place.
 * @param bytes the file, or the part of it that begins at byte `offset`
 * @throws Failure when it does not fit
 */
export function fillGap(bytes: Buffer, byteRange: ByteRange, cms: Uint8Array, offset = 0): void {
  const [, gapStart, gapEnd] = byteRange;
  const room = gapEnd - gapStart - 2;
  if (cms.length * 2 > room)
    throw new Failure('pdf-not-signable', `signature of ${cms.length} bytes does not fit its place`);
  const digits = Buffer.from(cms).toString('hex').padEnd(room, '0');
  bytes.write(digits, gapStart + 1 - offset, 'latin1');
}
