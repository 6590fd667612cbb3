import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import forge from 'node-forge';
import sharp from 'sharp';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Scanner } from '../../../main/imaging/protocol.ts';
import type { ScanJob } from '../../../main/imaging/scanners/scanner.ts';
import { openCapture, type ScanControl, type ScanOutcome } from '../../stand-ins/capture-run.ts';
import { drawPages, sha256 } from '../../stand-ins/draw-pages.ts';
import type { EsclFaults } from '../../stand-ins/escl-scanner/faults.ts';
import { startEsclScanner, type EsclScanner, type EsclScannerOptions } from '../../stand-ins/escl-scanner/server.ts';

const QUICK = { busyPauseMs: 5, earlyPauseMs: 5 };
const room = openCapture({ escl: { timing: QUICK } });
let files: string[] = [];
let hashes: string[] = [];
let device: EsclScanner;

beforeAll(async () => {
  files = await drawPages(5);
  hashes = files.map((file) => sha256(readFileSync(file)));
});
afterEach(() => device?.stop());

async function power(options: Partial<EsclScannerOptions> = {}): Promise<Scanner> {
  device = await startEsclScanner({ pages: files, ...options });
  return { id: `escl:${device.url}`, name: 'virtual', driver: 'escl', sources: ['adf', 'flatbed'], dpis: [200] };
}

async function scanWith(
  faults: Partial<EsclFaults>,
  job: Partial<ScanJob> = {},
  control: ScanControl = {},
): Promise<ScanOutcome> {
  return room.scan(await power({ faults }), job, control);
}

function requests(): string[] {
  return device.log.map(
    ({ method, path, status }) =>
      `${method} ${path.replace(/.*\/(?=[A-Z])/, '').replace(/.*[0-9a-f-]{36}$/, 'job')} ${status}`,
  );
}

const arrivedHashes = (outcome: ScanOutcome): string[] => outcome.arrived.map((page) => page.image.sha256);

describe('a scanner that works', () => {
  test('is listed with its sources and resolutions by the address that IT entered', async () => {
    await power({ hasDuplex: true, model: 'Máy quét &lt;A&amp;B&gt;' });
    const [found] = await room.list({ addresses: [`127.0.0.1:${device.port}`] });
    expect(found).toMatchObject({
      name: 'Máy quét <A&B>',
      id: `escl:${device.url}`,
      driver: 'escl',
      sources: ['adf-duplex', 'adf', 'flatbed'],
    });
    expect(found?.dpis).toContain(300);
  });

  test('gives every sheet, byte for byte, in order, each safe on disk before it is announced', async () => {
    const scanner = await power();
    const readBack: Promise<Buffer>[] = [];
    const outcome = await room.scan(scanner, {}, { onPage: (page) => void readBack.push(room.readPage(page)) });
    expect(outcome).toMatchObject({ pages: 5, end: 'complete', code: null, detail: null });
    expect((await Promise.all(readBack)).map(sha256)).toEqual(hashes);
    expect(outcome.arrived.map((page) => page.index)).toEqual([0, 1, 2, 3, 4]);
    expect(outcome.arrived[0]).toMatchObject({ widthPx: 292, heightPx: 413, dpi: 200 });
  });

  test('has a JPEG thumbnail of at most 300 pixels for each page', async () => {
    const outcome = await room.scan(await power(), { source: 'flatbed', dpi: 600 });
    const header = await sharp(await room.readThumbnail(outcome.arrived[0]!)).metadata();
    expect(header).toMatchObject({ format: 'jpeg', width: 300 });
  });

  test('is let go with DELETE after the last page', async () => {
    await room.scan(await power());
    expect(requests().at(-1)).toBe('DELETE job 200');
  });

  test('serves the next stack too when it stays busy until its job is deleted', async () => {
    const scanner = await power({ faults: { staysBusy: true }, reloads: true });
    expect((await room.scan(scanner)).pages).toBe(5);
    expect((await room.scan(scanner)).pages).toBe(5);
  });

  test('gives one page from the glass and is not asked for more', async () => {
    const outcome = await room.scan(await power(), { source: 'flatbed' });
    expect(outcome).toMatchObject({ pages: 1, end: 'complete' });
    expect(requests().filter((line) => line.includes('NextDocument'))).toHaveLength(1);
  });

  test('gives front, back, front, back from a duplex feeder, and the fronts alone when asked so', async () => {
    const scanner = await power({ hasDuplex: true, reloads: true });
    expect(arrivedHashes(await room.scan(scanner, { source: 'adf-duplex' }))).toEqual(hashes);
    device.loadFeeder();
    expect(arrivedHashes(await room.scan(scanner, { source: 'adf' }))).toEqual([hashes[0], hashes[2], hashes[4]]);
  });

  test('is asked for grey when the officer wants no colour', async () => {
    const outcome = await room.scan(await power(), { colour: false });
    expect((await sharp(await room.readPage(outcome.arrived[0]!)).metadata()).channels).toBe(1);
  });

  test('is asked for the next higher resolution it has', async () => {
    const outcome = await room.scan(await power(), { dpi: 250 });
    expect(outcome.arrived[0]).toMatchObject({ dpi: 300, widthPx: 438 });
  });

  test('stops where it is when the officer cancels, keeps the pages and deletes the job', async () => {
    const cancel = new AbortController();
    const outcome = await scanWith(
      {},
      {},
      { signal: cancel.signal, onPage: (page) => page.index === 1 && cancel.abort() },
    );
    expect(outcome).toMatchObject({ pages: 2, end: 'cancelled', code: null });
    expect(requests().at(-1)).toBe('DELETE job 200');
  });

  test('goes on with the sheet that jammed when it is scanned again', async () => {
    const scanner = await power({ faults: { jamAtSheet: 3 } });
    const first = await room.scan(scanner);
    const second = await room.scan(scanner);
    expect([...arrivedHashes(first), ...arrivedHashes(second)]).toEqual(hashes);
  });
});

