/**
 * @file The text of a page as segments: what stands on one line in one column, runs joined however the program that wrote
 * the file had split them. Points, origin bottom left of the page as displayed.
 */
import type { PDFPageProxy } from 'pdfjs-dist';
import { readTextRuns, type TextRun } from '../pdf/text-runs.ts';

/** Runs that belong together; measured like one of them. */
export type Segment = TextRun;

/** Wider than this share of the letters' height is a gap between columns, not between words. */
const COLUMN_GAP = 1.5;
/** Narrower than this share is no space at all: letters set one by one. */
const WORD_GAP = 0.15;
const SAME_LINE = 0.4;

/** In reading order: from the top, on one line from the left. */
export async function readSegments(page: PDFPageProxy): Promise<Segment[]> {
  return joinRuns(await readTextRuns(page));
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
