import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type Metadata } from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ArrivedPage } from '../../../main/imaging/protocol.ts';
import { Failure } from '../../../main/rooms/failure.ts';
import { openCapture } from '../../stand-ins/capture-run.ts';
import { drawPages } from '../../stand-ins/draw-pages.ts';
import { makeTiff, type TiffKind } from '../../stand-ins/hostile-files.ts';
import { makePdf } from '../../stand-ins/tiny-pdf.ts';
import { hasTools } from '../pdf/tools.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'import');
const SCAN = join(import.meta.dirname, '..', '..', 'fixtures', 'pages', '08-giay-hen.200.poor.jpg');
const SHEET = { width: 100, height: 80, resolution: { x: 300, y: 300, unit: 2 } } as const;
const folder = mkdtempSync(join(tmpdir(), 'import-'));
const room = openCapture();
let pages: string[] = [];

beforeAll(async () => {
  pages = await drawPages(3);
});

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function headerOf(page: ArrivedPage): Promise<Metadata> {
  return sharp(await room.readPage(page)).metadata();
}

async function refusal(path: string, password?: string): Promise<string> {
  return room.importFile(path, password).then(
    (arrived) => `${arrived.length} pages`,
    (thrown: unknown) => (thrown instanceof Failure ? thrown.code : String(thrown)),
  );
}

