/** @file `motcua scan`, `recognise` and `digitise` from outside, as IT runs them over folders of paper. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEsclScanner } from '../stand-ins/escl-scanner/server.ts';

const root = join(import.meta.dirname, '../..');
const PAGES = join(root, 'test/fixtures/pages');
/** A page's head with its title: two lines are read in a fraction of the time of a page. */
const HEAD = { left: 0, top: 0, width: 1653, height: 620 };
let folder: string;
let work: string;
let temporary: string;
let heads: readonly Buffer[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-digitise-'));
  const names = ['02-giay-khai-sinh', '05-quyet-dinh', '08-giay-hen'];
  heads = await Promise.all(
    names.map((name) =>
      sharp(join(PAGES, `${name}.200.office.jpg`))
        .extract(HEAD)
        .withDensity(200)
        .jpeg({ quality: 85 })
        .toBuffer(),
    ),
  );
});
beforeEach(() => {
  work = mkdtempSync(join(folder, 'work-'));
  temporary = join(work, 'temporary');
  mkdirSync(temporary);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Running {
  readonly child: ChildProcess;
  readonly err: () => string;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
  /** Resolves when stderr has the text. */
  readonly says: (text: string) => Promise<void>;
}

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [join(root, 'main/cli.ts'), ...args], {
    cwd: work,
    env: { ...process.env, MOTCUA_HOME: join(folder, 'home'), TMPDIR: temporary, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (err += text.toString()));
  return {
    child,
    err: () => err,
    ended: once(child, 'close').then(([code]) => ({ code: code as number | null, out, err })),
    says: async (text) => {
      while (!err.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without saying ${text}: ${err}`);
        await once(child.stderr, 'data');
      }
    },
  };
}

const motcua = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => start(args, env).ended;

/** Writes pages into a folder of this test; the n-th file gets the n-th head, round and round. */
function pageFiles(name: string, files: readonly string[]): string {
  const path = join(work, name);
  mkdirSync(path, { recursive: true });
  for (const [index, file] of files.entries()) {
    mkdirSync(join(path, file, '..'), { recursive: true });
    writeFileSync(join(path, file), heads[index % heads.length] as Buffer);
  }
  return path;
}

interface Report {
  readonly pages: readonly { readonly file: string; readonly text: string; readonly words: readonly unknown[] }[];
  readonly bad: readonly { readonly file: string; readonly code: string }[];
  readonly complete: boolean;
}

const reportAt = (path: string): Report => JSON.parse(readFileSync(path, 'utf8')) as Report;
const pageCountOf = (pdf: string): number =>
  Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' }))?.[1]);
/** What a command leaves beside its outputs, and in the system's temporary folder. */
const leftovers = (): string[] => [
  ...readdirSync(work).filter((name) => name.endsWith('.tmp')),
  ...readdirSync(temporary),
];

/** The imaging rooms of a command. */
function roomsOf(command: ChildProcess): number[] {
  const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(command.pid)], { encoding: 'utf8' });
  return children
    .split('\n')
    .filter((line) => line.includes('imaging'))
    .map((line) => Number.parseInt(line, 10));
}

describe('what is read', () => {
  it('takes a folder in the order people count, with what is below it, and passes over what is no page', async () => {
    const stack = pageFiles('stack', ['trang 10.jpg', 'trang 2.jpg', 'trang 1.jpg', 'mặt sau/b.jpg', '.hidden.jpg']);
    writeFileSync(join(stack, 'notes.txt'), 'no page');
    const ended = await motcua(['digitise', stack, '--out', 'a.pdf', '--report', 'a.json', '--no-ocr', '--json']);
    expect(ended.code).toBe(0);
    const names = reportAt(join(work, 'a.json')).pages.map(({ file }) => file);
    expect(names).toEqual(['b.jpg', 'trang 1.jpg', 'trang 2.jpg', 'trang 10.jpg']);
    expect(JSON.parse(ended.out)).toMatchObject({ out: 'a.pdf', pages: 4, pagesInPdf: 4, bad: [], complete: true });
    expect(pageCountOf(join(work, 'a.pdf'))).toBe(4);
    expect(leftovers()).toEqual([]);
  });

  it('takes patterns that no shell has replaced, and files in the order they were named', async () => {
    pageFiles('stack', ['s1.jpg', 's2.jpg', 's10.jpg', 'other.jpg']);
    const named = ['stack/other.jpg', 'stack/s*.jpg'];
    const ended = await motcua(['digitise', ...named, '--out', 'a.pdf', '--report', 'a.json', '--no-ocr']);
    expect(ended.code).toBe(0);
    const names = reportAt(join(work, 'a.json')).pages.map(({ file }) => file);
    expect(names).toEqual(['other.jpg', 's1.jpg', 's2.jpg', 's10.jpg']);
  });

  it('writes the text of the pages in their order, so that pdftotext finds it', async () => {
    const stack = pageFiles('stack', ['1.jpg', '2.jpg', '3.jpg']);
    const ended = await motcua(['digitise', stack, '--out', 'a.pdf', '--report', 'a.json', '--jobs', '2']);
    expect(ended.code).toBe(0);
    const pages = execFileSync('pdftotext', [join(work, 'a.pdf'), '-'], { encoding: 'utf8' }).split('\f');
    expect(pages[0]).toContain('PHẠM NGỌC THẢO VY');
    expect(pages[1]).toContain('QUYẾT ĐỊNH');
    expect(pages[2]).toContain('GIẤY TIẾP NHẬN');
    const { pages: read } = reportAt(join(work, 'a.json'));
    expect(read.map(({ text }) => text.includes('CỘNG HÒA'))).toEqual([true, true, true]);
    expect(read[0]?.words[0]).toEqual({
      text: expect.any(String),
      confidence: expect.any(Number),
      box: [expect.any(Number), expect.any(Number), expect.any(Number), expect.any(Number)],
    });
  });

  it('names each bad file and goes on with the others', async () => {
    const stack = pageFiles('stack', ['1.jpg', '2.jpg', '3.jpg']);
    writeFileSync(join(stack, '2.jpg'), (heads[1] as Buffer).subarray(0, 9_000)); // broke off in transfer
    writeFileSync(join(stack, '4.pdf'), '%PDF-1.7\nnothing');
    writeFileSync(join(stack, '5.png'), '');
    const ended = await motcua(['digitise', stack, 'gone.jpg', '--out', 'a.pdf', '--report', 'a.json', '--no-ocr']);
    expect(ended.code).toBe(2);
    const report = reportAt(join(work, 'a.json'));
    expect(report.pages.map(({ file }) => file)).toEqual(['1.jpg', '3.jpg']);
    expect(report.bad.map(({ file, code }) => [basename(file), code])).toEqual([
      ['gone.jpg', 'file-not-found'],
      ['2.jpg', 'file-damaged'],
      ['4.pdf', 'file-damaged'],
      ['5.png', 'file-empty'],
    ]);
    for (const name of ['gone.jpg', '2.jpg', '4.pdf', '5.png']) expect(ended.err).toContain(name);
    expect(pageCountOf(join(work, 'a.pdf'))).toBe(2);
  });

  it('opens an encrypted PDF with the password of a variable, and says when there is none', async () => {
    pageFiles('stack', ['1.jpg', '2.jpg']);
    expect((await motcua(['digitise', 'stack', '--out', 'plain.pdf', '--no-ocr'])).code).toBe(0);
    const encrypt = ['--encrypt', 'mật khẩu', 'owner', '256', '--', 'plain.pdf', 'locked.pdf'];
    execFileSync('qpdf', ['--password-mode=unicode', ...encrypt], { cwd: work });
    const args = ['digitise', 'locked.pdf', '--out', 'again.pdf', '--no-ocr'];
    const refused = await motcua(args);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('pdf-password');
    expect(existsSync(join(work, 'again.pdf'))).toBe(false);
    const wrong = await motcua([...args, '--password-env', 'PASSWORD'], { PASSWORD: 'x' });
    expect(wrong.code).toBe(1);
    expect((await motcua([...args, '--password-env', 'PASSWORD'], { PASSWORD: 'mật khẩu' })).code).toBe(0);
    expect(pageCountOf(join(work, 'again.pdf'))).toBe(2);
    expect((await motcua([...args, '--password-env', 'NOT_SET'])).code).toBe(64);
  });

  it('refuses before it begins what cannot end well', async () => {
    const stack = pageFiles('stack', ['1.jpg']);
    for (const wrong of [
      ['digitise', stack, '--out', 'a.pdf', '--jobs', '0'],
      ['digitise', stack, '--out', 'a.pdf', '--jobs', 'two'],
      ['digitise', stack],
      ['recognise', '--report', 'a.json'],
      ['scan'],
      ['scan', '--out', 'scans', '--dpi', '20'],
      ['scan', '--out', 'scans', '--colour', '--grey'],
      ['scan', '--out', 'scans', '--source', 'tray'],
    ])
      expect((await motcua(wrong)).code, wrong.join(' ')).toBe(64);
    const nowhere = await motcua(['digitise', stack, '--out', join('missing', 'a.pdf')]);
    expect(nowhere).toMatchObject({ code: 1 });
    expect(nowhere.err).toContain('missing is missing');
  });
});

describe('a command that is stopped', () => {
  it('keeps the pages it has read at the first Ctrl+C, as a whole file that says it is a part', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `${index + 1}.jpg`);
    const stack = pageFiles('stack', names);
    const running = start(['digitise', stack, '--out', 'a.pdf', '--report', 'a.json', '--jobs', '1']);
    await running.says('2.jpg · 1:');
    running.child.kill('SIGINT');
    const ended = await running.ended;
    expect(ended.code).toBe(2);
    const report = reportAt(join(work, 'a.json'));
    expect(report.complete).toBe(false);
    expect(report.pages.length).toBeLessThan(60);
    expect(report.pages.map(({ file }) => file)).toEqual(names.slice(0, report.pages.length));
    expect(pageCountOf(join(work, 'a.pdf'))).toBe(report.pages.length);
    expect(leftovers()).toEqual([]);
  });

  it('gives up at the second and leaves the file that was there as it was', async () => {
    const stack = pageFiles(
      'stack',
      Array.from({ length: 60 }, (_, index) => `${index + 1}.jpg`),
    );
    writeFileSync(join(work, 'a.pdf'), 'yesterday');
    const running = start(['digitise', stack, '--out', 'a.pdf', '--no-ocr']);
    await running.says('20.jpg · 1:');
    running.child.kill('SIGINT');
    await running.says('Đang dừng');
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(1);
    expect(readFileSync(join(work, 'a.pdf'), 'utf8')).toBe('yesterday');
    expect(leftovers()).toEqual([]);
  });
});

describe('an imaging room that is killed', () => {
  it('while it reads: no page is lost', async () => {
    const stack = pageFiles('stack', ['1.jpg', '2.jpg', '3.jpg', '4.jpg', '5.jpg', '6.jpg']);
    const running = start(['digitise', stack, '--out', 'a.pdf', '--report', 'a.json', '--jobs', '2']);
    await running.says('· 1:');
    for (const pid of roomsOf(running.child)) process.kill(pid, 'SIGKILL');
    const ended = await running.ended;
    expect(ended.code).toBe(0);
    const { pages } = reportAt(join(work, 'a.json'));
    expect(pages.map(({ text }) => text.includes('CỘNG HÒA'))).toEqual(Array(6).fill(true));
    expect(pageCountOf(join(work, 'a.pdf'))).toBe(6);
  });

  it('while it writes the PDF: it is written again', async () => {
    const stack = pageFiles(
      'stack',
      Array.from({ length: 12 }, (_, index) => `${index + 1}.jpg`),
    );
    const running = start(['digitise', stack, '--out', 'a.pdf', '--no-ocr']);
    // Recognition is over with the last page: what the room does now is composing.
    for (let page = 1; page <= 12; page++) await running.says(`${page}.jpg · 1:`);
    const rooms = roomsOf(running.child);
    expect(rooms).toHaveLength(1);
    process.kill(rooms[0] as number, 'SIGKILL');
    const ended = await running.ended;
    expect(ended.err).toContain('imaging ended with');
    expect(ended.code).toBe(0);
    expect(pageCountOf(join(work, 'a.pdf'))).toBe(12);
  });
});

describe('scanning to files', () => {
  it('numbers on from an earlier stack and overwrites nothing', async () => {
    const stack = pageFiles('stack', ['1.jpg', '2.jpg']);
    const scanner = await startEsclScanner({ pages: readdirSync(stack).map((name) => join(stack, name)) });
    const args = ['scan', '--address', scanner.url, '--no-discovery', '--out', 'scans'];
    const listed = await motcua(['scan', '--list', '--address', scanner.url, '--no-discovery', '--json']);
    const device = (JSON.parse(listed.out) as { id: string; driver: string }[]).find(({ driver }) => driver === 'escl');
    for (const round of [1, 2]) {
      scanner.loadFeeder();
      expect((await motcua([...args, '--device', device?.id ?? ''])).code, `round ${round}`).toBe(0);
    }
    await scanner.stop();
    expect(readdirSync(join(work, 'scans'))).toEqual([1, 2, 3, 4].map((number) => `page-000${number}.jpg`));
    expect(readFileSync(join(work, 'scans/page-0003.jpg')).equals(heads[0] as Buffer)).toBe(true);
  });

  it('lists the folder that a device scans to, as the desk does', async () => {
    const home = join(work, 'home');
    const watchedFolder = join(work, 'scans-of-the-copier');
    for (const made of [home, watchedFolder]) mkdirSync(made);
    const scanners = { addresses: [], useDiscovery: false, useSane: false, watchedFolder, sampleFolder: null };
    writeFileSync(join(home, 'settings.json'), JSON.stringify({ scanners }));
    const listed = await start(['scan', '--list', '--no-discovery', '--json'], { MOTCUA_HOME: home }).ended;
    const folders = (JSON.parse(listed.out) as { id: string; driver: string }[]).filter(
      ({ driver }) => driver === 'folder',
    );
    expect(folders).toMatchObject([{ id: `folder:${watchedFolder}` }]);
  });

  it('keeps the pages that are there when it is stopped, and when the feeder jams', async () => {
    const stack = pageFiles('stack', ['1.jpg', '2.jpg', '3.jpg', '4.jpg']);
    const pages = readdirSync(stack).map((name) => join(stack, name));
    const jamming = await startEsclScanner({ pages, faults: { jamAtSheet: 3 } });
    const args = (url: string) => ['scan', '--address', url, '--no-discovery', '--json', '--out'];
    const listed = await motcua(['scan', '--list', '--address', jamming.url, '--no-discovery', '--json']);
    const device = (JSON.parse(listed.out) as { id: string; driver: string }[]).find(({ driver }) => driver === 'escl');
    const jammed = await motcua([...args(jamming.url), 'jammed', '--device', device?.id ?? '']);
    expect(jammed.code).toBe(2);
    expect(JSON.parse(jammed.out)).toMatchObject({ end: 'fault', code: 'scanner-jam' });
    expect(readdirSync(join(work, 'jammed'))).toEqual(['page-0001.jpg', 'page-0002.jpg']);
    await jamming.stop();

    const slow = await startEsclScanner({ pages, faults: { slowPageMs: 4_000 } });
    const found = await motcua(['scan', '--list', '--address', slow.url, '--no-discovery', '--json']);
    const other = (JSON.parse(found.out) as { id: string; driver: string }[]).find(({ driver }) => driver === 'escl');
    const running = start([...args(slow.url), 'stopped', '--device', other?.id ?? '']);
    await running.says('page-0001.jpg');
    running.child.kill('SIGINT');
    const stopped = await running.ended;
    expect(stopped.code).toBe(2);
    const { files, end } = JSON.parse(stopped.out) as { files: string[]; end: string };
    expect(end).toBe('cancelled');
    expect(files.length).toBeLessThan(pages.length);
    expect(readdirSync(join(work, 'stopped'))).toEqual(files.map((file) => basename(file)));
    await slow.stop();
  });
});
