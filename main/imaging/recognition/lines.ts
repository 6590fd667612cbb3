/**
 * @file Lines from the pieces that sparse recognition returns in no order: pieces on one baseline belong together, from left
 * to right. Works on the prepared (level) page, so a line is one height.
 */
import type { Line, Word } from '../protocol.ts';
import { isSyllable } from './syllables.ts';
import { clipBox, toStoredBox, unionBox, type PageGeometry } from './geometry.ts';
import type { OcrRow, OcrWord } from './ocr-rows.ts';

/** A line on the prepared page, with what field reading needs beside the words. */
export interface TextLine {
  readonly words: readonly OcrWord[];
  readonly baselineY: number;
  readonly heightPx: number;
}

const SAME_BASELINE = 0.35;
const SAME_TOP = 0.15;
/** Below this Tesseract is inventing letters from seals, ruling lines and dirt. */
const MIN_ROW_CONFIDENCE = 25;
const MIN_WORD_CONFIDENCE = 8;
const MIN_MEAN_AROUND = 50;
/** Dotted ruling lines are read as rows of digits a fraction as high as the text. */
const MIN_HEIGHT_SHARE = 0.35;
/** Of the height of a word: letters of one word stand nearer. */
const LETTER_GAP = 0.15;
/** The same: no letter is narrower. */
const LEAST_LETTER = 0.25;

export function buildLines(rows: readonly OcrRow[]): TextLine[] {
  const usual = median(rows.map(usualHeight));
  const pieces = rows
    .filter((row) => usualHeight(row) >= usual * MIN_HEIGHT_SHARE)
    .map(dropNoise)
    .filter((row) => row.words.length > 0);
  pieces.sort((a, b) => a.baselineY - b.baselineY);
  const groups: OcrRow[][] = [];
  for (const piece of pieces) {
    const group = groups.findLast((candidate) => fits(candidate, piece));
    if (group) group.push(piece);
    else groups.push([piece]);
  }
  return groups
    .map((group) => ({
      words: withWholeI(apart(group.flatMap((piece) => piece.words).sort((a, b) => a.box[0] - b.box[0]))),
      baselineY: weightedBaseline(group),
      heightPx: median(group.flatMap((piece) => piece.words.map((word) => word.box[3]))),
    }))
    .sort((a, b) => a.baselineY - b.baselineY);
}

/**
 * On dotted lines the engine draws boxes that reach over the next word. One that would have no room for its letters is not
 * trimmed: what begins inside it is a speck. @param words from left to right
 */
function apart(words: readonly OcrWord[]): OcrWord[] {
  return words.map((word, at) => {
    const [x, y, width, height] = word.box;
    const room = (words[at + 1]?.box[0] ?? Infinity) - x;
    return room < width && room >= LEAST_LETTER * height * word.text.length
      ? { ...word, box: [x, y, room, height] }
      : word;
  });
}

/** "Đoà ¡," → "Đoài,": the i at the end of a word whose dot went to the mark beside it. A figure stands a space away. */
function withWholeI(words: readonly OcrWord[]): OcrWord[] {
  const whole: OcrWord[] = [];
  for (const word of words) {
    const last = whole.at(-1);
    if (last && isItsEnd(last, word)) whole[whole.length - 1] = joined(last, word);
    else whole.push(word);
  }
  return whole;
}

function isItsEnd(last: OcrWord, word: OcrWord): boolean {
  return (
    /^¡\P{L}*$/u.test(word.text) && gapBetween(last, word) < LETTER_GAP * last.box[3] && isSyllable(`${last.text}i`)
  );
}

function joined(a: OcrWord, b: OcrWord): OcrWord {
  const confidence = Math.min(a.confidence, b.confidence);
  return { text: a.text + b.text.replace('¡', 'i'), confidence, box: unionBox([a.box, b.box]) ?? a.box };
}

export function gapBetween(a: OcrWord, b: OcrWord): number {
  return b.box[0] - (a.box[0] + a.box[2]);
}

/** The lines as they leave the room: in pixels of the stored image. */
export function toStoredLines(lines: readonly TextLine[], geometry: PageGeometry): Line[] {
  const { storedWidthPx, storedHeightPx } = geometry;
  return lines.map((line) => {
    const words = line.words.map(({ text, confidence, box }): Word => ({
      text,
      confidence,
      box: [...clipBox(toStoredBox(geometry, box), storedWidthPx, storedHeightPx)],
    }));
    const box = unionBox(words.map((word) => word.box)) ?? [0, 0, 0, 0];
    return { text: textOf(line.words), words, box: [...box] };
  });
}

export function textOf(words: readonly { readonly text: string }[]): string {
  return words.map((word) => word.text).join(' ');
}

