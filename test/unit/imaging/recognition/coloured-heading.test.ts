import { describe, expect, it } from 'vitest';
import { findRedAreas } from '../../../../main/imaging/recognition/coloured-heading.ts';
import type { ColourImage } from '../../../../main/imaging/recognition/raster.ts';

type Rgb = readonly [number, number, number];

const DPI = 200;
const [WIDTH, HEIGHT] = [827, 1169];
const PAPER: Rgb = [246, 243, 236];
const RED: Rgb = [196, 42, 58];

function page(colour: (x: number, y: number) => Rgb): ColourImage {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) for (let x = 0; x < WIDTH; x++) data.set(colour(x, y), (y * WIDTH + x) * 3);
  return { data, width: WIDTH, height: HEIGHT };
}

/** Strokes of letters, two words with a space of 5 mm between them. */
const isTitle = (x: number, y: number): boolean =>
  y > 200 && y < 240 && x % 8 < 3 && ((x > 200 && x < 360) || (x > 400 && x < 560));

describe('Red print on a page', () => {
  it.each([
    ['white', (): Rgb => PAPER],
    ['printed in black', (x: number, y: number): Rgb => (isTitle(x, y) ? [30, 28, 26] : PAPER)],
    ['written in blue', (x: number, y: number): Rgb => (isTitle(x, y) ? [40, 60, 160] : PAPER)],
    ['on warm, grainy paper', (x: number, y: number): Rgb => [235 + ((x * 7) % 15), 222 + ((y * 5) % 12), 205]],
    ['specked with red', (x: number, y: number): Rgb => (x % 60 === 0 && y % 60 === 0 ? RED : PAPER)],
  ])('is not found where the page is %s', (_, colour) => {
    expect(findRedAreas(page(colour), DPI)).toEqual([]);
  });

  it('is found as one area around all words of a title', () => {
    const [area, ...others] = findRedAreas(
      page((x, y) => (isTitle(x, y) ? RED : PAPER)),
      DPI,
    );
    expect(others).toEqual([]);
    const [left, top, width, height] = area ?? [0, 0, 0, 0];
    expect(left).toBeLessThan(200);
    expect(top).toBeLessThan(200);
    expect(left + width).toBeGreaterThan(560);
    expect(top + height).toBeGreaterThan(240);
    expect(width * height).toBeLessThan(3 * 360 * 40);
  });

  it('is found on pink paper, and the paper is not', () => {
    const pink = findRedAreas(
      page((x, y) => (isTitle(x, y) ? RED : [250, 205, 205])),
      DPI,
    );
    expect(pink).toEqual(
      findRedAreas(
        page((x, y) => (isTitle(x, y) ? RED : PAPER)),
        DPI,
      ),
    );
  });

  it('is told from a seal far below it', () => {
    const isSeal = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 600, y - 900) - 120) < 5;
    expect(
      findRedAreas(
        page((x, y) => (isTitle(x, y) || isSeal(x, y) ? RED : PAPER)),
        DPI,
      ),
    ).toHaveLength(2);
  });
});
