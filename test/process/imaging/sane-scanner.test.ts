import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Scanner } from '../../../main/imaging/protocol.ts';
import { openCapture } from '../../stand-ins/capture-run.ts';
import { drawPages } from '../../stand-ins/draw-pages.ts';
import type { EsclFaults } from '../../stand-ins/escl-scanner/faults.ts';
import { startEsclScanner } from '../../stand-ins/escl-scanner/server.ts';

const run = promisify(execFile);
const hasScanimage = has('scanimage', ['--version']);
const hasAirscan =
  hasScanimage &&
  ['/usr/lib/x86_64-linux-gnu/sane', '/usr/lib/aarch64-linux-gnu/sane'].some((folder) =>
    existsSync(join(folder, 'libsane-airscan.so.1')),
  );

function has(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false; // not installed: the suite says so in its name
  }
}

/** A private SANE with one backend: nothing of this computer's set-up matters. */
function configure(backend: string, file = '', text = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'sane-'));
  writeFileSync(join(folder, 'dll.conf'), `${backend}\n`);
  if (file !== '') writeFileSync(join(folder, file), text);
  return folder;
}

/** A `scanimage` that adds options to every scan, to make SANE's test backend fail. */
function failing(...options: string[]): string {
  const program = join(mkdtempSync(join(tmpdir(), 'scanimage-')), 'scanimage');
  writeFileSync(
    program,
    `#!/bin/sh\ncase "$*" in *--batch*) exec scanimage "$@" ${options.join(' ')};; *) exec scanimage "$@";; esac\n`,
    { mode: 0o755 },
  );
  return program;
}

