/** @file Separator sheets on their whole way: composed, printed (drawn by poppler), worn, scanned, known again, stack sorted. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBlob } from '../../main/blobs/blob-file.ts';
import { composeSeparators } from '../../main/counter/separators.ts';
import { separatorOf, separatorText } from '../../main/dossiers/separator.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import type { Dossier } from '../../preload/types.ts';
import { openCaptureDesk, type CaptureDesk } from '../stand-ins/capture-desk.ts';
import { drawPages } from '../stand-ins/draw-pages.ts';
import { hasTools } from './pdf/tools.ts';

const BIRTH = '1.001193';
const FORM = `${BIRTH}#0`;
const CERTIFICATE = `${BIRTH}#2`;
const DPI = 200;
const isDrawn = hasTools('pdftoppm', 'pdftotext', 'pdfinfo');

/** What befalls a sheet that is used again and again. */
type Wear = (sheet: Buffer) => Promise<Buffer>;
const noisy: Wear = async (sheet) => {
  const { width, height } = await sharp(sheet).metadata();
  const noise = { type: 'gaussian' as const, mean: 128, sigma: 26 };
  const grain = await sharp({ create: { width, height, channels: 3, background: '#fff', noise } })
    .png()
    .toBuffer();
  return sharp(sheet)
    .composite([{ input: grain, blend: 'soft-light' }])
    .blur(0.9)
    .jpeg({ quality: 55 })
    .withMetadata({ density: DPI })
    .toBuffer();
};
const tilted: Wear = async (sheet) =>
  noisy(await sharp(sheet).rotate(2.5, { background: '#e8e4dc' }).flatten({ background: '#fff' }).toBuffer());
const upsideDown: Wear = async (sheet) => noisy(await sharp(sheet).rotate(180).toBuffer());
/** A coffee cup stood on the first codes, and a corner is torn off. */
const torn: Wear = async (sheet) => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1654" height="2339"><path d="M0 0H820L0 760Z" fill="#888"/><circle cx="1350" cy="320" r="150" fill="#5a3a1e"/></svg>`;
  return noisy(
    await sharp(sheet)
      .composite([{ input: Buffer.from(svg) }])
      .toBuffer(),
  );
};
const faint: Wear = (sheet) =>
  sharp(sheet).linear(0.3, 165).blur(1.2).jpeg({ quality: 40 }).withMetadata({ density: DPI }).toBuffer();

let desk: CaptureDesk;
let draft: Dossier;
let folder: string;
let sheets: Buffer[] = [];
let pdfFile = '';
let files: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'separators-'));
  files = await drawPages(4);
  desk = await openCaptureDesk({ device: { pages: files }, ocrWorkers: 2 });
  draft = await desk.newDraft(BIRTH);
  if (!isDrawn) return;
  pdfFile = await print([FORM, CERTIFICATE]);
  execFileSync('pdftoppm', ['-r', String(DPI), '-png', pdfFile, join(folder, 'sheet')]);
  sheets = await Promise.all(
    [1, 2].map((page) =>
      sharp(join(folder, `sheet-${page}.png`))
        .png()
        .toBuffer(),
    ),
  );
});
afterAll(() => desk.close());

