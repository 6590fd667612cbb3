/** @file Moving a rectangle about on a page without leaving it. Points, origin bottom left of the page as displayed. */
import type { Box } from '../../../preload/types.ts';

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

export const POINTS_PER_MM = 72 / 25.4;
export const STEP_MM = 1;
export const LARGE_STEP_MM = 10;
/** Smaller than this nobody reads it. */
const LEAST_WIDTH = 15 * POINTS_PER_MM;
const LEAST_HEIGHT = 8 * POINTS_PER_MM;

/** x to the right, y upwards; at an edge it stops. */
export function moveBy([x, y, width, height]: Box, dx: number, dy: number, page: PageSize): Box {
  return [clamp(x + dx, 0, page.width - width), clamp(y + dy, 0, page.height - height), width, height];
}

/** The upper left corner stays; `dx` widens, `dy` downwards makes higher. */
export function resizeBy([x, y, width, height]: Box, dx: number, dy: number, page: PageSize): Box {
  const top = y + height;
  const wide = clamp(width + dx, Math.min(LEAST_WIDTH, page.width), page.width - x);
  const high = clamp(height + dy, Math.min(LEAST_HEIGHT, page.height), top);
  return [x, top - high, wide, high];
}

/** The same rectangle on a page of another size: as near to where it was as that page allows. */
export function fitOnto([x, y, width, height]: Box, page: PageSize): Box {
  const [wide, high] = [Math.min(width, page.width), Math.min(height, page.height)];
  return moveBy([x, y, wide, high], 0, 0, page);
}

/** Whole millimetres, for words: from the left, from the bottom, width, height. */
export function inMillimetres(rect: Box): readonly [number, number, number, number] {
  const [x, y, width, height] = rect.map((points) => Math.round(points / POINTS_PER_MM)) as [
    number,
    number,
    number,
    number,
  ];
  return [x, y, width, height];
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(Math.min(value, most), Math.min(least, most));
}
