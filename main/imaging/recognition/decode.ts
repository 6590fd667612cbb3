/**
 * @file Image bytes → pixels, with the limits that keep a hostile file from taking the machine. Sizes are read from the
 * header and refused before a pixel is decoded.
 */
import sharp from 'sharp';
import { Failure } from '../../rooms/failure.ts';
import { failOnHugeImage, MAX_PIXELS } from '../import/image-limits.ts';
import type { ColourImage } from './raster.ts';

/** What capture deposits. SVG and the rest of what libvips reads stay out: they can name other files. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'tiff', 'webp']);
const DECODE_TIMEOUT_S = 30;
/** Recognition needs no more than 300 dpi of an A3 sheet; larger images are read smaller. */
const MAX_WORKING_SIDE_PX = 5_000;

export interface DecodedPage {
  readonly image: ColourImage;
  /** Size as any viewer shows the stored file (its EXIF orientation applied). */
  readonly storedWidthPx: number;
  readonly storedHeightPx: number;
}

export async function decodePage(bytes: Uint8Array): Promise<DecodedPage> {
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
  try {
    let pipeline = sharp(bytes, { ...options, limitInputPixels: MAX_PIXELS }).timeout({ seconds: DECODE_TIMEOUT_S }).autoOrient();
    if (Math.max(size.width, size.height) > MAX_WORKING_SIDE_PX) {
      pipeline = pipeline.resize({ width: MAX_WORKING_SIDE_PX, height: MAX_WORKING_SIDE_PX, fit: 'inside' });
    }
    const { data, info } = await pipeline
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return {
      image: { data: asThreeChannels(data, info.channels), width: info.width, height: info.height },
      storedWidthPx: size.width,
      storedHeightPx: size.height,
    };
  } catch (cause) {
    throw new Failure('file-damaged', describe(cause), { cause });
  }
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
