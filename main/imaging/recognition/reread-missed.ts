/**
 * @file Print that the engine left out is read. Sparse recognition takes letters on a dotted line for a part of the line and
 * throws them away: "0943 882 953" becomes "0", "CV 418207" becomes "CV 207". Where ink stands outside all words, it and the
 * words beside it are read once more as one line.
 */
import type { Box } from '../../../preload/types.ts';
import { copyArea, whiteImage } from './areas.ts';
import { unionBox } from './geometry.ts';
import { buildLines, median, type TextLine } from './lines.ts';
import { findMissedInk } from './missed-ink.ts';
import type { OcrPool } from './ocr-pool.ts';
import { movedRow, type OcrWord } from './ocr-rows.ts';
import type { GreyImage } from './raster.ts';

/** Words no farther than this from what was missed are read again with it, in heights of a usual word. */
const BESIDE = 1.8;
/** The same: marks over capitals, tails. */
const [MARGIN_ABOVE, MARGIN_BELOW, MARGIN_SIDE] = [0.3, 0.2, 0.2];
const BORDER_PX = 14;
/** Signatures and drawings are ink without words, too. */
const MAX_AREAS = 12;
/** Of a width: covers it; stands partly in its place. */
const [MOST, SOME] = [0.7, 0.3];
/** Print that stood alone is believed when it was read like print; in a line of good words sooner. */
const BELIEVED_ALONE = 80;
const BELIEVED_BESIDE = 30;

interface Look {
  readonly image: GreyImage;
  readonly dpi: number;
  /** Of a usual word. */
  readonly heightPx: number;
  readonly pool: OcrPool;
  readonly signal: AbortSignal;
}

/** @param image the prepared page, on which the lines lie */
export async function rereadMissed(
  lines: readonly TextLine[],
  image: GreyImage,
  dpi: number,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<readonly TextLine[]> {
  if (lines.length === 0) return lines;
  const heightPx = median(lines.map((line) => line.heightPx));
  let known = lines;
  for (const missed of findMissedInk(lines, image, heightPx).slice(0, MAX_AREAS))
    known = await readAgain(missed, known, { image, dpi, heightPx, pool, signal });
  return known;
}

async function readAgain(missed: Box, lines: readonly TextLine[], look: Look): Promise<readonly TextLine[]> {
  const home = lines.find((line) => isLevel(line, missed, look.heightPx));
  // Read already, together with another piece of its line.
  if (home?.words.some(({ box }) => covers(box, missed))) return lines;
  const beside = home ? wordsBeside(home, missed, look.heightPx) : [];
  // With the words beside it, which show the engine a line; else by itself.
  for (const before of beside.length === 0 ? [beside] : [beside, []]) {
    const read = await readLine(unionBox([missed, ...before.map(({ box }) => box)]) as Box, look);
    const kept = (home?.words ?? []).filter((word) => !before.includes(word));
    const isDouble = read.some((word) => kept.some(({ box }) => overlapOf(box, word.box) >= SOME * word.box[2]));
    if (isDouble || !isBetter(read, before, missed)) continue;
    const words = [...kept, ...read.map((word) => surer(word, before))].sort((a, b) => a.box[0] - b.box[0]);
    return home ? lines.map((line) => (line === home ? { ...line, words } : line)) : withLine(lines, words, missed);
  }
  return lines;
}

function withLine(lines: readonly TextLine[], words: readonly OcrWord[], missed: Box): readonly TextLine[] {
  const added = { words, baselineY: missed[1] + missed[3], heightPx: median(words.map(({ box }) => box[3])) };
  return [...lines, added].sort((a, b) => a.baselineY - b.baselineY);
}

/** Of the two readings of a word, unless it was the one that lost letters. */
function surer(word: OcrWord, before: readonly OcrWord[]): OcrWord {
  const known = before.find((other) => covers(other.box, word.box) && covers(word.box, other.box));
  return known && known.confidence > word.confidence && known.text.length >= word.text.length ? known : word;
}

/** From left to right, for the most part. */
function covers(box: Box, other: Box): boolean {
  return overlapOf(box, other) >= MOST * other[2];
}

function overlapOf([x, , width]: Box, [otherX, , otherWidth]: Box): number {
  return Math.min(x + width, otherX + otherWidth) - Math.max(x, otherX);
}

function isLevel({ baselineY }: TextLine, [, y, , height]: Box, usual: number): boolean {
  const middle = y + height / 2;
  return middle < baselineY + 0.2 * usual && middle > baselineY - usual;
}

/** The words of a line that stand on either side, one after the other without a wide gap. */
function wordsBeside({ words }: TextLine, missed: Box, height: number): readonly OcrWord[] {
  let [left, right] = [missed[0], missed[0] + missed[2]];
  const beside = new Set<OcrWord>();
  for (let isGrowing = true; isGrowing;) {
    isGrowing = false;
    for (const word of words) {
      const [x, , width] = word.box;
      if (beside.has(word) || x > right + BESIDE * height || x + width < left - BESIDE * height) continue;
      beside.add(word);
      [left, right, isGrowing] = [Math.min(left, x), Math.max(right, x + width), true];
    }
  }
  return words.filter((word) => beside.has(word));
}

async function readLine([x, y, width, height]: Box, look: Look): Promise<readonly OcrWord[]> {
  const [left, top] = [Math.floor(x - MARGIN_SIDE * look.heightPx), Math.floor(y - MARGIN_ABOVE * look.heightPx)];
  const right = Math.ceil(x + width + MARGIN_SIDE * look.heightPx);
  const bottom = Math.ceil(y + height + MARGIN_BELOW * look.heightPx);
  const piece = whiteImage(right - left + 2 * BORDER_PX, bottom - top + 2 * BORDER_PX);
  copyArea(look.image, [left, top, right - left, bottom - top], piece, [BORDER_PX, BORDER_PX]);
  const { rows } = await look.pool.recognise(piece, look.dpi, look.signal, 'line');
  return buildLines(rows.map((row) => movedRow(row, left - BORDER_PX, top - BORDER_PX))).flatMap(({ words }) => words);
}

/** More letters than before, those of the missed ink believed. One letter alone is a stroke of something else. */
function isBetter(read: readonly OcrWord[], before: readonly OcrWord[], missed: Box): boolean {
  if (before.length > 0) {
    const fresh = read.filter(({ box }) => overlapOf(box, missed) > 0);
    return lettersOf(read) > lettersOf(before) && meanOf(fresh) >= BELIEVED_BESIDE;
  }
  return (lettersOf(read) > 1 || read.some(({ text }) => /\d/.test(text))) && meanOf(read) >= BELIEVED_ALONE;
}

function lettersOf(words: readonly OcrWord[]): number {
  return words.reduce((sum, { text }) => sum + text.replace(/[^\p{L}\p{N}]/gu, '').length, 0);
}

function meanOf(words: readonly OcrWord[]): number {
  return words.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, words.length);
}
