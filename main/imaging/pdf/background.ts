/**
 * @file What is left of a page without its black ink, at about 100 dpi: paper, seals, pen, pictures. The places under
 * the ink are filled from around them, because a JPEG of letters' ghosts would be the larger half of the file.
 */
import sharp from 'sharp';
import type { BilevelImage } from './jbig2.ts';
import type { PagePixels } from './level-page.ts';

const BACKGROUND_DPI = 100;
/** Qualities tried in turn until the picture fits; the last one is taken in any case. */
const QUALITIES = [50, 42, 35, 28, 22] as const;
/** For an A4 page; other sizes in proportion to their area. */
const BUDGET_BYTES = 30_000;
const A4_SQUARE_INCHES = 8.27 * 11.69;
/** Largest difference between channels that still counts as grey, for all but a thousandth of the page. */
const GREY_TOLERANCE = 14;

export interface EncodedImage {
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
  readonly isGrey: boolean;
}

export interface Background extends PagePixels {
  readonly dpi: number;
}

export function extractBackground(page: PagePixels, mask: BilevelImage, dpi: number): Background {
  const factor = Math.max(1, Math.round(dpi / BACKGROUND_DPI));
  const covered = dilate(mask, Math.max(1, Math.round(dpi / 120)));
  const width = Math.ceil(page.width / factor);
  const height = Math.ceil(page.height / factor);
  const data = new Float32Array(width * height * 3);
  const weight = new Float32Array(width * height);
  const pixels = page.data;
  for (let y = 0, at = 0; y < page.height; y++) {
    let cell = Math.floor(y / factor) * width;
    for (let x = 0, step = 0; x < page.width; x++, at++) {
      if (covered[at] === 0) {
        weight[cell]!++;
        data[cell * 3]! += pixels[at * 3] as number;
        data[cell * 3 + 1]! += pixels[at * 3 + 1] as number;
        data[cell * 3 + 2]! += pixels[at * 3 + 2] as number;
      }
      if (++step === factor) {
        step = 0;
        cell++;
      }
    }
  }
  for (let cell = 0; cell < weight.length; cell++) {
    const count = weight[cell] as number;
    if (count === 0) continue;
    for (let channel = 0; channel < 3; channel++) data[cell * 3 + channel]! /= count;
    weight[cell] = 1;
  }
  fillHoles({ data, weight, width, height });
  const rounded = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) rounded[at] = (data[at] as number) + 0.5;
  return { data: rounded, width, height, dpi: dpi / factor };
}

/** Ink and its grey edge: a square brush of `radius` pixels, drawn run by run. */
function dilate({ data, width, height }: BilevelImage, radius: number): Uint8Array {
  const grown = new Uint8Array(data.length);
  for (let at = data.indexOf(1); at >= 0; at = data.indexOf(1, at)) {
    const y = Math.floor(at / width);
    const end = (y + 1) * width;
    const first = at;
    while (at < end && data[at] === 1) at++;
    const from = Math.max(0, first - radius - y * width);
    const to = Math.min(width, at + radius - y * width);
    for (let ny = Math.max(0, y - radius); ny <= Math.min(height - 1, y + radius); ny++) {
      grown.fill(1, ny * width + from, ny * width + to);
    }
  }
  return grown;
}

interface Level {
  readonly data: Float32Array;
  readonly weight: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Pull–push: known cells are averaged into ever smaller pictures, holes take the value of the next smaller one. */
function fillHoles(level: Level): void {
  if (!level.weight.includes(0)) return;
  if (level.width === 1 && level.height === 1) {
    if (level.weight[0] === 0) level.data.fill(255);
    return;
  }
  const smaller = halve(level);
  fillHoles(smaller);
  for (let y = 0; y < level.height; y++) {
    for (let x = 0; x < level.width; x++) {
      const cell = y * level.width + x;
      if (level.weight[cell] !== 0) continue;
      const from = (y >> 1) * smaller.width + (x >> 1);
      for (let channel = 0; channel < 3; channel++) {
        level.data[cell * 3 + channel] = smaller.data[from * 3 + channel] as number;
      }
    }
  }
}

function halve({ data, weight, width, height }: Level): Level {
  const smaller: Level = {
    width: (width + 1) >> 1,
    height: (height + 1) >> 1,
    data: new Float32Array(((width + 1) >> 1) * ((height + 1) >> 1) * 3),
    weight: new Float32Array(((width + 1) >> 1) * ((height + 1) >> 1)),
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = y * width + x;
      if (weight[cell] === 0) continue;
      const to = (y >> 1) * smaller.width + (x >> 1);
      smaller.weight[to]!++;
      for (let channel = 0; channel < 3; channel++)
        smaller.data[to * 3 + channel]! += data[cell * 3 + channel] as number;
    }
  }
  for (let cell = 0; cell < smaller.weight.length; cell++) {
    const count = smaller.weight[cell] as number;
    if (count === 0) continue;
    for (let channel = 0; channel < 3; channel++) smaller.data[cell * 3 + channel]! /= count;
    smaller.weight[cell] = 1;
  }
  return smaller;
}

/** The best quality that fits the budget of its size. */
export async function encodeBackground(background: Background): Promise<EncodedImage> {
  const squareInches = (background.width / background.dpi) * (background.height / background.dpi);
  const budget = Math.max(4_000, (BUDGET_BYTES * squareInches) / A4_SQUARE_INCHES);
  const isGrey = isGreyPicture(background);
  let encoded: EncodedImage | undefined;
  for (const quality of QUALITIES) {
    encoded = await encodeJpeg(background, quality, isGrey, true);
    if (encoded.jpeg.length <= budget) break;
  }
  return encoded as EncodedImage;
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
    if (Math.max(r, g, b) - Math.min(r, g, b) > GREY_TOLERANCE) coloured++;
  }
  return coloured <= width * height * 0.001;
}
