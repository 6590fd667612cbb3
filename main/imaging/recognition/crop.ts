/**
 * @file A piece of the page cut out once more, straight from the pixels the page was decoded to: upright, level, at any
 * scale, in one sampling. For looking at one value again without preparing the whole page.
 */
import type { Box } from '../../../preload/types.ts';
import { toStoredPoint, type PageGeometry } from './geometry.ts';
import type { GreyImage } from './raster.ts';

const WHITE = 255;
/** The largest piece worth cutting: a line across an A3 sheet at 400 dpi. */
const MAX_SIDE_PX = 7_000;
const MAX_PIXELS = 8_000_000;

/**
 * @param plane the decoded page before any turning, flattened
 * @param box on the prepared page
 * @param enlarge pixels of the piece per pixel of the prepared page
 * @param borderPx white around the piece, in its own pixels: Tesseract wants air
 * @returns `null` for a box that is empty or too large to be one value
 */
export function cropLevel(
  plane: GreyImage,
  geometry: PageGeometry,
  box: Box,
  enlarge: number,
  borderPx: number,
): GreyImage | null {
  const innerWidth = Math.round(box[2] * enlarge);
  const innerHeight = Math.round(box[3] * enlarge);
  const width = innerWidth + 2 * borderPx;
  const height = innerHeight + 2 * borderPx;
  if (innerWidth < 1 || innerHeight < 1 || Math.max(width, height) > MAX_SIDE_PX || width * height > MAX_PIXELS)
    return null;
  const share = plane.width / geometry.storedWidthPx;
  // The way from prepared to stored pixels is affine: three points say all of it.
  const [originX, originY] = toStoredPoint(geometry, box[0] + 0.5 / enlarge, box[1] + 0.5 / enlarge);
  const [rightX, rightY] = toStoredPoint(geometry, box[0] + 1.5 / enlarge, box[1] + 0.5 / enlarge);
  const [downX, downY] = toStoredPoint(geometry, box[0] + 0.5 / enlarge, box[1] + 1.5 / enlarge);
  const data = new Uint8Array(width * height).fill(WHITE);
  for (let row = 0; row < innerHeight; row++) {
    let x = (originX + row * (downX - originX)) * share - 0.5;
    let y = (originY + row * (downY - originY)) * share - 0.5;
    const stepX = (rightX - originX) * share;
    const stepY = (rightY - originY) * share;
    for (let column = 0, at = (row + borderPx) * width + borderPx; column < innerWidth; column++, at++) {
      data[at] = sampleCubic(plane, x, y);
      x += stepX;
      y += stepY;
    }
  }
  return { data, width, height };
}

/** Catmull-Rom over the sixteen pixels around a point; white outside the page. */
function sampleCubic({ data, width, height }: GreyImage, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  if (left < 1 || top < 1 || left > width - 3 || top > height - 3) {
    const isInside = left >= 0 && top >= 0 && left < width && top < height;
    return isInside ? (data[top * width + left] as number) : WHITE;
  }
  const fx = x - left;
  const fy = y - top;
  let sum = 0;
  for (let row = -1; row <= 2; row++) {
    const at = (top + row) * width + left;
    const a = data[at - 1] as number;
    const b = data[at] as number;
    const c = data[at + 1] as number;
    const d = data[at + 2] as number;
    sum += cubic(a, b, c, d, fx) * weight(row, fy);
  }
  return sum < 0 ? 0 : sum > WHITE ? WHITE : sum;
}

function cubic(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

function weight(row: number, t: number): number {
  switch (row) {
    case -1:
      return 0.5 * t * (-1 + t * (2 - t));
    case 0:
      return 1 + 0.5 * t * t * (-5 + 3 * t);
    case 1:
      return 0.5 * t * (1 + t * (4 - 3 * t));
    default:
      return 0.5 * t * t * (t - 1);
  }
}

/** A 3 × 3 binomial blur, repeated: takes the grain out that enlarging brings forward. */
export function smooth(image: GreyImage, times: number): GreyImage {
  const { width, height } = image;
  let data = image.data;
  for (let time = 0; time < times; time++) {
    const across = new Uint8Array(data.length);
    for (let at = 0; at < data.length; at++) {
      const x = at % width;
      const left = data[x === 0 ? at : at - 1] as number;
      const right = data[x === width - 1 ? at : at + 1] as number;
      across[at] = (left + 2 * (data[at] as number) + right + 2) >> 2;
    }
    const down = new Uint8Array(data.length);
    for (let at = 0; at < data.length; at++) {
      const above = across[at < width ? at : at - width] as number;
      const below = across[at >= data.length - width ? at : at + width] as number;
      down[at] = (above + 2 * (across[at] as number) + below + 2) >> 2;
    }
    data = down;
  }
  return { data, width, height };
}
