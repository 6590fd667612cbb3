/** @file QR codes and barcodes of a picture, by zxing compiled to WebAssembly: offline, nothing native near hostile input. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import { prepareZXingModule, readBarcodes, type ReadInputBarcodeFormat, type ReadResult } from 'zxing-wasm/reader';
import { giveBack } from '../../blobs/give-back.ts';
import { Failure } from '../../rooms/failure.ts';
import { failOnHugeImage, MAX_PIXELS } from '../import/image-limits.ts';
import { firstLine, readImageHeader } from '../import/stored-image.ts';
import type { ColourImage } from '../recognition/raster.ts';

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
  /** Where a code is likely (a card lies there), pixels of the picture: looked at enlarged when none was read in them. */
  readonly areas?: readonly Area[];
  /** The picture itself, for the first look: saves decoding it once more. */
  readonly decoded?: ColourImage;
}

type Area = readonly [left: number, top: number, width: number, height: number];
type Box = [left: number, top: number, width: number, height: number];

/** One way to look again: enlarged, its grain smoothed, black told from white by another rule of zxing's. */
interface Look {
  readonly scale: number;
  readonly smoothing?: number;
  readonly binarizer?: 'LocalAverage' | 'GlobalHistogram';
}

interface Found {
  readonly read: ReadCode[];
  /** Seen, but not to be read: pixels of the picture. */
  readonly unread: Box[];
}

const PLAIN: Look = { scale: 1 };
/** For the whole picture; each costs as much as the first look times the square of its scale. */
const LOOKS: readonly Look[] = [{ scale: 2 }, { scale: 3 }];
/** For a small area. A copier's dots vanish when smoothed; weak print stands out against its whole surroundings. */
const CLOSE_LOOKS: readonly Look[] = [
  { scale: 2 },
  { scale: 3 },
  { scale: 2, smoothing: 1.2 },
  { scale: 3, smoothing: 1.6 },
  { scale: 4, smoothing: 2.4 },
  { scale: 2, smoothing: 0.8, binarizer: 'GlobalHistogram' },
  { scale: 3, smoothing: 2.2, binarizer: 'GlobalHistogram' },
];
/** Largest picture after enlarging (four bytes a pixel inside zxing): A4 at 200 dpi twice, at 150 dpi three times as large. */
const ENLARGED_PIXELS = 20_000_000;
/** Where a card lies, but perhaps no code: a card at 300 dpi twice, at 200 dpi three times as large. */
const LIKELY_PIXELS = 4_000_000;
/** A4 at 150 dpi: below it a printed module may have less than the 2.5 pixels that decoding needs. */
const SMALL_PIXELS = 2_500_000;
/** Paper around a code that was seen, as a share of its size: the quiet zone, and what the first look missed. */
const MARGIN = 0.35;
/** A hostile page may be covered with codes. */
const MOST_AREAS = 6;
const MOST_CODES = 16;
/** The most letters that a symbol of version 40 holds; a card's have 200. */
const MOST_CHARACTERS = 7_089;
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
  const first = await lookFirst(imageBytes, options.decoded, whole, formats);
  const read = [...first.read];
  const likely = (options.areas ?? []).map((area) => clip(area, width, height));
  const seen = first.unread.map((box) => withMargin(box, width, height));
  for (const area of [...seen, ...likely].slice(0, MOST_AREAS)) {
    if (read.some(({ box }) => isMiddleIn(box, area))) continue;
    const pixels = seen.includes(area) ? ENLARGED_PIXELS : LIKELY_PIXELS;
    addNew(read, await lookCloser(imageBytes, area, formats, pixels));
  }
  const isWorthwhile = options.isThorough === true || width * height <= SMALL_PIXELS;
  for (const look of isWorthwhile ? LOOKS : []) {
    if (read.length > 0) break;
    if (width * height * look.scale ** 2 <= ENLARGED_PIXELS)
      addNew(read, (await readArea(openPicture(imageBytes), whole, look, formats)).read);
  }
  return read.slice(0, MOST_CODES);
}

async function lookFirst(
  bytes: Uint8Array,
  decoded: ColourImage | undefined,
  whole: Box,
  formats: readonly ReadInputBarcodeFormat[],
): Promise<Found> {
  if (!decoded) return readArea(openPicture(bytes), whole, PLAIN, formats);
  const { width, height } = decoded;
  const data = withOpacity(decoded.data);
  const found = await search({ data, width, height }, whole, PLAIN, formats);
  giveBack(data);
  return found;
}

