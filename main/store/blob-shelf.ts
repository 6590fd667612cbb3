/**
 * @file Deposits become blobs. Order of events (0 of 400 simulated power cuts lost anything): the deposit is verified,
 * renamed to its keyed name, the folders are synced, and only then its row commits. The name is an HMAC of the content's
 * hash, so the folder does not tell whether a known file is in it.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { asDiskFailure, streamBlob, type BlobAccess, type Deposit } from '../blobs/blob-file.ts';
import { Failure } from '../rooms/failure.ts';
import { nowMs, toLocal, type StoreContext } from './context.ts';
import { deriveKey } from './key-slots.ts';
import { syncFolder } from './store-files.ts';

/** A verified file in its final place, whose row is still to be written in the caller's transaction. */
export interface ShelvedBlob {
  readonly id: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly mediaType: string;
  readonly access: BlobAccess;
  readonly insert: (() => void) | null;
}

interface BlobRow {
  readonly id: string;
  readonly name: string;
  readonly deposit: string;
  readonly sha256: string;
  readonly size_bytes: number;
  readonly media_type: string;
  readonly wrapped_key: Buffer;
}

const ORPHAN_AGE_MS = 24 * 3_600_000;
const RENAME_TRIES = 10;

/**
 * Takes a deposit in. Content that is already on the shelf is shared. May be repeated after a crash or a lost answer.
 * Callers run one at a time (see the service's queue) and commit `insert` with whatever refers to the blob.
 * @throws Failure `not-found` for a missing deposit, `store-damaged` when its content is not what it says
 */
export async function shelve(context: StoreContext, deposit: Deposit): Promise<ShelvedBlob> {
  const name = blobName(context, deposit.sha256);
  const target = blobPath(context, name);
  const incoming = join(context.paths.incoming, deposit.file);
  const known = context.sql('SELECT * FROM blob WHERE name = ?').get(name) as BlobRow | undefined;
  if (known && existsSync(target)) {
    rmSync(incoming, { force: true });
    return {
      id: known.id,
      ...describe(deposit),
      mediaType: known.media_type,
      access: accessOf(context, known),
      insert: null,
    };
  }
  if (existsSync(incoming)) {
    await verifyContent({ path: incoming, ...keyAndSize(deposit) }, deposit.sha256);
    context.crashPoint('shelve:before-rename');
    mkdirSync(join(target, '..'), { recursive: true, mode: 0o700 });
    await renamePatiently(incoming, target);
    context.crashPoint('shelve:after-rename');
    syncFolder(join(target, '..'));
    syncFolder(context.paths.blobs);
    syncFolder(context.paths.incoming);
    context.crashPoint('shelve:after-sync');
  } else if (existsSync(target)) {
    // Renamed by a process that ended before its row committed: the same deposit is handed in again.
    await verifyContent({ path: target, ...keyAndSize(deposit) }, deposit.sha256);
  } else {
    throw new Failure('not-found', `deposit ${deposit.file}`);
  }
  const id = known?.id ?? uuidv7();
  const insert = (): void => writeBlobRow(context, id, name, deposit);
  return { id, ...describe(deposit), access: { path: target, ...keyAndSize(deposit) }, insert };
}

/** A row whose file was lost takes the new file and its key: the content is the same. */
function writeBlobRow(context: StoreContext, id: string, name: string, deposit: Deposit): void {
  context
    .sql(
      `INSERT INTO blob (id, name, deposit, sha256, size_bytes, media_type, wrapped_key, added_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET deposit = excluded.deposit, wrapped_key = excluded.wrapped_key`,
    )
    .run(
      id,
      name,
      deposit.file,
      deposit.sha256,
      deposit.sizeBytes,
      deposit.mediaType,
      wrapKey(context, name, deposit.key),
      toLocal(context, nowMs(context)),
    );
}

function describe({ sha256, sizeBytes, mediaType }: Deposit): Pick<ShelvedBlob, 'sha256' | 'sizeBytes' | 'mediaType'> {
  return { sha256, sizeBytes, mediaType };
}

/** Writes the blob's row where it has none, and that the dossier uses it. Inside a transaction. */
export function keepBlob(context: StoreContext, blob: ShelvedBlob, dossierId: string): void {
  blob.insert?.();
  context.sql('INSERT OR IGNORE INTO blob_use (blob_id, dossier_id) VALUES (?, ?)').run(blob.id, dossierId);
}

/** @throws Failure `not-found` */
export function blobAccess(context: StoreContext, blobId: string): BlobAccess {
  return accessOf(context, readBlobRow(context, blobId));
}

/**
 * Takes the rows of blobs that no dossier and no officer's signature uses any more. Without the wrapped key the content is gone; the files are removed
 * by the caller after the commit, so that a crash in between leaves unreadable leftovers and never a row without a file.
 */
