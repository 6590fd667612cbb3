/**
 * @file Titles printed in red: the ink channel lifts them away with the seals, so the head of a page whose title was not
 * found is looked at once more in grey, but only where it is red. A page without red costs a look at its cells.
 */
import type { Box } from '../../../preload/types.ts';
import { findPatches } from '../page-shape/patches.ts';
import { onlyAreas } from './areas.ts';
import { cropLevel, smooth } from './crop.ts';
import type { DecodedPage } from './decode.ts';
import { flattenBackground } from './flatten.ts';
import { toPreparedBox, unionBox } from './geometry.ts';
import { buildLines, type TextLine } from './lines.ts';
import type { OcrPool } from './ocr-pool.ts';
import { movedRow } from './ocr-rows.ts';
import type { PageReading } from './read-page.ts';
import { greyChannel, larger, type ColourImage } from './raster.ts';

/** The share of the page that can hold its title. */
const HEAD_SHARE = 0.45;
/** Letters of a title, and the words of it, stand nearer to each other than this. */
const CELL_MM = 2.5;
/** What red has over the other planes, more than the paper has: the noise of a JPEG has less than 15, faded print still 60. */
const RED_FROM = 40;
/** Of the pixels of a cell, so that specks do not count. */
const RED_SHARE = 0.03;
const STEP_PX = 2;
/** A prime: no pattern of the paper keeps step with it. */
const SAMPLE_STEP = 41;
/** Cells; the dot of an i has one. */
const LEAST_CELLS = 2;
const BORDER_PX = 14;

/**
 * The reading with the lines that are there only when colour is kept. What was read already stays as it is.
 * @param reading of the ink channel of the same page
 */
export async function addColouredHeading(
  reading: PageReading,
  page: DecodedPage,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<PageReading> {
  const { geometry } = reading;
  const scale = page.storedWidthPx / page.image.width;
  const areas = findRedAreas(page.image, page.dpi)
    .map(([x, y, width, height]) => toPreparedBox(geometry, [x * scale, y * scale, width * scale, height * scale]))
    .flatMap((area) => inHead(area, geometry.preparedHeightPx * HEAD_SHARE));
  const around = unionBox(areas);
  if (around === null) return reading;
  const plane = flattenBackground(greyChannel(page.image));
  const piece = cropLevel(plane, geometry, around, 1, BORDER_PX);
  if (piece === null) return reading;
  const [left, top] = [around[0] - BORDER_PX, around[1] - BORDER_PX];
  const shown = onlyAreas(
    smooth(piece, 1),
    areas.map(([x, y, width, height]): Box => [x - left, y - top, width, height]),
  );
  const { rows } = await pool.recognise(shown, page.dpi * (geometry.scale * scale), signal);
  const added = buildLines(rows.map((row) => movedRow(row, left, top))).filter(
    (line) => isBelievable(line) && !reading.lines.some((known) => areOnTop(known, line)),
  );
  if (added.length === 0) return reading;
  return { ...reading, lines: [...reading.lines, ...added].sort((a, b) => a.baselineY - b.baselineY) };
}

/** The part of an area that lies above the end of the head: a frame or a seal may reach down from a title. */
function inHead([x, y, width, height]: Box, end: number): Box[] {
  return y < end ? [[x, y, width, Math.min(height, end - y)]] : [];
}

/** Where print is red, pixels of the image; what stands near each other is one area. */
export function findRedAreas({ data, width, height }: ColourImage, dpi: number): Box[] {
  const cellPx = Math.max(STEP_PX, Math.round((CELL_MM / 25.4) * dpi));
  const [across, down] = [Math.ceil(width / cellPx), Math.ceil(height / cellPx)];
  const counts = new Uint16Array(across * down);
  const from = RED_FROM + paperRedness({ data, width, height });
  for (let y = 0; y < height; y += STEP_PX) {
    const row = Math.floor(y / cellPx) * across;
    for (let x = 0; x < width; x += STEP_PX) {
      if (redness(data, (y * width + x) * 3) >= from) counts[row + Math.floor(x / cellPx)]!++;
    }
  }
  const least = RED_SHARE * (cellPx / STEP_PX) ** 2;
  const marked = new Uint8Array(counts.length);
  for (let row = 0, cell = 0; row < down; row++) {
    for (let column = 0; column < across; column++, cell++) {
      if ((counts[cell] as number) < least) continue;
      // With its neighbours: a mark above a capital lies in the next cell, and has fewer pixels than count.
      for (let near = Math.max(0, row - 1); near <= Math.min(down - 1, row + 1); near++)
        marked.fill(1, near * across + Math.max(0, column - 1), near * across + Math.min(across, column + 2));
    }
  }
  return findPatches(marked, across, down, LEAST_CELLS).map(({ left, top, right, bottom }): Box => [
    left * cellPx,
    top * cellPx,
    (right - left) * cellPx,
    (bottom - top) * cellPx,
  ]);
}

/** What red has over the other planes, 0–255. */
function redness(data: Uint8Array, at: number): number {
  return larger((data[at] as number) - larger(data[at + 1] as number, data[at + 2] as number), 0);
}

/** Of most of the page: pink and cream paper is no red print. */
function paperRedness({ data, width, height }: ColourImage): number {
  const counts = new Uint32Array(256);
  let samples = 0;
  for (let pixel = 0; pixel < width * height; pixel += SAMPLE_STEP, samples++) counts[redness(data, pixel * 3)]!++;
  let seen = 0;
  return counts.findIndex((count) => (seen += count) * 2 >= samples);
}

function isBelievable(line: TextLine): boolean {
  const mean = line.words.reduce((sum, word) => sum + word.confidence, 0) / line.words.length;
  return mean >= 70 && line.words.some((word) => /\p{L}{2}/u.test(word.text));
}

function areOnTop(known: TextLine, line: TextLine): boolean {
  const isSameRow = Math.abs(known.baselineY - line.baselineY) < Math.min(known.heightPx, line.heightPx) * 0.7;
  return (
    isSameRow &&
    known.words.some((a) => line.words.some((b) => a.box[0] < b.box[0] + b.box[2] && b.box[0] < a.box[0] + a.box[2]))
  );
}
