/**
 * What is made to harm, given to the real imaging process: each file is answered by name or as pages, within bounded memory, and
 * the process answers the next question. Pages that came before a fault are in the dossier.
 */
import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPdfPages } from '../../../main/imaging/import/pdf-reader.ts';
import { imagingRoom, type ArrivedPage } from '../../../main/imaging/protocol.ts';
import { forkLauncher } from '../../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../../main/rooms/supervisor.ts';
import { errorsVi } from '../../../renderer/language/errors.vi.ts';
import { drawPages } from '../../stand-ins/draw-pages.ts';
import {
  hostilePdfs,
  makeEndlessPage,
  makePngBomb,
  makePngTextBomb,
  makeRawPdf,
  makeTiff,
} from '../../stand-ins/hostile-files.ts';
import { makePdf } from '../../stand-ins/tiny-pdf.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const FIXTURES = join(ROOT, 'test', 'fixtures');
/** Of the whole process, its threads and everything loaded before; two pages being read elsewhere take as much. */
const MOST_RESIDENT_MB = 900;

const folder = mkdtempSync(join(tmpdir(), 'bad-input-'));
const launch = forkLauncher((name) => join(ROOT, 'main', name, 'entry.ts'));
const room = new Supervisor(imagingRoom, {
  launch,
  init: () => ({ incomingFolder: folder, resourcesFolder: join(ROOT, 'resources'), ocrWorkers: 1 }),
  restartBudget: 100,
});
let good = '';
let small: Buffer = Buffer.alloc(0);

beforeAll(async () => {
  [good = ''] = await drawPages(1);
  small = readFileSync(good);
  expect((await room.start()).ok).toBe(true);
});
afterAll(async () => {
  await room.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  /** `pages` or the code of the refusal. */
  readonly code: string;
  readonly pages: readonly ArrivedPage[];
  readonly residentMb: number;
}

async function give(bytes: Uint8Array, name = 'given'): Promise<Outcome> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  resetPeak(room.pid);
  const pages: ArrivedPage[] = [];
  const answer = await room.call('importFile', { path }, { onProgress: (page) => void pages.push(page) });
  return { code: answer.ok ? 'pages' : answer.code, pages, residentMb: peakMb(room.pid) };
}

/** Linux: the highest resident set since it was last reset (proc(5)). */
function resetPeak(pid: number | undefined): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function peakMb(pid: number | undefined): number {
  if (pid === undefined) return 0;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024;
}

async function expectAnswersStill(): Promise<void> {
  const pages: ArrivedPage[] = [];
  const answer = await room.call('importFile', { path: good }, { onProgress: (page) => void pages.push(page) });
  expect(answer).toMatchObject({ ok: true, value: { pages: 1 } });
  expect(pages).toHaveLength(1);
}

function expectNamed(outcome: Outcome): void {
  expect(outcome.code).not.toBe('internal');
  if (outcome.code !== 'pages') expect(Object.keys(errorsVi)).toContain(outcome.code);
  expect(outcome.residentMb).toBeLessThan(MOST_RESIDENT_MB);
}

