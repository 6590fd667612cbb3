import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { composeScans } from '../../../main/imaging/pdf/compose-scans.ts';
import { separateInk } from '../../../main/imaging/pdf/ink-mask.ts';
import { levelPage, type PagePixels } from '../../../main/imaging/pdf/level-page.ts';
import type { ScannedPage } from '../../../main/imaging/pdf/scanned-page.ts';
import { toStoredBox, type PageGeometry } from '../../../main/imaging/recognition/geometry.ts';
import { findBrokenRules, openForRules } from './archive-rules.ts';
import { checkWithQpdf, hasTools, listFonts, run } from './tools.ts';

const hasReaders = hasTools('qpdf', 'pdftotext', 'pdffonts', 'pdftoppm', 'pdfimages', 'pdfinfo', 'mutool');
const folder = mkdtempSync(join(tmpdir(), 'scans-'));
const description = {
  title: 'Tờ khai đăng ký khai sinh & <giấy kèm>',
  metadata: {
    dossierCode: 'H56.242-261121-0015',
    procedureCode: '1.001193',
    componentId: '1.001193#0',
    digitisedBy: 'Lê Thị Hồng Nhung',
  },
  createdAt: '2026-11-21T09:10:05+07:00',
} as const;
const TEXT = 'Về việc hưởng trợ cấp xã hội hằng tháng';

type PageChanges = Partial<Omit<ScannedPage, 'image'>>;

function scanned(image: Uint8Array, changes: PageChanges = {}): ScannedPage {
  return { image, dpi: 200, rotation: 0, skewDeg: 0, lines: [], ...changes };
}

async function compose(name: string, ...pages: ScannedPage[]): Promise<{ file: string; bytes: Buffer }> {
  const { bytes } = await composeScans(
    description,
    (async function* () {
      yield* pages;
    })(),
  );
  const file = join(folder, `${name}.pdf`);
  writeFileSync(file, bytes);
  return { file, bytes };
}

function listImages(file: string): string[] {
  return run('pdfimages', ['-list', file]).split('\n').slice(2).filter(Boolean);
}

/** The page as a reader shows it, at `dpi`. */
async function render(file: string, dpi: number, reader: 'poppler' | 'mupdf'): Promise<PagePixels> {
  const picture = join(folder, `${reader}.png`);
  if (reader === 'poppler') run('pdftoppm', ['-r', String(dpi), '-png', '-singlefile', file, picture.slice(0, -4)]);
  else run('mutool', ['draw', '-q', '-r', String(dpi), '-o', picture, file, '1']);
  return pixelsOf(readFileSync(picture));
}

