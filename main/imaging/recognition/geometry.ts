/**
 * @file Where a pixel of the prepared (upright, level, enlarged) page lies on the stored image, and back.
 *
 * A box keeps its own width and height under the small skew and is carried by its centre: the bounding box of a slightly
 * turned word would grow into its neighbours, and the turn could not be undone when the page is written as a PDF.
 */
import type { Box } from '../../../preload/types.ts';

export type Rotation = 0 | 90 | 180 | 270;

export interface PageGeometry {
  /** The stored image. */
  readonly storedWidthPx: number;
  readonly storedHeightPx: number;
  /** Clockwise quarter turns applied first. */
  readonly rotation: Rotation;
  /** Clockwise angle of the text lines after the quarter turns; the page was turned by its negative. */
  readonly skewDeg: number;
  /** Prepared pixels per stored pixel. */
  readonly scale: number;
  /** The prepared image, whose centre is the centre of the stored one. */
  readonly preparedWidthPx: number;
  readonly preparedHeightPx: number;
}

export function toStoredPoint(geometry: PageGeometry, x: number, y: number): readonly [number, number] {
  const { rotation, skewDeg, scale, storedWidthPx, storedHeightPx } = geometry;
  const dx = (x - geometry.preparedWidthPx / 2) / scale;
  const dy = (y - geometry.preparedHeightPx / 2) / scale;
  const [ux, uy] = turn(dx, dy, skewDeg);
  const [sx, sy] = turn(ux, uy, -rotation);
  return [sx + storedWidthPx / 2, sy + storedHeightPx / 2];
}

export function toPreparedPoint(geometry: PageGeometry, x: number, y: number): readonly [number, number] {
  const { rotation, skewDeg, scale, storedWidthPx, storedHeightPx } = geometry;
  const [ux, uy] = turn(x - storedWidthPx / 2, y - storedHeightPx / 2, rotation);
  const [dx, dy] = turn(ux, uy, -skewDeg);
  return [dx * scale + geometry.preparedWidthPx / 2, dy * scale + geometry.preparedHeightPx / 2];
}

export function toStoredBox(geometry: PageGeometry, [x, y, width, height]: Box): Box {
  const [centreX, centreY] = toStoredPoint(geometry, x + width / 2, y + height / 2);
  return boxAround(centreX, centreY, width / geometry.scale, height / geometry.scale, geometry.rotation);
}

export function toPreparedBox(geometry: PageGeometry, [x, y, width, height]: Box): Box {
  const [centreX, centreY] = toPreparedPoint(geometry, x + width / 2, y + height / 2);
  return boxAround(centreX, centreY, width * geometry.scale, height * geometry.scale, geometry.rotation);
}

/** What floating point adds to a whole number must not move a box by a pixel. */
const EPSILON = 1e-6;

/** Cuts a box to the image and to whole pixels; never empty. */
export function clipBox([x, y, width, height]: Box, widthPx: number, heightPx: number): Box {
  const left = Math.min(Math.max(0, Math.floor(x + EPSILON)), Math.max(0, widthPx - 1));
  const top = Math.min(Math.max(0, Math.floor(y + EPSILON)), Math.max(0, heightPx - 1));
  const right = Math.min(widthPx, Math.max(left + 1, Math.ceil(x + width - EPSILON)));
  const bottom = Math.min(heightPx, Math.max(top + 1, Math.ceil(y + height - EPSILON)));
  return [left, top, right - left, bottom - top];
}

/** The smallest box around all of them; `null` for none. */
export function unionBox(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  const left = Math.min(...boxes.map((box) => box[0]));
  const top = Math.min(...boxes.map((box) => box[1]));
  const right = Math.max(...boxes.map((box) => box[0] + box[2]));
  const bottom = Math.max(...boxes.map((box) => box[1] + box[3]));
  return [left, top, right - left, bottom - top];
}

/** How far two boxes share their place from left to right; below zero the gap between them. */
export function overlapX(a: Box, b: Box): number {
  return Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
}

function boxAround(centreX: number, centreY: number, width: number, height: number, rotation: Rotation): Box {
  const isOnSide = rotation === 90 || rotation === 270;
  const [w, h] = isOnSide ? [height, width] : [width, height];
  return [centreX - w / 2, centreY - h / 2, w, h];
}

/** Clockwise on a page whose y points down. Quarter turns are exact. */
function turn(x: number, y: number, angleDeg: number): readonly [number, number] {
  switch (((angleDeg % 360) + 360) % 360) {
    case 0:
      return [x, y];
    case 90:
      return [-y, x];
    case 180:
      return [-x, -y];
    case 270:
      return [y, -x];
    default: {
      const sine = Math.sin((angleDeg * Math.PI) / 180);
      const cosine = Math.cos((angleDeg * Math.PI) / 180);
      return [x * cosine - y * sine, x * sine + y * cosine];
    }
  }
}
