/**
 * The helper for WIA and TWAIN as far as it runs without Windows: compiled by Mono, spoken to by our own driver, with its
 * test pattern as the device. WIA and TWAIN themselves are not proven here (docs/testing.md).
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Scanner } from '../../../main/imaging/protocol.ts';
import { openCapture } from '../../stand-ins/capture-run.ts';

const ROOT = join(import.meta.dirname, '../../..');
const HAS_MONO = ['mcs', 'mono'].every((name) => existsSync(`/usr/bin/${name}`));

describe.skipIf(!HAS_MONO)('the helper for WIA and TWAIN (needs mono-mcs and mono-runtime)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'helper-exe-'));
  const exe = join(folder, 'scanner-helper.exe');
  const temporaryFolder = mkdtempSync(join(tmpdir(), 'helper-pages-'));
  const room = openCapture({
    windows: { program: { file: 'mono', arguments: [exe, '--driver=test'] }, temporaryFolder },
  });
  const pattern = (sheets: number | string): Scanner => ({
    id: `wia:pattern-${sheets}`,
    name: 'Test pattern',
    driver: 'wia',
    sources: ['adf-duplex', 'adf', 'flatbed'],
    dpis: [50, 100],
  });

  beforeAll(() => {
    // Warnings are errors, and the language is the one that Windows' own compiler reads.
    execFileSync(process.execPath, [join(ROOT, 'scripts/scanner-helper.mjs'), '--out', exe], { stdio: 'inherit' });
  });

  /** Speaks by hand, to say what our driver never says. */
  async function speak(driver: string, lines: readonly string[], closesInput = true) {
    const child = spawn('mono', [exe, `--driver=${driver}`]);
    let heard = '';
    child.stdout.on('data', (chunk: Buffer) => {
      heard += chunk.toString('utf8');
      // One command at a time: the next one when the last was answered.
      if (/"kind":"(?:hello|done|error)"[^\n]*\n$/.test(heard)) say();
    });
    const left = [...lines];
    const say = (): void => {
      const line = left.shift();
      if (line !== undefined) child.stdin.write(`${line}\n`);
      else if (closesInput) child.stdin.end();
    };
    const [code] = (await once(child, 'exit')) as [number | null];
    const messages = heard
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { code, messages: messages.filter(({ kind }) => kind !== 'alive') };
  }

  test('is listed and scanned through the same driver as on Windows', async () => {
    const list = await room.list();
    expect(list[0]).toMatchObject({
      id: 'wia:pattern-3',
      name: 'Test pattern',
      sources: ['adf-duplex', 'adf', 'flatbed'],
    });
  });

  test('gives a stack of both sides as pages that are upright, in colour and of the size and resolution asked for', async () => {
    const outcome = await room.scan(pattern(3), { source: 'adf-duplex', dpi: 100, area: 'a5' });
    expect(outcome).toMatchObject({ pages: 6, end: 'complete', code: null });
    expect(outcome.arrived.map(({ widthPx, heightPx, dpi }) => [widthPx, heightPx, dpi])[5]).toEqual([583, 827, 100]);
    const bytes = await room.readPage(outcome.arrived[5]!);
    const pixel = async (top: number): Promise<number[]> => [
      ...(await sharp(bytes).extract({ left: 290, top, width: 1, height: 1 }).raw().toBuffer()),
    ];
    const [upper, lower] = [await pixel(100), await pixel(700)];
    expect(upper[0]).toBeGreaterThan(240);
    expect(upper[1]).toBeLessThan(15);
    expect(Math.abs(upper[2]! - 100)).toBeLessThan(15);
    expect(lower[1]).toBeGreaterThan(240);
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  test('gives one grey page from the glass', async () => {
    const outcome = await room.scan(pattern(3), { source: 'flatbed', dpi: 50, colour: false });
    expect(outcome).toMatchObject({ pages: 1, end: 'complete' });
    expect((await sharp(await room.readPage(outcome.arrived[0]!)).metadata()).channels).toBe(1);
  });

  test.each([
    [0, 'scanner-feeder-empty'],
    ['x', 'scanner-offline'],
  ])('with a device of %s sheets fails by name', async (sheets, code) => {
    expect(await room.scan(pattern(sheets))).toMatchObject({ pages: 0, end: 'fault', code });
  });

  test('falls to the glass when the feeder is empty and that was wished for', async () => {
    const { capture } = room;
    const none = { signal: new AbortController().signal, progress: () => undefined };
    const job = { source: 'adf', dpi: 50, colour: true, area: 'a4' } as const;
    expect(await capture.scan({ scanner: pattern(0), fallsToGlass: true, ...job }, none)).toMatchObject({ pages: 1 });
  });

  test('stops when it is asked to, and ends', async () => {
    const cancel = new AbortController();
    const outcome = await room.scan(
      pattern(900),
      { dpi: 50, area: 'card' },
      { signal: cancel.signal, onPage: (page) => page.index === 2 && cancel.abort() },
    );
    expect(outcome.end).toBe('cancelled');
    expect(outcome.pages).toBeGreaterThanOrEqual(3);
    expect(outcome.pages).toBeLessThan(900);
    expect(readdirSync(temporaryFolder)).toEqual([]);
  });

  test.each(['wia', 'twain'])('says that %s is not there on another system', async (driver) => {
    const { messages, code } = await speak(driver, ['{"do":"list","seq":4}']);
    expect(messages[0]).toEqual({ kind: 'hello', protocol: 1, driver, version: '1.0' });
    expect(messages[1]).toMatchObject({ kind: 'error', seq: 4, code: 'unavailable' });
    expect(code).toBe(0);
  });

  test('answers what it does not know with an error, and goes on', async () => {
    const { messages, code } = await speak('test', ['{"do":"dance","seq":1}', '{"do":"list","seq":2}']);
    expect(messages.map(({ kind }) => kind)).toEqual(['hello', 'error', 'device', 'done']);
    expect(messages[1]).toMatchObject({ seq: 1, code: 'failed' });
    expect(code).toBe(0);
  });

  test.each([
    'garbage',
    '[1,2]',
    '{"do":"list"}',
    '{"do":"scan","seq":1}',
    `{"do":"${'x'.repeat(70_000)}`,
    '{"seq":"1","do":"list"}',
  ])('ends when it is told what is no command', async (line) => {
    expect((await speak('test', [line], false)).code).toBe(2);
  });

  test('ends when its input ends, in the middle of a scan as well', async () => {
    const scan = {
      do: 'scan',
      seq: 1,
      device: 'pattern-900',
      source: 'adf',
      dpi: 50,
      colour: true,
      widthMm: 20,
      heightMm: 20,
    };
    const child = spawn('mono', [exe, '--driver=test']);
    child.stdin.end(`${JSON.stringify({ ...scan, folder: mkdtempSync(join(tmpdir(), 'helper-cut-')) })}\n`);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
  });

  test('without a driver says how it is called', async () => {
    const child = spawn('mono', [exe]);
    expect(((await once(child, 'exit')) as [number])[0]).toBe(64);
  });
});
