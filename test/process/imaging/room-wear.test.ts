/** @file The imaging room, worn out in the middle of the day: the scanner goes on, every page is read, the old process goes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { accessToDeposit } from '../../../main/blobs/blob-file.ts';
import { imagingRoom, type ArrivedPage } from '../../../main/imaging/protocol.ts';
import { unwrap } from '../../../main/rooms/failure.ts';
import { forkLauncher } from '../../../main/rooms/fork-launcher.ts';
import { Supervisor, type RoomProcess } from '../../../main/rooms/supervisor.ts';
import { startEsclScanner, type EsclScanner } from '../../stand-ins/escl-scanner/server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const PAGES = 7;
let incomingFolder: string;
let scanner: EsclScanner;
let room: Supervisor<typeof imagingRoom>;
let launched: RoomProcess[];

beforeEach(async () => {
  incomingFolder = mkdtempSync(join(tmpdir(), 'room-wear-'));
  const slip = join(incomingFolder, 'slip.jpg');
  await sharp(join(ROOT, 'test/fixtures/pages/08-giay-hen.200.office.jpg'))
    .extract({ left: 200, top: 100, width: 800, height: 400 })
    .withDensity(200)
    .toFile(slip);
  scanner = await startEsclScanner({ pages: Array(PAGES).fill(slip) });
  const launch = forkLauncher(() => join(ROOT, 'main/imaging/entry.ts'));
  launched = [];
  room = new Supervisor(imagingRoom, {
    launch: (name) => {
      const process = launch(name);
      launched.push(process);
      return process;
    },
    init: () => ({ incomingFolder, resourcesFolder: join(ROOT, 'resources'), ocrWorkers: 1 }),
    retireAfter: 4,
  });
});
afterEach(async () => {
  await Promise.all([room.stop(), scanner.stop()]);
  rmSync(incomingFolder, { recursive: true, force: true });
});

it('is replaced while the feeder runs: the stack comes in whole, every page is read, the old process gives its memory back', async () => {
  const listing = { addresses: [scanner.url], useDiscovery: false, useSane: false, sampleFolder: null };
  const [device] = unwrap(await room.call('listScanners', listing));
  if (!device) throw new Error('the virtual scanner is not there');
  const pages: ArrivedPage[] = [];
  const readings: Promise<unknown>[] = [];
  const scanned = await room.call(
    'scan',
    { scanner: device, source: 'adf', dpi: 200, colour: true },
    {
      onProgress: (page) => {
        pages.push(page);
        const image = accessToDeposit(incomingFolder, page.image);
        readings.push(room.call('recognise', { image, dpi: page.dpi, ocr: false }));
      },
    },
  );
  expect(scanned).toMatchObject({ ok: true, value: { pages: PAGES, end: 'complete' } });
  expect(pages.map(({ index }) => index)).toEqual(Array.from({ length: PAGES }, (_, index) => index));
  expect((await Promise.all(readings)).map((reading) => (reading as { ok: boolean }).ok)).toEqual(
    Array(PAGES).fill(true),
  );
  await vi.waitFor(() => expect(room.pid).not.toBe(launched[0]?.pid), { timeout: 30_000 });
  await vi.waitFor(() => expect(() => process.kill(launched[0]?.pid ?? 0, 0)).toThrow('ESRCH'), { timeout: 30_000 });
  expect(unwrap(await room.call('listScanners', listing))).toHaveLength(1);
});
