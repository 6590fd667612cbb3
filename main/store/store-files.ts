/** @file Where everything of one store lies, and the careful way to write a small file. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { platform } from 'node:os';
import { dirname, join } from 'node:path';

const canSyncFolders = platform() !== 'win32';

export interface StorePaths {
  readonly folder: string;
  readonly database: string;
  readonly owner: string;
  readonly slots: readonly [string, string];
  readonly blobs: string;
  readonly incoming: string;
  readonly lostAndFound: string;
  readonly reserve: string;
}

export function storePaths(folder: string): StorePaths {
  return {
    folder,
    database: join(folder, 'counter.db'),
    owner: join(folder, 'owner.lock'),
    slots: [join(folder, 'slots.A.json'), join(folder, 'slots.B.json')],
    blobs: join(folder, 'blobs'),
    incoming: join(folder, 'incoming'),
    lostAndFound: join(folder, 'lost+found'),
    reserve: join(folder, 'reserve.bin'),
  };
}

/** Temp file → fsync → rename → fsync of the folder: after a power cut the old or the new content, never half of one. */
export function writeFileDurably(path: string, text: string): void {
  const temporary = `${path}.new`;
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** Makes renames inside a folder durable. Windows cannot open folders; there start-up reconciliation stands in. */
export function syncFolder(folder: string): void {
  if (!canSyncFolders) return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
