/**
 * @file The gateway's rows. One process owns the file (exclusive lock), so `seq` of receipts and feed has a single writer
 * and what is committed is in order.
 */
import Database from 'better-sqlite3';

export type Rows = Database.Database;

const SCHEMA = `
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS device (
  id TEXT PRIMARY KEY, unit TEXT NOT NULL, counter TEXT NOT NULL, proof_key TEXT NOT NULL,
  is_revoked INTEGER NOT NULL DEFAULT 0, seen_at_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS enrolment (code_sha256 TEXT PRIMARY KEY, unit TEXT NOT NULL, counter TEXT NOT NULL, used_by TEXT) STRICT;
CREATE TABLE IF NOT EXISTS number_day (unit TEXT NOT NULL, date TEXT NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (unit, date)) STRICT;
CREATE TABLE IF NOT EXISTS lease (
  key TEXT PRIMARY KEY, unit TEXT NOT NULL, device TEXT NOT NULL, date TEXT NOT NULL, count INTEGER NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, leased_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS lease_by_day ON lease (unit, date);
CREATE TABLE IF NOT EXISTS dossier (id TEXT PRIMARY KEY, unit TEXT NOT NULL, number TEXT UNIQUE, status INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS revision (
  dossier_id TEXT NOT NULL REFERENCES dossier (id), rev INTEGER NOT NULL, manifest TEXT NOT NULL,
  manifest_sha256 TEXT NOT NULL, device TEXT NOT NULL, announced_at TEXT NOT NULL, PRIMARY KEY (dossier_id, rev)
) STRICT;
CREATE TABLE IF NOT EXISTS upload (
  id TEXT PRIMARY KEY, unit TEXT NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL, confirmed INTEGER NOT NULL DEFAULT 0,
  is_complete INTEGER NOT NULL DEFAULT 0, touched_at_ms INTEGER NOT NULL, UNIQUE (unit, sha256)
) STRICT;
CREATE TABLE IF NOT EXISTS receipt (
  seq INTEGER PRIMARY KEY, dossier_id TEXT NOT NULL, rev INTEGER NOT NULL, jws TEXT NOT NULL, sha256 TEXT NOT NULL,
  UNIQUE (dossier_id, rev), FOREIGN KEY (dossier_id, rev) REFERENCES revision (dossier_id, rev)
) STRICT;
CREATE TABLE IF NOT EXISTS feed (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, unit TEXT NOT NULL, dossier_id TEXT NOT NULL, status INTEGER NOT NULL,
  code TEXT, at TEXT NOT NULL, note TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS script (dossier_id TEXT NOT NULL, status INTEGER NOT NULL, due_at_ms INTEGER NOT NULL, PRIMARY KEY (dossier_id, status)) STRICT;
`;

/**
 * @param file path, or `:memory:` in the simulator.
 * @throws when another gateway has the folder open, or when the disk cannot promise `synchronous=FULL`.
 */
export function openDatabase(file: string): Rows {
  const rows = new Database(file, { timeout: 1_000 });
  if (file !== ':memory:') {
    rows.pragma('locking_mode = EXCLUSIVE');
    rows.pragma('journal_mode = WAL');
  }
  // Set and read back on every open: this build of SQLite starts later opens of a WAL database at NORMAL.
  rows.pragma('synchronous = FULL');
  if (rows.pragma('synchronous', { simple: true }) !== 2)
    throw new Error('the database does not run at synchronous=FULL');
  rows.pragma('foreign_keys = ON');
  rows.exec(SCHEMA);
  return rows;
}

type Statements = Map<string, Database.Statement<unknown[], unknown>>;
const prepared = new WeakMap<Rows, Statements>();

/** Statements are prepared once for each text: preparing cost a fifth of the gateway's time. */
export function prepareOnce(rows: Rows): (sql: string) => Database.Statement<unknown[], unknown> {
  const statements: Statements = prepared.get(rows) ?? new Map();
  prepared.set(rows, statements);
  return (sql) => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = rows.prepare(sql)));
    return statement;
  };
}

/** A value that is made once and kept for the life of the database. */
export function settle(rows: Rows, key: string, make: () => string): string {
  rows.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run(key, make());
  return (rows.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: string }).value;
}
