import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ground } from '../../../main/store/migrations/001-ground.ts';
import { resultIdentity } from '../../../main/store/migrations/002-result-identity.ts';
import { signatureImages } from '../../../main/store/migrations/003-signature-images.ts';
import { stamping } from '../../../main/store/migrations/004-stamping.ts';
import { redo } from '../../../main/store/migrations/005-redo.ts';
import { preferences } from '../../../main/store/migrations/006-preferences.ts';
import { migrate } from '../../../main/store/migrations/index.ts';

let database: Database.Database;
beforeEach(() => {
  database = new Database(':memory:');
  database.pragma('foreign_keys = ON');
});
afterEach(() => void database.close());

test('a draft of an older program keeps every fact, its pages in order; what was read on them moves into rows', () => {
  migrate(database, [ground, resultIdentity, signatureImages, stamping]);
  const reading = {
    documentType: { code: 'ct01', title: 'Tờ khai "CT01"', confidence: 90 },
    isBlank: false,
    head: 'to khai',
  };
  const draft = {
    'page:b': { imageBlobId: 'blob-b', dpi: 200 },
    'recognition:b': reading,
    'page:a': { imageBlobId: 'blob-a', dpi: 300 },
    'recognition:a': 'failed',
    'hidden:b': true,
    'hidden:a': false,
    'rotation:a': 90,
    'field:a:name': 'Nguyễn "Ẩn"\n12',
    order: ['b', 'a'],
    details: { returnMethod: 'post', feeVnd: null, note: null },
  };
  database.exec(`INSERT INTO officer (id, name, title, roles, pin_hash) VALUES ('lan', 'Lan', '', '[]', '')`);
  const insert = database.prepare(
    `INSERT INTO dossier (id, state, revision, channel, officer_id, created_at, draft) VALUES (?, 'draft', 7, 'counter', 'lan', '', ?)`,
  );
  insert.run('thick', JSON.stringify(draft));
  insert.run('empty', '{}');
  migrate(database);
  const { 'recognition:a': failed, 'recognition:b': read, ...others } = draft;
  const row = database.prepare('SELECT draft, decided_revision FROM dossier WHERE id = ?').get('thick') as {
    draft: string;
    decided_revision: number;
  };
  expect(JSON.parse(row.draft)).toEqual(others);
  expect(Object.keys(JSON.parse(row.draft) as object)).toEqual(Object.keys(others));
  expect(row.decided_revision).toBe(7);
  const readings = database.prepare('SELECT page_id, fact FROM page_reading ORDER BY page_id').all() as {
    page_id: string;
    fact: string;
  }[];
  expect(readings.map(({ page_id, fact }) => [page_id, JSON.parse(fact)])).toEqual([
    ['a', failed],
    ['b', read],
  ]);
  expect(database.prepare('SELECT draft FROM dossier WHERE id = ?').get('empty')).toEqual({ draft: '{}' });
});

/** A desk of version 5 at work: a dossier with a reading and a step that can be done again, and what every table holds of it. */
function fillVersion5(): void {
  migrate(database, [ground, resultIdentity, signatureImages, stamping, redo]);
  database.exec(`
    INSERT INTO officer (id, name, title, roles, pin_hash) VALUES ('lan', 'Lan', '', '["counter"]', 'x');
    INSERT INTO dossier (id, state, revision, decided_revision, channel, officer_id, created_at, draft)
      VALUES ('thick', 'draft', 7, 6, 'counter', 'lan', '2026-03-02T08:00:00', '{"order":["a"]}'),
             ('sealed', 'accepted', 9, 9, 'counter', 'lan', '2026-03-01T08:00:00', '{}');
    INSERT INTO redo_step (dossier_id, step, patch) VALUES ('thick', 1, '{"hidden:a":true}');
    INSERT INTO page_reading (dossier_id, page_id, fact) VALUES ('thick', 'a', '"failed"');
    INSERT INTO setting (name, value) VALUES ('chosen', '1');
  `);
}

type Row = Record<string, unknown>;

function everyRow(): Record<string, readonly Row[]> {
  const tables = database
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .all() as { name: string }[];
  const rows = tables.map(({ name }) => [name, database.prepare(`SELECT * FROM "${name}"`).all() as Row[]] as const);
  return Object.fromEntries(rows.filter(([, found]) => found.length > 0));
}

/** What was there before, and each dossier told apart from a stack of old records. */
const withKinds = (rows: Record<string, readonly Row[]>): Record<string, readonly Row[]> => ({
  ...rows,
  dossier: rows['dossier']?.map((row) => ({ ...row, kind: 'dossier' })) ?? [],
});

function expectSound(): void {
  expect(database.pragma('foreign_key_check')).toEqual([]);
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.pragma('user_version', { simple: true })).toBe(7);
}

test('a desk of version 5 keeps every row, and takes preferences and old records from then on', () => {
  fillVersion5();
  const before = everyRow();
  const filled = ['dossier', 'officer', 'page_reading', 'redo_step', 'setting'];
  expect(Object.keys(before)).toEqual(expect.arrayContaining(filled));
  migrate(database);
  expect(everyRow()).toEqual(withKinds(before));
  expectSound();
  database.exec(`
    INSERT INTO officer_preference (officer_id, theme, text_percent) VALUES ('lan', 'dark', 125);
    INSERT INTO backlog_series (code, body) VALUES ('KS', '{}');
    INSERT INTO backlog_stack (id, series_code, name, split) VALUES ('thick', 'KS', '1998', '{}');
  `);
  expect(() => database.exec(`INSERT INTO officer_preference VALUES ('nobody', 'dark', 100)`)).toThrow('FOREIGN KEY');
});

test('a desk of version 6 keeps how each officer likes the screen, its scanners and what they were set to', () => {
  fillVersion5();
  migrate(database, [ground, resultIdentity, signatureImages, stamping, redo, preferences]);
  database.exec(`
    INSERT INTO officer_preference (officer_id, theme, text_percent) VALUES ('lan', 'dark', 125);
    INSERT INTO scan_setting (device_id, paper, settings, set_at_ms) VALUES ('escl:uuid:1', 'ct01', '{"dpi":300}', 5);
    INSERT INTO known_scanner (device_id, scanner, seen_at_ms) VALUES ('escl:uuid:1', '{"id":"escl:http://a"}', 6);
  `);
  const before = everyRow();
  migrate(database);
  expect(everyRow()).toEqual(withKinds(before));
  expectSound();
  migrate(database);
  expect(everyRow()).toEqual(withKinds(before));
});