describe('a scanner in trouble', () => {
  const troubles: readonly [string, Partial<EsclFaults>, { pages: number; end: string; code: string | null }][] = [
    ['jams at sheet 3', { jamAtSheet: 3 }, { pages: 2, end: 'fault', code: 'scanner-jam' }],
    ['pulls in two sheets at once', { doubleFeedAtSheet: 2 }, { pages: 1, end: 'fault', code: 'scanner-double-feed' }],
    ['is opened at sheet 4', { coverOpenAtSheet: 4 }, { pages: 3, end: 'fault', code: 'scanner-cover-open' }],
    ['has its cover open', { coverOpen: true }, { pages: 0, end: 'fault', code: 'scanner-cover-open' }],
    ['has an empty feeder', { feederEmpty: true }, { pages: 0, end: 'fault', code: 'scanner-feeder-empty' }],
    [
      'has an empty feeder and no status',
      { feederEmpty: true, noStatus: true },
      { pages: 0, end: 'fault', code: 'scanner-settings-refused' },
    ],
    ['is busy twice before it takes the job', { busyJobs: 2 }, { pages: 5, end: 'complete', code: null }],
    ['is busy for good', { busyJobs: 99 }, { pages: 0, end: 'fault', code: 'scanner-busy' }],
    ['is busy three times before page 3', { busyPage: 3 }, { pages: 5, end: 'complete', code: null }],
    [
      'is busy for good before page 3',
      { busyPage: 3, busyPageTimes: 99 },
      { pages: 2, end: 'fault', code: 'scanner-busy' },
    ],
    ['answers 404 when asked too early', { earlyNotFound: 2 }, { pages: 5, end: 'complete', code: null }],
    ['cuts the connection in page 2', { cutPage: 2 }, { pages: 5, end: 'complete', code: null }],
    [
      'cuts the connection in page 2 every time',
      { cutPage: 2, cutTimes: 99 },
      { pages: 1, end: 'fault', code: 'scanner-failed' },
    ],
    ['sends half of page 3 as if it were all', { shortPage: 3 }, { pages: 5, end: 'complete', code: null }],
    ['names another host in Location', { wrongLocation: true }, { pages: 5, end: 'complete', code: null }],
    ['refuses the settings', { refuseSettings: true }, { pages: 0, end: 'fault', code: 'scanner-settings-refused' }],
    ['takes its time for each page', { slowPageMs: 60 }, { pages: 5, end: 'complete', code: null }],
    ['is stopped at its own panel', { cancelledAtPage: 3 }, { pages: 2, end: 'cancelled', code: null }],
    ['fails inside at page 2', { errorAtPage: 2 }, { pages: 1, end: 'fault', code: 'scanner-failed' }],
    ['still reports the jam of yesterday', { staleJam: true }, { pages: 5, end: 'complete', code: null }],
    ['answers to "localhost" only', { wantsLocalhost: true }, { pages: 5, end: 'complete', code: null }],
    ['wants the port in the Host header', { wantsPort: true }, { pages: 5, end: 'complete', code: null }],
    ['has no status', { noStatus: true }, { pages: 5, end: 'complete', code: null }],
    ['sends a PDF', { sendsPdf: true }, { pages: 0, end: 'fault', code: 'scanner-failed' }],
    ['sends a page without end', { hugePage: 1 }, { pages: 0, end: 'fault', code: 'scanner-failed' }],
  ];

  test.each(troubles)('that %s ends as expected, with the pages before it', async (_, faults, expected) => {
    const outcome = await scanWith(faults);
    expect(outcome).toMatchObject(expected);
    expect(arrivedHashes(outcome)).toEqual(hashes.slice(0, expected.pages));
  });

  test.each([
    ['one side', 'adf', 5],
    ['both sides', 'adf-duplex', 5],
  ] as const)(
    'that ends the job after every sheet gives the whole stack all the same, %s',
    async (_, source, pages) => {
      const scanner = await power({ hasDuplex: source === 'adf-duplex', faults: { oneSheetPerJob: true } });
      const outcome = await room.scan(scanner, { source });
      expect(outcome).toMatchObject({ pages, end: 'complete', code: null });
      expect(arrivedHashes(outcome)).toEqual(hashes);
    },
  );

  test('that ends the job after every sheet and jams at the third keeps the two before it', async () => {
    const outcome = await scanWith({ oneSheetPerJob: true, jamAtSheet: 3 });
    expect(outcome).toMatchObject({ pages: 2, end: 'fault', code: 'scanner-jam' });
  });

  test('whose sensor says paper when there is none left ends well after its only sheet', async () => {
    const scanner = await power({ pages: files.slice(0, 1), faults: { staysLoaded: true } });
    expect(await room.scan(scanner)).toMatchObject({ pages: 1, end: 'complete', code: null });
  });

  test('goes on after a jam where it stopped: a second scan brings the rest', async () => {
    const scanner = await power({ faults: { jamAtSheet: 3 } });
    const first = await room.scan(scanner);
    const second = await room.scan(scanner);
    expect(first).toMatchObject({ pages: 2, code: 'scanner-jam' });
    expect(second).toMatchObject({ pages: 3, end: 'complete' });
    expect([...arrivedHashes(first), ...arrivedHashes(second)]).toEqual(hashes);
  });

  test('with an empty feeder gives the page on the glass when that was wished for, and only then', async () => {
    const scanner = await power({ faults: { feederEmpty: true } });
    const none = { signal: new AbortController().signal, progress: () => undefined };
    const job = { scanner, source: 'adf', dpi: 200, colour: true, area: 'a4' } as const;
    expect(await room.capture.scan({ ...job, fallsToGlass: true }, none)).toMatchObject({ pages: 1, end: 'complete' });
    expect(await room.capture.scan({ ...job, fallsToGlass: false }, none)).toMatchObject({
      code: 'scanner-feeder-empty',
    });
    const noGlass = { ...scanner, sources: ['adf' as const] };
    const asked = { ...job, scanner: noGlass, fallsToGlass: true };
    expect(await room.capture.scan(asked, none)).toMatchObject({ code: 'scanner-feeder-empty' });
  });

  test('that jams is no reason to take the page on the glass', async () => {
    const scanner = await power({ faults: { jamAtSheet: 1 } });
    const none = { signal: new AbortController().signal, progress: () => undefined };
    const job = { scanner, source: 'adf', dpi: 200, colour: true, area: 'a4', fallsToGlass: true } as const;
    expect(await room.capture.scan(job, none)).toMatchObject({ pages: 0, code: 'scanner-jam' });
  });

  test('that was there before is asked where it was, and listed once', async () => {
    await power();
    const [first] = await room.list({ addresses: [device.url] });
    expect(first?.uuid).toBe(device.uuid);
    const remembered = [first!.id, 'escl:http://192.0.2.1/eSCL', 'x'];
    const list = await room.list({ addresses: [device.url], remembered });
    expect(list).toEqual([first]);
    expect(await room.list({ remembered: [first!.id] })).toEqual(list);
  });

  test('that refuses its own black and white is asked for grey instead', async () => {
    expect(await scanWith({ refuseBlackAndWhite: true })).toMatchObject({ pages: 5, end: 'complete', code: null });
    const modes = device.log.map(({ body }) => /ColorMode>(\w+)</.exec(body)?.[1]).filter((mode) => mode !== undefined);
    expect(modes).toEqual(['BlackAndWhite1', 'Grayscale8']);
  });

  test('says after which page it stopped', async () => {
    expect((await scanWith({ jamAtSheet: 3 })).detail).toContain('after page 2');
  });

  test('that counts more pages than it gave, after one broke off, names the page to compare', async () => {
    const outcome = await scanWith({ cutPage: 4, countsOneMore: true });
    expect(outcome).toMatchObject({ pages: 5, end: 'fault', code: 'scanner-failed' });
    expect(outcome.detail).toContain('counts 6 pages, 5 arrived: compare page 4');
  });

  test('that repeats a page is reported, and the page is kept', async () => {
    const outcome = await scanWith({ repeatPage: 2 });
    expect(outcome).toMatchObject({ pages: 6, end: 'complete' });
    expect(outcome.detail).toContain('page 3');
  });

  test('that repeats one page for ever is stopped', async () => {
    const outcome = await scanWith({ endlessPage: 2 });
    expect(outcome).toMatchObject({ end: 'fault', code: 'scanner-failed' });
    expect(outcome.pages).toBeLessThan(30);
  });

  test('that falls silent ends the scan at the quiet limit, with the pages before it', async () => {
    const impatient = openCapture({ escl: { timing: QUICK }, quietLimitMs: 400 });
    const outcome = await impatient.scan(await power({ faults: { hangAtPage: 3 } }));
    expect(outcome).toMatchObject({ pages: 2, end: 'fault', code: 'timeout' });
  });

  test('that is not there is offline, and left out of the list', async () => {
    const scanner = await power();
    await device.stop();
    expect(await room.scan(scanner)).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-offline' });
    expect(await room.list({ addresses: [device.url] })).toEqual([]);
  });
});

