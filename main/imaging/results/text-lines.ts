/**
 * @file The text a PDF carries itself, as lines with boxes like those of recognition, so that the same rules read both.
 */
import type { PDFPageProxy } from 'pdfjs-dist';
import type { OcrWord } from '../recognition/ocr-pool.ts';
import type { TextLine } from '../recognition/lines.ts';

/** The rules of fields measure in pixels of a page recognised at 200 dpi. */
const PIXELS_PER_POINT = 200 / 72;
/** Pieces whose baselines differ by less than this share of their height stand on one line. */
const SAME_BASELINE = 0.35;
/** A page with more is no paper of this world; its first pieces are enough. */
const MAX_PIECES = 20_000;

interface Piece {
  readonly word: OcrWord;
  readonly baselineY: number;
}

export async function readTextLines(page: PDFPageProxy): Promise<TextLine[]> {
  const viewport = page.getViewport({ scale: PIXELS_PER_POINT });
  const content = await page.getTextContent();
  const pieces: Piece[] = [];
  for (const item of content.items) {
    if (!('str' in item) || item.str.trim() === '' || pieces.length >= MAX_PIECES) continue;
    const [a = 0, b = 0, , , x = 0, y = 0] = item.transform as number[];
    const [left = 0, baseline = 0] = viewport.convertToViewportPoint(x, y);
    const height = (item.height || Math.hypot(a, b)) * PIXELS_PER_POINT;
    pieces.push(...wordsOf(item.str.normalize('NFC'), left, baseline, item.width * PIXELS_PER_POINT, height));
  }
  return joinLines(pieces);
}

/** A run of text cut at its spaces; letters count as equally wide, which is near enough to tell columns apart. */
function wordsOf(text: string, left: number, baselineY: number, width: number, height: number): Piece[] {
  const perLetter = width / Math.max(1, text.length);
  return [...text.matchAll(/\S+/g)].map((match) => ({
    baselineY,
    word: {
      text: match[0],
      confidence: 100,
      box: [left + match.index * perLetter, baselineY - height, match[0].length * perLetter, height],
    },
  }));
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
