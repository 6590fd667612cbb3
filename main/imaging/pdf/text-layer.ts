/** @file Recognised words as invisible text exactly over their picture, so that search and marking hit the paper. */
import type { z } from 'zod';
import type { Box } from '../../../preload/types.ts';
import { pdfNumber, pdfNumbers } from '../../pdf/objects.ts';
import type { Line } from '../protocol.ts';
import { toPreparedBox, type PageGeometry } from '../recognition/geometry.ts';
import { GLYPHLESS_ADVANCE, type GlyphlessFont } from './glyphless-font.ts';

/** Part of a line's height that lies under the baseline. */
const DESCENT = 0.2;
const MIN_SIZE_PT = 1;
/** Between words, as a part of the font size. */
const MIN_GAP = 0.2;

interface PlacedWord {
  readonly text: string;
  readonly x: number;
  readonly bottom: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Content stream operators. Words of one line share one baseline and one size: readers rebuild lines from baselines, and
 * letters without descenders would otherwise jump.
 * @param paper what the page shows of the prepared image; words outside it are left out
 * @param pointsPerPixel of the prepared page
 */
export function writeTextLayer(
  lines: readonly z.infer<typeof Line>[],
  geometry: PageGeometry,
  paper: Box,
  pointsPerPixel: number,
  font: GlyphlessFont,
): string {
  const pageHeightPt = paper[3] * pointsPerPixel;
  const operators: string[] = [];
  for (const line of lines) {
    const words = line.words
      .filter((word) => font.countOf(word.text) > 0)
      .map((word) => ({ text: word.text, box: toPreparedBox(geometry, word.box) }))
      .filter(({ box }) => hasItsCentreIn(paper, box))
      .map(({ text, box: [x, y, width, height] }): PlacedWord => ({
        text,
        x: (x - paper[0]) * pointsPerPixel,
        bottom: pageHeightPt - (y - paper[1] + height) * pointsPerPixel,
        width: width * pointsPerPixel,
        height: height * pointsPerPixel,
      }));
    if (words.length === 0) continue;
    const lineBottom = median(words.map((word) => word.bottom));
    const lineHeight = median(words.map((word) => word.height));
    for (const [index, word] of words.entries()) {
      const isOnLine = Math.abs(word.bottom - lineBottom) < lineHeight * 0.6;
      const size = Math.max(MIN_SIZE_PT, isOnLine ? lineHeight : word.height);
      const baseline = (isOnLine ? lineBottom : word.bottom) + size * DESCENT;
      const stretch = (widthPt: number, characters: number): string =>
        pdfNumber(Math.min(10_000, Math.max(1, (100 * widthPt) / (GLYPHLESS_ADVANCE * size * characters))));
      const next = words[index + 1];
      const width = next ? leaveGap(word, next, size * MIN_GAP) : word.width;
      // The space is as wide as the gap: readers take text that steps back for a new line.
      const space = next ? ` ${stretch(next.x - word.x - width, 1)} Tz ${font.encode(' ')} Tj` : '';
      operators.push(
        `/T ${pdfNumber(size)} Tf ${stretch(width, font.countOf(word.text))} Tz ` +
          `1 0 0 1 ${pdfNumbers(word.x, baseline)} Tm ${font.encode(word.text)} Tj${space}`,
      );
    }
  }
  return operators.length === 0 ? '' : `BT 3 Tr\n${operators.join('\n')}\nET\n`;
}

function hasItsCentreIn([left, top, width, height]: Box, box: Box): boolean {
  const x = box[0] + box[2] / 2 - left;
  const y = box[1] + box[3] / 2 - top;
  return x >= 0 && x <= width && y >= 0 && y <= height;
}

/** The word's width, shortened where its box touches the next one: readers see a space only where there is a gap. */
function leaveGap(word: PlacedWord, next: PlacedWord, gap: number): number {
  const room = next.x - word.x - gap;
  return room < word.width && room > word.width * 0.5 ? room : word.width;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
