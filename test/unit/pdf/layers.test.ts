import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractBackground, takeOut, type Background } from '../../../main/imaging/pdf/background.ts';
import { separateColouredInk } from '../../../main/imaging/pdf/coloured-ink.ts';
import { encodePicture, isGreyPicture } from '../../../main/imaging/pdf/encode-jpeg.ts';
import { measureInkColours } from '../../../main/imaging/pdf/ink-colours.ts';
import { createGlyphlessFont } from '../../../main/imaging/pdf/glyphless-font.ts';
import { separateInk } from '../../../main/imaging/pdf/ink-mask.ts';
import type { PagePixels } from '../../../main/imaging/pdf/level-page.ts';
import { separateLayers } from '../../../main/imaging/pdf/page-layers.ts';
import { findPictures } from '../../../main/imaging/pdf/pictures.ts';
import { writeTextLayer } from '../../../main/imaging/pdf/text-layer.ts';
import { toStoredBox, type PageGeometry } from '../../../main/imaging/recognition/geometry.ts';

type Rgb = readonly [number, number, number];

function paint(width: number, height: number, colour: (x: number, y: number) => Rgb): PagePixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  return { data, width, height };
}

const PAPER: Rgb = [250, 246, 238];
const isStroke = (x: number, y: number): boolean => y % 20 < 3 && x > 40 && x < 360;

describe('Separating ink', () => {
  it('takes exactly the black strokes and nothing of the seal beside them', () => {
    const page = paint(400, 300, (x, y) =>
      isStroke(x, y) ? [30, 28, 26] : (x - 200) ** 2 + (y - 150) ** 2 < 60 ** 2 ? [200, 40, 60] : PAPER,
    );
    const mask = separateInk(page);
    const wrong = mask.data.findIndex((value, at) => (value === 1) !== isStroke(at % 400, Math.floor(at / 400)));
    expect(wrong).toBe(-1);
    expect(mask.inkColour).toEqual([30, 28, 26]);
  });

  it('keeps the grey of a pale photocopy', () => {
    const mask = separateInk(paint(400, 300, (x, y) => (isStroke(x, y) ? [140, 140, 140] : [225, 225, 225])));
    expect(mask.inkPixels).toBeGreaterThan(0);
    expect(mask.inkColour).toEqual([140, 140, 140]);
  });

  it.each([
    ['empty', (): Rgb => PAPER],
    ['with blue handwriting only', (x: number, y: number): Rgb => (isStroke(x, y) ? [40, 60, 160] : PAPER)],
    ['with single specks', (x: number, y: number): Rgb => (x % 17 === 0 && y % 17 === 0 ? [10, 10, 10] : PAPER)],
  ])('leaves the mask of a page empty that is %s', (_, colour) => {
    expect(separateInk(paint(400, 300, colour)).inkPixels).toBe(0);
  });

  it('finds the ink on unevenly lit paper', () => {
    const page = paint(800, 300, (x, y) => {
      const light = 255 - x * 0.12;
      return isStroke(x % 400, y) ? [light * 0.2, light * 0.2, light * 0.2] : [light, light, light];
    });
    const mask = separateInk(page);
    expect(mask.data[2 * 800 + 200]).toBe(1);
    expect(mask.data[2 * 800 + 600]).toBe(1);
    expect(mask.data[10 * 800 + 700]).toBe(0);
  });
});

