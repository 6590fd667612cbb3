/**
 * @file Devices that only know "scan to folder". Their files appear piece by piece, so one is taken when size and time
 * have not changed for a while and it can be read whole; taken files move to a folder of their own and are never deleted.
 */
import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../rooms/failure.ts';
import { importPages } from '../import/import-pages.ts';
import type { Scanner } from '../protocol.ts';
import type { ScannedImage, ScannerDriver } from './scanner.ts';

export interface FolderDriverOptions {
  readonly folder: string | null;
  /** A file counts as complete when nothing about it changed for this long. */
  readonly stableMs?: number;
  readonly pollMs?: number;
  /** How long an empty folder is watched before it counts as an empty feeder. */
  readonly waitMs?: number;
}

interface SeenFile {
  readonly sizeBytes: number;
  readonly changedAtMs: number;
  /** Monotonic time since when it looks like this. */
  readonly sinceMs: number;
  readonly failedReads: number;
}

const ID_PREFIX = 'folder:';
const ACCEPTED = /^[^.~].*\.(jpe?g|png|tiff?|heic|pdf)$/i;
const RECEIVED_FOLDER = 'da-nhan';
const STABLE_MS = 5_000;
const POLL_MS = 1_000;
const WAIT_MS = 60_000;
/** A damaged file may be one that its writer comes back to: it gets this many readings, each after a quiet time. */
const MOST_READS = 3;

export function createFolderDriver(options: FolderDriverOptions): ScannerDriver {
  return {
    list: async () => {
      if (options.folder === null) return [];
      const isFolder = await stat(options.folder).then(
        (found) => found.isDirectory(),
        () => false,
      );
      if (!isFolder) return []; // a share that is not connected now
      return [
        {
          id: ID_PREFIX + options.folder,
          name: `Thư mục quét – ${basename(options.folder)}`,
          driver: 'folder',
          sources: ['adf'],
          dpis: [200, 300],
        },
      ];
    },
    scan: (scanner, _job, signal) => scan(scanner, signal, options),
  };
}

async function* scan(
  scanner: Scanner,
  signal: AbortSignal,
  options: FolderDriverOptions,
): AsyncGenerator<ScannedImage> {
  const folder = scanner.id.slice(ID_PREFIX.length);
  const { stableMs = STABLE_MS, pollMs = POLL_MS, waitMs = WAIT_MS } = options;
  const seen = new Map<string, SeenFile>();
  let quietSinceMs = performance.now();
  let hasTaken = false;
  for (;;) {
    await lookAround(folder, seen);
    for (const name of completeFiles(seen, stableMs)) {
      const pages = takeFile(folder, name, signal);
      let given = 0;
      try {
        for await (const page of pages) {
          given += 1;
          yield page;
        }
        seen.delete(name);
        hasTaken = true;
        quietSinceMs = performance.now();
      } catch (thrown) {
        const file = seen.get(name);
        if (!(thrown instanceof Failure) || !file || given > 0 || file.failedReads + 1 >= MOST_READS)
          throw withName(thrown, name);
        seen.set(name, { ...file, sinceMs: performance.now(), failedReads: file.failedReads + 1 });
      }
    }
    const quietMs = performance.now() - quietSinceMs;
    if (seen.size === 0 && hasTaken && quietMs >= stableMs) return;
    if (seen.size === 0 && !hasTaken && quietMs >= waitMs) throw new Failure('scanner-feeder-empty', folder);
    await pause(pollMs, undefined, { signal });
  }
}

/** Polling, because change notices do not come over network shares. */
async function lookAround(folder: string, seen: Map<string, SeenFile>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new Failure('scanner-offline', `no folder ${folder}`, { cause });
  });
  const names = new Set(
    entries.filter((entry) => entry.isFile() && ACCEPTED.test(entry.name)).map((entry) => entry.name),
  );
  for (const name of seen.keys()) if (!names.has(name)) seen.delete(name);
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => null); // renamed between the two calls
    if (!found) continue;
    const before = seen.get(name);
    if (before?.sizeBytes === found.size && before.changedAtMs === found.mtimeMs) continue;
    seen.set(name, {
      sizeBytes: found.size,
      changedAtMs: found.mtimeMs,
      sinceMs: performance.now(),
      failedReads: before?.failedReads ?? 0,
    });
  }
}

/** In name order up to the first file that is still changing: pages must not overtake each other. */
function completeFiles(seen: ReadonlyMap<string, SeenFile>, stableMs: number): string[] {
  const now = performance.now();
  const names = [...seen.keys()].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const firstOpen = names.findIndex((name) => now - (seen.get(name)?.sinceMs ?? now) < stableMs);
  return firstOpen === -1 ? names : names.slice(0, firstOpen);
}

async function* takeFile(folder: string, name: string, signal: AbortSignal): AsyncGenerator<ScannedImage> {
  const path = join(folder, name);
  for await (const page of importPages(path, { signal })) yield { bytes: page.bytes, dpi: page.dpi };
  await setAside(folder, name);
}

async function setAside(folder: string, name: string): Promise<void> {
  const received = join(folder, RECEIVED_FOLDER);
  try {
    await mkdir(received, { recursive: true });
    const stem = basename(name, extname(name));
    const taken = new Set(await readdir(received));
    let target = name;
    for (let copy = 2; taken.has(target); copy++) target = `${stem} (${copy})${extname(name)}`;
    await rename(join(folder, name), join(received, target));
  } catch (cause) {
    throw new Failure('disk-error', `${name} is taken in but cannot be moved to ${RECEIVED_FOLDER}`, { cause });
  }
}

function withName(thrown: unknown, name: string): unknown {
  return thrown instanceof Failure
    ? new Failure(thrown.code, `${name}: ${thrown.detail ?? ''}`, { cause: thrown })
    : thrown;
}
