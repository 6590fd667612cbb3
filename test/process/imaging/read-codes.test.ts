import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { prepareZXingModule, writeBarcode } from 'zxing-wasm/writer';
import { readCodes } from '../../../main/imaging/codes/read-codes.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CARD = readFileSync(join(ROOT, 'resources', 'samples', 'the-can-cuoc.jpg'));
const PAYLOAD = '038087015329||Cao Viết Nghĩa|25121987|Nam|Thôn Chiềng Đông, Xã Cẩm Thạch, Thanh Hóa|14082023';

beforeAll(async () => {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/writer/zxing_writer.wasm'));
  await prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer }, fireImmediately: true });
});

/** Draws a code into the corner of white paper. */
async function paperWith(format: 'QRCode' | 'Code128', text: string, scale: number): Promise<Buffer> {
  const { image } = await writeBarcode(text, { format, scale });
  const code = Buffer.from(await image!.arrayBuffer());
  return sharp({ create: { width: 1200, height: 900, channels: 3, background: '#fff' } })
    .composite([{ input: code, left: 100, top: 200 }])
    .jpeg()
    .toBuffer();
}

describe('reading codes', () => {
  test('finds the identity of the practice card, in correct Vietnamese, where it is printed', async () => {
    const [code, ...others] = await readCodes(CARD);
    expect(others).toEqual([]);
    expect(code).toMatchObject({ format: 'QRCode', text: PAYLOAD });
    const [left, top, width, height] = code!.box;
    for (const side of [width, height]) expect(Math.abs((side / 300) * 25.4 - 18)).toBeLessThan(0.6);
    expect([left > 1400 && left < 1600, top > 500 && top < 650]).toEqual([true, true]);
  });

  test.each([90, 180, 270])('finds it on a page that lies turned by %i degrees', async (degrees) => {
    const [code] = await readCodes(await sharp(CARD).rotate(degrees).jpeg().toBuffer());
    expect(code?.text).toBe(PAYLOAD);
  });

  test.each([
    ['grey', (card: Sharp) => card.toColourspace('b-w').jpeg()],
    ['two colours', (card: Sharp) => card.greyscale().threshold(150).png({ palette: true, colours: 2 })],
    ['blurred, weakly copied JPEG', (card: Sharp) => card.blur(1.2).linear(0.5, 110).jpeg({ quality: 45 })],
    ['150 dpi', (card: Sharp) => card.resize({ width: 1240 }).jpeg()],
  ])('finds it in a copy of %s', async (_, change) => {
    const [code] = await readCodes(await change(sharp(CARD)).toBuffer());
    expect(code?.text).toBe(PAYLOAD);
  });

  test('enlarges small pictures until their modules can be told apart', async () => {
    const tiny = await sharp(CARD)
      .extract({ left: 1440, top: 520, width: 320, height: 320 })
      .resize({ width: 96 })
      .png()
      .toBuffer();
    const [code] = await readCodes(tiny);
    expect(code?.text).toBe(PAYLOAD);
    expect(code!.box[0] + code!.box[2]).toBeLessThanOrEqual(96);
  });

  test('finds nothing on a page without a code', async () => {
    expect(await readCodes(readFileSync(join(ROOT, 'test', 'fixtures', 'pages', '08-giay-hen.200.poor.jpg')))).toEqual(
      [],
    );
  });

  test('reads QR codes only, unless other kinds are asked for', async () => {
    const paper = await paperWith('Code128', 'H29.148-260814-0047', 3);
    expect(await readCodes(paper)).toEqual([]);
    expect((await readCodes(paper, { formats: ['Code128'] }))[0]?.text).toBe('H29.148-260814-0047');
  });

  test('refuses a picture that is none', async () => {
    await expect(readCodes(Buffer.from('xin chào'))).rejects.toMatchObject({ code: 'file-damaged' });
    await expect(readCodes(CARD.subarray(0, 100_000))).rejects.toMatchObject({ code: 'file-damaged' });
  });
});