describe('a file the officer chose', () => {
  test('JPEG keeps its own bytes and the density of its header', async () => {
    const [page] = await room.importFile(SCAN);
    expect(page).toMatchObject({ index: 0, widthPx: 1653, heightPx: 2339, dpi: 200 });
    expect((await room.readPage(page!)).equals(readFileSync(SCAN))).toBe(true);
  });

  test('a telephone picture without a density counts as filling A4', async () => {
    const path = write('phone.jpg', await sharp(SCAN).withDensity(72).jpeg().toBuffer());
    expect((await room.importFile(path))[0]).toMatchObject({ dpi: 200 });
  });

  test.each([
    [3, 292, 413],
    [6, 413, 292],
    [8, 413, 292],
  ])('JPEG with EXIF orientation %i is stored upright', async (orientation, widthPx, heightPx) => {
    const path = write(
      `turned-${orientation}.jpg`,
      await sharp(pages[0]).withMetadata({ orientation, density: 200 }).jpeg().toBuffer(),
    );
    const [page] = await room.importFile(path);
    expect(page).toMatchObject({ widthPx, heightPx, dpi: 200 });
    expect((await headerOf(page!)).orientation ?? 1).toBe(1);
  });

  test('CMYK JPEG becomes sRGB', async () => {
    const [page] = await room.importFile(
      write('cmyk.jpg', await sharp(pages[0]).toColourspace('cmyk').jpeg().toBuffer()),
    );
    expect(await headerOf(page!)).toMatchObject({ format: 'jpeg', space: 'srgb', channels: 3 });
  });

  test('16-bit PNG becomes an 8-bit JPEG, transparency becomes paper', async () => {
    const clear = sharp({ create: { width: 60, height: 40, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } } });
    const [page] = await room.importFile(write('deep.png', await clear.toColourspace('rgb16').png().toBuffer()));
    expect(await headerOf(page!)).toMatchObject({ format: 'jpeg', depth: 'uchar' });
    const { channels } = await sharp(await room.readPage(page!)).stats();
    expect(channels[0]!.min).toBeGreaterThan(250);
  });

  test('grey PNG stays grey', async () => {
    const [page] = await room.importFile(
      write('grey.png', await sharp(pages[0]).toColourspace('b-w').png().withDensity(200).toBuffer()),
    );
    expect(await headerOf(page!)).toMatchObject({ format: 'jpeg', channels: 1, density: 200 });
  });

  test('PNG of two colours keeps its own bytes', async () => {
    const bytes = await sharp(pages[0]).greyscale().threshold().png({ palette: true, colours: 2 }).toBuffer();
    const [page] = await room.importFile(write('bitonal.png', bytes));
    expect(page!.image.mediaType).toBe('image/png');
    expect((await room.readPage(page!)).equals(bytes)).toBe(true);
  });

  test('TIFF gives all its pages, fax pages as two-colour PNG', async () => {
    const fax = await sharp(pages[0])
      .toColourspace('b-w')
      .threshold()
      .tiff({ compression: 'ccittfax4', bitdepth: 1, xres: 8, yres: 8 })
      .toBuffer();
    const [faxPage] = await room.importFile(write('fax.tif', fax));
    expect(await headerOf(faxPage!)).toMatchObject({ format: 'png', bitsPerSample: 1 });
    const many = await sharp(pages, { join: { animated: true } })
      .tiff({ compression: 'lzw' })
      .toBuffer();
    const arrived = await room.importFile(write('many.tiff', many));
    expect(arrived.map(({ index, widthPx, heightPx }) => ({ index, widthPx, heightPx }))).toEqual(
      [0, 1, 2].map((index) => ({ index, widthPx: 292, heightPx: 413 })),
    );
    expect(new Set(arrived.map((page) => page.image.sha256)).size).toBe(3);
  });

  const tiffs: readonly (readonly [string, TiffKind, Partial<ArrivedPage>])[] = [
    ['16-bit grey, big-endian', { ...SHEET, isBigEndian: true, bits: 16, photometric: 1 }, { dpi: 300 }],
    [
      'colour in planes, per centimetre',
      { ...SHEET, samples: 3, isPlanar: true, photometric: 2, resolution: { x: 118.11, y: 118.11, unit: 3 } },
      { dpi: 300 },
    ],
    [
      'CMYK in planes, big-endian',
      { ...SHEET, samples: 4, isPlanar: true, isBigEndian: true, photometric: 5 },
      { dpi: 300 },
    ],
    ['16-bit colour in tiles', { ...SHEET, samples: 3, bits: 16, tile: 32, photometric: 2 }, { dpi: 300 }],
    [
      'without a unit of its resolution',
      { ...SHEET, photometric: 1, resolution: { x: 300, y: 300, unit: 1 } },
      { dpi: 72 },
    ],
    ['of no resolution at all', { ...SHEET, photometric: 1, resolution: { x: 0, y: 0, unit: 2 } }, { dpi: 72 }],
    ['of a million dots per inch', { ...SHEET, photometric: 1, resolution: { x: 1e6, y: 1e6, unit: 2 } }, { dpi: 72 }],
    [
      'fax of 204 by 98 dots, white is zero',
      { width: 1728, height: 1145, bits: 1, photometric: 0, resolution: { x: 204, y: 98, unit: 2 } },
      { widthPx: 1728, heightPx: 2383, dpi: 204 },
    ],
    [
      'fax of 204 by 391 dots',
      { width: 1728, height: 4572, bits: 1, photometric: 0, resolution: { x: 80.3, y: 153.9, unit: 3 } },
      { widthPx: 3312, heightPx: 4572, dpi: 391 },
    ],
  ];
  test.each(tiffs)('TIFF: %s', async (_, kind, expected) => {
    const [page] = await room.importFile(write('kind.tif', makeTiff(kind)));
    expect(page).toMatchObject(expected);
    const { format, depth, space } = await headerOf(page!);
    expect([format, depth]).toEqual([kind.bits === 1 ? 'png' : 'jpeg', 'uchar']);
    expect(['srgb', 'b-w']).toContain(space);
    expect(await headerOf(page!)).toMatchObject({ width: page!.widthPx, height: page!.heightPx });
  });

  test.each([
    ['interlaced', () => sharp(SCAN).resize(300).png({ progressive: true }).toBuffer()],
    ['with a palette', () => sharp(SCAN).resize(300).png({ palette: true, colours: 16 }).toBuffer()],
    ['16-bit grey', () => sharp(SCAN).resize(300).toColourspace('grey16').png().toBuffer()],
  ])('PNG: %s', async (_, make) => {
    const [page] = await room.importFile(write('kind.png', await make()));
    expect(await headerOf(page!)).toMatchObject({ format: 'jpeg', depth: 'uchar', width: 300 });
  });

  test('progressive JPEG keeps its own bytes; a coding that viewers do not know never does', async () => {
    const progressive = await sharp(pages[0]).jpeg({ progressive: true }).toBuffer();
    const [page] = await room.importFile(write('progressive.jpg', progressive));
    expect((await room.readPage(page!)).equals(progressive)).toBe(true);
    for (const [offset, value] of [
      [1, 0xc9], // arithmetic coding
      [4, 12], // 12 bits a sample
    ] as const) {
      const changed = readFileSync(pages[0]!);
      changed[changed.indexOf(Buffer.from([0xff, 0xc0])) + offset] = value;
      const arrived = await room.importFile(write('coding.jpg', changed)).catch((thrown: unknown) => thrown);
      if (arrived instanceof Failure) expect(arrived.code).toBe('file-damaged');
      else expect((await room.readPage((arrived as ArrivedPage[])[0]!)).equals(changed)).toBe(false);
    }
  });

  test('HEIC of a telephone becomes JPEG', async () => {
    const [page] = await room.importFile(join(FIXTURES, 'page.heic'));
    expect(page).toMatchObject({ widthPx: 620, heightPx: 877 });
    expect(await headerOf(page!)).toMatchObject({ format: 'jpeg', channels: 3 });
  });

  test('PDF gives one picture per page at 300 dpi, large sheets at 200, turned pages upright', async () => {
    const pdf = makePdf([
      { width: 300, height: 200 },
      { width: 300, height: 200, rotate: 90 },
      { width: 1191, height: 1684 },
    ]);
    const arrived = await room.importFile(write('drawn.pdf', pdf));
    expect(arrived.map(({ widthPx, heightPx, dpi }) => [widthPx, heightPx, dpi])).toEqual([
      [1250, 833, 300],
      [833, 1250, 300],
      [3308, 4678, 200],
    ]);
    const corner = await sharp(await room.readPage(arrived[0]!))
      .extract({ left: 60, top: 700, width: 1, height: 1 })
      .raw()
      .toBuffer();
    expect([...corner].map((value) => Math.round(value / 255))).toEqual([0, 0, 1]); // the blue square, bottom left
  });

  test('a scanned PDF page comes at the resolution of its own picture, hardly changed', async () => {
    const jpeg = { bytes: readFileSync(SCAN), width: 1653, height: 2339 };
    const [page] = await room.importFile(write('scanned.pdf', makePdf([{ width: 595.08, height: 842.04, jpeg }])));
    expect(page).toMatchObject({ widthPx: 1653, heightPx: 2339, dpi: 200 });
    const [a, b] = await Promise.all(
      [await room.readPage(page!), SCAN].map((input) => sharp(input).greyscale().raw().toBuffer()),
    );
    const difference = a!.reduce((sum, value, index) => sum + Math.abs(value - b![index]!), 0) / a!.length;
    expect(difference).toBeLessThan(2);
  });

  test('a PDF with a password opens with it', async () => {
    expect(await room.importFile(join(FIXTURES, 'password-mo-khoa.pdf'), 'mo-khoa')).toHaveLength(1);
  });

  test.skipIf(!hasTools('qpdf'))('a PDF that only forbids printing opens without a password (needs qpdf)', async () => {
    const plain = write('plain.pdf', makePdf([{ width: 300, height: 200 }]));
    const locked = join(folder, 'locked.pdf');
    execFileSync('qpdf', ['--encrypt', '', 'chu', '256', '--print=none', '--', plain, locked]);
    expect(await room.importFile(locked)).toHaveLength(1);
  });

  test('pages of a long PDF come one by one, and no more come once it is cancelled', async () => {
    const controller = new AbortController();
    const arrived: ArrivedPage[] = [];
    const path = write('long.pdf', makePdf(Array.from({ length: 500 }, () => ({ width: 72, height: 72 }))));
    const running = room.capture.importFile(
      { path },
      {
        signal: controller.signal,
        progress: (page) => {
          arrived.push(page);
          if (arrived.length === 3) controller.abort();
        },
      },
    );
    await expect(Promise.resolve(running)).rejects.toMatchObject({ name: 'AbortError' });
    expect(arrived.map((page) => page.index)).toEqual([0, 1, 2]);
  });

  test('the name does not decide what a file is', async () => {
    expect(await room.importFile(write('photo.pdf', readFileSync(pages[0]!)))).toHaveLength(1);
  });
});

