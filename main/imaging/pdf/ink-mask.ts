/**
 * @file Splits a page into its black ink (a bilevel mask at full resolution, kept without loss) and everything else:
 * paper, seals, coloured ink, pictures. Coloured ink never enters the mask, so a red seal stays red.
 */
import type { BilevelImage } from './jbig2.ts';
import { giveBack } from '../../blobs/give-back.ts';
import { larger, smaller } from '../recognition/raster.ts';
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
  const { ratios, histogram } = compareWithPaper(page, estimatePaper(page));
  const threshold = chooseThreshold(histogram, width * height) * 255;
  const mask = new Uint8Array(width * height);
  for (let at = 0; at < mask.length; at++) {
    const ratio = ratios[at] as number;
    if (ratio >= threshold) continue;
    const r = data[at * 3] as number;
    const g = data[at * 3 + 1] as number;
    const b = data[at * 3 + 2] as number;
    if (ratio < ALWAYS_BLACK_BELOW * 255 || Math.max(r, g, b) - Math.min(r, g, b) < COLOURED_FROM) mask[at] = 1;
  }
  giveBack(ratios);
  removeSpecks(mask, width, height);
  return { data: mask, width, height, ...describeInk(page, mask) };
}

/** The brightest channel of every pixel as a part of the local paper brightness, 255 = paper. */
function compareWithPaper(
  { data, width, height }: PagePixels,
  paper: PaperGrid,
): { ratios: Uint8Array; histogram: Uint32Array } {
  const ratios = new Uint8Array(width * height);
  const histogram = new Uint32Array(256);
  const scales = new Float32Array(width);
  for (let y = 0, at = 0, from = 0; y < height; y++) {
    interpolateRow(paper, y, scales);
    for (let x = 0; x < width; x++, at++, from += 3) {
      const level = larger(larger(data[from] as number, data[from + 1] as number), data[from + 2] as number);
      const ratio = smaller((level * (scales[x] as number)) | 0, 255);
      ratios[at] = ratio;
      histogram[ratio]!++;
    }
  }
  return { ratios, histogram };
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
          histogram[larger(larger(data[at] as number, data[at + 1] as number), data[at + 2] as number)]!++;
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

/** 255 / paper brightness for every column of row `y`, bilinear between the centres of the blocks. */
function interpolateRow({ levels, columns, rows }: PaperGrid, y: number, scales: Float32Array): void {
  const fy = Math.min(rows - 1, Math.max(0, (y + 0.5) / BLOCK_PX - 0.5));
  const top = Math.floor(fy);
  const bottom = Math.min(rows - 1, top + 1);
  const blended = Float32Array.from({ length: columns }, (_, column) => {
    const above = levels[top * columns + column] as number;
    const below = levels[bottom * columns + column] as number;
    return above + (below - above) * (fy - top);
  });
  for (let x = 0; x < scales.length; x++) {
    const fx = Math.min(columns - 1, Math.max(0, (x + 0.5) / BLOCK_PX - 0.5));
    const left = fx | 0;
    const from = blended[left] as number;
    const to = blended[left + 1 < columns ? left + 1 : left] as number;
    scales[x] = 255 / (from + (to - from) * (fx - left));
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
export function removeSpecks(mask: Uint8Array, width: number, height: number): void {
  const group = new Int32Array(MIN_SPECK_PX);
  for (let at = mask.indexOf(1); at >= 0; at = mask.indexOf(1, at + 1)) {
    // Within a run of three there is nothing to look for: most ink is that wide, and this is the whole page's loop.
    while (mask[at + 1] === 1 && mask[at + 2] === 1 && (at % width) + 3 < width && mask[at + 3] === 1) at++;
    const size = growGroup(mask, width, height, at, group);
    if (size < MIN_SPECK_PX) for (let index = 0; index < size; index++) mask[group[index] as number] = 0;
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

function describeInk(
  { data }: PagePixels,
  mask: Uint8Array,
): { inkPixels: number; inkColour: [number, number, number] } {
  const histograms = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)] as const;
  let inkPixels = 0;
  const [reds, greens, blues] = histograms;
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0) continue;
    inkPixels++;
    reds[data[at * 3] as number]!++;
    greens[data[at * 3 + 1] as number]!++;
    blues[data[at * 3 + 2] as number]!++;
  }
  const inkColour = histograms.map((histogram) => (inkPixels === 0 ? 0 : percentile(histogram, inkPixels, 0.4)));
  return { inkPixels, inkColour: inkColour as [number, number, number] };
}
