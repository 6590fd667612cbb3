/**
 * @file Where the gateway keeps bytes: parts of running uploads, and finished files by content, apart for each unit (so
 * that one unit can never find out what another one holds). What a method answers is on the disk, not only in the cache.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface UploadFiles {
  /** Writes at `offset`; durable when it returns. Bytes beyond the confirmed offset may be there from a crash: overwritten. */
  readonly write: (uploadId: string, offset: number, bytes: Uint8Array) => Promise<void>;
  /** Moves a whole part to its place by content. False, and the part is gone, when its bytes are not those of `sha256`. */
  readonly finish: (unit: string, uploadId: string, sha256: string, sizeBytes: number) => Promise<boolean>;
  /** Whether a finished file is there with its full length. */
  readonly has: (unit: string, sha256: string, sizeBytes: number) => Promise<boolean>;
  readonly read: (unit: string, sha256: string) => Promise<Uint8Array>;
  readonly discard: (uploadId: string) => Promise<void>;
  /** Ids of all parts on the disk, for the janitor. */
  readonly parts: () => Promise<readonly string[]>;
}

const READ_BYTES = 1024 * 1024;
const MOST_RUNNING = 1_000;

export async function openDiskFiles(folder: string): Promise<UploadFiles> {
  const partsFolder = join(folder, 'parts');
  const contentFolder = join(folder, 'content');
  await mkdir(partsFolder, { recursive: true, mode: 0o700 });
  await mkdir(contentFolder, { recursive: true, mode: 0o700 });
  const partOf = (uploadId: string): string => join(partsFolder, uploadId);
  // The unit's name never becomes a path.
  const folderOf = (unit: string, sha256: string): string =>
    join(contentFolder, createHash('sha256').update(unit).digest('hex').slice(0, 16), sha256.slice(0, 2));
  /** Hash of the bytes written since the start of a part in this process, so that finishing needs no second reading. */
  const running = new Map<string, { length: number; hash: ReturnType<typeof createHash> }>();

  function addToRunning(uploadId: string, offset: number, bytes: Uint8Array): void {
    if (running.size > MOST_RUNNING) running.clear();
    if (offset === 0) running.set(uploadId, { length: 0, hash: createHash('sha256') });
    const sum = running.get(uploadId);
    if (sum?.length !== offset) {
      running.delete(uploadId);
      return;
    }
    sum.hash.update(bytes);
    sum.length += bytes.length;
  }

  return {
    async write(uploadId, offset, bytes) {
      const handle = await openPart(partOf(uploadId));
      try {
        await handle.write(bytes, 0, bytes.length, offset);
        const syncing = handle.datasync();
        addToRunning(uploadId, offset, bytes); // while the disk is busy
        await syncing;
      } catch (cause) {
        running.delete(uploadId);
        throw cause;
      } finally {
        await handle.close();
      }
    },

    async finish(unit, uploadId, sha256, sizeBytes) {
      const sum = running.get(uploadId);
      running.delete(uploadId);
      const actual = sum?.length === sizeBytes ? sum.hash.digest('hex') : await hashFile(partOf(uploadId), sizeBytes);
      if (actual !== sha256) {
        await rm(partOf(uploadId), { force: true });
        return false;
      }
      const target = folderOf(unit, sha256);
      await mkdir(target, { recursive: true, mode: 0o700 });
      await syncFolder(join(target, '..'));
      await rename(partOf(uploadId), join(target, sha256));
      await syncFolder(target);
      return true;
    },

    async has(unit, sha256, sizeBytes) {
      try {
        return (await stat(join(folderOf(unit, sha256), sha256))).size === sizeBytes;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return false;
        throw cause;
      }
    },

    async read(unit, sha256) {
      const handle = await open(join(folderOf(unit, sha256), sha256), 'r');
      try {
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    },

    async discard(uploadId) {
      running.delete(uploadId);
      await rm(partOf(uploadId), { force: true });
    },

    parts: () => readdir(partsFolder),
  };
}

async function openPart(path: string): Promise<Awaited<ReturnType<typeof open>>> {
  try {
    return await open(path, 'r+');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return open(path, 'w+', 0o600);
  }
}

/** Only the first `sizeBytes` count, and the file is cut to them: a crash may have left more. */
async function hashFile(path: string, sizeBytes: number): Promise<string> {
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(sizeBytes);
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(Math.min(READ_BYTES, Math.max(1, sizeBytes)));
    for (let position = 0; position < sizeBytes;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
    await handle.sync();
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // NTFS has no handle for this; the row is written after the rename
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