/** On one line, and beside the pieces already there, not over them. */
function fits(group: readonly OcrRow[], piece: OcrRow): boolean {
  return (
    group.some((other) => areLevel(other, piece)) &&
    group.every((other) => overlap(extent(other), extent(piece)) <= 0.2)
  );
}

/** On one baseline; or level at their tops, for a dotted line under the words draws their baseline down. */
function areLevel(a: OcrRow, b: OcrRow): boolean {
  const height = Math.min(usualHeight(a), usualHeight(b));
  if (Math.abs(a.baselineY - b.baselineY) <= SAME_BASELINE * height) return true;
  return (
    Math.abs(usualTop(a) - usualTop(b)) <= SAME_TOP * height && Math.abs(a.baselineY - b.baselineY) <= 0.6 * height
  );
}

function dropNoise(row: OcrRow): OcrRow {
  const mean = row.words.reduce((sum, word) => sum + word.confidence, 0) / Math.max(1, row.words.length);
  if (mean < MIN_ROW_CONFIDENCE) return { ...row, words: [] };
  const tallest = Math.max(...row.words.map((word) => word.box[3]));
  const words = row.words.map(withoutRareSigns).filter((word) => {
    if (word.text.trim() === '' || isDots(word, tallest)) return false;
    if (word.confidence < MIN_WORD_CONFIDENCE && !isWordAmong(word, mean, tallest)) return false;
    return /[\p{L}\p{N}]/u.test(word.text) || word.confidence >= 50 || row.words.length > 1;
  });
  // A piece of nothing but strokes is a ruling line.
  return { ...row, words: words.some((word) => /[\p{L}\p{N}-]/u.test(word.text)) ? words : [] };
}

/** A day that the calendar may have, a personal number: no seal and no dotted line is read as one. */
const DATE_OR_NUMBER = /^(?:(?:0?[1-9]|[12]\d|3[01])\/(?:0?[1-9]|1[0-2])\/(?:19|20)\d\d|0\d{11})[:,.;]?$/;

/**
 * Under the ring of a seal, or with dots behind it, a word is read right and believed not at all: a whole syllable, a date or
 * a personal number in a line of good words stays.
 */
function isWordAmong({ text, box }: OcrWord, meanConfidence: number, tallest: number): boolean {
  if (meanConfidence < MIN_MEAN_AROUND || box[3] < tallest * 0.6) return false;
  const [, letters = ''] = /^(\p{L}{2,})[:,.;]?$/u.exec(text) ?? [];
  return isSyllable(letters) || DATE_OR_NUMBER.test(text);
}

/** Dotted blanks are read as letters and digits: lower than any letter, or narrower than any digit. */
function isDots({ text, confidence, box }: OcrWord, tallest: number): boolean {
  if (!/[\p{L}\p{N}]/u.test(text)) return false;
  if (confidence < 60 && box[3] < tallest * 0.3) return true;
  if (confidence < 30 && box[3] < tallest * 0.7) return true;
  return confidence < 70 && /^[\dOĐHØ]{3,}$/u.test(text) && box[2] / text.length < box[3] * 0.3;
}

/**
 * Signs that no paper has and that Tesseract knows: the fraction slash for the slash, the Icelandic letter in "Số". And the
 * zero that begins "Oanh".
 */
function withoutRareSigns(word: OcrWord): OcrWord {
  const text = word.text
    .replace(/\/?\u2044+\/?/gu, '/')
    .replace(/^(s)ð(?=:?$)/iu, '$1ố')
    .replace(/^0(?=\p{Ll}{2})/u, 'O');
  return text === word.text ? word : { ...word, text };
}

function usualTop(row: OcrRow): number {
  return median(row.words.map((word) => word.box[1]));
}

function usualHeight(row: OcrRow): number {
  return median(row.words.map((word) => word.box[3]));
}

function extent(row: OcrRow): readonly [left: number, right: number] {
  return [
    Math.min(...row.words.map((word) => word.box[0])),
    Math.max(...row.words.map((word) => word.box[0] + word.box[2])),
  ];
}

/** Share of the narrower extent that lies over the other. */
function overlap([leftA, rightA]: readonly [number, number], [leftB, rightB]: readonly [number, number]): number {
  const common = Math.min(rightA, rightB) - Math.max(leftA, leftB);
  return common / Math.max(1, Math.min(rightA - leftA, rightB - leftB));
}

function weightedBaseline(group: readonly OcrRow[]): number {
  const weights = group.map((piece) => piece.words.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return group.reduce((sum, piece, index) => sum + piece.baselineY * (weights[index] as number), 0) / total;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