async function print(componentIds: readonly string[] | null): Promise<string> {
  const { rooms } = desk.counter;
  const { id, revision } = await desk.reload(draft.id);
  const order = { id, revision, componentIds, officerId: desk.officer.id };
  const { blobId } = unwrap(await composeSeparators(rooms, { now: Date.now }, order));
  const path = join(folder, `${componentIds?.length ?? 'plain'}.pdf`);
  writeFileSync(path, await readBlob(unwrap(await rooms.store.call('blobAccess', { blobId }))));
  return path;
}
const put = (name: string, bytes: Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

describe.skipIf(!isDrawn)('a printed separator sheet', () => {
  it('is one page for each component, with its name for people; a plain one for none', async () => {
    const info = execFileSync('pdfinfo', [pdfFile], { encoding: 'utf8' });
    expect(info).toMatch(/Pages:\s+2/);
    expect(info).toMatch(/A4/);
    const text = execFileSync('pdftotext', ['-layout', pdfFile, '-'], { encoding: 'utf8' });
    const [first = '', second = ''] = text.split('\f');
    const name = (id: string): string =>
      draft.checklist.find(({ component }) => component.id === id)?.component.name ?? '';
    const words = (value: string): string => value.replace(/\s+/g, ' ');
    expect(words(first)).toContain(name(FORM).slice(0, 25));
    expect(words(second)).toContain(name(CERTIFICATE).slice(0, 25));
    const plain = execFileSync('pdftotext', [await print(null), '-'], { encoding: 'utf8' });
    expect(words(plain)).toContain('Giấy tờ tiếp theo');
  });

  it('bears the same code in four corners, each at least 25 mm wide', async () => {
    const codes = unwrap(
      await desk.counter.rooms.imaging.call('readCodes', {
        image: { path: put('fresh.png', sheets[0] ?? Buffer.of()) },
      }),
    );
    expect(codes.map(({ text }) => text)).toEqual(Array.from({ length: 4 }, () => separatorText(FORM)));
    for (const { box } of codes) expect((box[2] / DPI) * 25.4).toBeGreaterThan(25);
  });

  it.each([
    ['scanned with noise', noisy],
    ['tilted', tilted],
    ['upside down', upsideDown],
    ['torn and stained', torn],
    ['printed with an empty cartridge', faint],
  ])('is known when %s', async (name, wear) => {
    const image = { path: put(`${name}.jpg`, await wear(sheets[1] ?? Buffer.of())) };
    const codes = unwrap(await desk.counter.rooms.imaging.call('readCodes', { image }));
    expect(separatorOf(codes.map(({ text }) => text))).toBe(CERTIFICATE);
  });

  it('hides itself and sorts the pages behind it, whatever they look like, until the next one', async () => {
    const plain = await print(null);
    execFileSync('pdftoppm', ['-r', String(DPI), '-png', '-singlefile', plain, join(folder, 'plain-sheet')]);
    const [a = '', b = '', c = '', d = ''] = files;
    const stack = [
      put('1.jpg', await torn(sheets[0] ?? Buffer.of())),
      a,
      b,
      put('2.jpg', await upsideDown(sheets[1] ?? Buffer.of())),
      c,
      join(folder, 'plain-sheet.png'),
      d,
    ];
    const imported = await desk.counter.capture.importFiles(draft.id, desk.officer.id, stack).done;
    expect(imported).toMatchObject({ state: 'done', done: 7 });
    await desk.counter.capture.settled();
    const { pages } = await desk.reload(draft.id);
    expect(pages.map((page) => [page.isSeparator, page.isHidden, page.startsPaper, page.componentId])).toEqual([
      [true, true, false, null],
      [false, false, true, FORM],
      [false, false, false, FORM],
      [true, true, false, null],
      [false, false, true, CERTIFICATE],
      [true, true, false, null],
      [false, false, true, null],
    ]);
    const whole = await desk.reload(draft.id);
    const shown = await desk.edit(whole, { kind: 'hide-pages', pageIds: [pages[0]?.id ?? ''], isHidden: false });
    expect(shown.pages[0]).toMatchObject({ isHidden: false, isSeparator: true });
    expect(shown.pages[1]?.componentId).toBe(FORM);
  });

  it('is refused for a paper that takes no pages, and for a dossier that changed', async () => {
    const { rooms } = desk.counter;
    const { id, revision, checklist } = await desk.reload(draft.id);
    const presented = checklist.find(({ component }) => component.kind === 'presented')?.component.id ?? '';
    const order = { id, revision, officerId: desk.officer.id, componentIds: [presented] };
    expect(await composeSeparators(rooms, { now: Date.now }, order)).toMatchObject({
      code: 'component-not-in-procedure',
    });
    const late = { ...order, revision: revision - 1, componentIds: null };
    expect(await composeSeparators(rooms, { now: Date.now }, late)).toMatchObject({ code: 'stale-revision' });
  });
});