describe('a hostile answer', () => {
  test.each(['entities', 'external', 'huge', 'deep', 'wide', 'garbage'] as const)(
    'with %s in its XML is refused',
    async (hostileXml) => {
      const scanner = await power({ faults: { hostileXml } });
      expect(await room.list({ addresses: [device.url] })).toEqual([]);
      expect(await room.scan(scanner)).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-failed' });
    },
  );

  test('that redirects to another host is not followed there', async () => {
    let visits = 0;
    const elsewhere: Server = createServer((_, response) => {
      visits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const outcome = await scanWith({ redirectTo: `http://127.0.0.1:${port}/eSCL/ScannerCapabilities` });
    elsewhere.close();
    expect(outcome).toMatchObject({ end: 'fault', code: 'scanner-failed' });
    expect(visits).toBe(0);
  });

  test('that redirects in circles is left', async () => {
    expect(await scanWith({ redirectTo: '/eSCL/ScannerCapabilities' })).toMatchObject({
      end: 'fault',
      code: 'scanner-failed',
    });
  });

  test.each([
    'http://192.0.2.10:80/eSCL',
    'http://8.8.8.8/eSCL',
    'http://[2001:db8::1]/eSCL',
    'file:///etc/passwd',
    'http://',
  ])('cannot come from %s, because nobody dials it', async (url) => {
    const scanner: Scanner = { id: `escl:${url}`, name: 'x', driver: 'escl', sources: ['adf'], dpis: [] };
    device = await startEsclScanner({ pages: files });
    expect(await room.scan(scanner)).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-offline' });
  });
});

describe('over HTTPS', () => {
  function makeCertificate(): { key: string; cert: string } {
    const keys = forge.pki.rsa.generateKeyPair(1024 * 2);
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.validity.notAfter.setFullYear(certificate.validity.notBefore.getFullYear() + 1);
    certificate.setSubject([{ name: 'commonName', value: 'scanner' }]);
    certificate.setIssuer(certificate.subject.attributes);
    certificate.sign(keys.privateKey, forge.md.sha256.create());
    return { key: forge.pki.privateKeyToPem(keys.privateKey), cert: forge.pki.certificateToPem(certificate) };
  }

  test('the certificate seen when listing is kept to; another device at the same address gets nothing', async () => {
    await power({ tls: makeCertificate() });
    const [listed] = await room.list({ addresses: [device.url] });
    expect(listed?.id).toMatch(/^escl:https:.*#sha256=[0-9a-f]{64}$/);
    expect(await room.scan(listed!)).toMatchObject({ pages: 5, end: 'complete' });
    const { port } = device;
    await device.stop();
    await power({ tls: makeCertificate(), port });
    expect(await room.scan(listed!)).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-offline' });
    expect(device.log).toEqual([]);
  });
});
