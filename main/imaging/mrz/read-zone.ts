/**
 * @file Reads a machine-readable zone by comparing each of its 90 places with the 37 characters of OCR-B. General recognition
 * drops the fillers or takes them for letters; a fixed grid cannot lose one. Nothing is accepted whose checks do not all hold.
 */
import { MRZ_COLUMNS, parseMachineReadableZone, type MachineReadableZone } from '../../people/machine-readable-zone.ts';
import type { Box } from '../../../preload/types.ts';
import { flattenBackground } from '../recognition/flatten.ts';
import type { GreyImage } from '../recognition/raster.ts';
import { findMarks } from './marks.ts';
import { findZones, type ZoneGrid } from './find-zone.ts';
import { CELL_HEIGHT, CELL_WIDTH, normalise, type Template } from './templates.ts';

export interface ReadZone {
  readonly zone: MachineReadableZone;
  /** The three lines as read. */
  readonly lines: readonly string[];
  /** Mean correlation of the 90 characters, 0–100. */
  readonly confidence: number;
  /** Pixels of the image. */
  readonly box: Box;
}

const DIGITS = /[0-9]/;
const LETTERS = /[A-Z<]/;
const ANY = /[A-Z0-9<]/;
/** What may stand in each place of a Vietnamese TD1 (ICAO 9303-5, 4.2): a letter is never taken for a digit that it cannot be. */
const PLACES: readonly (readonly [pattern: RegExp, count: number])[][] = [
  [
    [LETTERS, 5],
    [DIGITS, 10],
    [DIGITS, 12],
    [/</, 2],
    [DIGITS, 1],
  ],
  [
    [DIGITS, 7],
    [/[MF<]/, 1],
    [DIGITS, 7],
    [LETTERS, 3],
    [ANY, 11],
    [DIGITS, 1],
  ],
  [[LETTERS, 30]],
];
const ALLOWED: readonly (readonly RegExp[])[] = PLACES.map((line) =>
  line.flatMap(([pattern, count]) => Array.from({ length: count }, () => pattern)),
);

/** How far a whole row may lie beside the grid, in cell pixels: fillers are lower than capitals and pull its middle down. */
const ROW_SEARCH = { down: 5, right: 3 };
/** And one character beside its row. */
const PLACE_SEARCH = 1;
/** Every third place is enough to see how a row lies. */
const ROW_SAMPLE = 3;
const LEAST_CORRELATION = 0.45;
/** Dark enough for ink, in shares of the paper: a faint copy, a usual one, one with a pattern behind the print. */
const INK_LEVELS = [150, 115, 180] as const;

/** @param image the grey page at `dpi`, any way up; @returns null when no zone stands on it that all checks accept */
export function readZone(image: GreyImage, dpi: number, templates: readonly Template[]): ReadZone | null {
  const flat = flattenBackground(image);
  for (const ink of INK_LEVELS) {
    const marks = findMarks(flat, ink, dpi * 0.035, dpi * 0.13);
    for (const grid of findZones(marks, dpi)) {
      for (const way of [grid, upsideDown(grid)]) {
        const read = readGrid(flat, way, templates);
        if (read) return read;
      }
    }
  }
  return null;
}

/** The same rows read from their other end. */
function upsideDown({ cos, sin, rows, start, pitch }: ZoneGrid): ZoneGrid {
  const [first, second, third] = rows;
  return {
    cos: -cos,
    sin: -sin,
    rows: [-third, -second, -first],
    start: -(start + (MRZ_COLUMNS - 1) * pitch),
    pitch,
  };
}

function readGrid(image: GreyImage, grid: ZoneGrid, templates: readonly Template[]): ReadZone | null {
  const lines: string[] = [];
  let sum = 0;
  for (const [row, allowed] of ALLOWED.entries()) {
    const candidates = allowed.map((pattern) => templates.filter(({ character }) => pattern.test(character)));
    const lie = findLie(image, grid, row, candidates);
    let line = '';
    for (const [column, choices] of candidates.entries()) {
      const best = readPlace(image, grid, row, column, choices, lie);
      line += best.character;
      sum += best.correlation;
    }
    lines.push(line);
    // Most candidates are no zone at all: their first row says so.
    if (row === 0 && (sum / MRZ_COLUMNS < LEAST_CORRELATION || !line.startsWith('ID'))) return null;
  }
  const parsed = parseMachineReadableZone(lines);
  if (!parsed.ok) return null;
  const confidence = Math.round((100 * sum) / (3 * MRZ_COLUMNS));
  return { zone: parsed.zone, lines, confidence, box: boxOf(grid) };
}

