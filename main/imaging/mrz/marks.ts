/** @file Connected spots of ink, as large as printed characters may be. */
import type { GreyImage } from '../recognition/raster.ts';

export interface Mark {
  /** Centre, pixels. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Spots darker than `ink` between the given sizes (pixels, bounding box). Runs of each row are joined with those they touch in the row above,
 * so the page is walked once and nothing is kept but the runs of two rows.
 */
export function findMarks(image: GreyImage, ink: number, least: number, most: number): Mark[] {
  const spots: { left: number; right: number; top: number; bottom: number }[] = [];
  const parents: number[] = [];
  const find = (spot: number): number => {
    let root = spot;
    while (parents[root] !== root) root = parents[root] ?? root;
    parents[spot] = root;
    return root;
  };
  const join = (a: number, b: number): number => {
    const [keep, drop] = [find(a), find(b)];
    if (keep === drop) return keep;
    const [into, from] = [spots[keep], spots[drop]];
    if (into && from) {
      into.left = Math.min(into.left, from.left);
      into.right = Math.max(into.right, from.right);
      into.top = Math.min(into.top, from.top);
      into.bottom = Math.max(into.bottom, from.bottom);
    }
    parents[drop] = keep;
    return keep;
  };
  type Run = { readonly from: number; readonly to: number; readonly spot: number };
  let above: Run[] = [];
  for (let y = 0; y < image.height; y++) {
    const runs: Run[] = [];
    const row = y * image.width;
    let next = 0;
    for (let x = 0; x < image.width; x++) {
      if ((image.data[row + x] ?? 255) >= ink) continue;
      const from = x;
      while (x < image.width && (image.data[row + x] ?? 255) < ink) x++;
      const to = x - 1;
      let spot = -1;
      while (next < above.length && (above[next]?.to ?? 0) < from - 1) next++;
      for (let at = next; at < above.length; at++) {
        const run = above[at];
        if (!run || run.from > to + 1) break;
        spot = spot < 0 ? find(run.spot) : join(spot, run.spot);
      }
      if (spot < 0) {
        spot = spots.length;
        parents.push(spot);
        spots.push({ left: from, right: to, top: y, bottom: y });
      }
      const known = spots[spot];
      if (known) {
        known.left = Math.min(known.left, from);
        known.right = Math.max(known.right, to);
        known.bottom = y;
      }
      runs.push({ from, to, spot });
    }
    above = runs;
  }
  return spots.flatMap((spot, index) => {
    if (parents[index] !== index) return [];
    const width = spot.right - spot.left + 1;
    const height = spot.bottom - spot.top + 1;
    const size = Math.max(width, height);
    return size < least || size > most ? [] : [{ x: spot.left + width / 2, y: spot.top + height / 2, width, height }];
  });
}