describe('The background picture', () => {
  const page = paint(400, 300, (x, y) => (isStroke(x, y) ? [30, 28, 26] : x < 200 ? PAPER : [200, 40, 60]));

  it('has no ghosts of the letters: under the ink it continues what is around it', () => {
    const background = extractBackground(page, separateInk(page), 200);
    expect([background.width, background.height, background.dpi]).toEqual([200, 150, 100]);
    for (let y = 0; y < 150; y++) {
      for (let x = 0; x < 200; x++) {
        if (Math.abs(x - 100) <= 2) continue;
        const expected = x < 100 ? PAPER : [200, 40, 60];
        const at = (y * 200 + x) * 3;
        expect([...background.data.subarray(at, at + 3)]).toEqual(expected);
      }
    }
  });

  it('looks again only where more is taken out, and becomes the same as if it had looked everywhere', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 330 }),
        fc.integer({ min: 0, max: 250 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(100, 200, 300, 600),
        (left, top, width, height, dpi) => {
          const black = {
            data: Uint8Array.from({ length: 400 * 300 }, (_, at) => (isStroke(at % 400, Math.floor(at / 400)) ? 1 : 0)),
            width: 400,
            height: 300,
          };
          const data = new Uint8Array(400 * 300);
          for (let y = top; y < top + height; y++) data.fill(1, y * 400 + left, y * 400 + left + width);
          const first = (): Background => extractBackground(page, black, dpi);
          const around = { data, width: 400, height: 300, box: [left, top, width, height] as const };
          const near = takeOut(page, first(), around, []);
          const all = takeOut(page, first(), { ...around, box: [0, 0, 400, 300] }, []);
          expect(Buffer.compare(near.data, all.data)).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is grey only when the page is', () => {
    expect(isGreyPicture(page)).toBe(false);
    expect(isGreyPicture(paint(50, 50, (x) => [x, x + 3, x]))).toBe(true);
  });
});

