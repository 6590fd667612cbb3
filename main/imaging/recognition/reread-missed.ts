/**
 * @file Print that the engine left out is read. Sparse recognition takes letters on a dotted line for a part of the line and
 * throws them away: "0943 882 953" becomes "0", "CV 418207" becomes "CV 207". Where ink stands outside all words, it and the
 * words beside it are read once more as one line.
 */
import type { Box } from '../../../preload/types.ts';
import { copyArea, whiteImage } from './areas.ts';
import { eraseZeroDots } from './dotted-zeros.ts';
import { overlapX, unionBox } from './geometry.ts';
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
/** Print that stood alone is believed when it was read like print; in a line of good words sooner, unless it is one letter. */
const BELIEVED_ALONE = 80;
const BELIEVED_BESIDE = 30;
const BELIEVED_LETTER = 60;
/** What was read so is not given up; a longer word in its place may be this much less sure. */
const SURE = 80;
const SLACK = 10;

interface Look {
  readonly image: GreyImage;
  readonly dpi: number;
  /** Of a usual word. */
  readonly heightPx: number;
  /** Zeros have dots in them, which are painted over. */
  readonly hasDottedZeros: boolean;
  readonly pool: OcrPool;
  readonly signal: AbortSignal;
}

/** @param image the prepared page, on which the lines lie */
export async function rereadMissed(
  lines: readonly TextLine[],
  image: GreyImage,
  dpi: number,
  hasDottedZeros: boolean,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<readonly TextLine[]> {
  if (lines.length === 0) return lines;
  const heightPx = median(lines.map((line) => line.heightPx));
  const isBesideLine = (box: Box): boolean => lines.some((line) => isLevel(line, box, heightPx));
  // What stands in a line is likelier to be print than what stands by itself.
  const missed = findMissedInk(lines, image, heightPx).sort(
    (a, b) => Number(isBesideLine(b)) - Number(isBesideLine(a)),
  );
  let known = lines;
  for (const box of missed.slice(0, MAX_AREAS))
    known = await readAgain(box, known, { image, dpi, heightPx, hasDottedZeros, pool, signal });
  return known;
}

async function readAgain(missed: Box, lines: readonly TextLine[], look: Look): Promise<readonly TextLine[]> {
  const level = lines.filter((line) => isLevel(line, missed, look.heightPx));
  const words = level.flatMap((line) => line.words);
  // Read already, together with another piece of its line.
  if (words.some(({ box }) => covers(box, missed))) return lines;
  const home = nearestTo(missed, level);
  const beside = home ? wordsBeside(home, missed, look.heightPx) : [];
  // With the words beside it, which show the engine a line; else by itself.
  for (const before of beside.length === 0 ? [beside] : [beside, []]) {
    const read = await readLine(unionBox([missed, ...before.map(({ box }) => box)]) as Box, look);
    const others = words.filter((word) => !before.includes(word));
    if (read.some((word) => others.some((other) => areOnePlace(word.box, other.box)))) continue;
    if (before.length === 0 ? !isBelievedAlone(read) : !isBetter(read, before, missed)) continue;
    const kept = (home?.words ?? []).filter((word) => !before.includes(word));
    const settled = [...kept, ...read.map((word) => surer(word, before))].sort((a, b) => a.box[0] - b.box[0]);
    return home
      ? lines.map((line) => (line === home ? { ...line, words: settled } : line))
      : withLine(lines, settled, missed);
  }
  return lines;
}

/** Of several lines at one height (columns, close rows) the one with a word nearest from left to right. */
function nearestTo(missed: Box, lines: readonly TextLine[]): TextLine | undefined {
  const distance = ({ words }: TextLine): number => Math.min(...words.map(({ box }) => -overlapX(box, missed)));
  return lines.reduce<TextLine | undefined>(
    (best, line) => (best === undefined || distance(line) < distance(best) ? line : best),
    undefined,
  );
}

/** Of the narrower one, enough that both cannot be right. */
function areOnePlace(a: Box, b: Box): boolean {
  return overlapX(a, b) >= SOME * Math.min(a[2], b[2]) && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
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
  return overlapX(box, other) >= MOST * other[2];
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
  if (look.hasDottedZeros) eraseZeroDots(piece, [0, 0, piece.width, piece.height], look.heightPx);
  const { rows } = await look.pool.recognise(piece, look.dpi, look.signal, 'line');
  return buildLines(rows.map((row) => movedRow(row, left - BORDER_PX, top - BORDER_PX))).flatMap(({ words }) => words);
}

/** One letter alone is a stroke of something else; a figure is not. */
function isBelievedAlone(read: readonly OcrWord[]): boolean {
  return (lettersOf(read) > 1 || hasDigit(read)) && meanOf(read) >= BELIEVED_ALONE;
}

/** More letters than before, those of the missed ink believed, and nothing gone that had been read surely. */
function isBetter(read: readonly OcrWord[], before: readonly OcrWord[], missed: Box): boolean {
  const gained = lettersOf(read) - lettersOf(before);
  const fresh = read.filter(({ box }) => overlapX(box, missed) > 0);
  const least = gained > 1 || hasDigit(fresh) ? BELIEVED_BESIDE : BELIEVED_LETTER;
  return gained > 0 && meanOf(fresh) >= least && before.every((word) => word.confidence < SURE || isThere(word, read));
}

/** Again with the same letters, as the part of a longer word that is nearly as sure, or because it stays. */
function isThere(word: OcrWord, read: readonly OcrWord[]): boolean {
  const bare = bareOf(word.text);
  if (bare === '' || read.some((other) => surer(other, [word]) === word)) return true;
  return read.some(
    (other) =>
      overlapX(other.box, word.box) > 0 &&
      (bareOf(other.text) === bare ||
        (bareOf(other.text).length > bare.length && other.confidence >= word.confidence - SLACK)),
  );
}

function bareOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

function hasDigit(words: readonly OcrWord[]): boolean {
  return words.some(({ text }) => /\d/.test(text));
}

function lettersOf(words: readonly OcrWord[]): number {
  return words.reduce((sum, { text }) => sum + bareOf(text).length, 0);
}

function meanOf(words: readonly OcrWord[]): number {
  return words.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, words.length);
}
