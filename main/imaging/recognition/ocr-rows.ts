/** @file What the engine found: rows of words, and where. */
import type { Box } from '../../../preload/types.ts';

/** Words that Tesseract found on one row; in sparse mode a row is often only a piece of a line. */
export interface OcrRow {
  readonly words: readonly OcrWord[];
  /** y of the baseline at the middle of the row, pixels of the recognised image. */
  readonly baselineY: number;
  readonly heightPx: number;
}

export interface OcrWord {
  readonly text: string;
  /** 0–100. */
  readonly confidence: number;
  /** Pixels of the recognised image. */
  readonly box: Box;
}

export interface OcrResult {
  readonly rows: readonly OcrRow[];
  /** Mean over words, 0–100. */
  readonly confidence: number;
}

/** As read from a piece of a page, to where it is on the page. */
export function movedRow(row: OcrRow, left: number, top: number): OcrRow {
  const words = row.words.map(({ box: [x, y, width, height], ...word }) => ({
    ...word,
    box: [x + left, y + top, width, height] as const,
  }));
  return { ...row, baselineY: row.baselineY + top, words };
}