describe('Separating coloured ink', () => {
  const SEAL: Rgb = [200, 40, 60];
  const isRing = (x: number, y: number): boolean => Math.abs(Math.hypot(x - 200, y - 150) - 60) < 4;
  const separate = (page: PagePixels) => {
    const black = separateInk(page);
    return { black, ink: separateColouredInk(page, black, extractBackground(page, black, 200), []) };
  };

  it('takes exactly the ring of a seal, and the black letters over it stay black', () => {
    const page = paint(400, 300, (x, y) => (isStroke(x, y) ? [30, 28, 26] : isRing(x, y) ? SEAL : PAPER));
    const { black, ink } = separate(page);
    let lost = 0;
    for (let at = 0; at < 400 * 300; at++) {
      const [x, y] = [at % 400, Math.floor(at / 400)];
      const found = [black.data[at], ink?.data[at]];
      // Crumbs of the ring between two letters are too small to be ink.
      if (!isStroke(x, y) && isRing(x, y) && ink?.data[at] === 0) lost++;
      else expect(found).toEqual(isStroke(x, y) ? [1, 0] : isRing(x, y) ? [0, 1] : [0, 0]);
    }
    expect(lost).toBeLessThan(10);
  });

  it('takes a blue signature of two pixels, and its shade stays blue', () => {
    const page = paint(400, 300, (x, y) => (Math.abs(y - 100 - 30 * Math.sin(x / 20)) < 1.3 ? [45, 60, 150] : PAPER));
    const { ink } = separate(page);
    const [left, top] = ink?.box ?? [0, 0];
    const shades = ink && measureInkColours(page, ink, 200);
    expect(ink?.data.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(900);
    expect([left, top]).toEqual([0, 69]);
    const middle = ((shades?.height ?? 0) >> 1) * (shades?.width ?? 0) * 3;
    expect([...(shades?.data.subarray(middle, middle + 3) ?? [])]).toEqual([45, 60, 150]);
  });

  it('keeps the shades of a seal that took more ink on one side', () => {
    const page = paint(400, 300, (x, y) => (isRing(x, y) ? [150 + x / 4, 40, 60] : PAPER));
    const { ink } = separate(page);
    const shades = ink && measureInkColours(page, ink, 200);
    const redAt = (column: number): number =>
      shades?.data[(((shades.height >> 1) * shades.width + column) * 3) | 0] ?? 0;
    expect(redAt(0)).toBeLessThan(190);
    expect(redAt((shades?.width ?? 1) - 1)).toBeGreaterThan(210);
  });

  it('sees the colour of the ink and not that of yellowed paper', () => {
    const yellow: Rgb = [236, 220, 168];
    expect(separate(paint(400, 300, (x, y) => (isStroke(x, y) ? [40, 38, 30] : yellow))).ink).toBeNull();
    const { ink } = separate(paint(400, 300, (x, y) => (isRing(x, y) ? [190, 40, 50] : yellow)));
    expect(ink?.box).toEqual([137, 87, 127, 127]);
  });

  it('leaves the pattern of security paper in the picture of the paper', async () => {
    const page = paint(800, 800, (x, y) =>
      isStroke(x % 400, y) ? [30, 28, 26] : Math.imul(x * 73_856_093, y * 19_349_663) & 64 ? [236, 150, 165] : PAPER,
    );
    const layers = await separateLayers(page, 200);
    expect(layers.coloured).toBeNull();
    expect(layers.black).not.toBeNull();
  });
});

describe('Recognising pictures', () => {
  const find = (page: PagePixels) =>
    findPictures({ ...page, dpi: 100, cellPx: 1 }, { ...page, data: new Uint8Array(page.width * page.height) });
  const isPortrait = (x: number, y: number): boolean => x > 100 && x < 200 && y > 100 && y < 230;
  const skin = (x: number, y: number): Rgb => [140 + ((x * 7 + y * 3) % 50), 115 + ((x * 5 + y * 11) % 40), 95];

  it('finds a portrait and not a seal of the same size', () => {
    const portrait = paint(827, 1169, (x, y) => (isPortrait(x, y) ? skin(x, y) : PAPER));
    const seal = paint(827, 1169, (x, y) => (isPortrait(x, y) ? [200 + ((x * 7 + y * 3) % 40), 40, 60] : PAPER));
    expect(find(portrait)).toEqual([[92, 92, 112, 142]]);
    expect(find(seal)).toEqual([]);
  });

  it('takes the tinted card around a portrait with it, each of two cards on its own', () => {
    const isCard = (x: number, y: number): boolean => x > 80 && x < 420 && y > 80 && y < 290;
    const page = paint(827, 1169, (x, y) => {
      const own = y > 500 ? y - 500 : y;
      return isPortrait(x, own) ? skin(x, own) : isCard(x, own) ? [222, 234, 226] : PAPER;
    });
    expect(find(page)).toEqual([
      [77, 77, 347, 217],
      [77, 577, 347, 217],
    ]);
  });

  it('does not take a shaded table head for a picture', () => {
    const page = paint(827, 1169, (x, y) => (y > 100 && y < 160 ? [200, 205, 215] : PAPER));
    expect(find(page)).toEqual([]);
  });

  it('leaves no ink of the portrait in the layers beside it', async () => {
    const page = paint(827, 1169, (x, y) =>
      isPortrait(x, y) ? (y < 130 ? [25, 20, 20] : skin(x, y)) : y > 400 && isStroke(x, y) ? [30, 28, 26] : PAPER,
    );
    const layers = await separateLayers(page, 100);
    expect(layers.pictures.map((picture) => picture.box)).toEqual([[92, 97, 112, 137]]);
    expect(layers.coloured).toBeNull();
    expect(layers.black).not.toBeNull();
  });

  it('spends the budget of a page on its photographs and never goes under 200 dpi', async () => {
    let seed = 7;
    const noise = (): number => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) >> 23;
    const photograph = paint(1000, 640, () => [noise(), noise(), noise()]);
    const [generous, tight] = [await encodePicture(photograph, 300, 1e9), await encodePicture(photograph, 300, 100)];
    expect([generous.width, tight.width, tight.height]).toEqual([1000, 667, 427]);
    expect((await encodePicture(photograph, 200, 100)).width).toBe(1000);
  });
});

