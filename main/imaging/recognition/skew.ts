/**
 * @file Skew of the text lines by projection profile: at the right angle the bottom edges of letters fall into few rows,
 * so the sum of squares of the row counts is largest.
 */
import { shrink, type GreyImage } from './raster.ts';

const WORKING_WIDTH_PX = 900;
const RANGE_DEG = 5;
const INK_BELOW = 160;

/**
 * The clockwise angle of the text lines, in degrees (positive: lines fall towards the right). Turning the page by the
 * negative of it makes them level. 0 when the page has too little text to tell.
 * @param flat a page with a flattened background, upright or on its side by whole quarters
 */
export function estimateSkewDeg(flat: GreyImage): number {
  const small = shrink(flat, Math.max(1, Math.round(Math.max(flat.width, flat.height * 0.7) / WORKING_WIDTH_PX)));
  const edges = bottomEdges(small);
  if (edges.xs.length < 200) return 0;
  let best = 0;
  for (const stepDeg of [0.25, 0.1, 0.02]) {
    const spanDeg = stepDeg === 0.25 ? RANGE_DEG : stepDeg === 0.1 ? 0.3 : 0.12;
    best = bestAngle(edges, small, best, spanDeg, stepDeg);
  }
  return Math.abs(best) >= RANGE_DEG - 0.05 ? 0 : Math.round(best * 100) / 100;
}

interface EdgePoints {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

/** Ink with paper right below it. */
function bottomEdges(image: GreyImage): EdgePoints {
  const { data, width, height } = image;
  const margin = Math.round(width * 0.02);
  const xs: number[] = [];
  const ys: number[] = [];
  for (let y = margin; y < height - 1 - margin; y++) {
    for (let x = margin, at = y * width + margin; x < width - margin; x++, at++) {
      if ((data[at] as number) < INK_BELOW && (data[at + width] as number) >= INK_BELOW) {
        xs.push(x - width / 2);
        ys.push(y - height / 2);
      }
    }
  }
  return { xs: Float32Array.from(xs), ys: Float32Array.from(ys) };
}

function bestAngle(edges: EdgePoints, image: GreyImage, centreDeg: number, spanDeg: number, stepDeg: number): number {
  const reach = Math.ceil(Math.hypot(image.width, image.height));
  const rows = new Uint32Array(reach + 2);
  const steps = Math.round(spanDeg / stepDeg);
  let best = centreDeg;
  let bestScore = -1;
  for (let step = -steps; step <= steps; step++) {
    const angleDeg = centreDeg + step * stepDeg;
    const score = sharpness(edges, angleDeg, rows, reach / 2);
    if (score > bestScore) {
      bestScore = score;
      best = angleDeg;
    }
  }
  return best;
}

function sharpness({ xs, ys }: EdgePoints, angleDeg: number, rows: Uint32Array, offset: number): number {
  const sine = Math.sin((angleDeg * Math.PI) / 180);
  const cosine = Math.cos((angleDeg * Math.PI) / 180);
  rows.fill(0);
  for (let index = 0; index < xs.length; index++) {
    const row = ((ys[index] as number) * cosine - (xs[index] as number) * sine + offset) | 0;
    rows[row] = (rows[row] as number) + 1;
  }
  let sum = 0;
  for (let row = 0; row < rows.length; row++) sum += (rows[row] as number) ** 2;
  return sum;
}
