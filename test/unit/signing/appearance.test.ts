import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, describe, expect, test } from 'vitest';
import type { Appearance } from '../../../main/signing/appearance/appearance.ts';
import { createAppearanceDrawer } from '../../../main/signing/appearance/draw-appearance.ts';
import { displayedSize, POINTS_PER_MM, toUserSpace, type Place } from '../../../main/signing/appearance/placement.ts';
import { appearanceSite } from '../../../main/signing/appearance/site.ts';
import { cropToInk, readSignatureImage, toPng } from '../../../main/signing/appearance/signature-image.ts';
import { signatureEntries, writeDraft } from '../../../main/signing/pdf/draft.ts';
import { toDisplaySpace, type Page } from '../../../main/signing/pdf/pages.ts';
import { openForSigning } from '../../../main/signing/pdf/signable.ts';
import { drawPage, isBlue, isDark, isRed, placedWords } from '../../stand-ins/drawn-pages.ts';
import { plainPdf, type PlainPdfOptions } from '../../stand-ins/sample-pdfs.ts';
import { JUDGES_MISSING } from '../../stand-ins/signature-judges.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const SIGNED_AT = '2026-11-21T02:10:05Z';
const folder = mkdtempSync(join(tmpdir(), 'appearance-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const drawer = createAppearanceDrawer(RESOURCES);

/** A page with nothing on it, so that every pixel found belongs to the appearance. */
function blankPdf(options: PlainPdfOptions = {}): Buffer {
  const text = '(Can cuoc cong dan) Tj';
  return Buffer.from(
    plainPdf(options)
      .toString('latin1')
      .replace(text, `(${' '.repeat(17)}) Tj`),
    'latin1',
  );
}

/** The document with the appearance on it; the place of the CMS stays empty, which no reader needs for drawing. */
async function appear(bytes: Buffer, appearance: Appearance, signerName = 'Nguyễn Thị Ẩm Ướt'): Promise<Buffer> {
  const signable = openForSigning(bytes, { isVisible: true });
  const site = appearanceSite(signable, appearance);
  if (!site) throw new Error('nothing to show');
  const { document, field, place } = signable;
  const draft = writeDraft(document, {
    entries: signatureEntries(
      document,
      { subFilter: 'ETSI.CAdES.detached', reason: null },
      SIGNED_AT,
      signerName,
      field,
    ),
    page: site.page,
    appearance: await drawer.draw(appearance, { signerName, signedAt: SIGNED_AT }, site),
    field,
    widget: place?.widget ?? null,
    reservedBytes: 1_000,
    seed: signerName,
  });
  return Buffer.concat([bytes, draft.tail]);
}

const svg = (width: number, height: number, shape: string): Buffer =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shape}</svg>`);

/** Blue ink over the whole width and height of the picture, its corners transparent. */
async function handSignature(): Promise<string> {
  const ink = '<ellipse cx="150" cy="50" rx="150" ry="50" fill="#1133cc"/>';
  return (
    await sharp(svg(300, 100, ink))
      .png()
      .toBuffer()
  ).toString('base64');
}

/** A ring of 36 mm at 300 dpi, as NĐ 30 asks for: red, transparent inside and out. */
async function seal(widthMm = 36): Promise<string> {
  const pixels = Math.round((widthMm / 25.4) * 300);
  const [middle, line] = [pixels / 2, pixels / 20];
  const ring = `<circle cx="${middle}" cy="${middle}" r="${middle - line / 2}" fill="none" stroke="#dd1111" stroke-width="${line}"/>`;
  const picture = await readSignatureImage(
    await sharp(svg(pixels, pixels, ring))
      .png()
      .toBuffer(),
  );
  return (await toPng(picture, widthMm)).toString('base64');
}

const PAGES: readonly (readonly [string, string])[] = [
  ['upright', ''],
  ['turned by 90', '/Rotate 90'],
  ['turned by 180', '/Rotate 180'],
  ['turned by 270', '/Rotate 270'],
  ['with an offset crop box', '/CropBox [60 150 560 750]'],
  ['with an offset crop box, turned', '/CropBox [60 150 560 750] /Rotate 270'],
  ['with units of 1/36 inch', '/UserUnit 2'],
  ['in A5', '/MediaBox [0 0 420 595]'],
  ['in A5 across', '/MediaBox [0 0 595 420]'],
];

describe.skipIf(JUDGES_MISSING)(`what the page shows${JUDGES_MISSING ? ` (${JUDGES_MISSING})` : ''}`, () => {
  test.each(PAGES)(
    'a page %s: the signature stands in the middle of its room, blue, as large as fits',
    async (_, page) => {
      const room: Place = [200, 120, 120, 60];
      const picture = drawPage(
        folder,
        await appear(blankPdf({ page }), { kind: 'personal', image: await handSignature(), rect: [...room] }),
      );
      const [left, top, right, bottom] = picture.extent(isBlue) ?? [0, 0, 0, 0];
      // The picture is three times as wide as high: it fills the width and leaves ten points above and below.
      expect([left, picture.height - bottom, right - left, bottom - top].map((value) => Math.round(value))).toEqual(
        [200, 130, 120, 40].map((value) => expect.toSatisfy((found: number) => Math.abs(found - value) <= 1)),
      );
      expect(picture.colour(260, Math.round(picture.height - 150))).toEqual([0x11, 0x33, 0xcc]);
      expect(picture.colour(203, Math.round(picture.height - 132))).toEqual([255, 255, 255]);
    },
  );

  test.each(PAGES)(
    'a page %s: the seal has its own size and covers a third of the signature on its left',
    async (_, page) => {
      const room: Place = [220, 110, 120, 40];
      const once = await appear(blankPdf({ page }), {
        kind: 'personal',
        image: await handSignature(),
        rect: [...room],
      });
      const both = drawPage(folder, await appear(once, { kind: 'agency', image: await seal() }));
      const [left, top, right, bottom] = both.extent(isRed) ?? [0, 0, 0, 0];
      const size = 36 * POINTS_PER_MM;
      expect(right - left).toSatisfy((width: number) => Math.abs(width - size) <= 2);
      expect(bottom - top).toSatisfy((height: number) => Math.abs(height - size) <= 2);
      expect(right).toSatisfy((edge: number) => Math.abs(edge - (room[0] + room[2] / 3)) <= 2);
      expect((top + bottom) / 2).toSatisfy((middle: number) => Math.abs(middle - (both.height - 130)) <= 2);
      // Both are seen where they overlap: the ring is transparent between its lines.
      expect(isBlue(...both.colour(240, both.height - 130))).toBe(true);
    },
  );

  test.each(PAGES)('a page %s: a copy is marked in the top right corner, black, 10 pt, upright', async (_, page) => {
    const appearance: Appearance = { kind: 'copy', copyForm: 'Sao y', agencyName: 'Ủy ban nhân dân xã Cẩm Thạch' };
    const bytes = await appear(blankPdf({ page }), appearance);
    const picture = drawPage(folder, bytes);
    const [left, top, right, bottom] = picture.extent(isDark) ?? [0, 0, 0, 0];
    expect(
      picture.extent((red, green, blue) => Math.max(red, green, blue) - Math.min(red, green, blue) > 30),
    ).toBeNull();
    expect(right).toBeGreaterThan(picture.width - 40);
    expect(right).toBeLessThan(picture.width);
    expect(left).toBeGreaterThan(picture.width / 4);
    expect(top).toBeGreaterThan(8);
    expect(bottom).toBeLessThan(60);
    expect(right - left).toBeGreaterThan(4 * (bottom - top));
  });

  test('an annex says number, symbol and time; the time in ISO 8601 with the offset of Vietnam', async () => {
    const bytes = await appear(blankPdf(), { kind: 'annex', documentNumber: '123/QĐ-UBND' });
    const words = placedWords(folder, bytes);
    expect(words.map((word) => word.text).join(' ')).toBe('123/QĐ-UBND; 2026-11-21T09:10:05+07:00');
    for (const { box } of words) expect(box[1]).toBeLessThan(40);
    expect(words.at(-1)?.box[2]).toBeGreaterThan(540);
    writeFileSync(join(folder, 'fonts.pdf'), bytes);
    // poppler lists the fonts of pages; MuPDF says them as used.
    const trace = execFileSync('mutool', ['draw', '-q', '-F', 'stext', '-o', '-', join(folder, 'fonts.pdf')], {
      encoding: 'utf8',
    });
    expect(trace).toMatch(/<font name="[^"]*LiberationSerif[^"]*" size="10"/);
  });

  test('every letter of Vietnamese is shown and can be searched', async () => {
    const letters = 'AĂÂEÊIOÔƠUƯY'
      .split('')
      .flatMap((vowel) =>
        ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'].map((tone) => (vowel + tone).normalize('NFC')),
      );
    const words = [...letters, 'Đ'].map((letter) => letter + letter.toLowerCase());
    const bytes = await appear(blankPdf(), {
      kind: 'personal',
      lines: words.map((word) => word.normalize('NFD')),
      rect: [100, 5, 300, 800],
    });
    expect(placedWords(folder, bytes).map((word) => word.text)).toEqual(words);
  });

  test('a signature in words names signer, agency and time only where there is no picture', async () => {
    const appearance: Appearance = {
      kind: 'personal',
      agencyName: 'Ủy ban nhân dân xã Cẩm Thạch',
      rect: [300, 100, 260, 60],
    };
    const words = placedWords(folder, await appear(blankPdf(), appearance))
      .map((word) => word.text)
      .join(' ');
    expect(words).toBe(
      'Người ký: Nguyễn Thị Ẩm Ướt Cơ quan: Ủy ban nhân dân xã Cẩm Thạch Thời gian ký: 2026-11-21T09:10:05+07:00',
    );
    const withPicture = await appear(blankPdf(), { ...appearance, image: await handSignature() });
    expect(placedWords(folder, withPicture)).toEqual([]);
  });

  test('a name longer than the room is wrapped, then set smaller, and never cut', async () => {
    const name = 'Công Tằng Tôn Nữ Nguyễn Phúc Thị Hoàng Ngọc Phương Thảo';
    const words = placedWords(folder, await appear(blankPdf(), { kind: 'personal', rect: [400, 300, 90, 66] }, name));
    expect(words.map((word) => word.text).join('')).toContain(name.replaceAll(' ', ''));
    for (const { box } of words) {
      expect(box[0]).toBeGreaterThanOrEqual(400);
      expect(box[2]).toBeLessThanOrEqual(490);
      expect(box[3] - box[1]).toBeGreaterThan(6);
    }
  });

  test('an empty field of the author takes the signature unstretched, in its middle', async () => {
    const widget = '<</Type /Annot /Subtype /Widget /FT /Sig /T (Ky) /Rect [300 100 500 200] /F 4>>';
    const form = { catalog: '/AcroForm <</Fields [10 0 R]>>', objects: [widget], page: '/Annots [10 0 R]' };
    const picture = drawPage(folder, await appear(blankPdf(form), { kind: 'agency', image: await seal(20) }));
    const [left, top, right, bottom] = picture.extent(isRed) ?? [0, 0, 0, 0];
    const size = 20 * POINTS_PER_MM;
    expect(right - left).toSatisfy((width: number) => Math.abs(width - size) <= 2);
    expect(bottom - top).toSatisfy((height: number) => Math.abs(height - size) <= 2);
    expect((left + right) / 2).toSatisfy((middle: number) => Math.abs(middle - 400) <= 1);
    await expect(appear(blankPdf(form), { kind: 'agency', image: await seal(60) })).rejects.toMatchObject({
      code: 'signature-place-outside',
    });
  });

  test('a field too small for all lines keeps the name, in letters one can read', async () => {
    const widget = '<</Type /Annot /Subtype /Widget /FT /Sig /T (Ky) /Rect [300 100 396 132] /F 4>>';
    const form = { catalog: '/AcroForm <</Fields [10 0 R]>>', objects: [widget], page: '/Annots [10 0 R]' };
    const words = placedWords(
      folder,
      await appear(blankPdf(form), { kind: 'personal', agencyName: 'Ủy ban nhân dân xã Cẩm Thạch' }),
    );
    expect(words.map((word) => word.text).join(' ')).toContain('Nguyễn Thị Ẩm Ướt');
    for (const { box } of words) {
      expect(box[0]).toBeGreaterThanOrEqual(300);
      expect(box[2]).toBeLessThanOrEqual(396);
      expect(842 - box[3]).toBeGreaterThanOrEqual(98);
      expect(box[3] - box[1]).toBeGreaterThan(6);
    }
  });

  test('a page no larger than a label is marked from edge to edge', async () => {
    const words = placedWords(folder, await appear(blankPdf({ page: '/MediaBox [0 0 200 60]' }), { kind: 'officer' }));
    expect(words.map((word) => word.text).join(' ')).toContain('Nguyễn Thị Ẩm Ướt');
    for (const { box } of words) {
      expect(box[0]).toBeGreaterThanOrEqual(0);
      expect(box[2]).toBeLessThanOrEqual(200);
      expect(box[3]).toBeLessThanOrEqual(61);
    }
  });

  test('a signature of a known width is shown in that width, in the middle of its room', async () => {
    const image = await handSignature();
    const picture = drawPage(
      folder,
      await appear(blankPdf(), { kind: 'personal', image, imageWidthMm: 30, rect: [200, 100, 200, 100] }),
    );
    const [left, top, right, bottom] = picture.extent(isBlue) ?? [0, 0, 0, 0];
    expect(right - left).toSatisfy((width: number) => Math.abs(width - 30 * POINTS_PER_MM) <= 1);
    expect((left + right) / 2).toSatisfy((middle: number) => Math.abs(middle - 300) <= 1);
    expect((top + bottom) / 2).toSatisfy((middle: number) => Math.abs(middle - (842 - 150)) <= 1);
  });

  test('a seal whose picture gives no size is refused, unless its width is said', async () => {
    const image = (
      await sharp(svg(200, 100, '<rect width="200" height="100" fill="#dd1111"/>'))
        .png({})
        .toBuffer()
    ).toString('base64');
    const bare = (await sharp(Buffer.from(image, 'base64')).png().toBuffer()).toString('base64');
    const withoutSize = withoutPhysicalSize(Buffer.from(bare, 'base64')).toString('base64');
    await expect(appear(blankPdf(), { kind: 'agency', image: withoutSize })).rejects.toMatchObject({
      code: 'signature-image-missing',
    });
    const picture = drawPage(
      folder,
      await appear(blankPdf(), { kind: 'agency', image: withoutSize, imageWidthMm: 50.8 }),
    );
    const [left, top, right, bottom] = picture.extent(isRed) ?? [0, 0, 0, 0];
    expect(right - left).toSatisfy((width: number) => Math.abs(width - 144) <= 1);
    expect(bottom - top).toSatisfy((height: number) => Math.abs(height - 72) <= 1);
  });
});

function withoutPhysicalSize(png: Buffer): Buffer {
  const parts = [png.subarray(0, 8)];
  for (let at = 8; at + 12 <= png.length;) {
    const end = at + 12 + png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) !== 'pHYs') parts.push(png.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

describe('places', () => {
  const anyPage = fc.record({
    left: fc.integer({ min: -500, max: 500 }),
    bottom: fc.integer({ min: -500, max: 500 }),
    width: fc.integer({ min: 150, max: 3_000 }),
    height: fc.integer({ min: 150, max: 3_000 }),
    rotation: fc.constantFrom(0 as const, 90 as const, 180 as const, 270 as const),
    userUnit: fc.constantFrom(1, 1.5, 2, 10),
  });
  const pageOf = (
    shape: { left: number; bottom: number; width: number; height: number } & Pick<Page, 'rotation' | 'userUnit'>,
  ): Page => ({
    reference: { kind: 'reference', number: 3, generation: 0 },
    dict: { kind: 'dict', entries: new Map(), hasDoubleKeys: false } as never,
    cropBox: [shape.left, shape.bottom, shape.left + shape.width, shape.bottom + shape.height],
    rotation: shape.rotation,
    userUnit: shape.userUnit,
  });

  test('a place of the page as displayed comes back from the page’s own space', () => {
    fc.assert(
      fc.property(
        anyPage,
        fc.array(fc.double({ min: 0.01, max: 0.49, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (shape, parts) => {
          const page = pageOf(shape);
          const shown = displayedSize(page);
          const [x = 0, y = 0, w = 0, h = 0] = parts;
          const place: Place = [x * shown.width, y * shown.height, w * shown.width, h * shown.height];
          const back = toDisplaySpace(page, toUserSpace(page, place));
          back.forEach((value, index) => expect(value).toBeCloseTo(place[index] ?? Number.NaN, 6));
        },
      ),
    );
  });

  const KINDS = ['personal', 'annex', 'copy', 'officer'] as const;
  test('whatever the name, the agency and the page, text stays on the page or is refused by name', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyPage,
        fc.constantFrom(...KINDS),
        fc.string({ minLength: 1, maxLength: 200, unit: fc.constantFrom('Ẵ', 'ộ', 'Đ', 'i', ' ', 'W', 'ợ') }),
        async (shape, kind, name) => {
          const page = pageOf(shape);
          const text = { signerName: `A${name}`, signedAt: SIGNED_AT };
          let rect: readonly [number, number, number, number];
          try {
            ({ rect } = await drawer.draw({ kind, agencyName: name, documentNumber: name }, text, {
              page,
              field: null,
              signature: null,
            }));
          } catch (refused) {
            expect(refused).toMatchObject({ code: 'signature-place-outside' });
            return;
          }
          const [left, bottom, right, top] = page.cropBox;
          expect(rect[0]).toBeGreaterThanOrEqual(left - 0.01);
          expect(rect[1]).toBeGreaterThanOrEqual(bottom - 0.01);
          expect(rect[2]).toBeLessThanOrEqual(right + 0.01);
          expect(rect[3]).toBeLessThanOrEqual(top + 0.01);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each<[string, Appearance]>([
    ['beyond the right edge', { kind: 'officer', rect: [500, 10, 200, 50] }],
    ['below the page', { kind: 'officer', rect: [10, -5, 200, 50] }],
    ['without area', { kind: 'officer', rect: [10, 10, 0, 50] }],
    ['on a page the document does not have', { kind: 'officer', page: 2 }],
    ['too small for its text', { kind: 'officer', rect: [10, 1, 8, 8] }],
  ])('a rectangle %s is refused', async (_, appearance) => {
    await expect(appear(blankPdf(), appearance)).rejects.toMatchObject({ code: 'signature-place-outside' });
  });
});

describe('pictures of signatures', () => {
  const ink = svg(60, 30, '<rect x="10" y="5" width="40" height="20" fill="#1133cc"/>');

  test.each<[string, () => Promise<Buffer>]>([
    ['with alpha', () => sharp(ink).png().toBuffer()],
    ['with a palette', () => sharp(ink).png({ palette: true }).toBuffer()],
    ['of 16 bits', () => sharp(ink).toColourspace('rgb16').png().toBuffer()],
    ['on white paper', () => sharp(ink).flatten({ background: 'white' }).png().toBuffer()],
    [
      'as JPEG on greyish paper',
      () => sharp(ink).flatten({ background: '#efefef' }).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
    ],
  ])('a picture %s keeps its blue and lets the paper through', async (_, make) => {
    const { widthPx, heightPx, colour, alpha } = await readSignatureImage(await make());
    expect([widthPx, heightPx]).toEqual([60, 30]);
    const over = (x: number, y: number): number[] => {
      const at = y * widthPx + x;
      const opacity = (alpha?.[at] ?? 255) / 255;
      return [0, 1, 2].map((offset) => Math.round((colour[at * 3 + offset] ?? 0) * opacity + 255 * (1 - opacity)));
    };
    for (const [offset, value] of [0x11, 0x33, 0xcc].entries())
      expect(over(30, 15)[offset]).toSatisfy((found: number) => Math.abs(found - value) <= 20);
    expect(alpha?.[0]).toBe(0);
  });

  test('a grey picture stays grey', async () => {
    const grey = await sharp(svg(20, 20, '<rect width="10" height="20" fill="#444"/>'))
      .flatten({ background: 'white' })
      .toColourspace('b-w')
      .png()
      .toBuffer();
    const { colour, alpha } = await readSignatureImage(grey);
    expect(alpha?.[5]).toBeGreaterThan(150);
    expect(alpha?.[15]).toBe(0);
    expect(new Set(colour.subarray(15, 18)).size).toBe(1);
  });

  test('a photograph of the signature is made smaller, its true size kept', async () => {
    const large = await sharp(svg(3_000, 1_000, '<rect width="2900" height="900" fill="#1133cc"/>'))
      .withMetadata({ density: 600 })
      .png()
      .toBuffer();
    const read = await readSignatureImage(large);
    expect(read.widthPx).toBe(1_400);
    expect(read.widthMm).toBeCloseTo((3_000 / 600) * 25.4, 1);
  });

  test('a photograph taken across is turned as its camera says', async () => {
    const across = await sharp(ink).flatten({ background: 'white' }).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    const { widthPx, heightPx } = await readSignatureImage(across);
    expect([widthPx, heightPx]).toEqual([30, 60]);
  });

  test('empty margins are cut away, and the true size with them', async () => {
    const sheet = await sharp(svg(200, 100, '<rect x="50" y="20" width="100" height="40" fill="#1133cc"/>'))
      .withMetadata({ density: 100 })
      .png()
      .toBuffer();
    const { widthPx, heightPx, colour, alpha, widthMm, heightMm } = cropToInk(await readSignatureImage(sheet));
    expect([widthPx, heightPx]).toEqual([100, 40]);
    expect([...colour.subarray(0, 3)]).toEqual([0x11, 0x33, 0xcc]);
    expect(alpha?.every((opacity) => opacity === 255)).toBe(true);
    expect(widthMm).toBeCloseTo(25.4, 1);
    expect(heightMm).toBeCloseTo(10.16, 1);
  });

  test('what is kept of a picture says its true size to a tenth of a millimetre', async () => {
    const png = await toPng(await readSignatureImage(await sharp(ink).png().toBuffer()), 36);
    expect((await readSignatureImage(png)).widthMm).toBeCloseTo(36, 1);
    expect((await sharp(png).metadata()).width).toBe(60);
  });

  const png = (): Promise<Buffer> => sharp(ink).png().toBuffer();
  const bomb = async (): Promise<Buffer> => {
    const small = await png();
    small.writeUInt32BE(60_000, 16);
    small.writeUInt32BE(60_000, 20);
    const { crc32 } = await import('node:zlib');
    small.writeUInt32BE(crc32(small.subarray(12, 29)), 29);
    return small;
  };
  test.each<[string, () => Promise<Buffer> | Buffer, string]>([
    ['nothing', () => Buffer.alloc(0), 'file-empty'],
    ['five megabytes', () => Buffer.alloc(5 * 1024 * 1024, 1), 'file-too-large'],
    ['an SVG, which could name other files', () => ink, 'file-not-supported'],
    ['a GIF', () => sharp(ink).gif().toBuffer(), 'file-not-supported'],
    ['a PNG that says it is 60,000 pixels wide', bomb, 'image-too-large'],
    ['a PNG cut off in the middle', async () => (await png()).subarray(0, 120), 'file-damaged'],
    [
      'a JPEG cut off in the middle',
      async () => (await sharp(ink).flatten({ background: 'white' }).jpeg().toBuffer()).subarray(0, 300),
      'file-damaged',
    ],
    [
      'a PNG whose header is noise',
      () => Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(200, 0xa5)]),
      'file-damaged',
    ],
    [
      'white paper without ink',
      () =>
        sharp(svg(20, 20, '<rect width="20" height="20" fill="white"/>'))
          .png()
          .toBuffer(),
      'file-not-supported',
    ],
  ])('%s is refused by name', async (_, make, code) => {
    await expect(readSignatureImage(await make())).rejects.toMatchObject({ code });
  });

  test('noise after the signature of the format never throws anything but a named failure', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (noise, isPng) => {
        const head = Buffer.from(isPng ? '89504e470d0a1a0a' : 'ffd8ffe0', 'hex');
        await expect(readSignatureImage(Buffer.concat([head, noise]))).rejects.toMatchObject({ name: 'Failure' });
      }),
      { numRuns: 60 },
    );
  });
});
