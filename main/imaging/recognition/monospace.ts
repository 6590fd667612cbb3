/** @file Pages set in a monospaced face (typewriters, receipt printers, old programs), known by the places of the words alone. */
import type { TextLine } from './lines.ts';

/** Shorter ones say little: what a letter leaves free at its sides weighs too much. */
const MIN_LETTERS = 4;
/** Fewer words can be even by chance. */
const MIN_WORDS = 12;
const MIN_WORDS_OF_LINE = 2;
/** Share of the advance that the first and last letter of a word leave free together. */
const SIDE_BEARINGS = 0.2;
/** Measured on 63 pages: 0.008 to 0.025 in a monospaced face, 0.042 to 0.1 in others. */
const MAX_UNEVENNESS = 0.03;

export function isMonospaced(lines: readonly TextLine[]): boolean {
  const unevenness = unevennessOf(lines);
  return unevenness !== null && unevenness <= MAX_UNEVENNESS;
}

/**
 * How unlike each other the advances of words on one line are: the median deviation from the line's own advance, as a share
 * of it. Line by line, because headings and tables have sizes of their own.
 * @returns `null` when the page has too few words to say
 */
function unevennessOf(lines: readonly TextLine[]): number | null {
  const deviations: number[] = [];
  for (const { words } of lines) {
    const advances = words
      .filter(({ text }) => [...text].length >= MIN_LETTERS)
      .map(({ text, box }) => box[2] / ([...text].length - SIDE_BEARINGS));
    if (advances.length < MIN_WORDS_OF_LINE) continue;
    const usual = median(advances);
    deviations.push(...advances.map((advance) => Math.abs(advance - usual) / usual));
  }
  return deviations.length < MIN_WORDS ? null : median(deviations);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
