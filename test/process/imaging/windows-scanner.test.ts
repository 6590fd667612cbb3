/** The helper's side is played from transcripts, which were written from the documentation of WIA and TWAIN, not recorded. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Scanner } from '../../../main/imaging/protocol.ts';
import type { ScanJob } from '../../../main/imaging/scanners/scanner.ts';
import type { HelperTiming } from '../../../main/imaging/scanners/windows/helper-process.ts';
import { createWindowsDriver } from '../../../main/imaging/scanners/windows/windows-driver.ts';
import { openCapture, type ScanOutcome } from '../../stand-ins/capture-run.ts';

const TRANSCRIPTS = join(import.meta.dirname, '../../fixtures/scanner-helper');
const STAND_IN = join(import.meta.dirname, '../../stand-ins/scanner-helper.ts');
const QUICK: HelperTiming = { helloMs: 4_000, silenceMs: 600, stuckMs: 300, cancelMs: 300 };
const device: Scanner = {
  id: 'wia:d',
  name: 'd',
  driver: 'wia',
  sources: ['adf-duplex', 'adf', 'flatbed'],
  dpis: [200],
};

let pictures: string[] = [];
let temporaryFolder: string;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  temporaryFolder = mkdtempSync(join(tmpdir(), 'helper-'));
  pictures = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const path = join(folder, `${index}.jpg`);
      const create = { width: 40, height: 60, channels: 3 as const, background: { r: 40 * index, g: 0, b: 255 } };
      writeFileSync(path, await sharp({ create }).jpeg().toBuffer());
      return path;
    }),
  );
});

function play(transcript: string, timing = QUICK) {
  const file = join(TRANSCRIPTS, `${transcript}.jsonl`);
  if (!existsSync(file)) throw new Error(`no transcript ${transcript}`);
  const program = { file: process.execPath, arguments: [STAND_IN, file, ...pictures] };
  return openCapture({ windows: { program, timing, temporaryFolder } });
}

async function scan(transcript: string, job: Partial<ScanJob> = {}): Promise<ScanOutcome> {
  const outcome = await play(transcript).scan(device, job);
  expect(readdirSync(temporaryFolder)).toEqual([]); // no plain page stays behind
  return outcome;
}

describe('a device of Windows', () => {
  test('is listed with what the helper says of it', async () => {
    const list = await play('listing').list();
    expect(list.filter(({ driver }) => driver === 'wia')).toEqual([
      {
        id: 'wia:{6BDD1FC6-810F-11D0-BEC7-08002BE2092F}\\0001',
        name: 'Canon DR-C230',
        driver: 'wia',
        sources: ['adf-duplex', 'adf'],
        dpis: [150, 200, 300, 600],
      },
      {
        id: 'wia:{6BDD1FC6-810F-11D0-BEC7-08002BE2092F}\\0002',
        name: 'CanoScan LiDE 300',
        driver: 'wia',
        sources: ['flatbed'],
        dpis: [75, 200, 300, 600],
      },
    ]);
  });

  test('of TWAIN is listed as such', async () => {
    const program = { file: process.execPath, arguments: [STAND_IN, join(TRANSCRIPTS, 'twain-listing.jsonl')] };
    const list = await createWindowsDriver('twain', { program, timing: QUICK }).list(new AbortController().signal);
    expect(list).toMatchObject([{ id: 'twain:PaperStream IP fi-7160', driver: 'twain' }]);
  });

  test.each(['nothing-there', 'no-service', 'crash-at-start', 'silent-from-the-start'])(
    'that cannot be asked (%s) leaves the list to the other drivers',
    async (transcript) => {
      expect(await play(transcript, { ...QUICK, helloMs: 400 }).list()).toEqual([]);
    },
  );

  test('is not there where there is no helper', async () => {
    const room = openCapture({ windows: { program: null } });
    expect(await room.list()).toEqual([]);
    expect(await room.scan(device)).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-offline' });
    const gone = openCapture({ windows: { program: { file: '/nonexistent/scanner-helper.exe', arguments: [] } } });
    expect(await gone.list()).toEqual([]);
    expect(await gone.scan(device)).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-offline' });
  });
});

describe('a scan through the helper', () => {
  test.each<[string, Partial<ScanJob>, number]>([
    ['flatbed', { source: 'flatbed', dpi: 300 }, 1],
    ['feeder-of-five', { source: 'adf' }, 5],
    ['duplex', { source: 'adf-duplex' }, 6],
  ])('%s gives its pages in order, byte for byte', async (transcript, job, pages) => {
    const room = play(transcript);
    const outcome = await room.scan(device, job);
    expect(outcome).toMatchObject({ pages, end: 'complete', code: null });
    const bytes = await Promise.all(outcome.arrived.map((page) => room.readPage(page)));
    expect(bytes).toEqual(pictures.slice(0, pages).map((path) => readFileSync(path)));
    expect(outcome.arrived.every((page) => page.dpi === (job.dpi ?? 200))).toBe(true);
  });

  test.each<[string, { pages: number; end?: string; code: string | null }]>([
    ['jam-at-sheet-three', { pages: 2, code: 'scanner-jam' }],
    ['feeder-empty', { pages: 0, code: 'scanner-feeder-empty' }],
    ['done-without-a-page', { pages: 0, code: 'scanner-feeder-empty' }],
    ['cover-open', { pages: 0, code: 'scanner-cover-open' }],
    ['double-feed', { pages: 1, code: 'scanner-double-feed' }],
    ['offline', { pages: 0, code: 'scanner-offline' }],
    ['busy', { pages: 0, code: 'scanner-busy' }],
    ['settings-refused', { pages: 0, code: 'scanner-settings-refused' }],
    ['no-service', { pages: 0, code: 'scanner-failed' }],
    ['cancelled-at-device', { pages: 1, end: 'cancelled', code: null }],
    ['crash-in-the-middle', { pages: 2, code: 'scanner-failed' }],
    ['crash-at-start', { pages: 0, code: 'scanner-failed' }],
    ['garbage', { pages: 1, code: 'scanner-failed' }],
    ['not-a-message', { pages: 0, code: 'scanner-failed' }],
    ['unknown-error', { pages: 0, code: 'scanner-failed' }],
    ['another-answer', { pages: 0, code: 'scanner-failed' }],
    ['endless-line', { pages: 0, code: 'scanner-failed' }],
    ['version-mismatch', { pages: 0, code: 'scanner-failed' }],
    ['no-hello', { pages: 0, code: 'scanner-failed' }],
    ['endless-silence', { pages: 1, code: 'timeout' }],
    ['alive-but-stuck', { pages: 1, code: 'timeout' }],
    ['same-name-twice', { pages: 1, code: 'scanner-failed' }],
    ['outside-the-folder', { pages: 0, code: 'scanner-failed' }],
    ['outside-by-link', { pages: 0, code: 'scanner-failed' }],
    ['not-written-yet', { pages: 0, code: 'scanner-failed' }],
    ['half-written', { pages: 0, code: 'scanner-failed' }],
  ])('%s ends as expected, with the pages before it', async (transcript, expected) => {
    expect(await scan(transcript)).toMatchObject({ end: 'fault', ...expected });
  });

  test('of TWAIN is the same to whoever scans', async () => {
    const outcome = await play('twain-feeder').scan({ ...device, id: 'twain:d', driver: 'twain' });
    expect(outcome).toMatchObject({ pages: 2, end: 'complete' });
  });

  test('says after which page it stopped, and what the driver called it', async () => {
    expect((await scan('jam-at-sheet-three')).detail).toBe('0x80210002 WIA_ERROR_PAPER_JAM after page 2');
    expect((await scan('version-mismatch')).detail).toContain('version 2, not 1');
    expect((await scan('crash-in-the-middle')).detail).toContain('ended with 5');
  });

  test('is stopped politely when the officer cancels: the page before stays', async () => {
    const cancel = new AbortController();
    const outcome = await play('cancelled').scan(device, {}, { signal: cancel.signal, onPage: () => cancel.abort() });
    expect(outcome).toMatchObject({ pages: 1, end: 'cancelled' });
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  test('is ended when the driver does not listen to that', async () => {
    const cancel = new AbortController();
    const room = play('deaf-to-cancel', { ...QUICK, stuckMs: 60_000 });
    const outcome = await room.scan(device, {}, { signal: cancel.signal, onPage: () => cancel.abort() });
    expect(outcome).toMatchObject({ pages: 1, end: 'cancelled' });
  });
});

test('every transcript is played by a test, so that none is there for show', () => {
  const source = readFileSync(import.meta.filename, 'utf8');
  const names = readdirSync(TRANSCRIPTS).map((file) => file.replace(/\.jsonl$/, ''));
  expect(names.filter((name) => !source.includes(`'${name}'`) && !source.includes(`${name}.jsonl`))).toEqual([]);
});