describe.skipIf(!hasScanimage)('a SANE device (needs scanimage of sane-utils)', () => {
  const configFolder = configure('test');
  const room = openCapture({ sane: { configFolder } });
  const tester: Scanner = {
    id: 'sane:test:0',
    name: 'tester',
    driver: 'sane',
    sources: ['adf', 'flatbed'],
    dpis: [75],
  };

  test('is listed with what it can do', async () => {
    const list = await room.list({ useSane: true });
    expect(list[0]).toEqual({
      id: 'sane:test:0',
      name: 'Noname frontend-tester',
      driver: 'sane',
      sources: ['adf', 'flatbed'],
      dpis: [75, 100, 150, 200, 240, 300, 400, 600],
    });
  });

  test('gives its ten sheets as JPEG at the resolution asked for, and nothing stays behind in the temporary folder', async () => {
    const temporaryFolder = mkdtempSync(join(tmpdir(), 'pages-'));
    const clean = openCapture({ sane: { configFolder, temporaryFolder } });
    const outcome = await clean.scan(tester, { dpi: 75 });
    expect(outcome).toMatchObject({ pages: 10, end: 'complete' });
    const header = await sharp(await clean.readPage(outcome.arrived[9]!)).metadata();
    expect(header).toMatchObject({ format: 'jpeg', density: 75, width: 590 });
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  test('gives one page from the glass, grey when asked so', async () => {
    const outcome = await room.scan(tester, { source: 'flatbed', dpi: 75, colour: false });
    expect(outcome).toMatchObject({ pages: 1, end: 'complete' });
    expect((await sharp(await room.readPage(outcome.arrived[0]!)).metadata()).channels).toBe(1);
  });

  test.each([
    ['SANE_STATUS_JAMMED', 'scanner-jam'],
    ['SANE_STATUS_COVER_OPEN', 'scanner-cover-open'],
    ['SANE_STATUS_DEVICE_BUSY', 'scanner-busy'],
    ['SANE_STATUS_IO_ERROR', 'scanner-failed'],
    ['SANE_STATUS_NO_MEM', 'scanner-failed'],
    ['SANE_STATUS_ACCESS_DENIED', 'scanner-failed'],
    ['SANE_STATUS_INVAL', 'scanner-settings-refused'],
    ['SANE_STATUS_NO_DOCS', 'scanner-feeder-empty'],
  ])('that answers %s fails with %s', async (status, code) => {
    const broken = openCapture({ sane: { configFolder, program: failing('--read-return-value', status) } });
    expect(await broken.scan(tester, { dpi: 75 })).toMatchObject({ pages: 0, end: 'fault', code });
  });

  test('is stopped politely in the middle of a page when the officer cancels', async () => {
    const cancel = new AbortController();
    const slow = openCapture({
      sane: {
        configFolder,
        program: failing(
          '--read-delay=yes',
          '--read-delay-duration=20000',
          '--read-limit=yes',
          '--read-limit-size=65000',
        ),
      },
    });
    const outcome = await slow.scan(tester, { dpi: 75 }, { signal: cancel.signal, onPage: () => cancel.abort() });
    expect(outcome).toMatchObject({ pages: 1, end: 'cancelled' });
  });

  test('whose scanimage does not exit after its last words is ended, and its status counts', async () => {
    const program = join(mkdtempSync(join(tmpdir(), 'scanimage-')), 'scanimage');
    const words = 'Scanned page 1. (scanner status = 6)\\nBatch terminated, 1 page scanned\\n';
    writeFileSync(
      program,
      `#!/bin/sh\ncase "$*" in *--batch*) printf '${words}' >&2; sleep 300;; *) exec scanimage "$@";; esac\n`,
      { mode: 0o755 },
    );
    const stuck = openCapture({ sane: { configFolder, program } });
    expect(await stuck.scan(tester, { dpi: 75 })).toMatchObject({ pages: 0, end: 'fault', code: 'scanner-jam' });
  });

  test('without a duplex source refuses duplex', async () => {
    expect(await room.scan(tester, { source: 'adf-duplex' })).toMatchObject({
      end: 'fault',
      code: 'scanner-settings-refused',
    });
  });

  test('that is unplugged is offline', async () => {
    expect(await room.scan({ ...tester, id: 'sane:test:77' })).toMatchObject({ end: 'fault', code: 'scanner-offline' });
  });
});

test('a computer without SANE has no SANE devices, and says offline when one is asked for', async () => {
  const room = openCapture({ sane: { program: '/nonexistent/scanimage' } });
  expect(await room.list({ useSane: true })).toEqual([]);
  const device: Scanner = { id: 'sane:x', name: 'x', driver: 'sane', sources: ['adf'], dpis: [] };
  expect(await room.scan(device)).toMatchObject({ end: 'fault', code: 'scanner-offline' });
});

describe.skipIf(!hasAirscan)('the virtual eSCL scanner before an independent client (needs sane-airscan)', () => {
  async function scanWithAirscan(
    faults: Partial<EsclFaults>,
    pages: readonly string[],
  ): Promise<{ files: string[]; exitCode: number }> {
    const device = await startEsclScanner({ pages, faults });
    const configFolder = configure(
      'airscan',
      'airscan.conf',
      `[devices]\n"virtual" = ${device.url}\n[options]\ndiscovery = disable\n`,
    );
    const out = join(configFolder, 'out');
    mkdirSync(out);
    const args = [
      '-d',
      'airscan:e0:virtual',
      '--source=ADF',
      '--mode=Color',
      '--resolution=200',
      '--format=tiff',
      `--batch=${out}/p%d.tif`,
    ];
    const exitCode = await run('scanimage', args, { env: { ...process.env, SANE_CONFIG_DIR: configFolder } }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    await device.stop();
    return {
      files: readdirSync(out)
        .sort()
        .map((name) => join(out, name)),
      exitCode,
    };
  }

  test('gives it the same pages as our client', async () => {
    const pages = await drawPages(4);
    const { files, exitCode } = await scanWithAirscan({}, pages);
    expect(exitCode).toBe(0);
    expect(files).toHaveLength(4);
    for (const [index, file] of files.entries()) expect(await meanDifference(file, pages[index]!)).toBeLessThan(2);
  });

  test('jams for it as for us: the pages before, then SANE status 6', async () => {
    const { files, exitCode } = await scanWithAirscan({ jamAtSheet: 3 }, await drawPages(4));
    expect({ pages: files.length, exitCode }).toEqual({ pages: 2, exitCode: 6 });
  });

  test('has an empty feeder for it: SANE status 7', async () => {
    expect((await scanWithAirscan({ feederEmpty: true }, await drawPages(1))).exitCode).toBe(7);
  });

  test('is busy for it and then works', async () => {
    expect((await scanWithAirscan({ busyPage: 2, busyPageTimes: 1 }, await drawPages(3))).files).toHaveLength(3);
  });
});

/** Mean absolute difference of grey values over the area that both pictures have. */
async function meanDifference(scan: string, original: string): Promise<number> {
  const { width, height } = await sharp(original).metadata();
  const area = { left: 0, top: 0, width, height };
  const [a, b] = await Promise.all(
    [scan, original].map((file) => sharp(file).extract(area).greyscale().raw().toBuffer()),
  );
  return a!.reduce((sum, value, index) => sum + Math.abs(value - b![index]!), 0) / a!.length;
}
