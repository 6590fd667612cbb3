import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { isBlankPage } from '../../../../main/imaging/recognition/blank.ts';
import { decodePage } from '../../../../main/imaging/recognition/decode.ts';
import type { ColourImage } from '../../../../main/imaging/recognition/raster.ts';

const DPI = 200;
const WIDTH = 1653;
const HEIGHT = 2339;

/** A sheet with Gaussian-like noise from a fixed generator, so that the test is the same every time. */
function sheet(paper: readonly [number, number, number], noise: number): ColourImage {
  let seed = 1;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let at = 0; at < data.length; at += 3) {
    const shade = (random() + random() + random() - 1.5) * noise * 2;
    for (let plane = 0; plane < 3; plane++)
      data[at + plane] = Math.max(0, Math.min(255, (paper[plane] as number) + shade));
  }
  return { data, width: WIDTH, height: HEIGHT };
}

function paint(
  image: ColourImage,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: readonly [number, number, number],
): ColourImage {
  const data = new Uint8Array(image.data);
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) data.set(colour, (row * image.width + column) * 3);
  }
  return { ...image, data };
}

const WHITE = sheet([250, 250, 250], 4);
const YELLOWED = sheet([226, 208, 170], 9);

describe('blank pages', () => {
  it.each([
    ['white paper', WHITE, true],
    ['yellowed, grainy paper', YELLOWED, true],
    ['a dark edge from the scanner lid', paint(WHITE, 0, 0, 30, HEIGHT, [30, 30, 30]), true],
    ['specks of dust', paint(paint(WHITE, 700, 900, 3, 3, [90, 90, 90]), 300, 1500, 4, 3, [60, 60, 60]), true],
    ['one short line of text', paint(WHITE, 300, 600, 180, 24, [40, 40, 40]), false],
    ['a page number', paint(WHITE, 820, 2200, 14, 24, [40, 40, 40]), false],
    ['a faint pencil stroke', paint(YELLOWED, 400, 900, 200, 5, [150, 140, 120]), false],
    ['a pale red stamp line', paint(WHITE, 900, 1200, 120, 8, [240, 150, 150]), false],
    ['a small code', paint(WHITE, 200, 300, 90, 90, [20, 20, 20]), false],
  ] as const)('%s', (_, image, isBlank) => {
    expect(isBlankPage(image, DPI)).toBe(isBlank);
  });

  it('hides the blank verso of the sample stack and no other page of it', async () => {
    const folder = new URL('../../../../resources/samples/stack-thuong-tru/', import.meta.url);
    const verdicts = await Promise.all(
      ['01-to-khai-ct01.jpg', '03-giay-khai-sinh.jpg', '04-mat-sau-trang.jpg'].map(async (name) => {
        const { image } = await decodePage(await readFile(new URL(name, folder)));
        return isBlankPage(image, DPI);
      }),
    );
    expect(verdicts).toEqual([false, false, true]);
  });
});
