/** @file Pixels as baseline JPEG, the only lossy part of a page: how good depends on what is shown and on what it may cost. */
import sharp from 'sharp';
import { larger, smaller } from '../recognition/raster.ts';
import type { PagePixels } from './level-page.ts';

/** Largest difference between channels that still counts as grey, for all but a thousandth of the page. */
const GREY_TOLERANCE = 14;
/** Qualities and resolutions tried in turn until a photograph fits. Under 200 dpi nothing goes (Decree 30/2020). */
const PICTURE_STEPS = [
  { quality: 60, isReduced: false },
  { quality: 60, isReduced: true },
  { quality: 50, isReduced: true },
  { quality: 42, isReduced: true },
] as const;
const REDUCED_DPI = 200;
/** Larger ones never fit at their own resolution; trying takes seconds. */
const LARGEST_TRIED_PX = 2_000_000;

export interface EncodedImage {
  readonly jpeg: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
}

/** A photograph within a budget of bytes, as far as {@link PICTURE_STEPS} go. */
export async function encodePicture(picture: PagePixels, dpi: number, budgetBytes: number): Promise<EncodedImage> {
  const isGrey = isGreyPicture(picture);
  const canReduce = dpi > REDUCED_DPI * 1.1;
  const reduced = canReduce ? await shrink(picture, REDUCED_DPI / dpi) : picture;
  let encoded: EncodedImage | undefined;
  for (const { quality, isReduced } of PICTURE_STEPS) {
    if (!isReduced && canReduce && picture.width * picture.height > LARGEST_TRIED_PX) continue;
    if (isReduced && !canReduce && quality === PICTURE_STEPS[0].quality) continue;
    encoded = await encodeJpeg(isReduced ? reduced : picture, quality, isGrey);
    if (encoded.jpeg.length <= budgetBytes) break;
  }
  return encoded as EncodedImage;
}

async function shrink({ data, width, height }: PagePixels, scale: number): Promise<PagePixels> {
  const { data: reduced, info } = await sharp(data, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)), { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: reduced, width: info.width, height: info.height };
}

/** @param isFullColour keeps the colour of every point: thin red lines at 100 dpi would lose half of it to their neighbours */
export async function encodeJpeg(
  image: PagePixels,
  quality: number,
  isGrey = isGreyPicture(image),
  isFullColour = false,
): Promise<EncodedImage> {
  const { width, height } = image;
  let pipeline = sharp(image.data, { raw: { width, height, channels: 3 }, limitInputPixels: false });
  if (isGrey) pipeline = pipeline.toColourspace('b-w');
  const jpeg = await pipeline
    .jpeg({ quality, mozjpeg: true, progressive: false, chromaSubsampling: isFullColour ? '4:4:4' : '4:2:0' })
    .toBuffer();
  return { jpeg, width, height, isGrey };
}

export function isGreyPicture({ data, width, height }: PagePixels): boolean {
  let coloured = 0;
  for (let at = 0; at < data.length; at += 3) {
    const r = data[at] as number;
    const g = data[at + 1] as number;
    const b = data[at + 2] as number;
    if (larger(larger(r, g), b) - smaller(smaller(r, g), b) > GREY_TOLERANCE) coloured++;
  }
  return coloured <= width * height * 0.001;
}
