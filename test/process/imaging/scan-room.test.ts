import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readBlob } from '../../../main/blobs/blob-file.ts';
import { imagingRoom, type ArrivedPage, type Scanner } from '../../../main/imaging/protocol.ts';
import { forkLauncher } from '../../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../../main/rooms/supervisor.ts';
import { drawPages, sha256 } from '../../stand-ins/draw-pages.ts';
import { startEsclScanner, type EsclScanner } from '../../stand-ins/escl-scanner/server.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const incomingFolder = mkdtempSync(join(tmpdir(), 'incoming-'));
const room = new Supervisor(imagingRoom, {
  launch: forkLauncher(() => join(ROOT, 'main', 'imaging', 'entry.ts')),
  init: () => ({ incomingFolder, resourcesFolder: join(ROOT, 'resources'), ocrWorkers: 1 }),
});
let files: string[] = [];
let device: EsclScanner;
let scanner: Scanner;

beforeAll(async () => {
  files = await drawPages(4);
  device = await startEsclScanner({ pages: files, faults: { jamAtSheet: 3, slowPageMs: 40 } });
  const listed = await room.call('listScanners', {
    addresses: [device.url],
    useDiscovery: false,
    useSane: false,
    sampleFolder: null,
  });
  scanner = (listed.ok ? listed.value[0] : undefined)!;
});
afterAll(async () => {
  await room.stop();
  await device.stop();
});

const job = { source: 'adf', dpi: 200, colour: true } as const;

test('pages come out of the imaging process one by one, a jam keeps them, and the next scan goes on with the jammed sheet', async () => {
  const arrived: ArrivedPage[] = [];
  const onProgress = (page: ArrivedPage): void => void arrived.push(page);
  const first = await room.call('scan', { scanner, ...job }, { onProgress });
  expect(first).toMatchObject({ ok: true, value: { pages: 2, end: 'fault', code: 'scanner-jam' } });
  expect(arrived).toHaveLength(2);
  const second = await room.call('scan', { scanner, ...job }, { onProgress });
  expect(second).toMatchObject({ ok: true, value: { pages: 2, end: 'complete' } });
  const read = await Promise.all(
    arrived.map((page) => readBlob({ ...page.image, path: join(incomingFolder, page.image.file) })),
  );
  expect(read.map(sha256)).toEqual(files.map((file) => sha256(readFileSync(file))));
});

test('cancelling from outside reaches the device and keeps the pages that came', async () => {
  device.loadFeeder();
  const cancel = new AbortController();
  const answer = await room.call(
    'scan',
    { scanner, ...job },
    { signal: cancel.signal, onProgress: () => cancel.abort() },
  );
  expect(answer).toMatchObject({ ok: true, value: { end: 'cancelled' } });
  expect(device.log.at(-1)?.method).toBe('DELETE');
});

test('when the process is killed in the middle of a scan, every announced page is whole on the disk', async () => {
  device.loadFeeder();
  const arrived: ArrivedPage[] = [];
  const answer = await room.call(
    'scan',
    { scanner, ...job },
    {
      onProgress: (page) => {
        arrived.push(page);
        process.kill(room.pid!, 'SIGKILL');
      },
    },
  );
  expect(answer).toMatchObject({ ok: false, code: 'room-stopped' });
  expect(arrived.length).toBeGreaterThan(0);
  for (const page of arrived) {
    for (const deposit of [page.image, page.thumbnail]) {
      const bytes = await readBlob({ ...deposit, path: join(incomingFolder, deposit.file) });
      expect(sha256(bytes)).toBe(deposit.sha256);
    }
  }
  expect(readdirSync(incomingFolder).every((name) => name.endsWith('.tmp'))).toBe(true);
});

test('a file the room refuses is a refusal with its code, and the room goes on working', async () => {
  const answer = await room.call('importFile', { path: join(ROOT, 'package.json') });
  expect(answer).toMatchObject({ ok: false, code: 'file-not-supported' });
  expect(await room.call('importFile', { path: files[0]! })).toMatchObject({ ok: true, value: { pages: 1 } });
});
