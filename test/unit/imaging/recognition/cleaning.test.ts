import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePage } from '../../../../main/imaging/recognition/decode.ts';
import { flattenBackground } from '../../../../main/imaging/recognition/flatten.ts';
import { encodeTiff, levelPage } from '../../../../main/imaging/recognition/prepare.ts';
import { inkChannel, shrink, turnQuarters, type GreyImage } from '../../../../main/imaging/recognition/raster.ts';
import { estimateSkewDeg } from '../../../../main/imaging/recognition/skew.ts';

const PAGE = new URL('../../../../test/fixtures/pages/08-giay-hen.200.stamp.jpg', import.meta.url);

/** Rows of short bars like words, falling to the right by `skewDeg`. */
function textLike(skewDeg: number): GreyImage {
  const width = 1200;
  const height = 1600;
  const data = new Uint8Array(width * height).fill(255);
  const slope = Math.tan((skewDeg * Math.PI) / 180);
  for (let line = 200; line < 1400; line += 40) {
    for (let x = 100; x < 1100; x++) {
      if (x % 70 > 52) continue;
      for (let thick = 0; thick < 14; thick++) data[(line + thick + Math.round((x - 600) * slope)) * width + x] = 20;
    }
  }
  return { data, width, height };
}

describe('decoding', () => {
  it.each([
    ['file-empty', new Uint8Array(0)],
    ['file-not-supported', new TextEncoder().encode('đây không phải là ảnh')],
    ['file-not-supported', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
  ])('refuses with %s', async (code, bytes) => {
    await expect(decodePage(bytes)).rejects.toMatchObject({ code });
  });

  it('refuses a page that breaks off with file-damaged', async () => {
    const whole = await readFile(PAGE);
    await expect(decodePage(whole.subarray(0, whole.length / 3))).rejects.toMatchObject({ code: 'file-damaged' });
  });

  it('refuses a picture of more than 20,000 pixels by its header alone', async () => {
    const long = await sharp({ create: { width: 1, height: 20_001, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    await expect(decodePage(long)).rejects.toMatchObject({ code: 'image-too-large' });
  });

  it.each([
    [600, 600, 300],
    [300, 300, 300],
    [200, 200, 200],
    [0, 200, 200],
    [72, 200, 200],
  ])('works at a useful resolution: told %s, stored %s, working %s', async (claimedDpi, storedDpi, dpi) => {
    const scale = storedDpi / 200;
    const sheet = await sharp({
      create: { width: Math.round(1653 * scale), height: Math.round(2339 * scale), channels: 3, background: 'white' },
    })
      .jpeg()
      .toBuffer();
    const page = await decodePage(sheet, claimedDpi);
    expect(page.storedDpi).toBe(storedDpi);
    expect(page.dpi).toBeCloseTo(dpi, 0);
    expect(page.storedWidthPx).toBe(Math.round(1653 * scale));
  });

  it('answers the size as a viewer shows it and three planes whatever the file has', async () => {
    const grey = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#808080' } })
      .greyscale()
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { image, storedWidthPx, storedHeightPx } = await decodePage(grey);
    expect([storedWidthPx, storedHeightPx, image.width, image.height]).toEqual([20, 40, 20, 40]);
    expect(image.data.length).toBe(20 * 40 * 3);
  });
});

describe('cleaning', () => {
  it('makes red seals as pale as paper and leaves black and blue ink dark', () => {
    const image = { data: Uint8Array.from([205, 40, 60, 20, 20, 25, 40, 50, 160, 235, 232, 225]), width: 4, height: 1 };
    const [seal, black, blue, paper] = inkChannel(image).data;
    expect(seal).toBe(255);
    expect(black).toBeLessThan(30);
    expect(blue).toBeLessThan(60);
    expect(paper).toBeGreaterThan(230);
  });

  it('makes shaded paper white and keeps ink dark', () => {
    const width = 640;
    const height = 640;
    const data = new Uint8Array(width * height);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) data[y * width + x] = x % 20 < 4 && y % 30 < 12 ? 40 : 120 + x / 8;
    const flat = flattenBackground({ data, width, height }).data;
    expect(flat[25 * width + 10]).toBeGreaterThan(235);
    expect(flat[25 * width + 630]).toBeGreaterThan(235);
    expect(flat[30 * width + 320]).toBeLessThan(90);
  });

  it.each([-4.6, -2.5, -0.8, 0, 0.58, 1.1, 3.3])('measures a skew of %s°', (skewDeg) => {
    expect(Math.abs(estimateSkewDeg(textLike(skewDeg)) - skewDeg)).toBeLessThan(0.07);
  });

  it('answers no skew for an empty page', () => {
    expect(estimateSkewDeg({ data: new Uint8Array(400 * 400).fill(255), width: 400, height: 400 })).toBe(0);
  });

  it.each([
    { print: 'dark print to 250 dpi', level: 0, wanted: 250 },
    { print: 'a pale copy to 300 dpi', level: 135, wanted: 300 },
  ])('levels, enlarges $print, and knows the way back', async ({ level, wanted }) => {
    const dark = textLike(2);
    const page = { ...dark, data: dark.data.map((value) => Math.max(value, level)) };
    const { image, geometry, dpi } = await levelPage(page, 200, { widthPx: 1200, heightPx: 1600 }, 0, 2);
    expect(dpi).toBe(wanted);
    expect(geometry.scale).toBeCloseTo(wanted / 200, 6);
    expect(Math.abs(estimateSkewDeg(image))).toBeLessThan(0.07);
    expect(image.data.length).toBe(image.width * image.height);
  });

  it('turns by quarters, and four of them are none', () => {
    const image = { data: Uint8Array.from([1, 2, 3, 4, 5, 6]), width: 3, height: 2 };
    expect([...turnQuarters(image, 90).data]).toEqual([4, 1, 5, 2, 6, 3]);
    expect([...turnQuarters(image, 180).data]).toEqual([6, 5, 4, 3, 2, 1]);
    expect([...turnQuarters(turnQuarters(image, 90), 270).data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('shrinks by averaging', () => {
    expect([...shrink({ data: Uint8Array.from([0, 100, 200, 100, 100, 100]), width: 3, height: 2 }, 2).data]).toEqual([
      75,
    ]);
  });

  it('encodes for Leptonica as a TIFF that other readers take for the same pixels', async () => {
    const image = { data: Uint8Array.from({ length: 15 }, (_, index) => index * 17), width: 5, height: 3 };
    const tiff = encodeTiff(image);
    expect(await sharp(tiff).metadata()).toMatchObject({ format: 'tiff', width: 5, height: 3 });
    expect([...(await sharp(tiff).toColourspace('b-w').raw().toBuffer())]).toEqual([...image.data]);
  });
});
