/** @file QR codes and barcodes of a picture, by zxing compiled to WebAssembly: offline, nothing native near hostile input. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sharp, { type OutputInfo } from 'sharp';
import { prepareZXingModule, readBarcodes, type ReadInputBarcodeFormat, type ReadResult } from 'zxing-wasm/reader';
import { Failure } from '../../rooms/failure.ts';
import { failOnHugeImage, MAX_PIXELS } from '../import/image-limits.ts';
import { firstLine, readImageHeader } from '../import/stored-image.ts';

export interface ReadCode {
  /** zxing's name: `QRCode`, `Code128`, … */
  readonly format: string;
  readonly text: string;
  /** Pixels of the picture as stored, x right, y down: left, top, width, height. */
  readonly box: Box;
}

export interface ReadCodesOptions {
  /** QR codes alone unless told otherwise: each further kind costs time on every page. */
  readonly formats?: readonly ReadInputBarcodeFormat[];
  /**
   * Enlarge the whole picture also when nothing was seen at its own size. Otherwise only small pictures are enlarged, because
   * a page without a code should cost a tenth of a second. Around a code that was seen but not read it is always tried.
   */
  readonly isThorough?: boolean;
}

type Box = [left: number, top: number, width: number, height: number];

const ENLARGED = [2, 3];
/** Largest picture after enlarging (four bytes a pixel inside zxing): A4 at 200 dpi twice, at 150 dpi three times as large. */
const ENLARGED_PIXELS = 20_000_000;
/** A4 at 150 dpi: below it a printed module may have less than the 2.5 pixels that decoding needs. */
const SMALL_PIXELS = 2_500_000;
/** Paper around a code that was seen, as a share of its size: the quiet zone, and what the first look missed. */
const MARGIN = 0.35;
let isPrepared: Promise<unknown> | undefined;

/**
 * The codes of a picture; empty when there are none. The text of a QR code is UTF-8, as on identity cards.
 * @throws Failure `image-too-large`, `file-damaged`.
 */
export async function readCodes(imageBytes: Uint8Array, options: ReadCodesOptions = {}): Promise<ReadCode[]> {
  const { width, height } = await readImageHeader(imageBytes);
  failOnHugeImage(width, height);
  await (isPrepared ??= prepare());
  const formats = options.formats ?? ['QRCode'];
  const whole: Box = [0, 0, width, height];
  const first = await readArea(imageBytes, whole, 1, formats);
  if (first.read.length > 0) return first.read;
  const around = first.unread.map((box) => withMargin(box, width, height));
  const isWorthwhile = options.isThorough === true || width * height <= SMALL_PIXELS;
  for (const scale of ENLARGED) {
    const read: ReadCode[] = [];
    for (const area of [...around, ...(isWorthwhile ? [whole] : [])]) {
      if (area[2] * area[3] * scale ** 2 > ENLARGED_PIXELS) continue;
      if (read.length === 0 || area !== whole) read.push(...(await readArea(imageBytes, area, scale, formats)).read);
    }
    if (read.length > 0) return read;
  }
  return [];
}

/** The package would fetch its WebAssembly from a public server; the file it ships is given to it instead. */
async function prepare(): Promise<void> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer }, fireImmediately: true });
}

async function readArea(
  bytes: Uint8Array,
  area: Box,
  scale: number,
  formats: readonly ReadInputBarcodeFormat[],
): Promise<{ read: ReadCode[]; unread: Box[] }> {
  const { data, info } = await decode(bytes, area, scale);
  const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  // What zxing needs of an ImageData, which Node does not have.
  const picture = { data: pixels, width: info.width, height: info.height, colorSpace: 'srgb' } as never;
  const found = await readBarcodes(picture, {
    formats: [...formats],
    tryHarder: true,
    tryRotate: true,
    tryDownscale: true,
    tryInvert: false,
    returnErrors: true,
    characterSet: 'UTF8',
    maxNumberOfSymbols: 8,
  });
  const read = found.filter((code) => code.isValid);
  return {
    read: read.map((code) => ({ format: code.format, text: code.text, box: boxOf(code, area, scale) })),
    unread: found.filter((code) => !code.isValid).map((code) => boxOf(code, area, scale)),
  };
}

async function decode(
  bytes: Uint8Array,
  [left, top, width, height]: Box,
  scale: number,
): Promise<{ data: Buffer; info: OutputInfo }> {
  try {
    return await sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS })
      .extract({ left, top, width, height })
      .resize({ width: width * scale, kernel: 'cubic' })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (cause) {
    throw new Failure('file-damaged', firstLine(cause), { cause });
  }
}

/** Smallest upright box around the corners, in pixels of the whole picture. */
function boxOf(code: ReadResult, area: Box, scale: number): Box {
  const { topLeft, topRight, bottomLeft, bottomRight } = code.position;
  const corners = [topLeft, topRight, bottomLeft, bottomRight];
  const xs = corners.map((corner) => area[0] + corner.x / scale);
  const ys = corners.map((corner) => area[1] + corner.y / scale);
  const left = Math.floor(Math.min(...xs));
  const top = Math.floor(Math.min(...ys));
  return [left, top, Math.ceil(Math.max(...xs)) - left, Math.ceil(Math.max(...ys)) - top];
}

function withMargin([left, top, width, height]: Box, pictureWidth: number, pictureHeight: number): Box {
  const margin = Math.ceil(Math.max(width, height) * MARGIN) + 8;
  const x = Math.max(0, left - margin);
  const y = Math.max(0, top - margin);
  return [
    x,
    y,
    Math.max(1, Math.min(pictureWidth, left + width + margin) - x),
    Math.max(1, Math.min(pictureHeight, top + height + margin) - y),
  ];
}