async function pixelsOf(image: Uint8Array): Promise<PagePixels> {
  const { data, info } = await sharp(image)
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** Mean absolute difference of small pictures of both, per channel: the layers must not shift, tint or lose anything. */
async function compareSmall(a: PagePixels, b: PagePixels): Promise<number> {
  const shrink = ({ data, width, height }: PagePixels): Promise<Buffer> =>
    sharp(data, { raw: { width, height, channels: 3 } })
      .resize(330, 468, { fit: 'fill' })
      .raw()
      .toBuffer();
  const [one, other] = await Promise.all([shrink(a), shrink(b)]);
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;
}

const fixture = (name: string): Buffer => readFileSync(`test/fixtures/pages/${name}`);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(!hasReaders)('A scanned page with red seals (needs qpdf, poppler-utils, mupdf-tools)', () => {
  const source = fixture('01-to-khai-khai-sinh.200.stamp.jpg');
  const words = TEXT.split(' ').map((text, index) => ({
    text,
    confidence: 95,
    box: [200 + index * 110, 400, 100, 40] as [number, number, number, number],
  }));
  const lines = [{ text: TEXT, box: [200, 400, 1000, 40] as [number, number, number, number], words }];
  let file = '';
  let bytes: Buffer = Buffer.alloc(0);

  beforeAll(async () => {
    ({ file, bytes } = await compose('stamp', scanned(source, { lines })));
  });

  it('is sound for qpdf and keeps the rules of PDF/A-2u', () => {
    expect(checkWithQpdf(file)).toBe('');
    expect(findBrokenRules(openForRules(file))).toEqual([]);
    expect(listFonts(file).map((font) => font.isEmbedded && font.hasUnicode)).toEqual([true]);
  });

  it('says in its own metadata which paper it is, how sure its text is and what it was made from', () => {
    const packet = /<x:xmpmeta[\s\S]*<\/x:xmpmeta>/.exec(bytes.toString('utf8'))?.[0] ?? '';
    const property = (name: string): string | undefined =>
      new RegExp(`<hoso:${name}>([^]*?)</hoso:${name}>`).exec(packet)?.[1];
    expect(property('dossierCode')).toBe('H56.242-261121-0015');
    expect([property('pageCount'), property('ocrConfidence')]).toEqual(['1', '95']);
    expect(property('sourceSha256')).toContain(`<rdf:li>${createHash('sha256').update(source).digest('hex')}</rdf:li>`);
    expect(run('pdfinfo', [file])).toMatch(/Author:\s+Lê Thị Hồng Nhung/);
    expect(run('pdfinfo', ['-meta', file])).toContain('<pdfaid:part>2</pdfaid:part>');
  });

  it('stays under 60 KB in colour', () => {
    expect(bytes.length).toBeLessThan(60_000);
  });

  it('is as large as the paper was', () => {
    expect(run('pdfinfo', [file])).toMatch(/Page size:\s+595\.08 x 842\.04 pts/);
  });

  it('carries its black ink without the loss of a pixel', async () => {
    const mask = separateInk((await levelPage(source, 0, 0)).pixels);
    run('pdfimages', ['-png', file, join(folder, 'layer')]);
    const rows = listImages(file);
    const black = String(rows.findIndex((row) => row.includes('stencil'))).padStart(3, '0');
    const stencil = await sharp(join(folder, `layer-${black}.png`))
      .toColourspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([stencil.info.width, stencil.info.height]).toEqual([mask.width, mask.height]);
    const isDark = Buffer.from(mask.data.map((value) => (value === 1 ? 0 : 255)));
    const isInverted = stencil.data[0] !== isDark[0];
    expect(Buffer.compare(isInverted ? stencil.data.map((value) => 255 - value) : stencil.data, isDark)).toBe(0);
    expect(mask.inkPixels).toBeGreaterThan(100_000);
  });

  it.each(['poppler', 'mupdf'] as const)('looks like the paper in %s', async (reader) => {
    expect(await compareSmall(await render(file, 100, reader), await pixelsOf(source))).toBeLessThan(6);
  });

  it('keeps its seals red', async () => {
    const measureRed = ({ data }: PagePixels): number => {
      let sum = 0;
      for (let at = 0; at < data.length; at += 3) {
        const excess = (data[at] ?? 0) - Math.max(data[at + 1] ?? 0, data[at + 2] ?? 0);
        if (excess > 25) sum += excess;
      }
      return sum / data.length;
    };
    const before = measureRed(await pixelsOf(source));
    const after = measureRed(await render(file, 200, 'poppler'));
    expect(before).toBeGreaterThan(0.1);
    expect(after / before).toBeGreaterThan(0.85);
    expect(after / before).toBeLessThan(1.15);
  });

  it('keeps the edges of its seals as sharp as they were scanned', async () => {
    const measureEdges = ({ data, width }: PagePixels): number => {
      const excess = (at: number): number => (data[at] ?? 0) - Math.max(data[at + 1] ?? 0, data[at + 2] ?? 0);
      let sum = 0;
      for (let at = 3; at < data.length - width * 3; at += 3) {
        const [across, down] = [excess(at) - excess(at - 3), excess(at + width * 3) - excess(at)];
        // Steps from paper to red within one pixel; the grain of the scan is far below.
        if (Math.abs(across) > 30 || Math.abs(down) > 30) sum++;
      }
      return sum;
    };
    const before = measureEdges(await pixelsOf(source));
    expect(before).toBeGreaterThan(2_000);
    expect(measureEdges(await render(file, 200, 'poppler'))).toBeGreaterThan(before);
  });

  it('gives its text as whole words, at their place on the paper', () => {
    expect(run('pdftotext', [file, '-']).normalize('NFC')).toContain(TEXT);
    expect(run('mutool', ['draw', '-q', '-F', 'txt', file]).normalize('NFC')).toContain(TEXT);
    const found = /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">hưởng</
      .exec(run('pdftotext', ['-bbox', file, '-']))
      ?.slice(1)
      .map(Number);
    const expected = [420, 400, 520, 440].map((px) => px * 0.36);
    for (const [index, value] of (found ?? []).entries())
      expect(Math.abs(value - (expected[index] ?? 0))).toBeLessThan(0.5);
    expect(found).toHaveLength(4);
  });

  it('keeps words apart whose boxes touch', async () => {
    const touching = TEXT.split(' ').map((text, index) => ({
      text,
      confidence: 95,
      box: [200 + index * 100, 400, 101, 40] as [number, number, number, number],
    }));
    const image = await sharp({ create: { width: 1240, height: 600, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const touched = await compose(
      'touching',
      scanned(image, { lines: [{ text: TEXT, box: [200, 400, 1000, 40], words: touching }] }),
    );
    for (const text of [
      run('pdftotext', [touched.file, '-']),
      run('pdftotext', ['-layout', touched.file, '-']),
      run('mutool', ['draw', '-q', '-F', 'txt', touched.file]),
    ]) {
      expect(text.normalize('NFC').trim().replace(/ +/g, ' ')).toBe(TEXT);
    }
  });

  it('is the same file when it is composed again', async () => {
    const again = await compose('stamp-again', scanned(source, { lines }));
    expect(again.bytes.equals(bytes)).toBe(true);
  });
});

describe.skipIf(!hasReaders)('Every quality of scan (needs qpdf, poppler-utils)', () => {
  it.each(['02-giay-khai-sinh.200.office.jpg', '06-qsdd.200.poor.jpg', '07-cap-phep-xay-dung.200.stamp.jpg'])(
    '%s stays small, sound and like its source',
    async (name) => {
      const source = fixture(name);
      const { file, bytes } = await compose(name, scanned(source));
      expect(bytes.length).toBeLessThan(55_000);
      expect(checkWithQpdf(file)).toBe('');
      expect(await compareSmall(await render(file, 100, 'poppler'), await pixelsOf(source))).toBeLessThan(7);
    },
  );

  it('a tilted page comes out level, with its words where the ink is', async () => {
    const [width, height] = [1240, 1754];
    const bar = Buffer.alloc(width * height * 3, 250);
    for (let y = 600; y < 630; y++) bar.fill(20, (y * width + 200) * 3, (y * width + 1000) * 3);
    const tilted = await sharp(bar, { raw: { width, height, channels: 3 } })
      .rotate(2, { background: '#fafafa' })
      .png()
      .toBuffer({ resolveWithObject: true });
    const image = await sharp(tilted.data)
      .extract({
        left: Math.round((tilted.info.width - width) / 2),
        top: Math.round((tilted.info.height - height) / 2),
        width,
        height,
      })
      .png()
      .toBuffer();
    const geometry: PageGeometry = {
      storedWidthPx: width,
      storedHeightPx: height,
      rotation: 0,
      skewDeg: 2,
      scale: 1,
      preparedWidthPx: width,
      preparedHeightPx: height,
    };
    const box = [...toStoredBox(geometry, [200, 600, 800, 30])] as [number, number, number, number];
    const { file } = await compose(
      'tilted',
      scanned(image, {
        dpi: 150,
        skewDeg: 2,
        lines: [{ text: 'thanh', box, words: [{ text: 'thanh', confidence: 90, box }] }],
      }),
    );
    const shown = await render(file, 150, 'poppler');
    const isInk = (x: number, y: number): boolean => (shown.data[(y * shown.width + x) * 3] ?? 255) < 100;
    expect(
      [
        [220, 615],
        [600, 615],
        [980, 615],
      ].every(([x = 0, y = 0]) => isInk(x, y)),
    ).toBe(true);
    expect(
      [
        [220, 590],
        [980, 590],
        [220, 640],
        [980, 640],
      ].some(([x = 0, y = 0]) => isInk(x, y)),
    ).toBe(false);
    expect(run('pdftotext', ['-bbox', file, '-'])).toMatch(
      /xMin="9[56]\.\d+" yMin="28[78]\.\d+" xMax="4(79|80)\.\d+" yMax="30[12]\.\d+">thanh</,
    );
  });

  it.each([
    [0, 0],
    [90, 0],
    [180, 0],
    [270, 0],
    [0, 1.5],
    [90, -1.5],
  ] as const)(
    'paper cropped out of a larger image (stored at %i degrees, tilted by %f) has its true size',
    async (rotation, skewDeg) => {
      const isOnSide = rotation === 90 || rotation === 270;
      const [width, height] = [1240, 1000];
      const paper = [180, 140, 874, 620] as const;
      const [left, top] = [paper[0] + 100, paper[1] + 200];
      const level = Buffer.alloc(width * height * 3, 40);
      for (let y: number = paper[1]; y < paper[1] + paper[3]; y++)
        level.fill(245, (y * width + paper[0]) * 3, (y * width + paper[0] + paper[2]) * 3);
      for (let y = top; y < top + 30; y++) level.fill(20, (y * width + left) * 3, (y * width + left + 400) * 3);
      const tilted = await sharp(level, { raw: { width, height, channels: 3 } })
        .rotate(skewDeg, { background: '#282828' })
        .png()
        .toBuffer({ resolveWithObject: true });
      const image = await sharp(
        await sharp(tilted.data)
          .extract({
            left: Math.round((tilted.info.width - width) / 2),
            top: Math.round((tilted.info.height - height) / 2),
            width,
            height,
          })
          .toBuffer(),
      )
        .rotate((360 - rotation) % 360)
        .png()
        .toBuffer();
      const geometry: PageGeometry = {
        storedWidthPx: isOnSide ? height : width,
        storedHeightPx: isOnSide ? width : height,
        rotation,
        skewDeg,
        scale: 1,
        preparedWidthPx: width,
        preparedHeightPx: height,
      };
      const box = [...toStoredBox(geometry, [left, top, 400, 30])] as [number, number, number, number];
      const { file } = await compose(
        `cropped-${rotation}-${skewDeg}`,
        scanned(image, {
          dpi: 150,
          rotation,
          skewDeg,
          crop: toStoredBox(geometry, paper),
          lines: [{ text: 'thanh', box, words: [{ text: 'thanh', confidence: 90, box }] }],
        }),
      );
      const [, ...size] = /Page size:\s+([\d.]+) x ([\d.]+)/.exec(run('pdfinfo', [file]))?.map(Number) ?? [];
      expect(Math.abs((size[0] ?? 0) - paper[2] * 0.48)).toBeLessThan(0.6);
      expect(Math.abs((size[1] ?? 0) - paper[3] * 0.48)).toBeLessThan(0.6);
      const found = /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">thanh</
        .exec(run('pdftotext', ['-bbox', file, '-']))
        ?.slice(1)
        .map(Number);
      const expected = [100, 200, 500, 230].map((px) => px * 0.48);
      expect(found).toHaveLength(4);
      for (const [index, value] of (found ?? []).entries())
        expect(Math.abs(value - (expected[index] ?? 0))).toBeLessThan(0.8);
      const shown = await render(file, 150, 'poppler');
      const lightAt = (x: number, y: number): number => shown.data[(y * shown.width + x) * 3] ?? 0;
      expect(lightAt(300, 215)).toBeLessThan(80);
      expect([lightAt(8, 8), lightAt(860, 610), lightAt(300, 185)].every((value) => value > 200)).toBe(true);
    },
  );

  it.each([90, 180, 270] as const)('a page stored at %i degrees comes out upright', async (rotation) => {
    const upright = await sharp(fixture('05-quyet-dinh.200.office.jpg')).resize(827).jpeg().toBuffer();
    const stored = await sharp(upright)
      .rotate(360 - rotation)
      .png()
      .toBuffer();
    const { file } = await compose(`turned-${rotation}`, scanned(stored, { dpi: 100, rotation }));
    expect(run('pdfinfo', [file])).toMatch(/Page rot:\s+0/);
    expect(await compareSmall(await render(file, 100, 'poppler'), await pixelsOf(upright))).toBeLessThan(4);
  });

  it('an ID card is one plain picture in its place, never ink over a background', async () => {
    const { file, bytes } = await compose(
      'card',
      scanned(readFileSync('resources/samples/the-can-cuoc.jpg'), { dpi: 300 }),
    );
    expect(bytes.length).toBeLessThan(60_000);
    const rows = listImages(file);
    expect(rows[1]).toMatch(/image\s+(10\d\d|6\d\d)\s+(6[5-7]\d|4[2-5]\d) .*jpeg/);
  });

  it('two ID cards on one sheet are two pictures, within the budget of a page', async () => {
    const sheet = readFileSync('resources/samples/the-can-cuoc.jpg');
    const top = await sharp(sheet).extract({ left: 600, top: 450, width: 1300, height: 800 }).toBuffer();
    const two = await sharp(sheet)
      .composite([{ input: top, left: 600, top: 2300 }])
      .jpeg({ quality: 90 })
      .toBuffer();
    const { file, bytes } = await compose('two-cards', scanned(two, { dpi: 300 }));
    expect(bytes.length).toBeLessThan(60_000);
    expect(
      listImages(file).filter((row) => / image .*jpeg/.test(row) && / 200\s+200 | 300\s+300 /.test(row)),
    ).toHaveLength(2);
    expect(await compareSmall(await render(file, 100, 'poppler'), await pixelsOf(two))).toBeLessThan(4);
  });

  it('an empty verso costs little', async () => {
    const { bytes } = await compose(
      'blank',
      scanned(readFileSync('resources/samples/stack-thuong-tru/04-mat-sau-trang.jpg')),
    );
    expect(bytes.length).toBeLessThan(15_000);
  });

  it.each([
    [
      'a grey JPEG',
      async () => sharp(fixture('02-giay-khai-sinh.200.poor.jpg')).resize(600).greyscale().jpeg().toBuffer(),
    ],
    [
      'a bilevel TIFF',
      async () =>
        sharp(fixture('02-giay-khai-sinh.200.poor.jpg'))
          .resize(600)
          .threshold(150)
          .toColourspace('b-w')
          .tiff({ compression: 'ccittfax4', bitdepth: 1 })
          .toBuffer(),
    ],
    [
      'a PNG with transparency',
      async () =>
        sharp({ create: { width: 400, height: 300, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
          .png()
          .toBuffer(),
    ],
    [
      'a 16-bit PNG',
      async () => sharp(fixture('02-giay-khai-sinh.200.poor.jpg')).resize(600).toColourspace('rgb16').png().toBuffer(),
    ],
    [
      'a CMYK JPEG',
      async () =>
        sharp(fixture('02-giay-khai-sinh.200.office.jpg')).resize(600).toColourspace('cmyk').jpeg().toBuffer(),
    ],
    [
      'a picture of one pixel at a low density',
      async () =>
        sharp({ create: { width: 5, height: 5, channels: 3, background: '#888' } })
          .png()
          .toBuffer(),
    ],
  ])('accepts %s', async (name, make) => {
    const { file } = await compose('kind', scanned(await make(), { dpi: name.includes('one pixel') ? 72 : 200 }));
    expect(checkWithQpdf(file)).toBe('');
    expect(findBrokenRules(openForRules(file))).toEqual([]);
  });

  it('puts pages of different sizes into one file, in order', async () => {
    const small = await sharp(fixture('05-quyet-dinh.200.poor.jpg')).resize(827).jpeg().toBuffer();
    const { file } = await compose(
      'several',
      scanned(small, { dpi: 100 }),
      scanned(small, { dpi: 200 }),
      scanned(small, { dpi: 100, rotation: 90 }),
    );
    expect(checkWithQpdf(file)).toBe('');
    const sizes = [...run('pdfinfo', ['-l', '3', file]).matchAll(/Page\s+\d size:\s+([\d.]+) x ([\d.]+)/g)].map(
      (match) => Number(match[1]) > Number(match[2]),
    );
    expect(sizes).toEqual([false, false, true]);
  });
});

describe('What cannot become a page', () => {
  const refuse = (image: Uint8Array, changes: PageChanges = {}) => expect(compose('bad', scanned(image, changes)));

  it('is refused with its reason', async () => {
    const jpeg = fixture('05-quyet-dinh.200.poor.jpg');
    await refuse(Buffer.alloc(0)).rejects.toMatchObject({ code: 'file-empty' });
    await refuse(Buffer.from('%PDF-1.7 this is no picture')).rejects.toMatchObject({ code: 'file-not-supported' });
    await refuse(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).rejects.toMatchObject({
      code: 'file-not-supported',
    });
    await refuse(jpeg.subarray(0, 60_000)).rejects.toMatchObject({ code: 'file-damaged' });
    await refuse(jpeg, { dpi: 1 }).rejects.toMatchObject({ code: 'image-too-large' });
    await refuse(jpeg, { dpi: 0 }).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('includes a picture of more pixels than any sheet has, before a pixel is decoded', async () => {
    const chunk = (type: string, data: Buffer): Buffer => {
      const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(data.length, 0);
      frame.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(20_000, 0);
    header.writeUInt32BE(20_000, 4);
    header.set([8, 2], 8);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    await refuse(
      Buffer.concat([
        signature,
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(Buffer.alloc(100))),
        chunk('IEND', Buffer.alloc(0)),
      ]),
    ).rejects.toMatchObject({ code: 'image-too-large' });
  });

  it('includes nothing at all', async () => {
    await expect(compose('none')).rejects.toMatchObject({ code: 'bad-request' });
  });
});