describe('Pictures made to harm', () => {
  const bombs: readonly (readonly [string, string, () => Buffer | Promise<Buffer>])[] = [
    ['a PNG of 120 million pixels in 400 kilobytes', 'image-too-large', () => makePngBomb(12_000, 10_000)],
    ['a PNG whose text unpacks to 200 megabytes', 'file-damaged|pages', makePngTextBomb],
    ['a JPEG that claims 65,500 by 65,500', 'image-too-large', () => claimJpeg(small, 65_500)],
    // Some feeders announce the longest sheet and end early: what came is a page, the rest of it grey.
    [
      'a JPEG that claims 9,000 by 9,000 and has a hundredth of it',
      'pages|file-damaged',
      () => claimJpeg(small, 9_000),
    ],
    [
      'a JPEG with a hundred thousand empty comments',
      'pages',
      () => addSegments(small, Buffer.from('fffe0002', 'hex'), 100_000),
    ],
    ['a JPEG whose EXIF points into itself', 'pages|file-damaged', () => addSegments(small, loopingExif(), 1)],
    ['a JPEG with half an ICC profile', 'pages|file-damaged', () => addSegments(small, brokenProfile(), 1)],
    [
      'a TIFF of directories in a circle',
      'file-damaged|pages|pdf-too-many-pages',
      () => makeTiff({ ...GREY, next: (own) => own }),
    ],
    [
      'a TIFF whose next directory lies behind its end',
      'file-damaged|pages',
      () => makeTiff({ ...GREY, next: () => 0x7fffffff }),
    ],
    [
      'a TIFF that claims 60,000 by 60,000',
      'image-too-large',
      () => makeTiff({ ...GREY, overrides: { 256: 60_000, 257: 60_000 } }),
    ],
    [
      'a TIFF whose strip is as long as the address space',
      'file-damaged|pages',
      () => makeTiff({ ...GREY, overrides: { 279: 0xffffffff } }),
    ],
    ['a TIFF of no rows', 'file-damaged', () => makeTiff({ ...GREY, overrides: { 257: 0 } })],
    [
      'an SVG that calls itself JPEG',
      'file-not-supported',
      () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    ],
    [
      'an HTML page that calls itself PDF',
      'file-not-supported',
      () => Buffer.from('<!doctype html><script>while(true){}</script>'),
    ],
    ['a BMP', 'file-not-supported', () => Buffer.from('BM6\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'latin1')],
    ['a GIF', 'file-not-supported', () => sharp(small).gif().toBuffer()],
    ['a WebP', 'file-not-supported', () => sharp(small).webp().toBuffer()],
    ['garbage', 'file-not-supported', () => Buffer.alloc(50_000, 'rác ')],
    ['zero bytes', 'file-empty', () => Buffer.alloc(0)],
  ];

  test.each(bombs)('%s', async (name, codes, make) => {
    const outcome = await give(await make());
    expectNamed(outcome);
    expect(codes.split('|'), name).toContain(outcome.code);
    await expectAnswersStill();
  });
});

describe('PDFs made to harm', () => {
  test.each(Object.entries(hostilePdfs))('%s', async (_, make) => {
    const outcome = await give(make());
    expectNamed(outcome);
    expect(['pages', 'file-damaged', 'image-too-large', 'pdf-page-too-complex', 'pdf-too-many-pages']).toContain(
      outcome.code,
    );
    await expectAnswersStill();
  });

  test('a picture that is left out because of its size is said, not shown as an empty page', async () => {
    expect((await give(hostilePdfs['a picture of 100,000 by 100,000 points']!())).code).toBe('image-too-large');
  });

  test.each([
    ['14,400 points', 14_400, 'image-too-large'],
    ['1 point', 1, 'pages'],
    ['a thousandth of a point', 0.001, 'pages|file-damaged'],
    ['a negative size', -300, 'pages|file-damaged'],
  ] as const)('a page of %s', async (_, size, codes) => {
    const outcome = await give(makePdf([{ width: size, height: size }]));
    expectNamed(outcome);
    expect(codes.split('|')).toContain(outcome.code);
  });

  test('a page that draws for ever is given up alone, within its time; the pages before it came', async () => {
    const arrived: number[] = [];
    const read = async (): Promise<void> => {
      const signal = new AbortController().signal;
      for await (const page of readPdfPages(endlessThird(), { signal, limitMs: 4_000 })) arrived.push(page.widthPx);
    };
    await expect(read()).rejects.toMatchObject({ code: 'pdf-page-too-complex' });
    expect(arrived).toHaveLength(2);
  });

  test('a file of many pages leaves nothing behind in its reader with each of them', async () => {
    const warnings: string[] = [];
    const note = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', note);
    const pages = Array.from({ length: 14 }, () => ({ width: 50, height: 50 }));
    let count = 0;
    for await (const _ of readPdfPages(makePdf(pages), { signal: new AbortController().signal })) count++;
    await new Promise(setImmediate);
    process.off('warning', note);
    expect([count, warnings]).toEqual([14, []]);
  });

  test('a page that takes too much memory is given up for its own memory, long before its time', async () => {
    const pdf = hostilePdfs['a content stream that unpacks to 300 megabytes']!();
    const pages = readPdfPages(pdf, { signal: new AbortController().signal, limitMs: 600_000 });
    const given = pages.next();
    await expect(given).rejects.toMatchObject({ code: 'pdf-page-too-complex', detail: expect.stringMatching(/MB$/) });
  });

  test('a page is drawn though others take 800 megabytes in the same process meanwhile', async () => {
    const pages = readPdfPages(makePdf([{ width: 300, height: 200 }]), { signal: new AbortController().signal });
    const given = pages.next();
    const besides = Array.from({ length: 8 }, () => Buffer.alloc(100 * 1024 * 1024, 1));
    expect((await given).value).toMatchObject({ dpi: 300 });
    expect(besides.map(({ length }) => length)).toHaveLength(8);
    await pages.return(undefined);
  });

  test('a reader that ends between two pages is noticed with the next one, not when the time for it is over', async () => {
    let reader: Worker | undefined;
    process.once('worker', (started) => (reader = started));
    const sheet = { width: 50, height: 50 };
    const options = { signal: new AbortController().signal, limitMs: 600_000 };
    const pages = readPdfPages(makePdf([sheet, sheet]), options);
    expect((await pages.next()).done).toBe(false);
    await reader?.terminate();
    await expect(pages.next()).rejects.toMatchObject({
      code: 'pdf-page-too-complex',
      detail: expect.stringMatching(/^page 2: its reader/),
    });
  });

  test('an import is cancelled in the middle of a page', async () => {
    const controller = new AbortController();
    const path = join(folder, 'endless.pdf');
    writeFileSync(path, makeEndlessPage());
    const running = room.call('importFile', { path }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 1_000);
    expect(await running).toMatchObject({ ok: false, code: 'cancelled' });
    await expectAnswersStill();
  });

  test('while a page draws for ever, another file comes in', async () => {
    const controller = new AbortController();
    const path = join(folder, 'endless.pdf');
    writeFileSync(path, makeEndlessPage());
    const running = room.call('importFile', { path }, { signal: controller.signal });
    await expectAnswersStill();
    controller.abort();
    await running;
  });
});

describe('Half a file', () => {
  const whole: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
    JPEG: () => readFileSync(join(FIXTURES, 'pages', '08-giay-hen.200.poor.jpg')),
    'progressive JPEG': () => sharp(small).jpeg({ progressive: true }).toBuffer(),
    PNG: () => sharp(small).png().toBuffer(),
    TIFF: () => sharp(small).tiff({ compression: 'none' }).toBuffer(),
    'fax TIFF': () =>
      sharp(small).toColourspace('b-w').threshold().tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer(),
    HEIC: () => readFileSync(join(FIXTURES, 'import', 'page.heic')),
    PDF: () => makePdf([{ width: 210, height: 297, jpeg: { bytes: small, width: 292, height: 413 } }]),
  };

  test.each(Object.keys(whole).flatMap((kind) => [0.25, 0.5, 0.75].map((share) => [kind, share] as const)))(
    'of a %s (%d of it) is refused as damaged, never shown as a whole page',
    async (kind, share) => {
      const bytes = await whole[kind]!();
      const outcome = await give(bytes.subarray(0, Math.floor(bytes.length * share)));
      expectNamed(outcome);
      expect(outcome.code).toBe('file-damaged');
      expect(outcome.pages).toEqual([]);
    },
  );

  test('of any kind leaves a room that answers', expectAnswersStill);
});

describe('Valid files with a few bytes changed', () => {
  const seeds: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
    JPEG: () => small,
    PNG: () => sharp(small).png().toBuffer(),
    TIFF: () => sharp(small).tiff({ compression: 'lzw' }).toBuffer(),
    PDF: () => makePdf([{ width: 210, height: 297, jpeg: { bytes: small, width: 292, height: 413 } }]),
    HEIC: () => readFileSync(join(FIXTURES, 'import', 'page.heic')),
  };

  test.each(Object.keys(seeds))('a %s is taken or refused by name', async (kind) => {
    const bytes = await seeds[kind]!();
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.integer({ min: 0, max: 255 })),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        async (changes) => {
          const changed = Buffer.from(bytes);
          // Headers are where harm is done: half of the changes fall there.
          for (const [index, [place, value]] of changes.entries())
            changed[Math.floor(place * (index % 2 === 0 ? Math.min(600, bytes.length) : bytes.length))] = value;
          expectNamed(await give(changed));
        },
      ),
      { seed: 20_261_122, numRuns: 12 },
    );
    await expectAnswersStill();
  });
});

