/**
 * @file The page at two pixels a millimetre, less its own ground: what is left is ink, tint, shadow and whatever lies behind
 * the paper. Enough to see where papers end, small enough to look at every pixel.
 */
import type { ColourImage } from '../recognition/raster.ts';

const PIXELS_PER_MM = 2;

export interface SmallPage extends ColourImage {
  readonly pixelsPerMm: number;
  /** Pixels of the page per pixel of this. */
  readonly factor: number;
}

/** Block means; large blocks are sampled at every second pixel, which halves the noise less and costs a quarter. */
export function smallPageOf(image: ColourImage, dpi: number): SmallPage {
  const factor = Math.max(1, Math.round(dpi / 25.4 / PIXELS_PER_MM));
  const stride = factor >= 4 ? 2 : 1;
  const width = Math.max(1, Math.floor(image.width / factor));
  const height = Math.max(1, Math.floor(image.height / factor));
  const data = new Uint8Array(width * height * 3);
  const samples = Math.ceil(factor / stride) ** 2;
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      let [red, green, blue] = [0, 0, 0];
      for (let row = 0; row < factor; row += stride) {
        let at = ((y * factor + row) * image.width + x * factor) * 3;
        for (let column = 0; column < factor; column += stride, at += 3 * stride) {
          red += image.data[at] ?? 255;
          green += image.data[at + 1] ?? 255;
          blue += image.data[at + 2] ?? 255;
        }
      }
      data[to] = red / samples;
      data[to + 1] = green / samples;
      data[to + 2] = blue / samples;
    }
  }
  return { data, width, height, factor, pixelsPerMm: dpi / 25.4 / factor };
}

export interface Ground {
  /** How far each pixel is from the ground in the plane where it is farthest. */
  readonly distance: Uint8Array;
  /** Below the ground in brightness, 0 where it is not: the faint shadow of an edge. */
  readonly depth: Float32Array;
  /** Standard deviation of the ground itself. */
  readonly noise: number;
}

const FIT_STEP = 6;
/** Each fit keeps only what lies this near to the one before. */
const TRIMS = [28, 14, 9] as const;

/**
 * The ground (paper that fills the glass, or a light lid) as a quadratic surface per plane, so that a weak lamp does not
 * look like an edge; fitted to what most of the page is.
 */
export function measureGround(page: SmallPage): Ground {
  const { data, width, height } = page;
  const distance = new Uint8Array(width * height);
  const depth = new Float32Array(width * height);
  for (let plane = 0; plane < 3; plane++) {
    const { values } = fitSurface(page, plane);
    for (let y = 0, at = 0; y < height; y++) {
      const v = y / height - 0.5;
      const fixed = at0(values, 0) + at0(values, 2) * v + at0(values, 5) * v * v;
      for (let x = 0; x < width; x++, at++) {
        const u = x / width - 0.5;
        const ground = fixed + u * (at0(values, 1) + at0(values, 3) * u + at0(values, 4) * v);
        const below = ground - (data[at * 3 + plane] as number);
        const far = Math.min(255, Math.abs(below));
        if (far > (distance[at] as number)) distance[at] = far;
        depth[at] = (depth[at] as number) + below / 3;
      }
    }
  }
  return { distance, depth, noise: noiseOf(depth) };
}

const at0 = (values: Float64Array, index: number): number => values[index] as number;

function fitSurface({ data, width, height }: SmallPage, plane: number): { values: Float64Array } {
  const points: { u: number; v: number; value: number }[] = [];
  for (let y = 0; y < height; y += FIT_STEP)
    for (let x = 0; x < width; x += FIT_STEP)
      points.push({ u: x / width - 0.5, v: y / height - 0.5, value: data[(y * width + x) * 3 + plane] as number });
  const sorted = points.map(({ value }) => value).sort((a, b) => a - b);
  // Ink lies below the ground and little above it: the ground is above the middle of the page.
  let values: Float64Array = new Float64Array([sorted[Math.floor(sorted.length * 0.6)] ?? 255, 0, 0, 0, 0, 0]);
  for (const trim of TRIMS) {
    const near = points.filter((point) => Math.abs(evaluate(values, point) - point.value) <= trim);
    if (near.length < 50) break;
    values = solve(near) ?? values;
  }
  return { values };
}

function evaluate(values: Float64Array, { u, v }: { u: number; v: number }): number {
  const [a, b, c] = [at0(values, 0), at0(values, 1), at0(values, 2)];
  return a + u * (b + at0(values, 3) * u + at0(values, 4) * v) + v * (c + at0(values, 5) * v);
}

/** Least squares by elimination; null when the points lie on too few lines. */
function solve(points: readonly { u: number; v: number; value: number }[]): Float64Array | null {
  const size = 6;
  const rows = Array.from({ length: size }, () => Array.from({ length: size + 1 }, () => 0));
  const parts = new Float64Array(size + 1).fill(1, 0, 1);
  for (const { u, v, value } of points) {
    parts[1] = u;
    parts[2] = v;
    parts[3] = u * u;
    parts[4] = u * v;
    parts[5] = v * v;
    parts[6] = value;
    for (let i = 0; i < size; i++) {
      const row = rows[i] as number[];
      for (let j = 0; j <= size; j++) row[j] = (row[j] as number) + (parts[i] as number) * (parts[j] as number);
    }
  }
  for (let i = 0; i < size; i++) {
    // The matrix of least squares is positive definite: its pivots need no exchange.
    const own = rows[i] ?? [];
    const pivot = own[i] ?? 0;
    if (Math.abs(pivot) < 1e-9) return null;
    for (const [index, other] of rows.entries()) {
      if (index === i) continue;
      const share = (other[i] ?? 0) / pivot;
      for (let j = i; j <= size; j++) other[j] = (other[j] ?? 0) - share * (own[j] ?? 0);
    }
  }
  return new Float64Array(rows.map((row, i) => (row[size] ?? 0) / (row[i] ?? 1)));
}

/** From the middle of the absolute depths: ink is the minority and does not count. */
function noiseOf(depth: Float32Array): number {
  const counts = new Uint32Array(2_560);
  for (let at = 0; at < depth.length; at++) {
    const tenths = Math.round(Math.abs(depth[at] as number) * 10);
    counts[tenths < 2_559 ? tenths : 2_559]!++;
  }
  let bin = 0;
  for (let seen = counts[0] as number; seen < depth.length / 2 && bin < 2_559; seen += counts[bin] as number) bin++;
  return Math.max(0.3, bin / 10 / 0.6745);
}
