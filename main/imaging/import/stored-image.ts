/**
 * @file Brings any picture sharp can read into the two shapes the rest of the program handles: JPEG (8-bit grey or sRGB)
 * and, for pages that have only two colours, PNG. A picture that already has the right shape keeps its own bytes.
 */
import sharp, { type Metadata, type Sharp } from 'sharp';
import { Failure } from '../../rooms/failure.ts';
import { dpiFromSize, knownDensity } from './density.ts';
import { failOnHugeImage, MAX_PIXELS } from './image-limits.ts';

sharp.cache(false);
sharp.concurrency(1);

export interface StoredImage {
  readonly bytes: Uint8Array;
  readonly mediaType: 'image/jpeg' | 'image/png';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
}

export interface StoredImageOptions {
  /** Page of a multi-page TIFF, from 0. */
  readonly page?: number;
  /** What the scanner was told; without it the file's density or, failing that, its size against A4 decides. */
  readonly dpi?: number;
  /** Factors for a picture whose dots are not square. */
  readonly stretch?: { readonly across: number; readonly down: number };
}

export const JPEG_QUALITY = 92;

/** The size and kind of a picture from its header alone: nothing is decoded, so a bomb costs nothing here. */
export async function readImageHeader(bytes: Uint8Array, page = 0): Promise<Metadata> {
  try {
    return await sharp(bytes, { page, limitInputPixels: false }).metadata();
  } catch (cause) {
    throw new Failure('file-damaged', firstLine(cause), { cause });
  }
}

/** @throws Failure `image-too-large` (from the header, before decoding) or `file-damaged`. */
export async function toStoredImage(bytes: Uint8Array, options: StoredImageOptions = {}): Promise<StoredImage> {
  const header = await readImageHeader(bytes, options.page);
  const upright = header.autoOrient;
  const { across, down } = options.stretch ?? { across: 1, down: 1 };
  const [widthPx, heightPx] = [Math.round(upright.width * across), Math.round(upright.height * down)];
  failOnHugeImage(widthPx, heightPx);
  const dpi = options.dpi ?? knownDensity(header.density) ?? dpiFromSize(widthPx, heightPx);
  const size = { widthPx, heightPx, dpi };
  if (isPlainJpeg(header) && hasCommonCoding(bytes)) return { bytes, mediaType: 'image/jpeg', ...size };
  const isTwoColoured = hasTwoColours(header);
  if (header.format === 'png' && isTwoColoured && !isTurned(header)) return { bytes, mediaType: 'image/png', ...size };
  const decoded = sharp(bytes, { page: options.page ?? 0, failOn: 'error', limitInputPixels: MAX_PIXELS }).autoOrient();
  // Without blending: a fax has two colours, and more would be invented.
  const picture = options.stretch ? decoded.resize(widthPx, heightPx, { fit: 'fill', kernel: 'nearest' }) : decoded;
  return isTwoColoured
    ? {
        bytes: await encode(picture.toColourspace('b-w').png({ palette: true, colours: 2, dither: 0 }), dpi),
        mediaType: 'image/png',
        ...size,
      }
    : { bytes: await encodeJpeg(picture, dpi, isGrey(header)), mediaType: 'image/jpeg', ...size };
}

/** JPEG at quality 92 with full colour resolution: red seals and blue ink keep their edges. */
export function encodeJpeg(picture: Sharp, dpi: number, isGreyPicture = false): Promise<Uint8Array> {
  const flat = picture.flatten({ background: 'white' }).toColourspace(isGreyPicture ? 'b-w' : 'srgb');
  return encode(flat.jpeg({ quality: JPEG_QUALITY, chromaSubsampling: '4:4:4' }), dpi);
}

async function encode(picture: Sharp, dpi: number): Promise<Uint8Array> {
  try {
    return await picture.withDensity(dpi).toBuffer();
  } catch (cause) {
    throw new Failure('file-damaged', firstLine(cause), { cause });
  }
}

function isPlainJpeg(header: Metadata): boolean {
  const isGreyOrRgb = header.channels === 1 || (header.channels === 3 && header.space === 'srgb');
  return header.format === 'jpeg' && isGreyOrRgb && header.depth === 'uchar' && !isTurned(header);
}

/** Baseline and progressive Huffman coding of 8 bits (ITU-T T.81, table B.1): what every viewer opens. Others are coded anew. */
function hasCommonCoding(bytes: Uint8Array): boolean {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return marker <= 0xc2 && bytes[at + 4] === 8;
    at += 2 + ((bytes[at + 2] as number) << 8) + (bytes[at + 3] as number);
  }
  return false;
}

function isTurned(header: Metadata): boolean {
  return (header.orientation ?? 1) > 1;
}

function isGrey(header: Metadata): boolean {
  return header.space === 'b-w' || header.space === 'grey16';
}

function hasTwoColours(header: Metadata): boolean {
  return header.bitsPerSample === 1 && (header.format === 'png' || header.format === 'tiff');
}

export function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.split('\n', 1)[0] ?? text;
}
