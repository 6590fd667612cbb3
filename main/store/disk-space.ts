/** @file Free space, and the reserve that lets a full disk still take receipts and checkpoints. */
import { closeSync, existsSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';

const RESERVE_BYTES = 16 * 1024 * 1024;
/** Below this an error while opening is the full disk's doing, whatever SQLite calls it. */
export const NEARLY_FULL_BYTES = 4 * 1024 * 1024;

export function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/** Sets bytes aside while there are plenty. On a small disk the reserve is an eighth of what is free. */
export function keepReserve(path: string, folder: string): void {
  if (existsSync(path)) return;
  const free = freeBytesOf(folder);
  const size = Math.min(RESERVE_BYTES, Math.floor(free / 8));
  if (free < NEARLY_FULL_BYTES * 2) return;
  const descriptor = openSync(path, 'w', 0o600);
  try {
    const chunk = Buffer.alloc(1024 * 1024);
    for (let written = 0; written < size;)
      written += writeSync(descriptor, chunk, 0, Math.min(chunk.length, size - written));
  } catch {
    rmSync(path, { force: true }); // no room after all: then there is no reserve, and that is no reason to stop
  } finally {
    closeSync(descriptor);
  }
}

/** @returns whether there was a reserve to give */
export function releaseReserve(path: string): boolean {
  if (!existsSync(path)) return false;
  rmSync(path, { force: true });
  return true;
}
