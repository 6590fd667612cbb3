/**
 * @file Image bytes → pixels, with the limits that keep a hostile file from taking the machine. Sizes are read from the
 * header and refused before a pixel is decoded.
 */
import sharp from 'sharp';
import { Failure } from '../../rooms/failure.ts';
import { dpiFromSize } from '../import/density.ts';
import { failOnHugeImage, MAX_PIXELS } from '../import/image-limits.ts';
import type { ColourImage } from './raster.ts';

/** What capture deposits. SVG and the rest of what libvips reads stay out: they can name other files. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'tiff', 'webp']);
const DECODE_TIMEOUT_S = 30;
/** Finer scans are decoded at the resolution that recognition works at: less memory, no aliasing later. */
const FINEST_USEFUL_DPI = 330;
const WORKING_DPI = 300;
/** An A3 sheet at 300 dpi; whatever claims to be larger is read smaller. */
const MAX_WORKING_SIDE_PX = 5_000;

export interface DecodedPage {
  readonly image: ColourImage;
  /** Resolution of `image`. */
  readonly dpi: number;
  /** Resolution of the stored file. */
  readonly storedDpi: number;
  /** Size as any viewer shows the stored file (its EXIF orientation applied). */
  readonly storedWidthPx: number;
  readonly storedHeightPx: number;
}

/**
 * @param claimedDpi what the scanner was told; what cannot be true (0, the 72 of a telephone) is replaced by the size
 *   against A4
 * @throws Failure `file-empty`, `file-not-supported`, `image-too-large`, `file-damaged`
 */
export async function decodePage(bytes: Uint8Array, claimedDpi = 0): Promise<DecodedPage> {
  if (bytes.length === 0) throw new Failure('file-empty');
  const options = { limitInputPixels: false, failOn: 'error' } as const;
  let size: { width: number; height: number };
  try {
    const metadata = await sharp(bytes, options).metadata();
    if (!FORMATS.has(metadata.format)) throw new Error(`${metadata.format} is not a page image`);
    size = metadata.autoOrient;
  } catch (cause) {
    throw new Failure('file-not-supported', describe(cause), { cause });
  }
  failOnHugeImage(size.width, size.height);
  const storedDpi = claimedDpi >= 100 && claimedDpi <= 1200 ? claimedDpi : dpiFromSize(size.width, size.height);
  try {
    let pipeline = sharp(bytes, { ...options, limitInputPixels: MAX_PIXELS })
      .timeout({ seconds: DECODE_TIMEOUT_S })
      .autoOrient();
    const factor = workingShare(storedDpi, Math.max(size.width, size.height));
    if (factor < 1) pipeline = pipeline.resize({ width: Math.max(1, Math.round(size.width * factor)) });
    const { data, info } = await pipeline
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return {
      image: { data: asThreeChannels(data, info.channels), width: info.width, height: info.height },
      dpi: (storedDpi * info.width) / size.width,
      storedDpi,
      storedWidthPx: size.width,
      storedHeightPx: size.height,
    };
  } catch (cause) {
    throw new Failure('file-damaged', describe(cause), { cause });
  }
}

function workingShare(storedDpi: number, longSidePx: number): number {
  const byDpi = storedDpi > FINEST_USEFUL_DPI ? WORKING_DPI / storedDpi : 1;
  return Math.min(byDpi, MAX_WORKING_SIDE_PX / longSidePx, 1);
}

function asThreeChannels(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data;
  const pixels = data.length / channels;
  const colour = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) colour.fill(data[pixel * channels] as number, pixel * 3, pixel * 3 + 3);
  return colour;
}

function describe(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
