import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { eraseZeroDots } from '../../../../main/imaging/recognition/dotted-zeros.ts';
import type { GreyImage } from '../../../../main/imaging/recognition/raster.ts';
import { TYPEWRITER } from '../../../stand-ins/draw-paper.ts';

const DPI = 300;
/** Of a figure at ten points. */
const FIGURE_PX = 28;

async function draw(text: string, blurPx: number, contrast = 1): Promise<GreyImage> {
  const drawn = await sharp({ text: { text, font: TYPEWRITER.font, fontfile: TYPEWRITER.file, dpi: DPI, rgba: true } })
    .flatten({ background: '#fff' })
    .extend({ top: 12, bottom: 12, left: 12, right: 12, background: '#fff' })
    .png()
    .toBuffer();
  // The letters are drawn black on nothing; the ink is made paler, as a copier does.
  const { data, info } = await sharp(drawn)
    .blur(blurPx)
    .linear(contrast, 255 * (1 - contrast))
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8Array(data), width: info.width, height: info.height };
}

function erase(image: GreyImage): number {
  return eraseZeroDots(image, [0, 0, image.width, image.height], FIGURE_PX);
}

describe('dots in zeros', () => {
  it.each([
    ['sharp', 0.5, 1],
    ['blurred', 1.2, 1],
    ['pale', 1, 0.55],
  ])('are painted over, all of them, in %s print', async (_, blurPx, contrast) => {
    expect(erase(await draw('038050726730', blurPx, contrast))).toBe(4);
    expect(erase(await draw('100.000 20/10/2005', blurPx, contrast))).toBe(9);
  });

  it('leave the middle of the zero white, and nothing to find the second time', async () => {
    const zero = await draw('0', 0.8);
    const middle = (zero.height >> 1) * zero.width + (zero.width >> 1);
    expect(zero.data[middle]).toBeLessThan(128);
    expect(erase(zero)).toBe(1);
    expect(zero.data[middle]).toBe(255);
    expect(erase(zero)).toBe(0);
  });

  it.each([0.5, 0.8, 1.2, 1.6])(
    'are not seen in any other figure or letter, blurred by %d: not a pixel changes',
    async (blurPx) => {
      for (const text of [
        '8',
        '6',
        '9',
        '123456789',
        '8888668899',
        'aăâbdđeêgoôơpq',
        'AĂÂBDĐOÔƠPQR',
        'ộẫậễệặồỗ',
        '@%&#',
      ]) {
        const image = await draw(text.replace('&', '&amp;'), blurPx);
        const before = Uint8Array.from(image.data);
        expect([text, erase(image)]).toEqual([text, 0]);
        expect(image.data).toEqual(before);
      }
    },
  );

  it('are not made of specks beside the middle, nor of what stands in the cell of a table', async () => {
    const cell = await draw('11', 0.5);
    const { width, height, data } = cell;
    for (let x = 2; x < width - 2; x++) data[2 * width + x] = data[(height - 3) * width + x] = 0;
    for (let y = 2; y < height - 2; y++) data[y * width + 2] = data[y * width + width - 3] = 0;
    expect(erase(cell)).toBe(0);
    const letter = await draw('O', 0.5);
    const top = letter.data.findIndex((value) => value < 128);
    const x = top % letter.width;
    const inside = Math.floor(top / letter.width) + 7;
    for (let y = inside; y < inside + 2; y++) letter.data.fill(0, y * letter.width + x, y * letter.width + x + 2);
    expect(erase(letter)).toBe(0);
  });

  it('are looked for in the area alone, and in none that is outside the image or beyond all sizes', async () => {
    const two = await draw('0000', 0.8);
    expect(eraseZeroDots(two, [0, 0, two.width / 2, two.height], FIGURE_PX)).toBe(2);
    expect(eraseZeroDots(two, [two.width + 5, 0, 50, 50], FIGURE_PX)).toBe(0);
    const huge = { data: new Uint8Array(2_000 * 2_000), width: 2_000, height: 2_000 };
    expect(eraseZeroDots(huge, [0, 0, 2_000, 2_000], FIGURE_PX)).toBe(0);
  });
});
