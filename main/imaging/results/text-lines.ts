/**
 * @file The text a PDF carries itself, as lines with boxes like those of recognition, so that the same rules read both.
 */
import type { PDFPageProxy } from 'pdfjs-dist';
import type { OcrWord } from '../recognition/ocr-rows.ts';
import type { TextLine } from '../recognition/lines.ts';
import { readTextRuns, type TextRun } from '../pdf/text-runs.ts';

/** The rules of fields measure in pixels of a page recognised at 200 dpi. */
const PIXELS_PER_POINT = 200 / 72;
/** Pieces whose baselines differ by less than this share of their height stand on one line. */
const SAME_BASELINE = 0.35;

interface Piece {
  readonly word: OcrWord;
  readonly baselineY: number;
}

export async function readTextLines(page: PDFPageProxy): Promise<TextLine[]> {
  const { height } = page.getViewport({ scale: 1 });
  const runs = await readTextRuns(page);
  return joinLines(runs.flatMap((run) => wordsOf(run, height)));
}

/** A run of text cut at its spaces; letters count as equally wide, which is near enough to tell columns apart. */
function wordsOf({ text, left, right, bottom, top }: TextRun, pageHeight: number): Piece[] {
  const perLetter = (right - left) / Math.max(1, text.length);
  return [...text.matchAll(/\S+/g)].map((match) => {
    const box = [left + match.index * perLetter, pageHeight - top, match[0].length * perLetter, top - bottom] as const;
    const [x, y, width, height] = box.map((length) => length * PIXELS_PER_POINT) as [number, number, number, number];
    return { word: { text: match[0], confidence: 100, box: [x, y, width, height] }, baselineY: y + height };
  });
}

function joinLines(pieces: readonly Piece[]): TextLine[] {
  const lines: { words: OcrWord[]; baselineY: number; heightPx: number }[] = [];
  for (const { word, baselineY } of [...pieces].sort((a, b) => a.baselineY - b.baselineY)) {
    const line = lines.at(-1);
    const isSame = line && Math.abs(line.baselineY - baselineY) <= SAME_BASELINE * Math.max(line.heightPx, word.box[3]);
    if (isSame) line.words.push(word);
    else lines.push({ words: [word], baselineY, heightPx: word.box[3] });
  }
  for (const line of lines) line.words = joinTouching(line.words.sort((a, b) => a.box[0] - b.box[0]));
  return lines;
}

/** Writers that place every letter or syllable part by itself: pieces that touch are one word. */
function joinTouching(words: readonly OcrWord[]): OcrWord[] {
  const joined: OcrWord[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    const gap = last ? word.box[0] - (last.box[0] + last.box[2]) : Number.POSITIVE_INFINITY;
    if (last && gap < word.box[3] * 0.1 && gap > -word.box[3]) {
      joined[joined.length - 1] = {
        text: last.text + word.text,
        confidence: 100,
        box: [last.box[0], last.box[1], word.box[0] + word.box[2] - last.box[0], last.box[3]],
      };
    } else joined.push(word);
  }
  return joined;
}
