/**
 * @file Splits a page into its black ink (a bilevel mask at full resolution, kept without loss) and everything else:
 * paper, seals, coloured ink, pictures. Coloured ink never enters the mask, so a red seal stays red.
 */
import type { BilevelImage } from './jbig2.ts';
import type { PagePixels } from './level-page.ts';

export interface InkMask extends BilevelImage {
  readonly inkPixels: number;
  /** Median colour of the ink, 0–255: a pale photocopy stays pale. */
  readonly inkColour: readonly [number, number, number];
}

/** Ink and paper as parts of the local paper brightness: between them lies the threshold, within these limits. */
const THRESHOLD_LIMITS = [0.45, 0.82] as const;
const DARKEST_SHARE = 0.005;
/** Difference of the largest and smallest channel from which ink counts as coloured. */
const COLOURED_FROM = 52;
const ALWAYS_BLACK_BELOW = 0.22;
/** Smaller specks stay in the background picture: they are noise, and noise is what costs bytes in a lossless mask. */
const MIN_SPECK_PX = 4;
const BLOCK_PX = 48;

export function separateInk(page: PagePixels): InkMask {
  const { width, height, data } = page;
  const paper = estimatePaper(page);
  const brightest = new Uint8Array(width * height);
  const histogram = new Uint32Array(256);
  forEachPixel(page, paper, (at, level, ratio) => {
    brightest[at] = level;
    histogram[Math.min(255, (ratio * 255) | 0)]!++;
  });
  const threshold = chooseThreshold(histogram, width * height);
  const mask = new Uint8Array(width * height);
  forEachPixel(page, paper, (at, level, ratio) => {
    if (ratio >= threshold) return;
    const lowest = Math.min(data[at * 3] as number, data[at * 3 + 1] as number, data[at * 3 + 2] as number);
    if (level - lowest < COLOURED_FROM || ratio < ALWAYS_BLACK_BELOW) mask[at] = 1;
  });
  removeSpecks(mask, width, height);
  return { data: mask, width, height, ...describeInk(page, mask) };
}

/** Calls back with the brightest channel and its part of the local paper brightness (bilinear between block centres). */
function forEachPixel(
  { data, width, height }: PagePixels,
  paper: PaperGrid,
  visit: (at: number, level: number, ratio: number) => void,
): void {
  const row = new Float32Array(width);
  for (let y = 0, at = 0; y < height; y++) {
    interpolateRow(paper, y, row);
    for (let x = 0; x < width; x++, at++) {
      const r = data[at * 3] as number;
      const g = data[at * 3 + 1] as number;
      const b = data[at * 3 + 2] as number;
      const level = r > g ? (r > b ? r : b) : g > b ? g : b;
      visit(at, level, level / (row[x] as number));
    }
  }
}

interface PaperGrid {
  readonly levels: Float32Array;
  readonly columns: number;
  readonly rows: number;
}

/** 80th percentile of the brightest channel per block; a block without paper (a dark picture) borrows the page's level. */
function estimatePaper({ data, width, height }: PagePixels): PaperGrid {
  const columns = Math.max(1, Math.ceil(width / BLOCK_PX));
  const rows = Math.max(1, Math.ceil(height / BLOCK_PX));
  const levels = new Float32Array(columns * rows);
  const histogram = new Uint32Array(256);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      histogram.fill(0);
      let count = 0;
      for (let y = row * BLOCK_PX; y < Math.min(height, (row + 1) * BLOCK_PX); y += 2) {
        for (let x = column * BLOCK_PX; x < Math.min(width, (column + 1) * BLOCK_PX); x += 2) {
          const at = (y * width + x) * 3;
          histogram[Math.max(data[at] as number, data[at + 1] as number, data[at + 2] as number)]!++;
          count++;
        }
      }
      levels[row * columns + column] = percentile(histogram, count, 0.8);
    }
  }
  const pageLevel = [...levels].sort((a, b) => a - b)[levels.length >> 1] ?? 255;
  for (const [index, level] of levels.entries()) levels[index] = Math.max(level, pageLevel * 0.75, 1);
  return { levels, columns, rows };
}

function interpolateRow({ levels, columns, rows }: PaperGrid, y: number, out: Float32Array): void {
  const fy = Math.min(rows - 1, Math.max(0, (y + 0.5) / BLOCK_PX - 0.5));
  const top = Math.floor(fy);
  const bottom = Math.min(rows - 1, top + 1);
  const wy = fy - top;
  for (let x = 0; x < out.length; x++) {
    const fx = Math.min(columns - 1, Math.max(0, (x + 0.5) / BLOCK_PX - 0.5));
    const left = Math.floor(fx);
    const right = Math.min(columns - 1, left + 1);
    const wx = fx - left;
    const above = (levels[top * columns + left] as number) * (1 - wx) + (levels[top * columns + right] as number) * wx;
    const below = (levels[bottom * columns + left] as number) * (1 - wx) + (levels[bottom * columns + right] as number) * wx;
    out[x] = above * (1 - wy) + below * wy;
  }
}

function chooseThreshold(histogram: Uint32Array, total: number): number {
  const ink = percentile(histogram, total, DARKEST_SHARE) / 255;
  return Math.min(THRESHOLD_LIMITS[1], Math.max(THRESHOLD_LIMITS[0], (ink + 1) / 2));
}

function percentile(histogram: Uint32Array, total: number, share: number): number {
  let seen = 0;
  for (let level = 0; level < histogram.length; level++) {
    seen += histogram[level] as number;
    if (seen >= total * share && seen > 0) return level;
  }
  return histogram.length - 1;
}

/** Removes 8-connected groups of fewer than {@link MIN_SPECK_PX} pixels. */
function removeSpecks(mask: Uint8Array, width: number, height: number): void {
  const group = new Int32Array(MIN_SPECK_PX);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      if (mask[at] !== 1) continue;
      const size = growGroup(mask, width, height, at, group);
      if (size < MIN_SPECK_PX) for (let index = 0; index < size; index++) mask[group[index] as number] = 0;
    }
  }
}

/** Size of the group around `start`, counted up to the limit; its pixels are left in `group`. */
function growGroup(mask: Uint8Array, width: number, height: number, start: number, group: Int32Array): number {
  group[0] = start;
  let size = 1;
  for (let next = 0; next < size; next++) {
    const at = group[next] as number;
    const x = at % width;
    const y = (at - x) / width;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const neighbour = ny * width + nx;
        if (mask[neighbour] === 0 || group.subarray(0, size).includes(neighbour)) continue;
        if (size === MIN_SPECK_PX) return size;
        group[size++] = neighbour;
        if (size === MIN_SPECK_PX) return size;
      }
    }
  }
  return size;
}

function describeInk({ data }: PagePixels, mask: Uint8Array): { inkPixels: number; inkColour: [number, number, number] } {
  const histograms = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)] as const;
  let inkPixels = 0;
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue;
    inkPixels++;
    for (let channel = 0; channel < 3; channel++) histograms[channel]![data[at * 3 + channel] as number]!++;
  }
  const inkColour = histograms.map((histogram) => (inkPixels === 0 ? 0 : percentile(histogram, inkPixels, 0.4)));
  return { inkPixels, inkColour: inkColour as [number, number, number] };
}