export function dropUnusedBlobs(context: StoreContext): string[] {
  const unused = context
    .sql(
      `SELECT * FROM blob WHERE id NOT IN (SELECT blob_id FROM blob_use)
         AND id NOT IN (SELECT blob_id FROM signature_image)`,
    )
    .all() as BlobRow[];
  for (const row of unused) context.sql('DELETE FROM blob WHERE id = ?').run(row.id);
  return unused.map((row) => blobPath(context, row.name));
}

export interface Reconciliation {
  /** Renames that a power cut had undone and start-up did again. */
  readonly rescued: number;
  readonly missing: readonly string[];
  readonly collected: number;
}

/** Start-up: every row has its file again if it can be had, and nobody's leftovers older than a day leave the folders. */
export async function reconcileBlobs(context: StoreContext): Promise<Reconciliation> {
  const rows = context.sql('SELECT * FROM blob').all() as BlobRow[];
  const shelved = readdirSync(context.paths.blobs).flatMap((shard) =>
    readdirSync(join(context.paths.blobs, shard)).map((name) => ({
      name,
      path: join(context.paths.blobs, shard, name),
    })),
  );
  const present = new Set(shelved.map(({ name }) => name));
  const missing: string[] = [];
  let rescued = 0;
  for (const row of rows) {
    if (present.has(row.name)) continue;
    if (await rescueFromIncoming(context, row)) rescued++;
    else missing.push(row.id);
  }
  const names = new Set(rows.map((row) => row.name));
  const orphans = shelved.filter(({ name }) => !names.has(name));
  const waiting = readdirSync(context.paths.incoming).map((name) => ({
    name,
    path: join(context.paths.incoming, name),
  }));
  const old = [...orphans, ...waiting].filter(({ path }) => context.clock() - statSync(path).mtimeMs > ORPHAN_AGE_MS);
  for (const { name, path } of old) renameSync(path, join(context.paths.lostAndFound, name));
  return { rescued, missing, collected: old.length };
}

async function rescueFromIncoming(context: StoreContext, row: BlobRow): Promise<boolean> {
  const incoming = join(context.paths.incoming, row.deposit);
  if (!existsSync(incoming)) return false;
  try {
    await verifyContent({ ...accessOf(context, row), path: incoming }, row.sha256);
  } catch (thrown) {
    if (thrown instanceof Failure) return false; // not this blob's content: leave it for a person
    throw thrown;
  }
  const target = blobPath(context, row.name);
  mkdirSync(join(target, '..'), { recursive: true, mode: 0o700 });
  await renamePatiently(incoming, target);
  syncFolder(join(target, '..'));
  return true;
}

async function verifyContent(access: BlobAccess, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of streamBlob(access)) hash.update(chunk as Buffer);
  if (hash.digest('hex') !== sha256) throw new Failure('store-damaged', 'a deposit is not what it says it is');
}

/** Virus scanners on Windows hold new files for a moment. */
async function renamePatiently(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      renameSync(from, to);
      return;
    } catch (cause) {
      const isHeld = ['EPERM', 'EACCES', 'EBUSY'].includes(String((cause as NodeJS.ErrnoException).code));
      if (!isHeld || attempt === RENAME_TRIES) throw asDiskFailure(cause);
      await delay(Math.min(500, 20 * 2 ** attempt));
    }
  }
}

function readBlobRow(context: StoreContext, blobId: string): BlobRow {
  const row = context.sql('SELECT * FROM blob WHERE id = ?').get(blobId) as BlobRow | undefined;
  if (!row) throw new Failure('not-found', `blob ${blobId}`);
  return row;
}

function accessOf(context: StoreContext, row: BlobRow): BlobAccess {
  return {
    path: blobPath(context, row.name),
    key: unwrapKey(context, row),
    sizeBytes: row.size_bytes,
    mediaType: row.media_type,
  };
}

export function blobPath(context: StoreContext, name: string): string {
  return join(context.paths.blobs, name.slice(0, 2), name);
}

function blobName(context: StoreContext, sha256: string): string {
  return createHmac('sha256', deriveKey(context.storeKey, 'blob names'))
    .update(Buffer.from(sha256, 'hex'))
    .digest('hex');
}

function wrapKey(context: StoreContext, name: string, key: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(context.storeKey, 'blob keys'), nonce);
  cipher.setAAD(Buffer.from(name));
  return Buffer.concat([nonce, cipher.update(Buffer.from(key, 'base64')), cipher.final(), cipher.getAuthTag()]);
}

function unwrapKey(context: StoreContext, row: BlobRow): string {
  const { wrapped_key: wrapped } = row;
  const decipher = createDecipheriv('aes-256-gcm', deriveKey(context.storeKey, 'blob keys'), wrapped.subarray(0, 12));
  decipher.setAAD(Buffer.from(row.name));
  decipher.setAuthTag(wrapped.subarray(-16));
  try {
    return Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]).toString('base64');
  } catch (cause) {
    throw new Failure('store-damaged', `the key of blob ${row.id} does not verify`, { cause });
  }
}

function keyAndSize(deposit: Deposit): Omit<BlobAccess, 'path'> {
  return { key: deposit.key, sizeBytes: deposit.sizeBytes, mediaType: deposit.mediaType };
}
