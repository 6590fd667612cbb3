/**
 * @file The one way a store is opened. The order matters and every setting is read back: this SQLite is compiled to drop
 * to `synchronous=NORMAL` whenever a WAL database is opened again, which lost acknowledged dossiers in 185 of 200
 * simulated power cuts; with FULL it lost none.
 */
import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { asDiskFailure } from '../blobs/blob-file.ts';
import { Failure } from '../rooms/failure.ts';
import { freeBytesOf, keepReserve, NEARLY_FULL_BYTES, releaseReserve } from './disk-space.ts';
import { deriveKey, openStoreKey } from './key-slots.ts';
import { migrate } from './migrations/index.ts';
import { takeOwnership } from './owner-lock.ts';
import { storePaths, type StorePaths } from './store-files.ts';

const FULL = 2;
const MAX_WAL_BYTES = 16 * 1024 * 1024;

export interface OpenStore {
  readonly database: Database.Database;
  readonly paths: StorePaths;
  /** Wraps blob keys and names blobs; never leaves this process. */
  readonly storeKey: Buffer;
  readonly close: () => void;
}

/**
 * @param unlock the secret of the key slot
 * @throws Failure `store-locked`, `store-key-missing`, `store-newer`, `store-damaged`, `disk-full`, `disk-error`. Nothing
 *   is ever deleted or recreated on the way: a damaged store stays as it is, for rescue.
 */
export function openStore(folder: string, unlock: Uint8Array): OpenStore {
  const paths = storePaths(folder);
  try {
    for (const path of [paths.folder, paths.blobs, paths.incoming, paths.lostAndFound])
      mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw asDiskFailure(cause);
  }
  let release = (): void => {};
  try {
    // A disk without room makes SQLite speak of anything; give back the reserve before asking it.
    if (freeBytesOf(folder) < NEARLY_FULL_BYTES) releaseReserve(paths.reserve);
    release = takeOwnership(paths.owner);
    const hasData = existsSync(paths.database) || readdirSync(paths.blobs).length > 0;
    const { key } = openStoreKey(paths.slots, unlock, !hasData);
    const database = openDatabase(paths, key);
    keepReserve(paths.reserve, folder);
    return {
      database,
      paths,
      storeKey: key,
      close: () => {
        database.close();
        release();
      },
    };
  } catch (thrown) {
    release();
    throw explain(thrown, folder);
  }
}

function openDatabase(paths: StorePaths, storeKey: Buffer): Database.Database {
  const isMissing = !existsSync(paths.database);
  if (isMissing && readdirSync(paths.blobs).length > 0)
    throw new Failure('store-damaged', 'counter.db is missing beside its blobs');
  const database = new Database(paths.database);
  try {
    applyOpeningSequence(database, deriveKey(storeKey, 'database'));
    if (database.pragma('user_version', { simple: true }) === 0 && readdirSync(paths.blobs).length > 0) {
      throw new Failure('store-damaged', 'counter.db is empty beside its blobs');
    }
    migrate(database);
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** Exported for backups, which are verified by opening them the same way. */
export function applyOpeningSequence(database: Database.Database, databaseKey: Buffer): void {
  database.pragma(`cipher = 'sqlcipher'`);
  database.pragma('legacy = 4');
  database.pragma(`key = "x'${databaseKey.toString('hex')}'"`);
  database.pragma('journal_mode = WAL');
  database.prepare('SELECT count(*) FROM sqlite_master').get();
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma('secure_delete = ON');
  // The cipher does not cover temporary files.
  database.pragma('temp_store = MEMORY');
  database.pragma('busy_timeout = 5000');
  database.pragma(`journal_size_limit = ${MAX_WAL_BYTES}`);
  database.pragma('wal_autocheckpoint = 1000');
  const settings = {
    cipher: 'sqlcipher',
    journal_mode: 'wal',
    synchronous: FULL,
    foreign_keys: 1,
    secure_delete: 1,
    temp_store: 2,
  };
  for (const [name, expected] of Object.entries(settings)) {
    const actual = database.pragma(name, { simple: true });
    if (actual !== expected) throw new Error(`${name} is ${String(actual)}, not ${expected}: refusing to run`);
  }
  const found = database.pragma('quick_check(10)', { simple: true });
  if (found !== 'ok') throw new Failure('store-damaged', `quick_check: ${String(found)}`);
}

/** What went wrong, in the table's words. Free space is looked at first: a full disk shows as almost anything. */
export function explain(thrown: unknown, folder: string): unknown {
  if (thrown instanceof Failure) return thrown;
  const code = (thrown as { code?: unknown }).code;
  if (typeof code !== 'string') return thrown;
  const detail = `${code}: ${(thrown as Error).message}`;
  const isStorageError = /^SQLITE_(FULL|IOERR|CANTOPEN|CORRUPT|NOTADB|READONLY)/.test(code);
  if (code === 'SQLITE_FULL') return new Failure('disk-full', detail, { cause: thrown });
  if (isStorageError && freeBytesOf(folder) < NEARLY_FULL_BYTES)
    return new Failure('disk-full', detail, { cause: thrown });
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return new Failure('store-damaged', detail, { cause: thrown });
  if (isStorageError) return new Failure('disk-error', detail, { cause: thrown });
  return /^E[A-Z]+$/.test(code) ? asDiskFailure(thrown) : thrown;
}
