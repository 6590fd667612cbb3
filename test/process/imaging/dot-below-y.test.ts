import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { OcrPool } from '../../../main/imaging/recognition/ocr-pool.ts';
import type { GreyImage } from '../../../main/imaging/recognition/raster.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LINES = join(ROOT, 'test/fixtures/lines');
const pool = new OcrPool({ tessdataFolder: join(ROOT, 'resources/tessdata'), workers: 1 });
afterAll(() => pool.close());

async function read(change: (image: GreyImage) => void = () => undefined, file = 'dot-below-y.png'): Promise<string[]> {
  const { data, info } = await sharp(join(LINES, file))
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const image = { data: new Uint8Array(data), width: info.width, height: info.height };
  change(image);
  const { rows } = await pool.recognise(image, 250, new AbortController().signal, 'block');
  return rows.map(({ words }) => words.map(({ text }) => text).join(' '));
}

describe('The letter that the model of the engine does not have', () => {
  it('is read by its dot, in capitals and small letters, before marks and at the end of a line', async () => {
    const [dotted] = await read();
    expect(dotted).toBe('Bà LÊ THỊ MỴ (Mỵ) ở huyện lỵ Thuỵ Khuê, sinh năm Ất Tỵ.');
  });

  it('is not put where there is no dot: commas, full stops and tails are none', async () => {
    const [, plain] = await read();
    expect(plain).toBe('Cô LÊ THỊ MY, ở công ty, ly, Thuy; năm quy My.');
  });

  it.each(['bare-y-grainy.jpg', 'bare-y-pale.jpg', 'bare-y-serif.jpg'])(
    'is not made of the ball at the end of a tail, where the hairline before it is lost: %s',
    async (file) => {
      const text = (await read(undefined, file)).join(' ');
      expect(text).toMatch(/Duy.*Huy.*ty.*Duy/u);
      expect(text).not.toMatch(/[ỵỴ]/u);
    },
  );

  it('is not made of the dotted line of a form, nor of grain', async () => {
    const [, onDots] = await read(({ data, width, height }) => {
      const line = Math.round(height * 0.84);
      for (let x = 4; x < width - 4; x += 14)
        for (let y = line; y < line + 5; y++) data.fill(40, y * width + x, y * width + x + 5);
    });
    expect(onDots).not.toMatch(/[ỵỴ]/u);
    const [, grainy] = await read(({ data, width }) => {
      for (let at = 0; at < data.length; at += 97 + (at % width) / 9) data[Math.floor(at)] = 120;
    });
    expect(grainy).not.toMatch(/[ỵỴ]/u);
  });
});
