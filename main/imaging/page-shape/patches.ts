/** @file Connected patches of a yes-or-no picture, with the outline of each. */
import type { Point } from './rectangle.ts';

export interface Patch {
  readonly left: number;
  readonly top: number;
  /** One past the last. */
  readonly right: number;
  readonly bottom: number;
  readonly pixels: number;
  /** First and last pixel of each of its rows: enough for everything convex about it. */
  readonly outline: readonly Point[];
}

/** 4-connected patches of at least `least` pixels. */
export function findPatches(mask: Uint8Array, width: number, height: number, least: number): Patch[] {
  const seen = new Uint8Array(mask.length);
  const queue: number[] = [];
  const patches: Patch[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] !== 1 || seen[start] === 1) continue;
    const rows = new Map<number, { first: number; last: number }>();
    let pixels = 0;
    seen[start] = 1;
    queue.push(start);
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      pixels++;
      const x = at % width;
      const y = (at - x) / width;
      const row = rows.get(y);
      if (!row) rows.set(y, { first: x, last: x });
      else if (x < row.first) row.first = x;
      else if (x > row.last) row.last = x;
      if (x > 0) visit(at - 1);
      if (x + 1 < width) visit(at + 1);
      if (y > 0) visit(at - width);
      if (y + 1 < height) visit(at + width);
    }
    if (pixels >= least) patches.push(patchOf(rows, pixels));
  }
  return patches;

  function visit(at: number): void {
    if (mask[at] !== 1 || seen[at] === 1) return;
    seen[at] = 1;
    queue.push(at);
  }
}

function patchOf(rows: ReadonlyMap<number, { first: number; last: number }>, pixels: number): Patch {
  let [left, right, top, bottom] = [Infinity, 0, Infinity, 0];
  const outline: Point[] = [];
  for (const [y, { first, last }] of rows) {
    left = Math.min(left, first);
    right = Math.max(right, last + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
    outline.push({ x: first, y }, { x: first, y: y + 1 }, { x: last + 1, y }, { x: last + 1, y: y + 1 });
  }
  return { left, top, right, bottom, pixels, outline };
}

/** One patch of several; all at once, because outlines are long. @param patches at least one */
export function joinPatches(patches: readonly Patch[]): Patch {
  return {
    ...patches.map(extentOf).reduce(joinExtents),
    pixels: patches.reduce((sum, { pixels }) => sum + pixels, 0),
    outline: patches.flatMap(({ outline }) => outline),
  };
}

export type Extent = Pick<Patch, 'left' | 'top' | 'right' | 'bottom'>;

const extentOf = ({ left, top, right, bottom }: Patch): Extent => ({ left, top, right, bottom });

/** The smallest extent around both. */
export function joinExtents(a: Extent, b: Extent): Extent {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** Each row from its first pixel to its last: what is printed inside a sheet does not count against it. */
export function filledArea({ outline }: Patch): number {
  const rows = new Map<number, { first: number; last: number }>();
  for (let at = 0; at + 2 < outline.length; at += 4) {
    const [from, to] = [outline[at] as Point, outline[at + 2] as Point];
    const row = rows.get(from.y);
    if (!row) rows.set(from.y, { first: from.x, last: to.x });
    else {
      row.first = Math.min(row.first, from.x);
      row.last = Math.max(row.last, to.x);
    }
  }
  let area = 0;
  for (const { first, last } of rows.values()) area += last - first;
  return area;
}
