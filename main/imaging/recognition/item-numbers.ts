/**
 * @file The marks before the items of a form ("1.", "a)", "II."), which sparse recognition leaves out when they stand in a
 * column of their own: cut out of the margin of their lines, set under each other and read in one go.
 */
import { copyArea, whiteImage } from './areas.ts';
import type { OcrPool } from './ocr-pool.ts';
import type { OcrWord } from './ocr-rows.ts';
import type { TextLine } from './lines.ts';
import type { GreyImage } from './raster.ts';

const MARK = /^(?:\d{1,2}(?:\.\d{1,2})?[.)]|[a-zđ]\)|[IVX]{1,4}\.)$/u;
const MIN_CONFIDENCE = 50;
/** In heights of the line: how far left of the first word a mark may stand. */
const REACH = 3.2;
const ABOVE = 1.05;
const BELOW = 0.3;
const GAP = 0.6;
const INK_BELOW = 180;
const MAX_STRIPS = 40;

interface Strip {
  readonly line: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** @returns the same lines, those with a mark in front of them one word longer */
export async function addItemNumbers(
  lines: readonly TextLine[],
  image: GreyImage,
  dpi: number,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<readonly TextLine[]> {
  const strips = lines.flatMap((line, index) => stripOf(line, index, lines, image) ?? []).slice(0, MAX_STRIPS);
  if (strips.length === 0) return lines;
  const { sheet, tops } = stack(strips, image);
  const { rows } = await pool.recognise(sheet, dpi, signal, 'block');
  const marks = new Map<number, OcrWord>();
  for (const word of rows.flatMap((row) => row.words)) {
    const index = tops.findLastIndex((top) => top <= word.box[1] + word.box[3] / 2);
    const strip = strips[index];
    if (!strip || !MARK.test(word.text) || word.confidence < MIN_CONFIDENCE || marks.has(strip.line)) continue;
    const [x, y, width, height] = word.box;
    const box = [x - PADDING_PX + strip.left, y - (tops[index] as number) + strip.top, width, height] as const;
    marks.set(strip.line, { ...word, box });
  }
  return lines.map((line, index) => {
    const mark = marks.get(index);
    return mark ? { ...line, words: [mark, ...line.words] } : line;
  });
}

const PADDING_PX = 12;

/** The place left of a line, when there is ink in it that no line has and that is no ruling. */
function stripOf(line: TextLine, index: number, lines: readonly TextLine[], image: GreyImage): Strip | null {
  const [first] = line.words;
  if (!first || !/\p{L}{2}/u.test(first.text)) return null;
  const unit = line.heightPx;
  const right = Math.floor(first.box[0] - unit * 0.15);
  const left = Math.max(0, Math.floor(first.box[0] - unit * REACH));
  const top = Math.max(0, Math.floor(line.baselineY - unit * ABOVE));
  const bottom = Math.min(image.height, Math.ceil(line.baselineY + unit * BELOW));
  if (right - left < unit * 0.4 || bottom - top < unit * 0.5) return null;
  const isTaken = lines.some(
    (other, at) =>
      at !== index &&
      other.words.some(
        ({ box }) => box[0] < right && box[0] + box[2] > left && box[1] < bottom && box[1] + box[3] > top,
      ),
  );
  if (isTaken || !hasMark(image, left, top, right, bottom)) return null;
  return { line: index, left, top, width: right - left, height: bottom - top };
}

/** Whether some columns hold ink, none of them from top to bottom as a ruling has it. */
function hasMark({ data, width }: GreyImage, left: number, top: number, right: number, bottom: number): boolean {
  let inked = 0;
  for (let x = left; x < right; x++) {
    let dark = 0;
    for (let y = top; y < bottom; y++) if ((data[y * width + x] as number) < INK_BELOW) dark++;
    if (dark > (bottom - top) * 0.9) return false;
    if (dark > (bottom - top) * 0.08) inked++;
  }
  return inked >= 4 && inked < (right - left) * 0.85;
}

function stack(strips: readonly Strip[], image: GreyImage): { sheet: GreyImage; tops: readonly number[] } {
  const width = Math.max(...strips.map((strip) => strip.width)) + 2 * PADDING_PX;
  const tops: number[] = [];
  let height = PADDING_PX;
  for (const strip of strips) {
    tops.push(height);
    height += strip.height + Math.round(strip.height * GAP);
  }
  const sheet = whiteImage(width, height);
  for (const [index, { left, top, width: wide, height: high }] of strips.entries())
    copyArea(image, [left, top, wide, high], sheet, [PADDING_PX, tops[index] as number]);
  return { sheet, tops };
}
