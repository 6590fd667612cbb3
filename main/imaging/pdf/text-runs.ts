/**
 * @file The text that a PDF page carries itself, run by run as its writer placed it. Points, origin bottom left of the page as
 * displayed. Two readers build on it: fields of a result, and the place for a signature.
 */
import type { PDFPageProxy } from 'pdfjs-dist';

export interface TextRun {
  /** NFC. */
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** A page with more is no paper of this world. */
const MAX_RUNS = 20_000;
/** What of the letters' height stands below the baseline. */
const DESCENT = 0.22;

/** In the order of the file. Text that stands upright only. */
export async function readTextRuns(page: PDFPageProxy): Promise<TextRun[]> {
  const viewport = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent({ includeMarkedContent: false, disableNormalization: false });
  const runs: TextRun[] = [];
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue;
    if (runs.length >= MAX_RUNS) break;
    const run = placeRun(
      item.str,
      item.transform as number[],
      item.width,
      viewport.transform as number[],
      viewport.height,
    );
    if (run) runs.push(run);
  }
  return runs;
}

function placeRun(
  text: string,
  transform: readonly number[],
  width: number,
  view: readonly number[],
  pageHeight: number,
): TextRun | null {
  const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0] = transform;
  const [va = 0, vb = 0, vc = 0, vd = 0, ve = 0, vf = 0] = view;
  const length = Math.hypot(a, b);
  if (!(length > 0)) return null;
  // Along the line and up from it, in pixels of the view, whose y goes down.
  const along = [(va * a + vc * b) / length, (vb * a + vd * b) / length] as const;
  const height = Math.hypot(va * c + vc * d, vb * c + vd * d);
  const left = va * x + vc * y + ve;
  const baseline = pageHeight - (vb * x + vd * y + vf);
  const isUpright = along[0] > 0 && Math.abs(along[1]) < 0.05 * along[0];
  if (!isUpright || ![left, baseline, height, width].every(Number.isFinite) || height <= 0) return null;
  return {
    text: text.normalize('NFC'),
    left,
    right: left + width * along[0],
    bottom: baseline - height * DESCENT,
    top: baseline + height * (1 - DESCENT),
  };
}
