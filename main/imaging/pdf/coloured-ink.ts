/**
 * @file The coloured ink of a page (seals, red headings, blue pens) as a mask of its own at full resolution. Beside it
 * stands a small picture of the ink's colours: a seal keeps its edges from the mask and its shades from the picture.
 */
import type { Box } from '../../../preload/types.ts';
import { medianColour, type BackgroundPicture } from './background.ts';
import { larger, smaller } from '../recognition/raster.ts';
import { removeSpecks } from './ink-mask.ts';
import type { BilevelImage } from './jbig2.ts';
import type { PagePixels } from './level-page.ts';

export interface ColouredInk extends BilevelImage {
  /** What the mask covers, in whole pixels of the page. */
  readonly box: Box;
}

/** Difference of the channels, paper counted as white, from which a cell of the background may hold coloured ink. */
const CELL_FROM = 30;
/** … from which a pixel certainly is coloured ink, and from which it may be the edge of it. */
const CERTAIN_FROM = 64;
const EDGE_FROM = 26;
/** Nothing lighter is ink, however light the ink around it. */
const LIGHTEST_EDGE = 222;
/** Cells on the side of the square in which ink is compared with ink. */
const BLOCK_CELLS = 16;
const MIN_CERTAIN_PX = 10;

/**
 * @param black already taken by the black layer
 * @param background of the page without its black ink; says where to look and what the paper's colour is
 * @param pictures left alone, in pixels of the page
 */
export function separateColouredInk(
  page: PagePixels,
  black: BilevelImage,
  background: BackgroundPicture,
  pictures: readonly Box[],
): ColouredInk | null {
  const balance = whiteBalance(medianColour(background));
  const cells = findColouredCells(background, balance, pictures, page.width / background.width);
  if (!cells.includes(1)) return null;
  const grid: CellGrid = { cells, width: background.width, cellPx: background.cellPx };
  const thresholds = measureInk(page, black, grid, balance);
  const { width, height, data } = page;
  const mask = new Uint8Array(width * height);
  const [reds, greens, blues] = balance;
  forEachRun(page, grid, (from, to, block) => {
    const threshold = thresholds[block] as number;
    if (threshold === 0) return;
    for (let at = from; at < to; at++) {
      if (black.data[at] === 1) continue;
      const r = reds[data[at * 3] as number] as number;
      const g = greens[data[at * 3 + 1] as number] as number;
      const b = blues[data[at * 3 + 2] as number] as number;
      const least = smaller(smaller(r, g), b);
      const most = larger(larger(r, g), b);
      if (least <= threshold && most - least >= EDGE_FROM) mask[at] = 1;
    }
  });
  removeSpecks(mask, width, height);
  const box = boundingBox(mask, width, height);
  return box === null ? null : { data: mask, width, height, box };
}

type Balance = readonly [Uint8Array, Uint8Array, Uint8Array];

/** Tables that make the paper's colour white. */
function whiteBalance(paper: readonly [number, number, number]): Balance {
  const table = (level: number): Uint8Array =>
    Uint8Array.from({ length: 256 }, (_, value) => Math.min(255, (value * 255) / Math.max(96, level)));
  return [table(paper[0]), table(paper[1]), table(paper[2])];
}

interface CellGrid {
  readonly cells: Uint8Array;
  readonly width: number;
  readonly cellPx: number;
}

/** Cells with colour and their neighbours, outside pictures. */
function findColouredCells(
  { data, width, height }: BackgroundPicture,
  balance: Balance,
  pictures: readonly Box[],
  pagePerCell: number,
): Uint8Array {
  const cells = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const r = balance[0][data[at * 3] as number] as number;
      const g = balance[1][data[at * 3 + 1] as number] as number;
      const b = balance[2][data[at * 3 + 2] as number] as number;
      if (larger(larger(r, g), b) - smaller(smaller(r, g), b) < CELL_FROM) continue;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++)
        cells.fill(1, ny * width + Math.max(0, x - 1), ny * width + Math.min(width, x + 2));
    }
  }
  for (const [left, top, boxWidth, boxHeight] of pictures) {
    for (let y = Math.floor(top / pagePerCell); y < Math.min(height, (top + boxHeight) / pagePerCell); y++)
      cells.fill(
        0,
        y * width + Math.floor(left / pagePerCell),
        y * width + Math.min(width, Math.ceil((left + boxWidth) / pagePerCell)),
      );
  }
  return cells;
}

