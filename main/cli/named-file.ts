/** @file Files that somebody named on the command line: read with errors that say which, written whole or not at all. */
import { randomBytes } from 'node:crypto';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { asDiskFailure } from '../blobs/blob-file.ts';
import { Failure } from '../rooms/failure.ts';

/** Gives on what `stream` reads of the file at `path`. @throws Failure `file-not-found`, `disk-error` */
export async function* namedFile(path: string, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (cause) {
    throw cause instanceof Failure ? cause : asInputFailure(path, cause);
  }
}

/** @returns its size in bytes. @throws Failure `file-not-found` (also for a folder or device), `file-empty` */
export async function checkInput(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Failure('file-not-found', `${path} is not a file`);
    if (found.size === 0) throw new Failure('file-empty', path);
    await (await open(path, 'r')).close();
    return found.size;
  } catch (cause) {
    throw cause instanceof Failure ? cause : asInputFailure(path, cause);
  }
}

function asInputFailure(path: string, cause: unknown): Failure {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined) throw cause;
  return code === 'EIO' ? asDiskFailure(cause) : new Failure('file-not-found', `${path}: ${message}`, { cause });
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return false;
      throw asDiskFailure(cause);
    },
  );
}

/** Before long work: whether a file may be written there. @throws Failure `disk-error` */
export async function checkOutput(path: string): Promise<void> {
  const folder = dirname(path);
  const found = await stat(folder).catch(() => null);
  if (!found?.isDirectory()) throw new Failure('disk-error', `${folder} is missing`);
  if ((await stat(path).catch(() => null))?.isDirectory()) throw new Failure('disk-error', `${path} is a folder`);
}

type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Writes a new file, whole and on the disk before its name appears. @throws Failure `file-exists` when the name is taken */
export async function writeNew(path: string, content: Content): Promise<void> {
  const temporary = await writeBeside(path, content);
  try {
    await link(temporary, path).catch(async (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST' || (await exists(path))) throw new Failure('file-exists', path, { cause });
      await rename(temporary, path); // a disk without hard links, as most USB sticks are
    });
  } catch (cause) {
    throw cause instanceof Failure ? cause : asDiskFailure(cause);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Puts new content in the place of a file that this command wrote, or of a report that may be written again. */
export async function writeAgain(path: string, content: Content): Promise<void> {
  const temporary = await writeBeside(path, content);
  try {
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw asDiskFailure(cause);
  }
}

export function writeReport(path: string, report: unknown): Promise<void> {
  return writeAgain(path, [Buffer.from(`${JSON.stringify(report, null, 2)}\n`)]);
}

async function writeBeside(path: string, content: Content): Promise<string> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return temporary;
  } catch (cause) {
    await rm(temporary, { force: true });
    if (cause instanceof Failure) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new Failure('disk-error', `${dirname(path)} is missing`, { cause });
    throw asDiskFailure(cause);
  }
}
