/**
 * @file One process owns a store. The lock is an exclusive SQLite lock on an empty file of its own: the operating system
 * holds it and drops it the moment the process is gone, `kill -9` included, so there is no stale lock to reason about.
 */
import Database from 'better-sqlite3';
import { Failure } from '../rooms/failure.ts';

/** A predecessor that is just ending gets this long. */
const WAIT_MS = 2_000;

/** @throws Failure `store-locked` */
export function takeOwnership(path: string): () => void {
  const lock = new Database(path, { timeout: WAIT_MS });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    if (String((cause as { code?: unknown }).code).startsWith('SQLITE_BUSY'))
      throw new Failure('store-locked', path, { cause });
    throw cause;
  }
  return () => lock.close();
}
