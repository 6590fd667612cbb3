/**
 * @file Tells photographs and ID cards from papers with text. A face must never be cut into ink and background, so such
 * pages are stored as one plain JPEG.
 */
import type { Background } from './background.ts';

const TILE_MM = 4;
/** Distance from the colour of the paper from which a point is neither paper nor a shade of it. */
const MID_TONE_FROM = 28;
/** A seal is thin rings and letters: its tiles are mostly paper. */
const TILE_FULL_FROM = 0.6;
/** Red against the other channels: stamp ink has twice as much, skin a third more. */
const SEAL_RED_FROM = 1.7;
/** A flat tint (a shaded table head) is no picture: a picture's points differ from each other. */
const TILE_TEXTURE_FROM = 6;

/** Square millimetres of the page that look like a picture. */
export function measurePictureArea(background: Background): number {
  const { data, width, height, dpi } = background;
  const tilePx = Math.max(4, Math.round((TILE_MM / 25.4) * dpi));
  const paper = medianColour(background);
  let tiles = 0;
  for (let top = 0; top + tilePx <= height; top += tilePx) {
    for (let left = 0; left + tilePx <= width; left += tilePx) {
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
      if (midTones < tilePx * tilePx * TILE_FULL_FROM) continue;
      const deviation = Math.sqrt(Math.max(0, squares / midTones - (sum / midTones) ** 2));
      if (deviation >= TILE_TEXTURE_FROM) tiles++;
    }
  }
  return tiles * (tilePx / dpi) ** 2 * 25.4 ** 2;
}

function medianColour({ data }: Background): [number, number, number] {
  return [0, 1, 2].map((channel) => {
    const histogram = new Uint32Array(256);
    for (let at = channel; at < data.length; at += 3) histogram[data[at] as number]!++;
    let seen = 0;
    return histogram.findIndex((count) => (seen += count) >= data.length / 6);
  }) as [number, number, number];
}
