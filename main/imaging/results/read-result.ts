/**
 * @file What a result says about itself: its own text where it has one, recognition where it is a scan. Only the first pages
 * and the last are read: head, parties and signature stand there.
 */
import type { ResultReading } from '../../dossiers/result-check.ts';
import { drawPage, openPdf } from '../import/pdf-pages.ts';
import { textOf, type TextLine } from '../recognition/lines.ts';
import type { Recogniser } from '../recognition/recogniser.ts';
import type { Line } from '../protocol.ts';
import { readOfficialHead } from './official-head.ts';
import { readTextLines } from './text-lines.ts';

const FIRST_PAGES = 3;
/** Less is a stamp or a page number over a scanned picture, not the text of the page. */
const MIN_LETTERS = 60;
const MAX_TEXT = 200_000;

/** @throws Failure `pdf-password`, `file-damaged` */
export async function readResult(
  bytes: Uint8Array,
  recogniser: Recogniser,
  signal: AbortSignal,
): Promise<ResultReading> {
  const pdf = await openPdf(bytes, undefined);
  try {
    const pages: TextLine[][] = [];
    let isRecognised = false;
    for (let number = 1; number <= pdf.numPages; number++) {
      if (number > FIRST_PAGES && number < pdf.numPages) continue;
      signal.throwIfAborted();
      const page = await pdf.getPage(number);
      const own = await readTextLines(page);
      if (lettersOf(own) >= MIN_LETTERS) {
        pages.push(own);
        page.cleanup();
      } else {
        const picture = await drawPage(page, number);
        const read = await recogniser.recogniseBytes(picture.bytes, picture.dpi, true, signal);
        pages.push(read.lines.map(asTextLine));
        isRecognised = true;
      }
    }
    const text = pages
      .flat()
      .map((line) => textOf(line.words))
      .join('\n')
      .slice(0, MAX_TEXT);
    const source = /\p{L}/u.test(text) ? (isRecognised ? 'recognition' : 'text') : 'nothing';
    return { source, text, ...readOfficialHead(pages[0] ?? []) };
  } finally {
    await pdf.loadingTask.destroy();
  }
}

function lettersOf(lines: readonly TextLine[]): number {
  return lines.reduce((sum, line) => sum + (textOf(line.words).match(/\p{L}/gu)?.length ?? 0), 0);
}

function asTextLine({ words, box }: Line): TextLine {
  return {
    words: words.map((word) => ({ text: word.text, confidence: word.confidence, box: word.box })),
    baselineY: box[1] + box[3],
    heightPx: box[3],
  };
}
