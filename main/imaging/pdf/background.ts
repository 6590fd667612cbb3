/**
 * @file What is left of a page without its black ink, at about 100 dpi: paper, seals, pen, pictures. The places under
 * the ink are filled from around them, because a JPEG of letters' ghosts would be the larger half of the file.
 */
import type { Box } from '../../../preload/types.ts';
import { encodeJpeg, isGreyPicture, type EncodedImage } from './encode-jpeg.ts';
import type { BilevelImage } from './jbig2.ts';
import type { PagePixels } from './level-page.ts';

const BACKGROUND_DPI = 100;
/** Qualities tried in turn until the picture fits; the last one is taken in any case. */
const QUALITIES = [50, 42, 35, 28, 22] as const;
/** For an A4 page; other sizes in proportion to their area. */
const BUDGET_BYTES = 30_000;
const A4_SQUARE_INCHES = 8.27 * 11.69;

export interface Background extends PagePixels {
  readonly dpi: number;
  /** Pixels of the page on the side of one of its own. */
  readonly cellPx: number;
}

/**
 * @param inks taken by other layers
 * @param pictures places that show a picture of their own, in pixels of the page
 */
export function extractBackground(
  page: PagePixels,
  inks: readonly BilevelImage[],
  dpi: number,
  pictures: readonly Box[] = [],
): Background {
  const factor = Math.max(1, Math.round(dpi / BACKGROUND_DPI));
  const covered = new Uint8Array(page.width * page.height);
  for (const ink of inks) dilate(ink, Math.max(1, Math.round(dpi / 120)), covered);
  for (const [left, top, width, height] of pictures)
    for (let y = top; y < top + height; y++) covered.fill(1, y * page.width + left, y * page.width + left + width);
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
  return { data: rounded, width, height, dpi: dpi / factor, cellPx: factor };
}

/** Ink and its grey edge: a square brush of `radius` pixels, drawn run by run. */
function dilate({ data, width, height }: BilevelImage, radius: number, grown: Uint8Array): void {
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
}

interface Level {
  readonly data: Float32Array;
  readonly weight: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Pull–push: known cells are averaged into ever smaller pictures, holes take the value of the next smaller one. */
export function fillHoles(level: Level): void {
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

/**
 * The best quality that fits the budget of its size.
 * @param isFullColour see {@link encodeJpeg}
 */
export async function encodeBackground(background: Background, isFullColour: boolean): Promise<EncodedImage> {
  const squareInches = (background.width / background.dpi) * (background.height / background.dpi);
  const budget = Math.max(4_000, (BUDGET_BYTES * squareInches) / A4_SQUARE_INCHES);
  const isGrey = isGreyPicture(background);
  let encoded: EncodedImage | undefined;
  for (const quality of QUALITIES) {
    encoded = await encodeJpeg(background, quality, isGrey, isFullColour);
    if (encoded.jpeg.length <= budget) break;
  }
  return encoded as EncodedImage;
}

/** Of most of the page: its paper. Every fifth point tells enough. */
export function medianColour({ data }: PagePixels): [number, number, number] {
  return [0, 1, 2].map((channel) => {
    const histogram = new Uint32Array(256);
    let count = 0;
    for (let at = channel; at < data.length; at += 15, count++) histogram[data[at] as number]!++;
    let seen = 0;
    return histogram.findIndex((level) => (seen += level) * 2 >= count);
  }) as [number, number, number];
}
