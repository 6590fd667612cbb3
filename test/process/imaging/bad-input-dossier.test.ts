/**
 * What a harmful file leaves of a dossier: real store, real imaging process. The pages that came before it stay, the
 * process that reads them may die, and the next file comes in.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCaptureDesk, type CaptureDesk } from '../../stand-ins/capture-desk.ts';
import { drawPages } from '../../stand-ins/draw-pages.ts';
import { makePngBomb } from '../../stand-ins/hostile-files.ts';
import { makePdf } from '../../stand-ins/tiny-pdf.ts';

const folder = mkdtempSync(join(tmpdir(), 'bad-input-dossier-'));
let pages: string[] = [];
let desk: CaptureDesk;
let kill: (() => void) | undefined;

beforeAll(async () => {
  pages = await drawPages(3);
  desk = await openCaptureDesk({
    device: { pages },
    watch: (room, message, end) => {
      if (room === 'imaging' && message.kind === 'call' && message.method === 'importFile') kill = end;
    },
  });
});
afterAll(async () => {
  await desk.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function importInto(dossierId: string, ...paths: string[]) {
  return desk.counter.capture.importFiles(dossierId, desk.officer.id, paths).done;
}

describe('After a harmful file', () => {
  test('the pages before it are in the dossier, the fault is named, and the next file comes in', async () => {
    const draft = await desk.newDraft();
    const bomb = write('bomb.png', makePngBomb(12_000, 10_000));
    expect(await importInto(draft.id, pages[0]!, pages[1]!, bomb, pages[2]!)).toMatchObject({
      state: 'failed',
      code: 'image-too-large',
      done: 2,
    });
    expect((await desk.reload(draft.id)).pages).toHaveLength(2);
    expect(await importInto(draft.id, pages[2]!)).toMatchObject({ state: 'done', done: 1 });
    await desk.counter.capture.settled();
    expect((await desk.reload(draft.id)).pages.map((page) => page.recognition)).toEqual(['done', 'done', 'done']);
  });

  test('the whole pages of a file are kept when a later one is damaged', async () => {
    const draft = await desk.newDraft();
    const tiff = await sharp(pages, { join: { animated: true } })
      .tiff({ compression: 'none' })
      .toBuffer();
    const file = write('cut.tif', damageLastPage(tiff));
    expect(await importInto(draft.id, file)).toMatchObject({ state: 'failed', code: 'file-damaged', done: 2 });
    expect((await desk.reload(draft.id)).pages).toHaveLength(2);
  });

  test('a process that dies in the middle of a file loses no page that came, and is there for the next file', async () => {
    const draft = await desk.newDraft();
    const file = write('long.pdf', makePdf(Array.from({ length: 60 }, () => ({ width: 200, height: 280 }))));
    const started = desk.counter.capture.importFiles(draft.id, desk.officer.id, [file]);
    while ((await desk.reload(draft.id)).pages.length < 3) await new Promise((resolve) => setTimeout(resolve, 20));
    kill?.();
    expect(await started.done).toMatchObject({ state: 'failed', code: 'room-stopped' });
    const kept = (await desk.reload(draft.id)).pages.length;
    expect(kept).toBeGreaterThanOrEqual(3);
    expect(await importInto(draft.id, pages[0]!)).toMatchObject({ state: 'done', done: 1 });
    expect((await desk.reload(draft.id)).pages).toHaveLength(kept + 1);
    desk.counter.capture.forget(draft.id);
  });
});

/** Points the strips of the last directory behind the end of the file. */
function damageLastPage(tiff: Buffer): Buffer {
  const damaged = Buffer.from(tiff);
  let last = 0;
  for (let at = damaged.readUInt32LE(4); at !== 0; at = damaged.readUInt32LE(at + 2 + damaged.readUInt16LE(at) * 12))
    last = at;
  for (let entry = 0; entry < damaged.readUInt16LE(last); entry++) {
    const at = last + 2 + entry * 12;
    if (damaged.readUInt16LE(at) !== 273) continue; // StripOffsets
    const count = damaged.readUInt32LE(at + 4);
    const table = damaged.readUInt32LE(at + 8);
    if (count === 1) damaged.writeUInt32LE(damaged.length + 9, at + 8);
    else for (let strip = 0; strip < count; strip++) damaged.writeUInt32LE(damaged.length + 9, table + strip * 4);
  }
  return damaged;
}