describe('bad input', () => {
  const truncated = (name: string, bytes: Uint8Array, share: number): string =>
    write(name, bytes.subarray(0, Math.floor(bytes.length * share)));
  const fileCases: readonly [string, string, () => string | Promise<string>][] = [
    ['an empty file', 'file-empty', () => write('zero.pdf', Buffer.alloc(0))],
    ['text named PDF', 'file-not-supported', () => write('text.pdf', Buffer.from('xin chào'))],
    ['a GIF', 'file-not-supported', async () => write('a.gif', await sharp(pages[0]).gif().toBuffer())],
    [
      'an SVG that names other files',
      'file-not-supported',
      () =>
        write('a.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>')),
    ],
    [
      'an AVIF',
      'file-not-supported',
      () => write('a.avif', Buffer.from('\0\0\0\x1cftypavif\0\0\0\0avifmif1', 'latin1')),
    ],
    ['a folder', 'file-not-supported', () => folder],
    ['a device without end', 'file-not-supported', () => '/dev/zero'],
    ['a file that is gone', 'not-found', () => join(folder, 'gone.jpg')],
    [
      'a file above 200 MiB',
      'file-too-large',
      () => {
        const path = write('large.jpg', Buffer.from([0xff, 0xd8, 0xff]));
        truncateSync(path, 201 * 1024 * 1024);
        return path;
      },
    ],
    ['half a JPEG', 'file-damaged', () => truncated('half.jpg', readFileSync(SCAN), 0.5)],
    ['a JPEG header alone', 'file-damaged', () => write('head.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0]))],
    [
      'half a PNG',
      'file-damaged',
      async () => truncated('half.png', await sharp(SCAN).resize(400).png().toBuffer(), 0.5),
    ],
    [
      'half a TIFF',
      'file-damaged',
      async () => truncated('half.tif', await sharp(SCAN).resize(400).tiff({ compression: 'none' }).toBuffer(), 0.5),
    ],
    ['half a HEIC', 'file-damaged', () => truncated('half.heic', readFileSync(join(FIXTURES, 'page.heic')), 0.5)],
    [
      'half a PDF',
      'file-damaged',
      () =>
        truncated(
          'half.pdf',
          makePdf([{ width: 300, height: 200, jpeg: { bytes: readFileSync(SCAN), width: 1653, height: 2339 } }]),
          0.5,
        ),
    ],
    [
      'a PDF cut off inside a later revision',
      'file-damaged',
      () =>
        write(
          'cut.pdf',
          Buffer.concat([makePdf([{ width: 9, height: 9 }]), Buffer.from(`5 0 obj <<${'/A 1 '.repeat(900)}`)]),
        ),
    ],
    [
      'a PDF of garbage',
      'file-damaged',
      () => write('garbage.pdf', Buffer.from(`%PDF-1.7\n${'x'.repeat(2000)}\n%%EOF`)),
    ],
    ['a PDF with a password', 'pdf-password', () => join(FIXTURES, 'password-mo-khoa.pdf')],
    [
      'a PDF of 501 pages',
      'pdf-too-many-pages',
      () => write('many.pdf', makePdf(Array.from({ length: 501 }, () => ({ width: 50, height: 50 })))),
    ],
    [
      'a PDF page of 5 by 5 metres',
      'image-too-large',
      () => write('huge.pdf', makePdf([{ width: 14_400, height: 14_400 }])),
    ],
    ['a PNG of 20,000 pixels across', 'image-too-large', () => write('wide.png', pngOf(20_000, 10))],
    [
      'a PNG of 270 million pixels that unpacks from nothing',
      'image-too-large',
      () => write('bomb.png', pngOf(18_000, 15_000)),
    ],
    [
      'a JPEG whose header claims 65,500 lines',
      'image-too-large',
      () => {
        const bytes = readFileSync(pages[0]!);
        bytes.writeUInt16BE(65_500, bytes.indexOf(Buffer.from([0xff, 0xc0])) + 5);
        return write('claims.jpg', bytes);
      },
    ],
    [
      'a HEIC whose header claims 60,000 pixels',
      'image-too-large',
      () => {
        const bytes = readFileSync(join(FIXTURES, 'page.heic'));
        for (let at = bytes.indexOf('ispe'); at !== -1; at = bytes.indexOf('ispe', at + 4))
          bytes.writeUInt32BE(60_000, at + 8);
        return write('claims.heic', bytes);
      },
    ],
  ];

  test.each(fileCases)('%s is refused as %s', async (_, code, make) => {
    expect(await refusal(await make())).toBe(code);
  });

  test('the wrong password is refused like none', async () => {
    expect(await refusal(join(FIXTURES, 'password-mo-khoa.pdf'), 'sai')).toBe('pdf-password');
  });

  test('a pipe that nobody writes does not hold the room', async () => {
    const path = join(folder, 'pipe.jpg');
    execFileSync('mkfifo', [path]);
    expect(await refusal(path)).toBe('file-not-supported');
  });

  test('a refused file leaves nothing in the incoming folder', async () => {
    const fresh = openCapture();
    await expect(fresh.importFile(write('half2.jpg', readFileSync(SCAN).subarray(0, 100_000)))).rejects.toThrow(
      Failure,
    );
    expect(readdirSync(fresh.incomingFolder)).toEqual([]);
  });

  test('the pages before a damaged one are kept', async () => {
    const many = await sharp(pages, { join: { animated: true } })
      .tiff({ compression: 'none' })
      .toBuffer();
    const arrived: ArrivedPage[] = [];
    const path = write('damaged.tif', damageLastPage(many));
    const running = room.capture.importFile(
      { path },
      { signal: new AbortController().signal, progress: (page) => void arrived.push(page) },
    );
    await expect(Promise.resolve(running)).rejects.toMatchObject({ code: 'file-damaged' });
    expect(arrived.map((page) => page.index)).toEqual([0, 1]);
  });
});

/** A valid PNG header with one compressed row of nothing: small on disk, huge when unpacked. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(8);
    out.writeUInt32BE(data.length, 0);
    out.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([out.subarray(0, 4), body, out.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1 << 20))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** Points the last directory's strips behind the end of the file. */
function damageLastPage(tiff: Buffer): Buffer {
  const damaged = Buffer.from(tiff);
  let last = 0;
  for (let at = damaged.readUInt32LE(4); at !== 0; at = damaged.readUInt32LE(at + 2 + damaged.readUInt16LE(at) * 12))
    last = at;
  const entries = damaged.readUInt16LE(last);
  for (let entry = 0; entry < entries; entry++) {
    const at = last + 2 + entry * 12;
    if (damaged.readUInt16LE(at) !== 273) continue; // StripOffsets
    const count = damaged.readUInt32LE(at + 4);
    if (count === 1) damaged.writeUInt32LE(damaged.length + 9, at + 8);
    else
      for (let strip = 0; strip < count; strip++)
        damaged.writeUInt32LE(damaged.length + 9, damaged.readUInt32LE(at + 8) + strip * 4);
  }
  return damaged;
}
