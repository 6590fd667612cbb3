/** @file Small files that must be whole after a power cut: written beside, flushed, moved into place, folder flushed. */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskFailure } from '../../blobs/blob-file.ts';

/** @throws Failure `disk-full` or `disk-error`; the old file, if any, is then still there */
export async function writeDurably(path: string, content: Uint8Array | string): Promise<void> {
  try {
    const file = await open(`${path}.tmp`, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.tmp`, path);
  } catch (cause) {
    throw asDiskFailure(cause);
  }
  await syncFolder(dirname(path));
}

/** Windows cannot flush a folder and need not: NTFS logs the move. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
