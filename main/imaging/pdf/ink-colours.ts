/** @file The shades of coloured ink as a small picture that shows only through the ink's mask. */
import { fillHoles } from './background.ts';
import type { ColouredInk } from './coloured-ink.ts';
import type { PagePixels } from './level-page.ts';

/** Enough for a seal that took ink on one side only; its edges come from the mask. */
const SHADES_DPI = 50;

/** Averages of the ink within its box; between the strokes the colours run on, so that nothing shows at their edges. */
export function measureInkColours(page: PagePixels, ink: ColouredInk, dpi: number): PagePixels {
  const [left, top, boxWidth, boxHeight] = ink.box;
  const cellPx = Math.max(1, Math.round(dpi / SHADES_DPI));
  const width = Math.ceil(boxWidth / cellPx);
  const height = Math.ceil(boxHeight / cellPx);
  const inner = new Float32Array(width * height * 4);
  const edges = new Float32Array(width * height * 4);
  const columns = Uint16Array.from({ length: boxWidth }, (_, x) => Math.floor(x / cellPx));
  for (let y = top; y < top + boxHeight; y++) {
    const row = Math.floor((y - top) / cellPx) * width;
    const end = y * page.width + left + boxWidth;
    for (let at = ink.data.indexOf(1, y * page.width + left); at >= 0 && at < end; at++) {
      if (ink.data[at] === 0) {
        at = ink.data.indexOf(1, at) - 1;
        if (at < 0) break;
        continue;
      }
      const x = at - y * page.width;
      const cell = (row + (columns[x - left] as number)) * 4;
      const sums = isInside(ink, x, y, at) ? inner : edges;
      sums[cell]! += page.data[at * 3] as number;
      sums[cell + 1]! += page.data[at * 3 + 1] as number;
      sums[cell + 2]! += page.data[at * 3 + 2] as number;
      sums[cell + 3]!++;
    }
  }
  const data = new Float32Array(width * height * 3);
  const weight = new Uint8Array(width * height);
  for (let cell = 0; cell < weight.length; cell++) {
    // The grey edge of a stroke is half paper; it counts only where a stroke has nothing else.
    const sums = (inner[cell * 4 + 3] as number) > 0 ? inner : edges;
    const count = sums[cell * 4 + 3] as number;
    if (count === 0) continue;
    weight[cell] = 1;
    for (let channel = 0; channel < 3; channel++)
      data[cell * 3 + channel] = (sums[cell * 4 + channel] as number) / count;
  }
  fillHoles({ data, weight, width, height });
  const rounded = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at++) rounded[at] = (data[at] as number) + 0.5;
  return { data: rounded, width, height };
}

function isInside({ data, width, height }: ColouredInk, x: number, y: number, at: number): boolean {
  return (
    x > 0 &&
    y > 0 &&
    x < width - 1 &&
    y < height - 1 &&
    data[at - 1] === 1 &&
    data[at + 1] === 1 &&
    data[at - width] === 1 &&
    data[at + width] === 1
  );
}
