/**
 * @file The imaging room of the build while two workers recognise a stack and a scanner delivers another: how long after a page's
 * last byte its thumbnail is there (budget 300 ms), how long a question to the room waits, and what memory it takes (budget
 * 900 MB, composing included). Part of `npm run bench -- digitise`.
 */
import { subscribe } from 'node:diagnostics_channel';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { accessToDeposit } from '../../main/blobs/blob-file.ts';
import { imagingRoom, type ArrivedPage } from '../../main/imaging/protocol.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { forkLauncher } from '../../main/rooms/fork-launcher.ts';
import { Supervisor } from '../../main/rooms/supervisor.ts';
import { startEsclScanner } from '../stand-ins/escl-scanner/server.ts';

const WORKERS = 2;
const READ = 10;
const SCANNED = 8;
const ROOT = join(import.meta.dirname, '../..');
const PAGES = join(ROOT, 'test/fixtures/pages');

const files = readdirSync(PAGES)
  .filter((name) => name.endsWith('.jpg'))
  .map((name) => join(PAGES, name));
const incomingFolder = mkdtempSync(join(tmpdir(), 'room-bench-'));
const room = new Supervisor(imagingRoom, {
  launch: forkLauncher((name) => join(ROOT, 'out/main', `${name}.js`)),
  init: () => ({ incomingFolder, resourcesFolder: join(ROOT, 'resources'), ocrWorkers: WORKERS }),
  onLog: (level, text) => console.error(`[${level}] ${text}`),
});
const scanner = await startEsclScanner({ pages: files.slice(0, SCANNED) });
/** When the last byte of each page had left the device. */
const sent: number[] = [];
subscribe('http.server.response.finish', (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  if (request.url?.endsWith('/NextDocument') && response.statusCode === 200) sent.push(performance.now());
});

const pages: ArrivedPage[] = [];
for (const path of files.slice(0, READ))
  unwrap(await room.call('importFile', { path }, { onProgress: (page) => void pages.push(page) }));
const [device] = unwrap(
  await room.call('listScanners', {
    addresses: [scanner.url],
    useDiscovery: false,
    useSane: false,
    sampleFolder: null,
  }),
);
if (!device) throw new Error('the virtual scanner is not there');

const readings = pages.map(({ image, dpi }) =>
  room.call('recognise', { image: accessToDeposit(incomingFolder, image), dpi, ocr: true }),
);
await pause(1_000); // both workers are at it
const arrived: number[] = [];
const scanning = room.call(
  'scan',
  { scanner: device, source: 'adf', dpi: 200, colour: true },
  { onProgress: () => void arrived.push(performance.now()) },
);
const waits: number[] = [];
const scan = { isOver: false };
const asking = (async () => {
  while (!scan.isOver) {
    const start = performance.now();
    // The cheapest question there is: what it waits for is the room's own thread.
    await room.call('inspectPdf', { pdf: { path: join(ROOT, 'missing.pdf') } });
    waits.push(performance.now() - start);
    await pause(50);
  }
})();
unwrap(await scanning);
scan.isOver = true;
await asking;
const read = (await Promise.all(readings)).map(unwrap);
const composed = unwrap(
  await room.call('composePdf', {
    title: 'bench',
    metadata: {},
    createdAt: '2026-11-22T09:00:00+07:00',
    pages: pages.map(({ image, dpi }, index) => ({
      image: accessToDeposit(incomingFolder, image),
      dpi,
      rotation: read[index]?.rotation ?? 0,
      skewDeg: read[index]?.skewDeg ?? 0,
      lines: read[index]?.lines ?? [],
    })),
  }),
);
const status = readFileSync(`/proc/${room.pid}/status`, 'utf8');
const peakMegabytes = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;

const delays = arrived.map((at, index) => at - (sent[index] ?? Number.NaN));
console.log(
  `load ${loadavg()[0]?.toFixed(1)}; ${read.length} pages read by ${WORKERS} workers, ${arrived.length} scanned meanwhile`,
);
console.log(`thumbnail after the page's last byte: ${describe(delays)} ms (budget 300)`);
console.log(`a question to the room meanwhile:     ${describe(waits)} ms`);
console.log(
  `resident memory of the room at most:  ${peakMegabytes.toFixed(0)} MB (budget 900); ${composed.pageCount} pages composed`,
);
await Promise.all([room.stop(), scanner.stop()]);
rmSync(incomingFolder, { recursive: true, force: true });
process.exit(0);

function describe(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(0);
  return `median ${at(0.5)}, 90 % ${at(0.9)}, most ${at(1)}`;
}
