/**
 * @file Finds photographs and portraits on a page. A face must never be cut into ink and background, so each becomes a
 * picture of its own at the resolution of the scan, in its place on the page.
 */
import type { Box } from '../../../preload/types.ts';
import { medianColour, type BackgroundPicture } from './background.ts';
import type { BilevelImage } from './jbig2.ts';

const TILE_MM = 4;
/** Distance from the colour of the paper from which a point is neither paper nor a shade of it. */
const MID_TONE_FROM = 28;
/** A seal is thin rings and letters: its tiles are mostly paper. */
const TILE_FULL_FROM = 0.6;
/** Red against the other channels: stamp ink has twice as much, skin a third more. */
const SEAL_RED_FROM = 1.7;
/** A flat tint (a shaded table head) is no picture: a picture's points differ from each other. */
const TILE_TEXTURE_FROM = 6;
/** Less than half of an ID card's portrait. */
const PICTURE_FROM_MM2 = 250;
/** Distance from the colour of the paper at which the frame and the ground of a photograph still belong to it. */
const GROUND_FROM = 12;
const MARGIN_MM = 1;

/**
 * Boxes of the pictures in whole cells of the background, not touching each other.
 * @param black ink of the page: hair and dark clothes went there before anybody knew of a picture
 */
export function findPictures(background: BackgroundPicture, black: BilevelImage): Box[] {
  const { width, height, dpi } = background;
  const tilePx = Math.max(4, Math.round((TILE_MM / 25.4) * dpi));
  const paper = medianColour(background);
  const across = Math.floor(width / tilePx);
  const down = Math.floor(height / tilePx);
  const isPicture = new Uint8Array(across * down);
  for (let row = 0; row < down; row++)
    for (let column = 0; column < across; column++)
      isPicture[row * across + column] = looksLikePicture(background, paper, column * tilePx, row * tilePx, tilePx)
        ? 1
        : 0;
  const tileMm2 = ((tilePx / dpi) * 25.4) ** 2;
  const found = groupTiles(isPicture, across, down)
    .filter((group) => group.length * tileMm2 >= PICTURE_FROM_MM2)
    .map((group) => growToGround(background, black, paper, boxOfTiles(group, across, tilePx)));
  const margin = Math.round((MARGIN_MM / 25.4) * dpi);
  return mergeTouching(found.map((box) => widen(box, margin, width, height)));
}

function looksLikePicture(
  { data, width }: BackgroundPicture,
  paper: readonly [number, number, number],
  left: number,
  top: number,
  tilePx: number,
): boolean {
  let midTones = 0;
  let sum = 0;
  let squares = 0;
  for (let y = top; y < top + tilePx; y++) {
    for (let x = left; x < left + tilePx; x++) {
      const at = (y * width + x) * 3;
      const r = data[at] as number;
      const g = data[at + 1] as number;
      const b = data[at + 2] as number;
      const distance = Math.max(Math.abs(r - paper[0]), Math.abs(g - paper[1]), Math.abs(b - paper[2]));
      if (distance <= MID_TONE_FROM || r > SEAL_RED_FROM * Math.max(g, b)) continue;
      const light = 0.299 * r + 0.587 * g + 0.114 * b;
      midTones++;
      sum += light;
      squares += light * light;
    }
  }
  if (midTones < tilePx * tilePx * TILE_FULL_FROM) return false;
  return Math.sqrt(Math.max(0, squares / midTones - (sum / midTones) ** 2)) >= TILE_TEXTURE_FROM;
}

/** Groups of tiles that touch, corners and one tile of distance included: a bright cheek must not split a face. */
function groupTiles(isPicture: Uint8Array, across: number, down: number): number[][] {
  const groups: number[][] = [];
  const left = isPicture.slice();
  for (let start = left.indexOf(1); start >= 0; start = left.indexOf(1, start + 1)) {
    const group = [start];
    left[start] = 0;
    for (let next = 0; next < group.length; next++) {
      const tile = group[next] as number;
      const [x, y] = [tile % across, Math.floor(tile / across)];
      for (let ny = Math.max(0, y - 2); ny <= Math.min(down - 1, y + 2); ny++) {
        for (let nx = Math.max(0, x - 2); nx <= Math.min(across - 1, x + 2); nx++) {
          const neighbour = ny * across + nx;
          if (left[neighbour] === 0) continue;
          left[neighbour] = 0;
          group.push(neighbour);
        }
      }
    }
    groups.push(group);
  }
  return groups;
}

function boxOfTiles(group: readonly number[], across: number, tilePx: number): Box {
  const columns = group.map((tile) => tile % across);
  const rows = group.map((tile) => Math.floor(tile / across));
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  return [
    left * tilePx,
    top * tilePx,
    (Math.max(...columns) - left + 1) * tilePx,
    (Math.max(...rows) - top + 1) * tilePx,
  ];
}

/**
 * Moves each side outwards as long as most of the cells along it are not paper: the picture's ground, its frame, and the
 * tinted card around a portrait belong to it.
 */
function growToGround(
  { data, width, height, cellPx }: BackgroundPicture,
  black: BilevelImage,
  paper: readonly [number, number, number],
  box: Box,
): Box {
  let [left, top] = [box[0], box[1]];
  let right = Math.min(width, box[0] + box[2]);
  let bottom = Math.min(height, box[1] + box[3]);
  const isGround = (x: number, y: number): boolean => {
    const at = (y * width + x) * 3;
    return (
      black.data[y * cellPx * black.width + x * cellPx] === 1 ||
      Math.max(
        Math.abs((data[at] as number) - paper[0]),
        Math.abs((data[at + 1] as number) - paper[1]),
        Math.abs((data[at + 2] as number) - paper[2]),
      ) >= GROUND_FROM
    );
  };
  const share = (count: number, of: number): boolean => count * 2 > of;
  const columnIsGround = (x: number): boolean => {
    let count = 0;
    for (let y = top; y < bottom; y++) if (isGround(x, y)) count++;
    return share(count, bottom - top);
  };
  const rowIsGround = (y: number): boolean => {
    let count = 0;
    for (let x = left; x < right; x++) if (isGround(x, y)) count++;
    return share(count, right - left);
  };
  for (let grew = true; grew;) {
    grew = false;
    if (left > 0 && columnIsGround(left - 1)) [left, grew] = [left - 1, true];
    if (right < width && columnIsGround(right)) [right, grew] = [right + 1, true];
    if (top > 0 && rowIsGround(top - 1)) [top, grew] = [top - 1, true];
    if (bottom < height && rowIsGround(bottom)) [bottom, grew] = [bottom + 1, true];
  }
  return [left, top, right - left, bottom - top];
}

function widen([x, y, boxWidth, boxHeight]: Box, margin: number, width: number, height: number): Box {
  const left = Math.max(0, x - margin);
  const top = Math.max(0, y - margin);
  return [left, top, Math.min(width, x + boxWidth + margin) - left, Math.min(height, y + boxHeight + margin) - top];
}

function mergeTouching(boxes: readonly Box[]): Box[] {
  const merged: Box[] = [];
  for (let box of boxes) {
    for (let at = merged.findIndex((other) => overlap(box, other)); at >= 0;) {
      const [other] = merged.splice(at, 1) as [Box];
      const left = Math.min(box[0], other[0]);
      const top = Math.min(box[1], other[1]);
      const right = Math.max(box[0] + box[2], other[0] + other[2]);
      box = [left, top, right - left, Math.max(box[1] + box[3], other[1] + other[3]) - top];
      at = merged.findIndex((candidate) => overlap(box, candidate));
    }
    merged.push(box);
  }
  return merged;
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
}
