/**
 * @file The Vietnamese model of Tesseract has 184 letters and no `ỵ`: "Mỵ", "Tỵ", "huyện lỵ", "Thuỵ" come out of it without
 * their dot, and with full confidence. So the place below and beside a `y` is looked at: one dot there, by itself, is read.
 */
import { findPatches, type Extent } from '../page-shape/patches.ts';
import { copyArea, whiteImage } from './areas.ts';
import { isSyllable } from './syllables.ts';
import type { OcrRow, OcrWord } from './ocr-rows.ts';
import type { GreyImage } from './raster.ts';

/**
 * A syllable whose only vowel is a bare y, or u and y, and what stands behind it: in "Tây" and "hay" the other vowel would
 * carry the dot.
 */
const BARE_Y = /(?<!\p{L})([b-df-hj-np-tv-xzđ]+u?)(y)([^\p{L}\p{N}]{0,2})$/iu;

/**
 * Where the dot lies, in heights of the word's capitals from the end of the word. Under a capital anywhere; beside a small y only
 * behind its tail, for the tail of Times ends in a ball, and where the hairline before it is lost the ball looks like a dot.
 * So that hairlines count as ink there, its threshold is nearer to paper, too. Measured on five faces of 9 to 13 points, clean,
 * grainy and pale: none of 1,050 y had a dot made of its tail (a tenth with one rule for all), 1,024 of 1,050 dots were seen.
 */
const CAPITAL = { reach: 0.95, inkUpTo: 0.5 } as const;
const SMALL = { reach: 0.25, inkUpTo: 0.66 } as const;
/** In the same heights: around the end of the word, below the baseline, farther left for each mark behind the letter. */
const SEARCHED = { left: 0.95, right: 0.35, from: 0.04, to: 0.5, perMark: 0.4 } as const;
/** No other dot so near: the dotted lines of forms. */
const ALONE = 0.45;
const SIDE = { least: 0.07, most: 0.27 } as const;
const LEAST_FILL = 0.55;
/** Smaller print has no dots that could be told from grain. */
const LEAST_UNIT_PX = 12;
/** What was seen and not read is to be confirmed: below the limit under which officers are asked to look. */
const CEILING = 75;

/**
 * The same rows with `ỵ` for each `y` that has a dot below it, at no more than 75 confidence.
 * @param image that was recognised; boxes and baselines are pixels of it
 */
export function addDotsBelowY(rows: readonly OcrRow[], image: GreyImage): readonly OcrRow[] {
  return rows.map((row) => ({ ...row, words: row.words.map((word) => withDot(word, row.baselineY, image)) }));
}

function withDot(word: OcrWord, baselineY: number, image: GreyImage): OcrWord {
  const found = BARE_Y.exec(word.text);
  if (!found) return word;
  const [, letters = '', y = '', marks = ''] = found;
  const syllable = `${letters}${y}\u0323`.normalize('NFC');
  if (!isSyllable(syllable) || !isDotBeside(word, y === 'Y' ? CAPITAL : SMALL, marks.length, baselineY, image))
    return word;
  const start = word.text.length - found[0].length;
  return {
    ...word,
    text: `${word.text.slice(0, start)}${syllable}${marks}`,
    confidence: Math.min(word.confidence, CEILING),
  };
}

function isDotBeside(
  word: OcrWord,
  place: typeof CAPITAL | typeof SMALL,
  marks: number,
  baselineY: number,
  image: GreyImage,
): boolean {
  const [x, y, width] = word.box;
  const unit = baselineY - y;
  if (unit < LEAST_UNIT_PX) return false;
  const right = x + width + unit * SEARCHED.right;
  const end = x + width - unit * marks * SEARCHED.perMark;
  const left = end - unit * SEARCHED.left;
  const window = windowOf(
    image,
    left - unit * ALONE,
    baselineY + unit * SEARCHED.from,
    right + unit * ALONE,
    baselineY + unit * SEARCHED.to,
  );
  if (window === null) return false;
  // Tails and commas come down from the line; what hangs on an edge is part of something else.
  const threshold = inkBelow(word, place.inkUpTo, image);
  const isInk = Uint8Array.from(window.data, (level) => (level < threshold ? 1 : 0));
  const islands = findPatches(isInk, window.width, window.height, 1).filter(
    ({ left: first, top, right: last, bottom }) =>
      first > 0 && top > 0 && last < window.width && bottom < window.height,
  );
  const dots = islands.filter((island) => Math.max(...sidesOf(island)) >= unit * SIDE.least);
  const [dot] = dots;
  if (!dot || dots.length > 1) return false;
  const [wide, high] = sidesOf(dot);
  const middle = window.left + (dot.left + dot.right) / 2;
  return (
    middle >= end - unit * place.reach &&
    middle <= right &&
    Math.min(wide, high) >= unit * SIDE.least &&
    Math.max(wide, high) <= unit * SIDE.most &&
    dot.pixels >= LEAST_FILL * wide * high
  );
}

const sidesOf = ({ left, right, top, bottom }: Extent): readonly [number, number] => [right - left, bottom - top];

/** A share of the way from the darkest of the word to paper: pale print has pale dots. */
function inkBelow({ box: [x, y, width, height] }: OcrWord, share: number, image: GreyImage): number {
  const { data, width: across } = image;
  let darkest = 255;
  for (let row = y; row < y + height; row++)
    for (let at = row * across + x, end = at + width; at < end; at++)
      if ((data[at] ?? 255) < darkest) darkest = data[at] as number;
  return darkest + share * (255 - darkest);
}

interface Window extends GreyImage {
  readonly left: number;
}

function windowOf(image: GreyImage, x: number, y: number, toX: number, toY: number): Window | null {
  const left = Math.max(0, Math.floor(x));
  const top = Math.max(0, Math.floor(y));
  const width = Math.min(image.width, Math.ceil(toX)) - left;
  const height = Math.min(image.height, Math.ceil(toY)) - top;
  if (width < 3 || height < 3) return null;
  const window = whiteImage(width, height);
  copyArea(image, [left, top, width, height], window, [0, 0]);
  return { ...window, left };
}
