/**
 * @file Pixels → text of one page: finds the way up, levels, recognises, and keeps the best. The retries run only when the
 * first reading is poor, on a reduced copy, so that a normal page is recognised once.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { giveBack } from '../../blobs/give-back.ts';
import { flattenBackground } from './flatten.ts';
import type { PageGeometry, Rotation } from './geometry.ts';
import { addItemNumbers } from './item-numbers.ts';
import { buildLines, type TextLine } from './lines.ts';
import type { OcrPool } from './ocr-pool.ts';
import type { OcrResult } from './ocr-rows.ts';
import { levelPage } from './prepare.ts';
import { shrink, turnQuarters, type GreyImage } from './raster.ts';
import { rereadMissed } from './reread-missed.ts';
import { rereadDottedZeros } from './reread-zeros.ts';
import { estimateSkewDeg } from './skew.ts';

export interface PageReading {
  readonly lines: readonly TextLine[];
  readonly geometry: PageGeometry;
  readonly confidence: number;
  /** What was read, before turning and enlarging, flattened: for looking again. */
  readonly plane: GreyImage;
  /** The face is monospaced and its zeros have dots, which are still on the plane. */
  readonly hasDottedZeros: boolean;
}

export interface PageToRead {
  /** One plane of the decoded page. */
  readonly plane: GreyImage;
  readonly dpi: number;
  readonly storedWidthPx: number;
  readonly storedHeightPx: number;
}

/** Measured over letters: pages the right way up read at 66 and more, turned ones at 28 to 42. */
const SURE_CONFIDENCE = 55;
const MIN_SURE_WORDS = 8;
const TRIAL_DPI = 150;
/** Likeliest first: an upright sheet lies upside down in the feeder, a broad one on its side. As it is was tried already. */
const TURNS: Readonly<Record<'upright' | 'broad', readonly Rotation[]>> = {
  upright: [180, 90, 270, 0],
  broad: [90, 270, 180, 0],
};

export async function readPage(page: PageToRead, pool: OcrPool, signal: AbortSignal): Promise<PageReading> {
  const flat = flattenBackground(page.plane);
  await nextTurn();
  const first = await readAt(flat, page, 0, pool, signal);
  if (isSure(first.result)) return first.reading;
  const rotation = await findRotation(flat, page.dpi, pool, signal);
  if (rotation === 0) return first.reading;
  const turned = await readAt(flat, page, rotation, pool, signal);
  return trust(turned.result) > trust(first.result) ? turned.reading : first.reading;
}

async function readAt(
  flat: GreyImage,
  page: PageToRead,
  rotation: Rotation,
  pool: OcrPool,
  signal: AbortSignal,
): Promise<{ reading: PageReading; result: OcrResult }> {
  signal.throwIfAborted();
  const skewDeg = estimateSkewDeg(turnQuarters(flat, rotation));
  await nextTurn();
  const stored = { widthPx: page.storedWidthPx, heightPx: page.storedHeightPx };
  const prepared = await levelPage(flat, page.dpi, stored, rotation, skewDeg);
  const result = await pool.recognise(prepared.image, prepared.dpi, signal);
  const { geometry } = prepared;
  if (!isSure(result)) {
    const reading = { geometry, confidence: result.confidence, plane: flat, hasDottedZeros: false };
    return { reading: { ...reading, lines: buildLines(result.rows) }, result };
  }
  const { rows, hasDottedZeros } = await rereadDottedZeros(result.rows, prepared.image, prepared.dpi, pool, signal);
  const numbered = await addItemNumbers(buildLines(rows), prepared.image, prepared.dpi, pool, signal);
  const lines = await rereadMissed(numbered, prepared.image, prepared.dpi, hasDottedZeros, pool, signal);
  giveBack(prepared.image.data);
  return { reading: { lines, geometry, confidence: result.confidence, plane: flat, hasDottedZeros }, result };
}

/**
 * Reads a reduced copy in one position after another until it reads well; else the one that gives most believable letters
 * is the way up.
 */
async function findRotation(flat: GreyImage, dpi: number, pool: OcrPool, signal: AbortSignal): Promise<Rotation> {
  const factor = Math.max(1, Math.floor(dpi / TRIAL_DPI));
  const small = shrink(flat, factor);
  let best: Rotation = 0;
  let bestTrust = -1;
  for (const rotation of TURNS[flat.width > flat.height ? 'broad' : 'upright']) {
    const result = await pool.recognise(turnQuarters(small, rotation), dpi / factor, signal);
    if (isSure(result)) return rotation;
    const letters = trust(result);
    if (letters > bestTrust) {
      best = rotation;
      bestTrust = letters;
    }
  }
  return best;
}

function isSure(result: OcrResult): boolean {
  const words = result.rows.flatMap((row) => row.words).filter((word) => /\p{L}{2}/u.test(word.text));
  const letters = words.reduce((sum, word) => sum + word.text.length, 0);
  const weighted = words.reduce((sum, word) => sum + word.text.length * word.confidence, 0);
  return words.length >= MIN_SURE_WORDS && weighted >= letters * SURE_CONFIDENCE;
}

/** Letters in words that Tesseract believes. */
function trust(result: OcrResult): number {
  let letters = 0;
  for (const word of result.rows.flatMap((row) => row.words)) {
    if (word.confidence >= 70 && /\p{L}{2}/u.test(word.text)) letters += word.text.length;
  }
  return letters;
}
