/** @file Parts of a grey page, copied onto white: what the engine is to read alone. */
import type { Box } from '../../../preload/types.ts';
import type { GreyImage } from './raster.ts';

const WHITE = 255;

export function whiteImage(width: number, height: number): GreyImage {
  return { data: new Uint8Array(width * height).fill(WHITE), width, height };
}

/** The same page with nothing but these areas on it, rounded outwards. */
export function onlyAreas(image: GreyImage, areas: readonly Box[]): GreyImage {
  const kept = whiteImage(image.width, image.height);
  for (const [x, y, width, height] of areas) {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    copyArea(image, [left, top, Math.ceil(x + width) - left, Math.ceil(y + height) - top], kept, [left, top]);
  }
  return kept;
}

/**
 * @param area whole pixels; what lies outside the image is left out
 * @param place where the area's corner goes to
 */
export function copyArea(
  from: GreyImage,
  [x, y, width, height]: Box,
  to: GreyImage,
  place: readonly [x: number, y: number],
): void {
  const left = Math.max(0, x);
  const right = Math.min(from.width, x + width);
  if (right <= left) return;
  for (let row = Math.max(0, y), last = Math.min(from.height, y + height); row < last; row++)
    to.data.set(
      from.data.subarray(row * from.width + left, row * from.width + right),
      (row - y + place[1]) * to.width + (left - x) + place[0],
    );
}
