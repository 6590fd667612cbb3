import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Scanner } from '../../../main/imaging/protocol.ts';
import { openCapture } from '../../stand-ins/capture-run.ts';
import { drawPages, sha256 } from '../../stand-ins/draw-pages.ts';

const RESOURCES = join(import.meta.dirname, '..', '..', '..', 'resources', 'samples');
let pages: string[] = [];

beforeAll(async () => {
  pages = await drawPages(3);
});

describe('the practice scanner', () => {
  const room = openCapture();

  test('offers each sample stack as a device, then the folder itself', async () => {
    const list = await room.list({ sampleFolder: RESOURCES });
    expect(list.map((scanner) => scanner.id)).toEqual(
      ['stack-ho-so-cu', 'stack-khai-sinh', 'stack-thuong-tru', ''].map((name) => `sample:${join(RESOURCES, name)}`),
    );
    expect(list.every((scanner) => scanner.driver === 'sample' && scanner.name.startsWith('Máy quét mẫu'))).toBe(true);
  });

  test('feeds the four pages of the residence stack in name order, untouched', async () => {
    const folder = join(RESOURCES, 'stack-thuong-tru');
    const outcome = await room.scan({
      id: `sample:${folder}`,
      name: 'x',
      driver: 'sample',
      sources: ['adf'],
      dpis: [200],
    });
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.jpg'))
      .sort();
    expect(outcome).toMatchObject({ pages: 4, end: 'complete', code: null });
    expect(outcome.arrived.map((page) => page.image.sha256)).toEqual(
      files.map((name) => sha256(readFileSync(join(folder, name)))),
    );
    expect(outcome.arrived.every((page) => page.dpi === 200 && page.widthPx === 1653)).toBe(true);
  });

  test('gives the first page from the glass', async () => {
    const scanner: Scanner = {
      id: `sample:${join(RESOURCES, 'stack-thuong-tru')}`,
      name: 'x',
      driver: 'sample',
      sources: ['flatbed'],
      dpis: [200],
    };
    expect(await room.scan(scanner, { source: 'flatbed' })).toMatchObject({ pages: 1, end: 'complete' });
  });

  test('has an empty feeder when its folder is empty, and is offline when it is gone', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'empty-'));
    const scanner: Scanner = { id: `sample:${empty}`, name: 'x', driver: 'sample', sources: ['adf'], dpis: [200] };
    expect(await room.scan(scanner)).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-feeder-empty' });
    expect(await room.scan({ ...scanner, id: `sample:${empty}-gone` })).toMatchObject({
      end: 'fault',
      code: 'scanner-offline',
    });
    expect(await room.list({ sampleFolder: empty })).toEqual([]);
  });

  test('of Windows is offline on this computer', async () => {
    expect(await room.scan({ id: 'wia:1', name: 'x', driver: 'wia', sources: ['adf'], dpis: [] })).toMatchObject({
      end: 'fault',
      code: 'scanner-offline',
    });
  });
});

describe('a watched folder', () => {
  const room = openCapture({ folder: { stableMs: 60, pollMs: 10, waitMs: 250 } });

  function open(): { folder: string; scanner: Scanner } {
    const folder = mkdtempSync(join(tmpdir(), 'watched-'));
    return { folder, scanner: { id: `folder:${folder}`, name: 'x', driver: 'folder', sources: ['adf'], dpis: [200] } };
  }

  test('is offered as a device while it exists', async () => {
    const { folder } = open();
    expect(await room.list({ watchedFolder: folder })).toMatchObject([{ id: `folder:${folder}`, driver: 'folder' }]);
    expect(await room.list({ watchedFolder: `${folder}-gone` })).toEqual([]);
  });

  test('gives its files in name order and sets them aside, nothing is deleted', async () => {
    const { folder, scanner } = open();
    mkdirSync(join(folder, 'da-nhan'));
    writeFileSync(join(folder, 'da-nhan', 'scan-2.jpg'), 'earlier');
    for (const [index, page] of pages.entries())
      copyFileSync(page, join(folder, `scan-${index === 2 ? 10 : index + 1}.jpg`));
    writeFileSync(join(folder, '.hidden.jpg'), '');
    writeFileSync(join(folder, 'scan.jpg.part'), 'half');
    const outcome = await room.scan(scanner);
    expect(outcome).toMatchObject({ pages: 3, end: 'complete' });
    expect(outcome.arrived.map((page) => page.image.sha256)).toEqual(pages.map((page) => sha256(readFileSync(page))));
    expect(readdirSync(join(folder, 'da-nhan')).sort()).toEqual([
      'scan-1.jpg',
      'scan-10.jpg',
      'scan-2 (2).jpg',
      'scan-2.jpg',
    ]);
    expect(readdirSync(folder).sort()).toEqual(['.hidden.jpg', 'da-nhan', 'scan.jpg.part']);
  });

  test('waits for a file that is still being written', async () => {
    const { folder, scanner } = open();
    const bytes = readFileSync(pages[2]!);
    const path = join(folder, 'slow.jpg');
    writeFileSync(path, bytes.subarray(0, 10));
    let written = 10;
    const writer = setInterval(() => {
      written = Math.min(bytes.length, written + Math.ceil(bytes.length / 6));
      writeFileSync(path, bytes.subarray(0, written));
      if (written === bytes.length) clearInterval(writer);
    }, 25);
    expect(await room.scan(scanner)).toMatchObject({ pages: 1, end: 'complete' });
  });

  test('gives a damaged file three readings, then reports it by name and leaves it where it is', async () => {
    const { folder, scanner } = open();
    writeFileSync(join(folder, 'bad.jpg'), readFileSync(pages[0]!).subarray(0, 40));
    const outcome = await room.scan(scanner);
    expect(outcome).toMatchObject({ pages: 0, end: 'fault', code: 'file-damaged' });
    expect(outcome.detail).toContain('bad.jpg');
    expect(readdirSync(folder)).toEqual(['bad.jpg']);
  });

  test('without files is an empty feeder, without the folder offline', async () => {
    const { folder, scanner } = open();
    expect(await room.scan(scanner)).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-feeder-empty' });
    expect(await room.scan({ ...scanner, id: `folder:${folder}-gone` })).toMatchObject({
      end: 'fault',
      code: 'scanner-offline',
    });
  });

  test('stops watching when the officer cancels', async () => {
    const patient = openCapture({ folder: { stableMs: 60, pollMs: 10, waitMs: 60_000 } });
    const { scanner } = open();
    expect(await patient.scan(scanner, {}, { signal: AbortSignal.timeout(50) })).toMatchObject({
      pages: 0,
      end: 'cancelled',
    });
  });
});