/** Every run of marked cells as rows of pixels, with the block it lies in: runs end where a block does. */
function forEachRun(
  { width, height }: PagePixels,
  { cells, width: cellsAcross, cellPx }: CellGrid,
  visit: (from: number, to: number, block: number) => void,
): void {
  const blocksAcross = Math.ceil(cellsAcross / BLOCK_CELLS);
  for (let cell = cells.indexOf(1); cell >= 0; cell = cells.indexOf(1, cell)) {
    const cellX = cell % cellsAcross;
    const cellY = (cell - cellX) / cellsAcross;
    const blockX = Math.floor(cellX / BLOCK_CELLS);
    const end = cell - cellX + Math.min(cellsAcross, (blockX + 1) * BLOCK_CELLS);
    const first = cell;
    while (cell < end && cells[cell] === 1) cell++;
    const left = (first - cellY * cellsAcross) * cellPx;
    const right = Math.min(width, (cell - cellY * cellsAcross) * cellPx);
    const bottom = Math.min(height, (cellY + 1) * cellPx);
    const block = Math.floor(cellY / BLOCK_CELLS) * blocksAcross + blockX;
    for (let y = cellY * cellPx; y < bottom; y++) visit(y * width + left, y * width + right, block);
  }
}

/** Per block, the level of the darkest channel half way between the ink there and paper; 0 where there is no ink. */
function measureInk(page: PagePixels, black: BilevelImage, grid: CellGrid, balance: Balance): Uint8Array {
  const across = Math.ceil(grid.width / BLOCK_CELLS);
  const down = Math.ceil(grid.cells.length / grid.width / BLOCK_CELLS);
  const [reds, greens, blues] = balance;
  const histograms = new Map<number, Uint32Array>();
  forEachRun(page, grid, (from, to, block) => {
    let histogram = histograms.get(block);
    if (!histogram) histograms.set(block, (histogram = new Uint32Array(257)));
    for (let at = from; at < to; at++) {
      if (black.data[at] === 1) continue;
      const r = reds[page.data[at * 3] as number] as number;
      const g = greens[page.data[at * 3 + 1] as number] as number;
      const b = blues[page.data[at * 3 + 2] as number] as number;
      const least = smaller(smaller(r, g), b);
      const most = larger(larger(r, g), b);
      if (most - least < CERTAIN_FROM) continue;
      histogram[least]!++;
      histogram[256]!++;
    }
  });
  const own = new Uint8Array(across * down);
  for (const [block, histogram] of histograms) {
    const total = histogram[256] as number;
    if (total < MIN_CERTAIN_PX) continue;
    let seen = 0;
    const ink = histogram.findIndex((count) => (seen += count) >= total * 0.25);
    own[block] = Math.min(LIGHTEST_EDGE, (ink + 255) >> 1);
  }
  // The last pixels of a stroke may lie in a block that has too few of them to tell.
  return own.map((level, block) => {
    if (level !== 0) return level;
    const [x, y] = [block % across, Math.floor(block / across)];
    let nearest = 0;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(down - 1, y + 1); ny++)
      for (let nx = Math.max(0, x - 1); nx <= Math.min(across - 1, x + 1); nx++)
        nearest = Math.max(nearest, own[ny * across + nx] as number);
    return nearest;
  });
}

function boundingBox(mask: Uint8Array, width: number, height: number): Box | null {
  const first = mask.indexOf(1);
  if (first < 0) return null;
  const top = Math.floor(first / width);
  const bottom = Math.floor(mask.lastIndexOf(1) / width);
  let left = width;
  let right = 0;
  for (let y = top; y <= bottom; y++) {
    const row = mask.subarray(y * width, (y + 1) * width);
    const start = row.indexOf(1);
    if (start < 0) continue;
    left = Math.min(left, start);
    right = Math.max(right, row.lastIndexOf(1));
  }
  return [left, top, right - left + 1, Math.min(height, bottom + 1) - top];
}
