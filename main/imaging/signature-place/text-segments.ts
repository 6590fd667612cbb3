/**
 * @file The text of a page as segments: what stands on one line in one column, runs joined however the program that wrote
 * the file had split them. Points, origin bottom left of the page as displayed.
 */
import type { PDFPageProxy } from 'pdfjs-dist';

export interface Segment {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** A page with more is no paper of this world. */
const MAX_RUNS = 20_000;
/** Wider than this share of the letters' height is a gap between columns, not between words. */
const COLUMN_GAP = 1.5;
/** Narrower than this share is no space at all: letters set one by one. */
const WORD_GAP = 0.15;
const SAME_LINE = 0.4;
/** What of the letters' height stands below the baseline. */
const DESCENT = 0.22;

/** In reading order: from the top, on one line from the left. Text that stands upright only. */
export async function readSegments(page: PDFPageProxy): Promise<Segment[]> {
  const viewport = page.getViewport({ scale: 1 });
  const { items } = await page.getTextContent({ includeMarkedContent: false, disableNormalization: false });
  const runs: Segment[] = [];
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
  return joinRuns(runs);
}

function placeRun(
  text: string,
  transform: readonly number[],
  width: number,
  view: readonly number[],
  pageHeight: number,
): Segment | null {
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

function joinRuns(runs: readonly Segment[]): Segment[] {
  const lines: Segment[][] = [];
  for (const run of [...runs].sort((one, other) => other.bottom - one.bottom)) {
    const line = lines.at(-1);
    const first = line?.[0];
    if (line && first && first.bottom - run.bottom < SAME_LINE * Math.min(heightOf(run), heightOf(first)))
      line.push(run);
    else lines.push([run]);
  }
  return lines.flatMap((line) => {
    const segments: Segment[] = [];
    for (const run of line.sort((one, other) => one.left - other.left)) {
      const last = segments.at(-1);
      const gap = last ? run.left - last.right : 0;
      const height = last ? Math.min(heightOf(run), heightOf(last)) : 0;
      if (last && gap < COLUMN_GAP * height) segments[segments.length - 1] = joined(last, run, gap > WORD_GAP * height);
      else segments.push(run);
    }
    return segments;
  });
}

function joined(one: Segment, other: Segment, hasSpace: boolean): Segment {
  return {
    text: `${one.text}${hasSpace ? ' ' : ''}${other.text}`,
    left: one.left,
    right: Math.max(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
    top: Math.max(one.top, other.top),
  };
}

function heightOf(segment: Segment): number {
  return segment.top - segment.bottom;
}
