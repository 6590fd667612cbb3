/** @file One of two columns of a form as a page of its own. */
import type { ColumnRule } from './document-types.ts';
import { allowedErrors, editDistance, squeeze } from './fuzzy.ts';
import type { TextLine } from './lines.ts';
import type { OcrWord } from './ocr-rows.ts';

interface Heading {
  readonly left: number;
  readonly centre: number;
}

/** The lines from the headings down, with the words of the wanted column alone; `null` when the headings are not there. */
export function cutColumn(lines: readonly TextLine[], pitchPx: number, rule: ColumnRule): TextLine[] | null {
  for (const [index, line] of lines.entries()) {
    const first = findHeading(line.words, rule.headings[0]);
    const second = findHeading(line.words, rule.headings[1]);
    if (!first || !second || second.left <= first.left) continue;
    const isWanted = wordFilter(first, second, pitchPx, rule);
    return lines
      .slice(index)
      .map((below) => ({ ...below, words: below.words.filter(isWanted) }))
      .filter((below) => below.words.length > 0);
  }
  return null;
}

function wordFilter(first: Heading, second: Heading, pitchPx: number, rule: ColumnRule): (word: OcrWord) => boolean {
  const isLeft = rule.use === 'left';
  if (rule.align === 'left') {
    const gutter = second.left - pitchPx / 4;
    return (word) => word.box[0] < gutter === isLeft;
  }
  const middle = (first.centre + second.centre) / 2;
  const labelsEnd = 2 * first.centre - middle;
  return (word) => {
    const centre = word.box[0] + word.box[2] / 2;
    return centre < labelsEnd || centre < middle === isLeft;
  };
}

/** The words of one line that spell the heading, with the share of wrong letters that labels may have. */
function findHeading(words: readonly OcrWord[], heading: string): Heading | null {
  const wanted = squeeze(heading);
  const limit = allowedErrors(wanted.length);
  let best: (Heading & { distance: number }) | null = null;
  for (const [start, word] of words.entries()) {
    let joined = '';
    for (const last of words.slice(start)) {
      joined += squeeze(last.text);
      if (joined.length > wanted.length + limit) break;
      const distance = editDistance(joined, wanted, limit);
      if (distance > limit || (best && best.distance <= distance)) continue;
      const left = word.box[0];
      best = { left, centre: (left + last.box[0] + last.box[2]) / 2, distance };
    }
  }
  return best;
}
