import Database from 'better-sqlite3';
import { afterEach, expect, test } from 'vitest';
import { ground } from '../../../main/store/migrations/001-ground.ts';
import { resultIdentity } from '../../../main/store/migrations/002-result-identity.ts';
import { signatureImages } from '../../../main/store/migrations/003-signature-images.ts';
import { stamping } from '../../../main/store/migrations/004-stamping.ts';
import { migrate } from '../../../main/store/migrations/index.ts';

const database = new Database(':memory:');
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
