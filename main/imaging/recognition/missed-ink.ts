/**
 * @file Ink as high as letters that no word covers: print that the engine left out. A look at cells of a tenth of a word's
 * height, so that a page costs about as much as its flattening.
 */
import type { Box } from '../../../preload/types.ts';
import { findPatches } from '../page-shape/patches.ts';
import type { TextLine } from './lines.ts';
import type { GreyImage } from './raster.ts';

/** Cells in the height of a usual word, marks and tails included. */
const CELLS_PER_HEIGHT = 10;
const LEAST_CELL_PX = 3;
/** On flattened paper. */
const INK_BELOW = 150;
/** Of the pixels of a cell. */
const INK_SHARE = 0.12;
/** What follows is in heights of a usual word. Small letters have half of it, dotted lines and marks far less. */
const LEAST_RUN = 0.38;
/** Letters, and the words of one line, stand nearer to each other than this. */
const LINKED = 0.3;
const MOST_HEIGHT = 2;
const LEAST_WIDTH = 0.15;
/** Beside a word: the edge of its last letter, where its box ends too early, is no letter. */
const LEAST_WIDTH_BESIDE = 0.3;

/**
 * @param heightPx of a usual word
 * @returns boxes in pixels of the image, from the top; letters without their marks and tails
 */
export function findMissedInk(lines: readonly TextLine[], image: GreyImage, heightPx: number): Box[] {
  const cell = Math.max(LEAST_CELL_PX, Math.round(heightPx / CELLS_PER_HEIGHT));
  const [across, down] = [Math.ceil(image.width / cell), Math.ceil(image.height / cell)];
  const marked = inkedCells(image, cell, across, down);
  for (const { words } of lines) for (const { box } of words) clear(marked, across, down, box, cell);
  keepTall(marked, across, down, Math.round((LEAST_RUN * heightPx) / cell));
  const reach = Math.round((LINKED * heightPx) / cell);
  const linked = linkAcross(marked, across, reach);
  return findPatches(linked, across, down, 1)
    .map(({ left, top, right, bottom }): Box => {
      const [from, to] = [left > 0 ? left + reach : 0, right < across ? right - reach : across];
      return [from * cell, top * cell, (to - from) * cell, (bottom - top) * cell];
    })
    .filter(([, , width, height]) => width >= LEAST_WIDTH * heightPx && height <= MOST_HEIGHT * heightPx)
    .filter((box) => box[2] >= LEAST_WIDTH_BESIDE * heightPx || !isBesideWord(box, lines, heightPx));
}

function isBesideWord([x, y, width, height]: Box, lines: readonly TextLine[], heightPx: number): boolean {
  const reach = LINKED * heightPx;
  return lines.some(({ words }) =>
    words.some(({ box: [left, top, wide, high] }) => {
      const isLevel = y < top + high && y + height > top;
      return isLevel && x < left + wide + reach && x + width > left - reach;
    }),
  );
}

function inkedCells({ data, width, height }: GreyImage, cell: number, across: number, down: number): Uint8Array {
  const marked = new Uint8Array(across * down);
  const counts = new Uint16Array(across);
  const least = INK_SHARE * cell * cell;
  for (let row = 0; row < down; row++) {
    counts.fill(0);
    for (let y = row * cell; y < Math.min(height, (row + 1) * cell); y++)
      for (let column = 0, at = y * width; column < across; column++) {
        const end = y * width + Math.min(width, (column + 1) * cell);
        let dark = 0;
        for (; at < end; at++) if ((data[at] as number) < INK_BELOW) dark++;
        counts[column]! += dark;
      }
    for (let column = 0; column < across; column++)
      if ((counts[column] as number) >= least) marked[row * across + column] = 1;
  }
  return marked;
}

/** One cell around the word, too: its edge and its marks. */
function clear(marked: Uint8Array, across: number, down: number, [x, y, width, height]: Box, cell: number): void {
  const [left, right] = [Math.max(0, Math.floor(x / cell) - 1), Math.min(across, Math.ceil((x + width) / cell) + 1)];
  const bottom = Math.min(down, Math.ceil((y + height) / cell) + 1);
  for (let row = Math.max(0, Math.floor(y / cell) - 1); row < bottom; row++)
    marked.fill(0, row * across + left, row * across + right);
}

/** Clears what is lower than letters: dots, lines, marks. */
function keepTall(marked: Uint8Array, across: number, down: number, least: number): void {
  for (let column = 0; column < across; column++)
    for (let row = 0; row < down; row++) {
      const start = row;
      while (row < down && marked[row * across + column] === 1) row++;
      if (row - start < least) for (let at = start; at < row; at++) marked[at * across + column] = 0;
    }
}

function linkAcross(marked: Uint8Array, across: number, reach: number): Uint8Array {
  const linked = new Uint8Array(marked.length);
  for (let at = marked.indexOf(1); at >= 0; at = marked.indexOf(1, at + 1)) {
    const column = at % across;
    linked.fill(1, at - Math.min(reach, column), at + Math.min(reach, across - 1 - column) + 1);
  }
  return linked;
}
