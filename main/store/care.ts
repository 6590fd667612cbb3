/** @file Looking after a store: integrity, the audit chain, and back-ups that count only after they were opened again. */
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { verifyChain, type AuditEntry, type ChainVerdict } from '../audit/chain.ts';
import { streamBlob } from '../blobs/blob-file.ts';
import { Failure } from '../rooms/failure.ts';
import { blobAccess, blobPath } from './blob-shelf.ts';
import { recordedAuditHead, type StoreContext } from './context.ts';
import { freeBytesOf } from './disk-space.ts';
import { deriveKey } from './key-slots.ts';
import { applyOpeningSequence } from './open-database.ts';
import { storePaths, syncFolder } from './store-files.ts';

const SAMPLED_BLOBS = 20;

export function verifyAudit(context: StoreContext): ChainVerdict {
  const entries = context
    .sql('SELECT seq, hash, event FROM audit ORDER BY seq')
    .iterate() as IterableIterator<AuditEntry>;
  return verifyChain(entries, recordedAuditHead(context));
}

export interface StoreCheck {
  readonly integrity: string;
  readonly freeBytes: number;
  readonly synchronous: number;
  readonly cipher: string;
  readonly dossiers: number;
  readonly blobs: number;
}

/** Full integrity check, and that every blob's file is there. `integrity` is `ok` or says what is not. */
export function checkStore(context: StoreContext): StoreCheck {
  const { database } = context;
  const found = database.pragma('integrity_check(10)', { simple: true }) as string;
  const names = context.sql('SELECT name FROM blob').all() as { name: string }[];
  const missing = names.filter(({ name }) => !existsSync(blobPath(context, name))).length;
  return {
    integrity: found === 'ok' && missing > 0 ? `${missing} blob files are missing` : found,
    freeBytes: freeBytesOf(context.paths.folder),
    synchronous: database.pragma('synchronous', { simple: true }) as number,
    cipher: database.pragma('cipher', { simple: true }) as string,
    dossiers: countRows(database, 'dossier') - countRows(database, 'backlog_stack'),
    blobs: names.length,
  };
}

/**
 * A whole store in another folder: the database by `VACUUM INTO` (same key, still encrypted), blobs and key slots beside it.
 * @throws Failure `bad-request` when the folder holds a store already, `store-damaged` when the copy does not verify
 */
export async function backUp(context: StoreContext, folder: string): Promise<{ files: number; bytes: number }> {
  const target = storePaths(folder);
  if (existsSync(target.database)) throw new Failure('bad-request', `${folder} holds a store already`);
  for (const path of [target.folder, target.blobs, target.incoming, target.lostAndFound])
    mkdirSync(path, { recursive: true, mode: 0o700 });
  context.database.prepare('VACUUM INTO ?').run(target.database);
  context.paths.slots.forEach((slots, index) => {
    if (existsSync(slots)) cpSync(slots, target.slots[index] as string);
  });
  // Blob files never change after they got their name, so a copy taken while work goes on is whole.
  cpSync(context.paths.blobs, target.blobs, { recursive: true });
  syncFolder(target.blobs);
  syncFolder(target.folder);
  await verifyBackup(context, folder);
  return measure(folder);
}

async function verifyBackup(context: StoreContext, folder: string): Promise<void> {
  const target = storePaths(folder);
  const copy = new Database(target.database);
  try {
    applyOpeningSequence(copy, deriveKey(context.storeKey, 'database'));
    const found = copy.pragma('integrity_check(10)', { simple: true });
    if (found !== 'ok') throw new Failure('store-damaged', `the copy: ${String(found)}`);
    for (const table of ['dossier', 'blob', 'audit', 'job', 'backlog_revision']) {
      if (countRows(copy, table) !== countRows(context.database, table))
        throw new Failure('store-damaged', `the copy lacks rows of ${table}`);
    }
    const blobs = copy.prepare('SELECT id, name, sha256 FROM blob ORDER BY random() LIMIT ?').all(SAMPLED_BLOBS) as {
      id: string;
      name: string;
      sha256: string;
    }[];
    for (const { id, name, sha256 } of blobs) {
      const hash = createHash('sha256');
      const access = { ...blobAccess(context, id), path: join(target.blobs, name.slice(0, 2), name) };
      for await (const chunk of streamBlob(access)) hash.update(chunk as Buffer);
      if (hash.digest('hex') !== sha256) throw new Failure('store-damaged', `the copy of blob ${id}`);
    }
  } finally {
    copy.close();
  }
}

function countRows(database: Database.Database, table: string): number {
  return (database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
}

function measure(folder: string): { files: number; bytes: number } {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return {
    files: files.length,
    bytes: files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0),
  };
}
