/**
 * @file Monospaced faces put a dot into their zero, and Tesseract reads 6, 8 or 9. Here the dots are painted over: small
 * islands of ink in the middle of a counter. The bar of an 8 hangs on its ring, and nothing stands in the counters of 6
 * and 9, so these stay what they are. A slash through a zero is no island either: it stays, too.
 */
import type { Box } from '../../../preload/types.ts';
import type { GreyImage } from './raster.ts';

const WHITE = 255;
/** From the palest ink to the darkest: the first at which dot and ring are apart changes the figure least. */
const THRESHOLDS = [220, 205, 190, 175, 160, 145, 130, 115, 100, 85, 70] as const;
/** A line of values across an A3 sheet, enlarged. */
const MAX_WINDOW_PIXELS = 1_000_000;

/**
 * @param image is changed
 * @param area where to look, pixels of the image
 * @param letterPx height of a figure
 * @returns how many dots were painted over
 */
export function eraseZeroDots(image: GreyImage, area: Box, letterPx: number): number {
  const window = windowOf(image, area);
  if (window.width < 3 || window.height < 3 || window.width * window.height > MAX_WINDOW_PIXELS) return 0;
  let erased = 0;
  for (const threshold of THRESHOLDS) erased += eraseIslands(image, window, threshold, letterPx);
  return erased;
}

interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

function windowOf(image: GreyImage, [x, y, width, height]: Box): Window {
  const left = Math.max(0, Math.floor(x));
  const top = Math.max(0, Math.floor(y));
  return {
    left,
    top,
    width: Math.min(image.width, Math.ceil(x + width)) - left,
    height: Math.min(image.height, Math.ceil(y + height)) - top,
  };
}

/** Ink or paper that hangs together. Edges are inclusive, pixels of the window. */
interface Piece {
  readonly isInk: boolean;
  readonly touchesEdge: boolean;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** The only piece it touches, `MANY`, or `NONE`. */
  around: number;
}

const NONE = -1;
const MANY = -2;

function eraseIslands(image: GreyImage, window: Window, threshold: number, letterPx: number): number {
  const { pieces, labels } = piecesOf(image, window, threshold);
  const gone = new Set<number>();
  let erased = 0;
  pieces.forEach((dot, label) => {
    const counter = pieces[dot.around];
    if (!dot.isInk || dot.touchesEdge || !counter || counter.touchesEdge || !isDotIn(dot, counter, letterPx)) return;
    gone.add(label).add(dot.around);
    erased++;
  });
  if (erased === 0) return 0;
  for (let at = 0; at < labels.length; at++) {
    if (!gone.has(labels[at] as number)) continue;
    const column = at % window.width;
    const row = (at - column) / window.width;
    image.data[(window.top + row) * image.width + window.left + column] = WHITE;
  }
  return erased;
}

/** Shares of the counter and of the figure; what is wider is the bar of a broken 8, what is off the middle is dirt. */
function isDotIn(dot: Piece, counter: Piece, letterPx: number): boolean {
  const [width, height] = sizeOf(counter);
  const [dotWidth, dotHeight] = sizeOf(dot);
  const offX = Math.abs(dot.left + dot.right - counter.left - counter.right) / 2;
  const offY = Math.abs(dot.top + dot.bottom - counter.top - counter.bottom) / 2;
  return (
    height >= letterPx * 0.3 &&
    height <= letterPx &&
    width <= height &&
    width >= letterPx * 0.12 &&
    dotHeight >= letterPx * 0.03 &&
    dotHeight <= height * 0.7 &&
    dotWidth <= width * 0.85 &&
    dotWidth <= dotHeight * 2 &&
    offX <= width * 0.25 &&
    offY <= height * 0.2
  );
}

function sizeOf({ left, right, top, bottom }: Piece): readonly [width: number, height: number] {
  return [right - left + 1, bottom - top + 1];
}

/** Ink hangs together in eight directions, paper in four: a thin ring stays closed. */
function piecesOf(
  image: GreyImage,
  { left, top, width, height }: Window,
  threshold: number,
): { pieces: Piece[]; labels: Int32Array } {
  const isInk = new Uint8Array(width * height);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0, from = (top + y) * image.width + left; x < width; x++, at++, from++)
      isInk[at] = (image.data[from] as number) < threshold ? 1 : 0;
  const labels = new Int32Array(width * height).fill(NONE);
  const queue = new Int32Array(width * height);
  const pieces: Piece[] = [];
  for (let seed = 0; seed < labels.length; seed++)
    if (labels[seed] === NONE) pieces.push(fillPiece(seed, pieces, isInk, labels, queue, width));
  return { pieces, labels };
}

function fillPiece(
  seed: number,
  pieces: readonly Piece[],
  isInk: Uint8Array,
  labels: Int32Array,
  queue: Int32Array,
  width: number,
): Piece {
  const label = pieces.length;
  const height = labels.length / width;
  const ink = isInk[seed] as number;
  let [minX, maxX, minY, maxY, around] = [width, 0, height, 0, NONE];
  let end = 1;
  queue[0] = seed;
  labels[seed] = label;
  for (let next = 0; next < end; next++) {
    const at = queue[next] as number;
    const x = at % width;
    const y = (at - x) / width;
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
    for (let dy = -1; dy <= 1; dy++) {
      if (y + dy < 0 || y + dy >= height) continue;
      for (let dx = -1; dx <= 1; dx++) {
        if (x + dx < 0 || x + dx >= width) continue;
        const to = at + dy * width + dx;
        const isBeside = dx === 0 || dy === 0;
        const other = labels[to] as number;
        if (isInk[to] === ink) {
          if (other !== NONE || (ink === 0 && !isBeside)) continue;
          labels[to] = label;
          queue[end++] = to;
        } else if (isBeside && other !== NONE) {
          // Each touch is seen from the later of the two pieces.
          if (around !== other) around = around === NONE ? other : MANY;
          const before = pieces[other] as Piece;
          if (before.around !== label) before.around = before.around === NONE ? label : MANY;
        }
      }
    }
  }
  const touchesEdge = minX === 0 || minY === 0 || maxX === width - 1 || maxY === height - 1;
  return { isInk: ink === 1, touchesEdge, left: minX, right: maxX, top: minY, bottom: maxY, around };
}
