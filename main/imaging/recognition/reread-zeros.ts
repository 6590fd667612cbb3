/**
 * @file Lines of a monospaced page whose zeros have dots: the dots are painted over and those lines read once more. Pages of
 * other faces, and monospaced ones with open zeros, are not read again.
 */
import type { Box } from '../../../preload/types.ts';
import { copyArea, onlyAreas, whiteImage } from './areas.ts';
import { eraseZeroDots } from './dotted-zeros.ts';
import { unionBox } from './geometry.ts';
import { buildLines } from './lines.ts';
import { isMonospaced } from './monospace.ts';
import type { OcrPool } from './ocr-pool.ts';
import { movedRow, type OcrRow } from './ocr-rows.ts';
import type { GreyImage } from './raster.ts';

/** What a dotted zero is read as, or stands beside. */
const MAY_HOLD_ZERO = /[\dOoQDØø@&°]/u;
/** Around the words of a line, in heights of it: marks over capitals, tails below. */
const MARGIN_SHARE = 0.3;
/** So that a ring at the end of a word stays closed. */
const REACH_PX = 3;
/** Lines that are worth less, or came in pieces, are read by themselves, too. */
const GOOD_FROM = 85;
const MAX_ALONE = 24;
/** Of its characters that a line must have again, to be taken for the same line. */
const MIN_COVER = 0.8;
/** What a character that is not read again costs, in points of confidence: colons are what fields are found by. */
const COST_OF_LOSS = 10;
const BORDER_PX = 14;

export interface ZerosReading {
  readonly rows: readonly OcrRow[];
  /** Whether the zeros of this page have dots. */
  readonly hasDottedZeros: boolean;
}

/**
 * @param rows as first read from `image`
 * @param image the prepared page; dots that are found are painted over in it
 */
export async function rereadDottedZeros(
  rows: readonly OcrRow[],
  image: GreyImage,
  dpi: number,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<ZerosReading> {
  if (!isMonospaced(buildLines(rows))) return { rows, hasDottedZeros: false };
  const dotted = rows.filter((row) => eraseDotsOf(row, image) > 0);
  if (dotted.length === 0) return { rows, hasDottedZeros: false };
  const areas = dotted.map(areaOf);
  const together = await pool.recognise(onlyAreas(image, areas), dpi, signal);
  const better = new Map<OcrRow, readonly OcrRow[]>();
  let alone = 0;
  for (const [at, row] of dotted.entries()) {
    const area = areas[at] as Box;
    let found: readonly OcrRow[] = together.rows.filter((other) => isWithin(other, area));
    if ((found.length > 1 || worthOf(found, row) < GOOD_FROM) && alone++ < MAX_ALONE) {
      const again = await readAlone(image, area, dpi, pool, signal);
      if (worthOf(again, row) >= worthOf(found, row)) found = again;
    }
    // A line that is not found again stays as it was.
    if (charactersOf(found) >= charactersOf([row]) * MIN_COVER) better.set(row, found);
  }
  return { rows: rows.flatMap((row) => better.get(row) ?? [row]), hasDottedZeros: true };
}

function eraseDotsOf(row: OcrRow, image: GreyImage): number {
  return row.words
    .filter((word) => MAY_HOLD_ZERO.test(word.text))
    .reduce((sum, { box }) => sum + eraseZeroDots(image, widened(box, REACH_PX), box[3]), 0);
}

function widened([x, y, width, height]: Box, by: number): Box {
  return [x - by, y - by, width + 2 * by, height + 2 * by];
}

function areaOf(row: OcrRow): Box {
  const box = unionBox(row.words.map((word) => word.box)) ?? [0, 0, 0, 0];
  const [x, y, width, height] = widened(box, box[3] * MARGIN_SHARE);
  return [Math.round(x), Math.round(y), Math.round(width), Math.round(height)];
}

async function readAlone(
  image: GreyImage,
  area: Box,
  dpi: number,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<readonly OcrRow[]> {
  const [left, top] = [area[0] - BORDER_PX, area[1] - BORDER_PX];
  const piece = whiteImage(area[2] + 2 * BORDER_PX, area[3] + 2 * BORDER_PX);
  copyArea(image, area, piece, [BORDER_PX, BORDER_PX]);
  const { rows } = await pool.recognise(piece, dpi, signal, 'line');
  return rows.map((row) => movedRow(row, left, top));
}

function isWithin(row: OcrRow, [x, y, width, height]: Box): boolean {
  return row.words.some(({ box }) => {
    const [middleX, middleY] = [box[0] + box[2] / 2, box[1] + box[3] / 2];
    return middleX >= x && middleX <= x + width && middleY >= y && middleY <= y + height;
  });
}

/** Confidence of the least believed word that says something, less what the line has lost. */
function worthOf(found: readonly OcrRow[], row: OcrRow): number {
  const words = found.flatMap(({ words: all }) => all).filter((word) => /[\p{L}\p{N}]/u.test(word.text));
  const lost = Math.max(0, charactersOf([row]) - charactersOf(found));
  return Math.min(100, ...words.map((word) => word.confidence)) - lost * COST_OF_LOSS;
}

function charactersOf(rows: readonly OcrRow[]): number {
  return rows.flatMap(({ words }) => words).reduce((sum, word) => sum + word.text.length, 0);
}
