/**
 * @file A sheet of a usual size on a light lid: nothing but the faint shadow of its edges tells where it ends, so the known
 * size is looked for, at every place and tilt, where all its sides have a line that runs along nearly all of them.
 */
import { turnedGrid, type Grid } from './turned-grid.ts';
import type { Ground, SmallPage } from './small-page.ts';
import type { TurnedRectangle } from './rectangle.ts';

const MOST_TILT_DEG = 5;
const TILT_STEP_DEG = 0.5;
/** A side may be this far from where a sheet of the exact size has it. */
const SLACK_MM = 1;
/** Shares of its length along which a side is seen: where a shadow falls, on the lit sides, as the only free side. */
const LEAST_SEEN = 0.72;
const LEAST_FAINT = 0.3;
const LEAST_ALONE = 0.9;
const RIM_MM = 1;
const LEAST_STEP = 1.6;
const NOISES = 2.2;

/** @returns the sheet in pixels of the small page, or null */
export function findFaintSheet(
  page: SmallPage,
  { depth, noise }: Ground,
  sizeMm: readonly [short: number, long: number],
): TurnedRectangle | null {
  const threshold = Math.max(LEAST_STEP, NOISES * noise);
  const inner = withoutRim(depth, page);
  let best: { sheet: TurnedRectangle; score: number } | null = null;
  for (let tilt = -MOST_TILT_DEG; tilt <= MOST_TILT_DEG; tilt += TILT_STEP_DEG) {
    const grid = turnedGrid(inner, page.width, page.height, tilt);
    const uprights = runningSums(linesDown(grid, threshold), grid.width, grid.height, true);
    const levels = runningSums(linesAcross(grid, threshold), grid.width, grid.height, false);
    for (const [wideMm, highMm] of [sizeMm, [sizeMm[1], sizeMm[0]] as const]) {
      const found = bestPlace(
        grid,
        uprights,
        levels,
        wideMm * page.pixelsPerMm,
        highMm * page.pixelsPerMm,
        page,
        tilt === 0,
      );
      if (found && (!best || found.score > best.score))
        best = { score: found.score, sheet: grid.toPage(found.x, found.y, found.wide, found.high, tilt) };
    }
  }
  return best?.sheet ?? null;
}

/** The edge of glass and lid at the rim of a scan is no edge of paper. */
function withoutRim(depth: Float32Array, { width, height, pixelsPerMm }: SmallPage): Float32Array {
  const inner = depth.slice();
  const rim = Math.round(RIM_MM * pixelsPerMm);
  for (let y = 0; y < height; y++) {
    if (y < rim || y >= height - rim) inner.fill(0, y * width, (y + 1) * width);
    else {
      inner.fill(0, y * width, y * width + rim);
      inner.fill(0, (y + 1) * width - rim, (y + 1) * width);
    }
  }
  return inner;
}

/** 1 where brightness changes from left to right, or a dark line runs down; averaged downwards over a few pixels. */
function linesDown(grid: Grid, threshold: number): Uint8Array {
  const { width, height } = grid;
  return lines(averaged(grid, width), 1, width, height, threshold);
}

function linesAcross(grid: Grid, threshold: number): Uint8Array {
  const { width, height } = grid;
  return lines(averaged(grid, 1), width, width, height, threshold);
}

const REACH = 2;

/** Mean of five pixels along the line; noise shrinks, the line does not. */
function averaged({ data, width, height }: Grid, step: number): Float32Array {
  const means = new Float32Array(data.length);
  for (let at = REACH * width; at < (height - REACH) * width; at++)
    means[at] =
      (value(data, at - 2 * step) +
        value(data, at - step) +
        value(data, at) +
        value(data, at + step) +
        value(data, at + 2 * step)) /
      5;
  return means;
}

