/**
 * @file Where a machine-readable zone lies: three straight, parallel, equally spaced rows whose characters stand on one grid
 * of ten to the inch. Found by geometry alone, so that a tilted photocopy of a card is found as well as a card on the glass.
 */
import { MRZ_COLUMNS } from '../../people/machine-readable-zone.ts';
import type { Mark } from './marks.ts';

/** A straight line of print; `distance` is along the normal of the direction (cos, sin). */
export interface ZoneGrid {
  /** Unit vector of reading, y down. */
  readonly cos: number;
  readonly sin: number;
  /** Along the normal (−sin, cos), pixels: the middle of each row. */
  readonly rows: readonly [number, number, number];
  /** Along the direction, pixels: centre of the first character. */
  readonly start: number;
  /** From character to character, pixels. */
  readonly pitch: number;
}

const STEP_DEG = 0.25;
const MOST_TILT_DEG = 8;
const LEAST_IN_ROW = 20;
/** Rows of TD1 stand 1/6 inch apart, give or take a printer and a photocopier. */
const ROW_STEP = { least: 0.135, most: 0.2 };
const SCALE = { least: 0.86, most: 1.14, steps: 113 };
const MOST_ZONES = 6;

interface Row {
  readonly at: number;
  readonly count: number;
}

/** Candidates, best first; for text that runs from left to right and for text that runs downwards. */
export function findZones(marks: readonly Mark[], dpi: number): ZoneGrid[] {
  const found: { grid: ZoneGrid; fit: number }[] = [];
  for (const quarter of [0, 90]) {
    for (let tilt = -MOST_TILT_DEG; tilt <= MOST_TILT_DEG; tilt += STEP_DEG) {
      const angle = ((quarter + tilt) * Math.PI) / 180;
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const rows = findRows(marks, cos, sin, dpi);
      for (const triple of triplesOf(rows, dpi)) {
        const grid = fitGrid(straighten(marks, angle, triple, dpi), dpi);
        if (grid) found.push(grid);
      }
    }
  }
  found.sort((a, b) => b.fit - a.fit);
  return found.slice(0, MOST_ZONES).map(({ grid }) => grid);
}

/** Distances along the normal at which many marks have their middle. */
function findRows(marks: readonly Mark[], cos: number, sin: number, dpi: number): Row[] {
  const binPx = dpi / 100;
  const counts = new Map<number, number>();
  for (const mark of marks) {
    const bin = Math.round((mark.y * cos - mark.x * sin) / binPx);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const rows: Row[] = [];
  for (const [bin, own] of counts) {
    const [before, after] = [counts.get(bin - 1) ?? 0, counts.get(bin + 1) ?? 0];
    if (own < before || own <= after) continue;
    const count = own + before + after;
    if (count >= LEAST_IN_ROW)
      rows.push({ at: ((bin * own + (bin - 1) * before + (bin + 1) * after) / count) * binPx, count });
  }
  return rows.sort((a, b) => a.at - b.at);
}

function triplesOf(rows: readonly Row[], dpi: number): [number, number, number][] {
  const triples: [number, number, number][] = [];
  const isStep = (from: Row, to: Row): boolean => {
    const step = (to.at - from.at) / dpi;
    return step >= ROW_STEP.least && step <= ROW_STEP.most;
  };
  for (const first of rows) {
    for (const second of rows) {
      if (!isStep(first, second)) continue;
      for (const third of rows) {
        if (!isStep(second, third)) continue;
        if (Math.abs(third.at - 2 * second.at + first.at) < dpi * 0.02) triples.push([first.at, second.at, third.at]);
      }
    }
  }
  return triples;
}

interface Print {
  readonly cos: number;
  readonly sin: number;
  readonly rows: readonly [number, number, number];
  /** Middles of the marks of the three rows, along the direction. */
  readonly along: readonly number[];
}

/** The direction was tried in steps; the marks of the three rows say it exactly. */
function straighten(
  marks: readonly Mark[],
  angle: number,
  rows: readonly [number, number, number],
  dpi: number,
): Print {
  const slack = dpi * 0.03;
  const near = (direction: number, lines: readonly number[]): { along: number; aside: number; row: number }[] => {
    const [cos, sin] = [Math.cos(direction), Math.sin(direction)];
    return marks.flatMap((mark) => {
      const distance = mark.y * cos - mark.x * sin;
      const row = lines.findIndex((line) => Math.abs(line - distance) <= slack);
      return row < 0 ? [] : [{ along: mark.x * cos + mark.y * sin, aside: distance - (lines[row] ?? 0), row }];
    });
  };
  const tried = near(angle, rows);
  const middle = mean(tried.map(({ along }) => along));
  const spread = tried.reduce((sum, { along }) => sum + (along - middle) ** 2, 0);
  const slope = tried.reduce((sum, { along, aside }) => sum + (along - middle) * aside, 0) / Math.max(1, spread);
  const exact = angle + Math.atan(slope);
  // Turned about the origin, the rows move by what the slope makes of their middle.
  const moved = rows.map((row) => row - slope * middle) as [number, number, number];
  const seen = near(exact, moved);
  const own = moved.map((line, row) => line + mean(seen.filter((mark) => mark.row === row).map(({ aside }) => aside)));
  return {
    cos: Math.cos(exact),
    sin: Math.sin(exact),
    rows: own as [number, number, number],
    along: seen.map(({ along }) => along),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Pitch and phase at which the middles of all marks of the three rows repeat best; then the slots they fill. */
function fitGrid({ cos, sin, rows, along }: Print, dpi: number): { grid: ZoneGrid; fit: number } | undefined {
  if (along.length < 3 * LEAST_IN_ROW) return undefined;
  let best = { strength: 0, pitch: 0, phase: 0 };
  for (let step = 0; step < SCALE.steps; step++) {
    const pitch = (dpi / 10) * (SCALE.least + ((SCALE.most - SCALE.least) * step) / (SCALE.steps - 1));
    let [x, y] = [0, 0];
    for (const place of along) {
      const turn = (2 * Math.PI * place) / pitch;
      x += Math.cos(turn);
      y += Math.sin(turn);
    }
    const strength = Math.hypot(x, y) / along.length;
    if (strength > best.strength) best = { strength, pitch, phase: (Math.atan2(y, x) / (2 * Math.PI)) * pitch };
  }
  if (best.strength < 0.5) return undefined;
  const { slot, share } = bestWindow(along.map((place) => Math.round((place - best.phase) / best.pitch)));
  const grid = { cos, sin, rows, start: best.phase + slot * best.pitch, pitch: best.pitch };
  return { grid, fit: best.strength * share * Math.min(90, along.length) };
}

/** The 30 neighbouring slots that hold most of the marks, and which share of the 90 places that is. */
function bestWindow(slots: readonly number[]): { slot: number; share: number } {
  const counts = new Map<number, number>();
  for (const slot of slots) counts.set(slot, Math.min(3, (counts.get(slot) ?? 0) + 1));
  let best = { slot: 0, held: -1 };
  for (const slot of counts.keys()) {
    let held = 0;
    for (let column = 0; column < MRZ_COLUMNS; column++) held += counts.get(slot + column) ?? 0;
    if (held > best.held) best = { slot, held };
  }
  return { slot: best.slot, share: best.held / (3 * MRZ_COLUMNS) };
}
