/**
 * @file A shelf of old records from the scanner's folder to an archive's: fed in by the command, killed on the way and run
 * again, confirmed, made into files, exported, and counted again by others.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCounter, type Counter } from '../../main/counter/open-counter.ts';
import type { CommandOfficer } from '../../main/cli/with-counter.ts';
import { pinFromEnvironment } from '../../main/cli/with-counter.ts';
import { nodeMachine } from '../../main/cli/node-machine.ts';
import { unwrap } from '../../main/rooms/failure.ts';
import { PRACTICE_PIN } from '../../main/signing/practice-keys.ts';
import type { BacklogStack } from '../../preload/backlog-types.ts';
import { motcua, startMotcua, endOf } from '../stand-ins/motcua-command.ts';
import { drawRecord, fillShelf, inventRecords } from '../stand-ins/old-records.ts';
import { JUDGES_MISSING } from '../stand-ins/signature-judges.ts';

const RECORDS = inventRecords(20);
const PAGES = 60;
const KILLED_AFTER = 12;

let home: string;
let shelf: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'backlog-home-'));
  shelf = mkdtempSync(join(tmpdir(), 'backlog-shelf-'));
  await fillShelf(join(shelf, 'so 1998-2004'), RECORDS);
}, 600_000);
afterAll(() => {
  rmSync(home, { recursive: true, force: true });
  rmSync(shelf, { recursive: true, force: true });
});

async function withDesk<T>(work: (counter: Counter, officer: CommandOfficer) => Promise<T>): Promise<T> {
  process.env['MOTCUA_HOME'] = home;
  process.env['BACKLOG_PIN'] = PRACTICE_PIN;
  const machine = nodeMachine({ entryFolder: join(import.meta.dirname, '../../main'), isBundle: false });
  const counter = openCounter(machine, pinFromEnvironment('BACKLOG_PIN'), {
    host: 'test',
    version: '0.0.0',
    isSyncAutomatic: false,
    hasPracticeOffice: false,
  });
  try {
    unwrap(await counter.rooms.store.start());
    const officers = unwrap(await counter.rooms.store.call('listOfficers', {}));
    const officer = officers.find(({ roles }) => roles.includes('signer') && roles.includes('counter'));
    if (!officer) throw new Error('practice mode has no officer who signs');
    return await work(counter, officer);
  } finally {
    await counter.stop();
    delete process.env['MOTCUA_HOME'];
    delete process.env['BACKLOG_PIN'];
  }
}

async function onlyStack(counter: Counter, officer: CommandOfficer): Promise<BacklogStack> {
  const { series } = unwrap(await counter.backlog.overview());
  const [stack] = series.find(({ series: { code } }) => code === 'HTKS')?.stacks ?? [];
  return unwrap(await counter.backlog.openStack(stack?.id ?? '', officer.id));
}

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

describe.skipIf(JUDGES_MISSING !== undefined)('sixty scans of a shelf', () => {
  it('are fed in once each, though the command was killed on the way', async () => {
    const series = ['backlog', 'series', '--code', 'HTKS', '--template', 'khai-sinh', '--total', '50'];
    expect((await motcua([...series, '--until', '2026-12-31', '--split', 'separator'], home)).code).toBe(0);

    const killed = startMotcua(['backlog', 'import', shelf, '--series', 'HTKS'], home);
    const ended = endOf(killed);
    let told = '';
    killed.stderr?.on('data', (text: Buffer) => {
      told += text.toString();
      if (told.includes(`${KILLED_AFTER}/${PAGES} `)) killed.kill('SIGKILL');
    });
    expect((await ended).code).toBeNull();

    const again = await motcua(['backlog', 'import', shelf, '--series', 'HTKS', '--json'], home);
    expect(again.err).not.toContain('✖');
    const result = JSON.parse(again.out) as { fed: number; known: number; failed: number; stacks: BacklogStack[] };
    // A file whose pages were in before its end was noted is counted as fed once more, without a page.
    expect(result.known).toBeGreaterThanOrEqual(KILLED_AFTER);
    expect(result).toMatchObject({ failed: 0, fed: PAGES - result.known });
    expect(result.stacks).toMatchObject([{ pageCount: PAGES, openRecords: RECORDS.length, filedRecords: 0 }]);

    const third = await motcua(['backlog', 'import', shelf, '--series', 'HTKS', '--json'], home);
    expect(JSON.parse(third.out)).toMatchObject({ fed: 0, known: PAGES, stacks: [{ pageCount: PAGES }] });
  }, 1_800_000);

  it('are records with number, year and name read from the paper', async () => {
    const stack = await withDesk(onlyStack);
    const read = stack.records.map(({ fields, pageIds }) => ({
      pages: pageIds.length,
      ...Object.fromEntries(fields.map(({ name, value }) => [name, value])),
    }));
    expect(read.map(({ pages }) => pages)).toEqual(RECORDS.map(() => 2));
    const agreeing = RECORDS.filter(({ number, year, fullName }, index) => {
      const found = read[index] as Record<string, unknown> | undefined;
      return found?.['number'] === number && found['year'] === year && found['fullName'] === fullName;
    });
    expect(agreeing.length).toBeGreaterThanOrEqual(RECORDS.length - 1);
  }, 600_000);

  it('are confirmed, made into files and exported, and every count agrees with a recount', async () => {
    await withDesk(async (counter, officer) => {
      for (const record of RECORDS) {
        let stack = await onlyStack(counter, officer);
        const [open] = stack.records;
        if (!open) throw new Error('no record left');
        for (const { id: fieldId, name, value } of open.fields) {
          const wanted = (record as unknown as Readonly<Record<string, string>>)[name];
          if (wanted === undefined || wanted === value) continue;
          const command = { kind: 'set-field' as const, fieldId, value: wanted };
          const { id, revision } = stack;
          unwrap(await counter.rooms.store.call('edit', { id, revision, officerId: officer.id, command }));
          stack = await onlyStack(counter, officer);
        }
        const { id, revision } = stack;
        unwrap(
          await counter.backlog.confirm({ id, revision, key: open.key, officerId: officer.id, duplicateReason: null }),
        );
      }
    });

    // The desk was closed with files still to be made: the export makes them first.
    const out = join(home, 'archive');
    const exported = await motcua(['backlog', 'export', out, '--series', 'HTKS', '--json'], home);
    expect(exported.err).toBe('');
    expect(JSON.parse(exported.out)).toMatchObject({ records: RECORDS.length, composing: 0 });

    const index = JSON.parse(readFileSync(join(out, 'index.json'), 'utf8')) as {
      records: { code: string; file: string; sha256: string; pages: number; fields: Record<string, string> }[];
    };
    expect(index.records.map(({ fields }) => fields['number'])).toEqual(RECORDS.map(({ number }) => number));
    expect(
      readdirSync(out)
        .filter((name) => name.endsWith('.pdf'))
        .sort(),
    ).toEqual(index.records.map(({ file }) => file));
    for (const { file, sha256: expected, pages, fields, code } of index.records) {
      const path = join(out, file);
      expect(sha256(path)).toBe(expected);
      execFileSync('qpdf', ['--check', path], { stdio: 'ignore' });
      expect(execFileSync('pdfinfo', [path], { encoding: 'utf8' })).toMatch(new RegExp(`^Pages:\\s+${pages}$`, 'm'));
      const xmp = readFileSync(path, 'latin1');
      expect(xmp).toContain(`<hoso:recordCode>${code}</hoso:recordCode>`);
      expect(xmp).toContain('<pdfaid:part>2</pdfaid:part>');
      expect(execFileSync('pdftotext', [path, '-'], { encoding: 'utf8' })).toContain(fields['number'] ?? '?');
    }
    const rows = readFileSync(join(out, 'index.csv'), 'utf8').replace('\ufeff', '').trimEnd().split('\r\n');
    expect(rows).toHaveLength(RECORDS.length + 1);

    const progress = await motcua(['backlog', 'progress', '--series', 'HTKS', '--json'], home);
    expect(JSON.parse(progress.out)).toMatchObject({
      series: [
        { code: 'HTKS', total: 50, target: 15, done: rows.length - 1, composing: 0, remaining: 0, state: 'reached' },
      ],
    });

    const again = await motcua(['backlog', 'export', out, '--series', 'HTKS', '--json'], home);
    expect(JSON.parse(again.out)).toMatchObject({ records: RECORDS.length, written: 0 });
    expect(JSON.parse((await motcua(['audit', 'verify', '--json'], home)).out)).toMatchObject({ firstBadSeq: null });
  }, 1_800_000);

  it('are signed together with one PIN, each as a copy of the paper', async () => {
    const signed = await withDesk(async (counter, officer) => {
      const question = { seriesCode: 'HTKS', text: '', limit: 5, offset: 0 };
      const { items } = unwrap(await counter.rooms.store.call('backlogRecords', question));
      const [token] = unwrap(await counter.rooms.token.call('list', {}));
      const certificate = token?.certificates.find(({ canSign }) => canSign);
      const outcomes = unwrap(
        await counter.backlog.sign(
          items.map(({ id }) => id),
          officer,
          { tokenId: token?.id ?? '', certificateId: certificate?.id ?? '', officerName: officer.name },
        ),
      );
      expect(outcomes.map(({ state }) => state)).toEqual(items.map(() => 'signed'));
      return items.map(({ code }) => code);
    });
    const out = join(home, 'archive');
    expect((await motcua(['backlog', 'export', out, '--series', 'HTKS', '--json'], home)).code).toBe(0);
    for (const code of signed) {
      const checked = execFileSync('pdfsig', ['-nocert', join(out, `${code}.pdf`)], { encoding: 'utf8' });
      expect(checked).toContain('Signature is Valid');
      expect(execFileSync('pdftotext', [join(out, `${code}.pdf`), '-'], { encoding: 'utf8' })).toMatch(/Sao y/);
    }
    const progress = await motcua(['backlog', 'progress', '--series', 'HTKS', '--json'], home);
    expect(JSON.parse(progress.out)).toMatchObject({ series: [{ done: RECORDS.length, signed: signed.length }] });
  }, 900_000);

  it('a file of many pages goes on at the page where it was cut off', async () => {
    const [record] = inventRecords(1);
    if (!record) throw new Error('no record');
    const folder = mkdtempSync(join(tmpdir(), 'backlog-long-'));
    const { default: sharp } = await import('sharp');
    const sides = [
      ...(await drawRecord(record)),
      ...(await drawRecord({ ...record, number: '900/1977', year: '1977' })),
    ];
    const images = await Promise.all(
      sides.map(async (side, index) => {
        const path = join(folder, `${index}.jpg`);
        await sharp(side).resize(600).withMetadata({ density: 72 }).jpeg().toFile(path);
        return path;
      }),
    );
    const pdf = join(folder, 'four-pages.pdf');
    expect((await motcua(['digitise', ...images, '--no-ocr', '--keep-blank', '--out', pdf], home)).code).toBe(0);
    await withDesk(async (counter, officer) => {
      const stack = unwrap(
        await counter.rooms.store.call('createBacklogStack', {
          seriesCode: 'HTKS',
          name: 'long',
          officerId: officer.id,
          reuse: false,
        }),
      );
      const stop = counter.events.on('job.progress', ({ jobId, done, kind }) => {
        if (kind === 'import' && done === 2) counter.jobs.cancel(jobId);
      });
      await counter.backlog.feedFile(stack.id, officer.id, pdf).catch(() => undefined);
      stop();
      const cut = unwrap(await counter.rooms.store.call('get', { id: stack.id })).pages;
      expect(cut.length).toBeGreaterThanOrEqual(2);
      await counter.backlog.feedFile(stack.id, officer.id, pdf);
      const whole = unwrap(await counter.rooms.store.call('get', { id: stack.id })).pages;
      expect(whole).toHaveLength(sides.length);
      expect(whole.slice(0, cut.length).map(({ id }) => id)).toEqual(cut.map(({ id }) => id));
      expect(new Set(whole.map(({ imageBlobId }) => imageBlobId)).size).toBe(sides.length);
    });
    rmSync(folder, { recursive: true, force: true });
  }, 900_000);
});