describe('The text layer', () => {
  const geometry = (rotation: PageGeometry['rotation'], skewDeg: number): PageGeometry => {
    const isOnSide = rotation === 90 || rotation === 270;
    return {
      storedWidthPx: 1600,
      storedHeightPx: 2400,
      rotation,
      skewDeg,
      scale: 1,
      preparedWidthPx: isOnSide ? 2400 : 1600,
      preparedHeightPx: isOnSide ? 1600 : 2400,
    };
  };

  const wholePage = (page: PageGeometry) => [0, 0, page.preparedWidthPx, page.preparedHeightPx] as const;

  it('puts each word where it stands on the levelled page, whatever the turn of the stored image', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<PageGeometry['rotation']>(0, 90, 180, 270),
        fc.double({ min: -4, max: 4, noNaN: true }),
        fc.integer({ min: 0, max: 1300 }),
        fc.integer({ min: 0, max: 1300 }),
        (rotation, skewDeg, x, y) => {
          const page = geometry(rotation, skewDeg);
          const box = toStoredBox(page, [x, y, 200, 40]) as [number, number, number, number];
          const line = { text: 'Nguyễn', box, words: [{ text: 'Nguyễn', confidence: 90, box }] };
          const operators = writeTextLayer([line], page, wholePage(page), 0.36, createGlyphlessFont());
          const [, size, stretch, left, baseline] =
            /\/T (\S+) Tf (\S+) Tz 1 0 0 1 (\S+) (\S+) Tm/.exec(operators)?.map(Number) ?? [];
          expect(left).toBeCloseTo(x * 0.36, 2);
          expect(baseline).toBeCloseTo((page.preparedHeightPx - y - 40) * 0.36 + 0.2 * 40 * 0.36, 2);
          expect(((size ?? 0) * 0.5 * 6 * (stretch ?? 0)) / 100).toBeCloseTo(200 * 0.36, 1);
        },
      ),
    );
  });

  it('gives the words of one line one baseline, also when some have no descenders', () => {
    const words = [
      { text: 'nguyên', confidence: 90, box: [100, 100, 90, 40] as [number, number, number, number] },
      { text: 'an', confidence: 90, box: [200, 108, 30, 24] as [number, number, number, number] },
      { text: 'gia', confidence: 90, box: [250, 100, 30, 40] as [number, number, number, number] },
    ];
    const operators = writeTextLayer(
      [{ text: '', box: [100, 100, 180, 40], words }],
      geometry(0, 0),
      [0, 0, 1600, 2400],
      0.36,
      createGlyphlessFont(),
    );
    expect(new Set([...operators.matchAll(/1 0 0 1 \S+ (\S+) Tm/g)].map((match) => match[1])).size).toBe(1);
  });

  it('writes nothing for words without a visible letter', () => {
    const box: [number, number, number, number] = [0, 0, 10, 10];
    const line = { text: '', box, words: [{ text: '\u0000\u200b', confidence: 1, box }] };
    expect(writeTextLayer([line], geometry(0, 0), [0, 0, 1600, 2400], 0.36, createGlyphlessFont())).toBe('');
  });

  it('moves with the paper that was cropped out, and leaves out what lies beside it', () => {
    const words = [
      { text: 'trong', confidence: 90, box: [300, 400, 100, 40] as [number, number, number, number] },
      { text: 'ngoài', confidence: 90, box: [1300, 400, 100, 40] as [number, number, number, number] },
    ];
    const operators = writeTextLayer(
      [{ text: '', box: [300, 400, 1100, 40], words }],
      geometry(0, 0),
      [200, 300, 1000, 600],
      0.5,
      createGlyphlessFont(),
    );
    expect([...operators.matchAll(/1 0 0 1 (\S+) (\S+) Tm/g)].map((match) => match.slice(1).map(Number))).toEqual([
      [50, (600 - 140) * 0.5 + 0.2 * 20],
    ]);
  });
});