const GREY = { width: 64, height: 64, photometric: 1 } as const;

/** Two pages that draw a square and a third one that never ends. */
function endlessThird(): Buffer {
  const endless = makeEndlessPage().toString('latin1');
  const bodies = [...endless.matchAll(/\d+ 0 obj\n([^]*?)\nendobj\n/g)].map((match) => match[1] ?? '');
  const square = bodies.length + 1;
  bodies[1] = `<</Type/Pages/Count 3/Kids[${square + 1} 0 R ${square + 1} 0 R 3 0 R]>>`;
  bodies.push(
    '<</Length 28>>\nstream\n0 0 1 rg 10 10 50 50 re f   \nendstream',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents ${square} 0 R/Resources<<>>>>`,
  );
  return makeRawPdf(bodies);
}

function claimJpeg(jpeg: Buffer, side: number): Buffer {
  const bytes = Buffer.from(jpeg);
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(side, frame + 5);
  bytes.writeUInt16BE(side, frame + 7);
  return bytes;
}

function addSegments(jpeg: Buffer, segment: Buffer, times: number): Buffer {
  return Buffer.concat([jpeg.subarray(0, 2), ...Array.from({ length: times }, () => segment), jpeg.subarray(2)]);
}

/** A TIFF directory inside EXIF whose next directory is itself, with an orientation that does not exist. */
function loopingExif(): Buffer {
  const tiff = Buffer.alloc(26);
  tiff.write('II*\0', 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x0112, 10);
  tiff.writeUInt16LE(3, 12);
  tiff.writeUInt32LE(1, 14);
  tiff.writeUInt16LE(77, 18);
  tiff.writeUInt32LE(8, 22);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

function brokenProfile(): Buffer {
  const body = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x02', 'latin1'), Buffer.alloc(200, 0xff)]);
  const head = Buffer.from([0xff, 0xe2, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}