function withOpacity(colours: Uint8Array): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray((colours.length / 3) * 4);
  for (let from = 0, to = 0; from < colours.length; from += 3, to += 4) {
    pixels[to] = colours[from] as number;
    pixels[to + 1] = colours[from + 1] as number;
    pixels[to + 2] = colours[from + 2] as number;
    pixels[to + 3] = 255;
  }
  return pixels;
}

/** The area is decoded once and looked at in several ways, none larger than `pixels`. */
async function lookCloser(
  bytes: Uint8Array,
  area: Box,
  formats: readonly ReadInputBarcodeFormat[],
  pixels: number,
): Promise<readonly ReadCode[]> {
  const looks = CLOSE_LOOKS.filter(({ scale }) => area[2] * area[3] * scale ** 2 <= pixels);
  if (looks.length === 0) return [];
  const { data, info } = await decode(openPicture(bytes).extract(extent(area)));
  const { width, height, channels } = info;
  for (const look of looks) {
    const { read } = await readArea(sharp(data, { raw: { width, height, channels } }), area, look, formats);
    if (read.length > 0) return read;
  }
  return [];
}

function addNew(known: ReadCode[], found: readonly ReadCode[]): void {
  for (const code of found)
    if (!known.some(({ text, box }) => text === code.text && isMiddleIn(code.box, box))) known.push(code);
}

function isMiddleIn([x, y, width, height]: Area, [left, top, wide, high]: Area): boolean {
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  return middleX >= left && middleX <= left + wide && middleY >= top && middleY <= top + high;
}

function clip([left, top, wide, high]: Area, width: number, height: number): Box {
  const x = Math.min(width - 1, Math.max(0, Math.floor(left)));
  const y = Math.min(height - 1, Math.max(0, Math.floor(top)));
  return [x, y, Math.max(1, Math.min(width - x, Math.ceil(wide))), Math.max(1, Math.min(height - y, Math.ceil(high)))];
}

/** The package would fetch its WebAssembly from a public server; the file it ships is given to it instead. */
async function prepare(): Promise<void> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer }, fireImmediately: true });
}

async function readArea(
  picture: Sharp,
  area: Box,
  look: Look,
  formats: readonly ReadInputBarcodeFormat[],
): Promise<Found> {
  const { scale } = look;
  const enlarged = scale === 1 ? picture : picture.resize({ width: area[2] * scale, kernel: 'cubic' });
  const { data, info } = await decode(look.smoothing === undefined ? enlarged : enlarged.blur(look.smoothing));
  const pixels = new Uint8ClampedArray(data.buffer, data.byteOffset, data.length);
  return search({ data: pixels, width: info.width, height: info.height }, area, look, formats);
}

/** @param image four bytes a pixel, `look.scale` times as large as the area */
async function search(
  image: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number },
  area: Box,
  look: Look,
  formats: readonly ReadInputBarcodeFormat[],
): Promise<Found> {
  // What zxing needs of an ImageData, which Node does not have.
  const found = await readBarcodes({ ...image, colorSpace: 'srgb' } as never, {
    formats: [...formats],
    tryHarder: true,
    tryRotate: true,
    tryDownscale: true,
    tryInvert: false,
    returnErrors: true,
    characterSet: 'UTF8',
    maxNumberOfSymbols: 8,
    binarizer: look.binarizer ?? 'LocalAverage',
  });
  const read = found.filter((code) => code.isValid && code.text.length <= MOST_CHARACTERS);
  return {
    read: read.map((code) => ({ format: code.format, text: code.text, box: boxOf(code, area, look.scale) })),
    unread: found.filter((code) => !code.isValid).map((code) => boxOf(code, area, look.scale)),
  };
}

function openPicture(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS });
}

function extent([left, top, width, height]: Box): { left: number; top: number; width: number; height: number } {
  return { left, top, width, height };
}

/** Four bytes a pixel, as zxing wants them. */
async function decode(picture: Sharp): Promise<{ data: Buffer; info: OutputInfo }> {
  try {
    return await picture
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
