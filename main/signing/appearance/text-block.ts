/** @file Lines of text in a box: wrapped at words, a word longer than the line at characters, smaller only when it must be. */
import type { EmbeddedFont } from '../../pdf/font.ts';
import type { Place, Size } from './placement.ts';

/** NĐ 30/2020, PL I, mục II.8b: chữ in thường, kiểu chữ đứng, cỡ chữ 10. */
export const TEXT_SIZE_PT = 10;
/** What people still read without a lens. */
const LEAST_SIZE_PT = 6;
const SIZE_STEP_PT = 0.5;
const LEADING = 1.2;
const PADDING_PT = 2;

export interface TextBlock {
  readonly lines: readonly string[];
  readonly sizePt: number;
  /** With the padding around it. */
  readonly box: Size;
}

/** The largest setting, from 10 pt down to 6 pt, that fits; null when even the smallest does not. */
export function setText(font: EmbeddedFont, lines: readonly string[], room: Size): TextBlock | null {
  for (let sizePt = TEXT_SIZE_PT; sizePt >= LEAST_SIZE_PT; sizePt -= SIZE_STEP_PT) {
    const width = room.width - 2 * PADDING_PT;
    if (width < sizePt) continue;
    const wrapped = lines.flatMap((line) => wrap(font, line, sizePt, width));
    const widest = Math.max(...wrapped.map((line) => font.widthOf(line, sizePt)));
    const box = { width: widest + 2 * PADDING_PT, height: wrapped.length * sizePt * LEADING + 2 * PADDING_PT };
    if (box.height <= room.height + 0.01) return { lines: wrapped, sizePt, box };
  }
  return null;
}

/** Where each line begins on its baseline, from the top of the place downwards. */
export function baselines(
  font: EmbeddedFont,
  block: TextBlock,
  [x, y, , height]: Place,
): readonly (readonly [number, number])[] {
  const first = y + height - PADDING_PT - font.ascent * block.sizePt;
  return block.lines.map((_, index) => [x + PADDING_PT, first - index * block.sizePt * LEADING]);
}

function wrap(font: EmbeddedFont, line: string, sizePt: number, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/\s+/u).filter(Boolean)) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (font.widthOf(longer, sizePt) <= width) {
      current = longer;
      continue;
    }
    if (current !== '') lines.push(current);
    current = '';
    for (const character of word.normalize('NFC')) {
      if (current !== '' && font.widthOf(current + character, sizePt) > width) {
        lines.push(current);
        current = '';
      }
      current += character;
    }
  }
  return current === '' ? lines : [...lines, current];
}