/** @param step from pixel to pixel across the line */
function lines(means: Float32Array, step: number, width: number, height: number, threshold: number): Uint8Array {
  const marks = new Uint8Array(means.length);
  for (let at = 3 * width; at < (height - 3) * width; at++) {
    const before = (value(means, at - 3 * step) + value(means, at - 2 * step)) / 2;
    const after = (value(means, at + 3 * step) + value(means, at + 2 * step)) / 2;
    const here = value(means, at);
    if (Math.abs(before - after) > threshold || (here - before > threshold && here - after > threshold)) marks[at] = 1;
  }
  return marks;
}

const value = (data: Float32Array, at: number): number => data[at] as number;

/** Marks counted from the beginning of each line, so that any stretch is one subtraction. */
function runningSums(marks: Uint8Array, width: number, height: number, isDown: boolean): Uint16Array {
  const sums = new Uint16Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * (width + 1) + x;
      const to = isDown ? from + width + 1 : from + 1;
      sums[to] = (sums[from] as number) + (marks[y * width + x] as number);
    }
  }
  return sums;
}

interface Side {
  /** Share of its length along which a line is seen. */
  readonly seen: number;
  readonly at: number;
  /** At the edge of the glass, where nothing throws a shadow. */
  readonly isRim: boolean;
}

/** Of two opposite sides one is seen nearly all along; the other too, or faintly, or it is the rim. */
function isPair(a: Side, b: Side): boolean {
  return Math.max(a.seen, b.seen) >= LEAST_SEEN || (a.isRim && b.isRim);
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly wide: number;
  readonly high: number;
  readonly score: number;
}

function bestPlace(
  grid: Grid,
  uprights: Uint16Array,
  levels: Uint16Array,
  wide: number,
  high: number,
  page: SmallPage,
  isLevel: boolean,
): Place | null {
  const stride = grid.width + 1;
  const slack = Math.round(SLACK_MM * page.pixelsPerMm);
  const clampX = (x: number): number => Math.min(grid.width, Math.max(0, Math.round(x)));
  const clampY = (y: number): number => Math.min(grid.height, Math.max(0, Math.round(y)));
  /** The best line near where the side should be, as the share of the side that it is seen along. */
  const side = (isUpright: boolean, at: number, from: number, to: number): Side => {
    const most = isUpright ? grid.width : grid.height;
    // Laid against the rim of the glass, a side has nothing to throw its shadow on.
    const isRim = isLevel && Math.min(Math.abs(at), Math.abs(at - most)) <= slack;
    let best: Side = { seen: 0, at, isRim };
    for (let line = Math.round(at) - slack; line <= Math.round(at) + slack; line++) {
      if (line < 0 || line >= most) continue;
      const seen = isUpright
        ? (uprights[clampY(to) * stride + line] ?? 0) - (uprights[clampY(from) * stride + line] ?? 0)
        : (levels[line * stride + clampX(to)] ?? 0) - (levels[line * stride + clampX(from)] ?? 0);
      if (seen / (to - from) > best.seen) best = { seen: seen / (to - from), at: line, isRim };
    }
    return best;
  };
  let best: Place | null = null;
  const over = 2 * page.pixelsPerMm;
  for (let y = -over; y + high <= grid.height + over; y += 2) {
    for (let x = -over; x + wide <= grid.width + over; x += 2) {
      const left = side(true, x, y, y + high);
      const right = side(true, x + wide, y, y + high);
      if (!isPair(left, right)) continue;
      const top = side(false, y, x, x + wide);
      const bottom = side(false, y + high, x, x + wide);
      if (!isPair(top, bottom)) continue;
      const free = [left, right, top, bottom].filter(({ isRim }) => !isRim).map(({ seen }) => seen);
      // One side alone is one line of a form: it must run from end to end, with rims all around the rest.
      if (free.length < 2 && Math.min(...free) < LEAST_ALONE) continue;
      if (free.filter((seen) => seen < LEAST_FAINT).length > (isLevel ? 1 : 0)) continue;
      const score = free.reduce((sum, share) => sum + share, 0) / free.length;
      if (!best || score > best.score)
        best = { x: left.at, y: top.at, wide: right.at - left.at, high: bottom.at - top.at, score };
    }
  }
  return best;
}
