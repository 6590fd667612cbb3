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

export interface BackgroundPicture extends PagePixels {
  readonly dpi: number;
  /** Pixels of the page on the side of one of its own. */
  readonly cellPx: number;
}

export interface Background extends BackgroundPicture {
  /** What it was made of, to be looked at again where other layers take more of the page. */
  readonly seen: SeenCells;
}

interface SeenCells {
  /** 1 for each pixel of the page that shows ink or a picture, not paper. */
  readonly covered: Uint8Array;
  /** Averages of what is left of each cell; where nothing is, `weight` is 0 and the value comes from around it. */
  readonly level: Level;
}

/** @param black taken by the layer of black ink */
export function extractBackground(page: PagePixels, black: BilevelImage, dpi: number): Background {
  const cellPx = Math.max(1, Math.round(dpi / BACKGROUND_DPI));
  const covered = new Uint8Array(page.width * page.height);
  cover(black, dpi, covered);
  const width = Math.ceil(page.width / cellPx);
  const height = Math.ceil(page.height / cellPx);
  const data = new Float32Array(width * height * 3);
  const level: Level = { data, weight: new Uint8Array(width * height), width, height };
  averageCells(page, covered, cellPx, level, [0, 0, width, height]);
  return fillIn({ covered, level }, dpi, cellPx);
}

/**
 * The same background when more of the page belongs to other layers. Only the cells around those are looked at again; what
 * the first look had seen is taken over, and cannot be looked at a third time.
 * @param coloured ink of a layer of its own
 * @param pictures places that show a picture of their own, in pixels of the page
 */
export function takeOut(
  page: PagePixels,
  { seen, dpi, cellPx }: Background,
  coloured: (BilevelImage & { readonly box: Box }) | null,
  pictures: readonly Box[],
): Background {
  const { covered, level } = seen;
  if (coloured) cover(coloured, dpi * cellPx, covered);
  for (const [left, top, width, height] of pictures)
    for (let y = top; y < top + height; y++) covered.fill(1, y * page.width + left, y * page.width + left + width);
  const reach = brushRadius(dpi * cellPx);
  for (const [left, top, width, height] of coloured ? [coloured.box, ...pictures] : pictures) {
    const [x, y] = [Math.max(0, left - reach), Math.max(0, top - reach)].map((px) => Math.floor(px / cellPx)) as [
      number,
      number,
    ];
    const right = Math.min(level.width, Math.ceil((left + width + reach) / cellPx));
    const bottom = Math.min(level.height, Math.ceil((top + height + reach) / cellPx));
    averageCells(page, covered, cellPx, level, [x, y, right - x, bottom - y]);
  }
  return fillIn({ covered, level }, dpi * cellPx, cellPx);
}

/** @param box of cells */
function averageCells(
  page: PagePixels,
  covered: Uint8Array,
  cellPx: number,
  { data, weight, width }: Level,
  [left, top, boxWidth, boxHeight]: Box,
): void {
  const pixels = page.data;
  for (let row = top; row < top + boxHeight; row++) {
    const lastY = Math.min(page.height, (row + 1) * cellPx);
    for (let column = left; column < left + boxWidth; column++) {
      const lastX = Math.min(page.width, (column + 1) * cellPx);
      let [red, green, blue, count] = [0, 0, 0, 0];
      for (let y = row * cellPx; y < lastY; y++) {
        for (let at = y * page.width + column * cellPx, end = y * page.width + lastX; at < end; at++) {
          if (covered[at] !== 0) continue;
          count++;
          red += pixels[at * 3] as number;
          green += pixels[at * 3 + 1] as number;
          blue += pixels[at * 3 + 2] as number;
        }
      }
      const cell = row * width + column;
      weight[cell] = count === 0 ? 0 : 1;
      if (count === 0) continue;
      data[cell * 3] = red / count;
      data[cell * 3 + 1] = green / count;
      data[cell * 3 + 2] = blue / count;
    }
  }
}

function fillIn(seen: SeenCells, dpi: number, cellPx: number): Background {
  const { width, height, data } = seen.level;
  fillHoles(seen.level);
  const rounded = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) rounded[at] = (data[at] as number) + 0.5;
  return { data: rounded, width, height, dpi: dpi / cellPx, cellPx, seen };
}

function brushRadius(dpi: number): number {
  return Math.max(1, Math.round(dpi / 120));
}

/** Ink and its grey edge: a square brush, drawn run by run. */
function cover({ data, width, height }: BilevelImage, dpi: number, covered: Uint8Array): void {
  const radius = brushRadius(dpi);
  for (let at = data.indexOf(1); at >= 0; at = data.indexOf(1, at)) {
    const y = Math.floor(at / width);
    const end = (y + 1) * width;
    const first = at;
    while (at < end && data[at] === 1) at++;
    const from = Math.max(0, first - radius - y * width);
    const to = Math.min(width, at + radius - y * width);
    for (let ny = Math.max(0, y - radius); ny <= Math.min(height - 1, y + radius); ny++) {
      covered.fill(1, ny * width + from, ny * width + to);
    }
  }
}

interface Level {
  /** Three values a cell. */
  readonly data: Float32Array;
  /** 0 where nothing is known. */
  readonly weight: Uint8Array;
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
  for (let cell = level.weight.indexOf(0); cell >= 0; cell = level.weight.indexOf(0, cell + 1)) {
    const x = cell % level.width;
    const y = (cell - x) / level.width;
    const from = (y >> 1) * smaller.width + (x >> 1);
    for (let channel = 0; channel < 3; channel++)
      level.data[cell * 3 + channel] = smaller.data[from * 3 + channel] as number;
  }
}

function halve({ data, weight, width, height }: Level): Level {
  const smaller: Level = {
    width: (width + 1) >> 1,
    height: (height + 1) >> 1,
    data: new Float32Array(((width + 1) >> 1) * ((height + 1) >> 1) * 3),
    weight: new Uint8Array(((width + 1) >> 1) * ((height + 1) >> 1)),
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
export async function encodeBackground(background: BackgroundPicture, isFullColour: boolean): Promise<EncodedImage> {
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
