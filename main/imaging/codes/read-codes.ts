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
  readonly box: [number, number, number, number];
}

export interface ReadCodesOptions {
  /** QR codes alone unless told otherwise: each further kind costs time on every page. */
  readonly formats?: readonly ReadInputBarcodeFormat[];
  /**
   * Enlarge also when nothing was seen at the picture's own size. Otherwise that is tried only for small pictures and when
   * a code was seen but not read, because a page without a code should cost a tenth of a second, not a whole one.
   */
  readonly isThorough?: boolean;
}

const SCALES = [1, 2, 3];
/** Largest enlarged picture (four bytes a pixel inside zxing): A4 at 300 dpi twice as large. */
const ENLARGED_PIXELS = 36_000_000;
/** A4 at 150 dpi: below it a printed module may have less than the 2.5 pixels that decoding needs. */
const SMALL_PIXELS = 2_500_000;
let isPrepared: Promise<unknown> | undefined;

/**
 * Codes in reading order; empty when there are none. The text of a QR code is UTF-8, as on identity cards.
 * @throws Failure `image-too-large`, `file-damaged`.
 */
export async function readCodes(imageBytes: Uint8Array, options: ReadCodesOptions = {}): Promise<ReadCode[]> {
  const { width, height } = await readImageHeader(imageBytes);
  failOnHugeImage(width, height);
  await (isPrepared ??= prepare());
  for (const scale of SCALES) {
    if (scale > 1 && width * height * scale ** 2 > ENLARGED_PIXELS) break;
    const found = await readAtScale(imageBytes, width, scale, options.formats ?? ['QRCode']);
    const read = found.filter((code) => code.isValid);
    if (read.length > 0) return read.map((code) => toReadCode(code, scale));
    const isWorthwhile = options.isThorough || found.length > 0 || width * height <= SMALL_PIXELS;
    if (!isWorthwhile) break;
  }
  return [];
}

/** The package would fetch its WebAssembly from a public server; the file it ships is given to it instead. */
async function prepare(): Promise<void> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer }, fireImmediately: true });
}

async function readAtScale(
  bytes: Uint8Array,
  widthPx: number,
  scale: number,
  formats: readonly ReadInputBarcodeFormat[],
): Promise<ReadResult[]> {
  const { data, info } = await decode(bytes, widthPx * scale);
  const picture = {
    data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length),
    width: info.width,
    height: info.height,
    colorSpace: 'srgb',
  } as never;
  return readBarcodes(picture, {
    formats: [...formats],
    tryHarder: true,
    tryRotate: true,
    tryDownscale: true,
    tryInvert: false,
    returnErrors: true,
    characterSet: 'UTF8',
    maxNumberOfSymbols: 8,
  });
}

async function decode(bytes: Uint8Array, widthPx: number): Promise<{ data: Buffer; info: OutputInfo }> {
  try {
    return await sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS })
      .resize({ width: widthPx, kernel: 'cubic' })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
  } catch (cause) {
    throw new Failure('file-damaged', firstLine(cause), { cause });
  }
}

function toReadCode(code: ReadResult, scale: number): ReadCode {
  const { topLeft, topRight, bottomLeft, bottomRight } = code.position;
  const corners = [topLeft, topRight, bottomLeft, bottomRight];
  const xs = corners.map((corner) => corner.x / scale);
  const ys = corners.map((corner) => corner.y / scale);
  const [left, top] = [Math.floor(Math.min(...xs)), Math.floor(Math.min(...ys))];
  return {
    format: code.format,
    text: code.text,
    box: [left, top, Math.ceil(Math.max(...xs)) - left, Math.ceil(Math.max(...ys)) - top],
  };
}
