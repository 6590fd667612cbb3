/** @file The characters of OCR-B (ISO 1073-2) as pictures to compare with; made by `scripts/make-ocr-b.ts`. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

export const CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<';
/** One step of the print: 10 characters an inch. */
export const CELL_WIDTH = 20;
/** A capital with a little room above and below. */
export const CELL_HEIGHT = 26;

const TemplateFile = z.strictObject({
  cellWidth: z.literal(CELL_WIDTH),
  cellHeight: z.literal(CELL_HEIGHT),
  glyphs: z.record(z.string(), z.string()),
});

export interface Template {
  readonly character: string;
  /** Ink less its mean, divided by its length: the product with another of these is their correlation. */
  readonly shape: Float32Array;
}

export async function loadTemplates(file: string): Promise<readonly Template[]> {
  const { glyphs } = TemplateFile.parse(JSON.parse(await readFile(file, 'utf8')));
  return [...CHARACTERS].map((character) => {
    const cell = Buffer.from(glyphs[character] ?? '', 'base64');
    if (cell.length !== CELL_WIDTH * CELL_HEIGHT) throw new Error(`${file}: no picture of ${character}`);
    return { character, shape: normalise(Float32Array.from(cell, (grey) => 255 - grey)) };
  });
}

/** Mean 0 and length 1; all zero when there is nothing but paper. */
export function normalise(ink: Float32Array): Float32Array {
  let mean = 0;
  for (const value of ink) mean += value;
  mean /= ink.length;
  let length = 0;
  for (let at = 0; at < ink.length; at++) {
    const value = (ink[at] ?? 0) - mean;
    ink[at] = value;
    length += value * value;
  }
  length = Math.sqrt(length);
  if (length > 0) for (let at = 0; at < ink.length; at++) ink[at] = (ink[at] ?? 0) / length;
  return ink;
}