/** How far a row lies beside its grid, in cell pixels. */
interface Lie {
  readonly down: number;
  readonly right: number;
}

/** Where the row's characters look most like any of those that may stand there. */
function findLie(image: GreyImage, grid: ZoneGrid, row: number, candidates: readonly (readonly Template[])[]): Lie {
  let best: Lie & { sum: number } = { down: 0, right: 0, sum: -1 };
  for (let down = -ROW_SEARCH.down; down <= ROW_SEARCH.down; down++) {
    for (let right = -ROW_SEARCH.right; right <= ROW_SEARCH.right; right++) {
      let sum = 0;
      for (let column = row; column < MRZ_COLUMNS; column += ROW_SAMPLE)
        sum += compare(image, grid, row, column, candidates[column] ?? [], { down, right }).correlation;
      if (sum > best.sum) best = { down, right, sum };
    }
  }
  return best;
}

interface Match {
  readonly character: string;
  readonly correlation: number;
}

function readPlace(
  image: GreyImage,
  grid: ZoneGrid,
  row: number,
  column: number,
  choices: readonly Template[],
  lie: Lie,
): Match {
  let best: Match = { character: '<', correlation: 0 };
  for (let down = lie.down - PLACE_SEARCH; down <= lie.down + PLACE_SEARCH; down++) {
    for (let right = lie.right - PLACE_SEARCH; right <= lie.right + PLACE_SEARCH; right++) {
      const match = compare(image, grid, row, column, choices, { down, right });
      if (match.correlation > best.correlation) best = match;
    }
  }
  return best;
}

function compare(
  image: GreyImage,
  grid: ZoneGrid,
  row: number,
  column: number,
  choices: readonly Template[],
  { down, right }: Lie,
): Match {
  const along = grid.start + (column + right / CELL_WIDTH) * grid.pitch;
  const cell = sample(image, grid, along, (grid.rows[row] ?? 0) + (down * grid.pitch) / CELL_WIDTH);
  let best: Match = { character: '<', correlation: 0 };
  for (const { character, shape } of choices) {
    let correlation = 0;
    for (let at = 0; at < cell.length; at++) correlation += (cell[at] as number) * (shape[at] as number);
    if (correlation > best.correlation) best = { character, correlation };
  }
  return best;
}

/** One cell around a point of the grid, turned upright, its ink normalised. */
function sample(image: GreyImage, { cos, sin, pitch }: ZoneGrid, along: number, across: number): Float32Array {
  const scale = pitch / CELL_WIDTH;
  const cell = new Float32Array(CELL_WIDTH * CELL_HEIGHT);
  for (let y = 0, at = 0; y < CELL_HEIGHT; y++) {
    const n = across + (y + 0.5 - CELL_HEIGHT / 2) * scale;
    for (let x = 0; x < CELL_WIDTH; x++, at++) {
      const a = along + (x + 0.5 - CELL_WIDTH / 2) * scale;
      cell[at] = 255 - brightness(image, a * cos - n * sin - 0.5, a * sin + n * cos - 0.5);
    }
  }
  return normalise(cell);
}

/** Bilinear; outside the image is paper. */
function brightness({ data, width, height }: GreyImage, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  if (left < 0 || top < 0 || left + 1 >= width || top + 1 >= height) return 255;
  const [fx, fy] = [x - left, y - top];
  const at = top * width + left;
  const upper = (data[at] ?? 255) * (1 - fx) + (data[at + 1] ?? 255) * fx;
  const lower = (data[at + width] ?? 255) * (1 - fx) + (data[at + width + 1] ?? 255) * fx;
  return upper * (1 - fy) + lower * fy;
}

function boxOf({ cos, sin, rows, start, pitch }: ZoneGrid): Box {
  const corners = [rows[0] - pitch, rows[2] + pitch].flatMap((n) =>
    [start - pitch / 2, start + (MRZ_COLUMNS - 0.5) * pitch].map(
      (a) => [a * cos - n * sin, a * sin + n * cos] as const,
    ),
  );
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [Math.round(left), Math.round(top), Math.round(Math.max(...xs) - left), Math.round(Math.max(...ys) - top)];
}
