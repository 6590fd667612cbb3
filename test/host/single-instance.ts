/** @file One running program per user-data folder: a lock file with the holder's identity, and a folder where others leave word. */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  watch,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

export interface SecondInstance {
  readonly argv: string[];
  readonly cwd: string;
  readonly additionalData: Record<string, unknown>;
}

export interface InstanceLock {
  readonly release: () => void;
}

/** @returns undefined when another living process holds the lock; that one has then been told about `self`. */
export function takeInstanceLock(
  folder: string,
  self: SecondInstance,
  onSecond: (second: SecondInstance) => void,
): InstanceLock | undefined {
  const lockFile = join(folder, 'host-instance.lock');
  const callFolder = join(folder, 'host-instance.calls');
  mkdirSync(callFolder, { recursive: true });
  if (!tryToLock(lockFile)) {
    const file = join(callFolder, `${process.pid}.json`);
    writeOnce(`${file}.part`, JSON.stringify(self));
    renameSync(`${file}.part`, file);
    return undefined;
  }
  const readCalls = (): void => {
    for (const name of readdirSync(callFolder).filter((entry) => entry.endsWith('.json'))) {
      const file = join(callFolder, name);
      const second = JSON.parse(readFileSync(file, 'utf8')) as SecondInstance;
      rmSync(file);
      onSecond(second);
    }
  };
  const watcher = watch(callFolder, readCalls).unref();
  const release = (): void => {
    process.removeListener('exit', release);
    watcher.close();
    rmSync(lockFile, { force: true });
  };
  process.once('exit', release);
  return { release };
}

function tryToLock(lockFile: string): boolean {
  const self = identityOf(process.pid) ?? '';
  for (;;) {
    try {
      writeOnce(lockFile, self);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readFileSync(lockFile, 'utf8');
    if (identityOf(Number(holder.split(' ')[0])) === holder) return false;
    rmSync(lockFile, { force: true }); // left behind by a process that was killed
  }
}

function writeOnce(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  writeSync(descriptor, text);
  closeSync(descriptor);
}

/** Number and start time, so that a number used again is not taken for the old holder. Undefined when nothing runs under it. */
function identityOf(pid: number): string | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return `${pid} ${fields[19]}`; // field 22 of proc(5), counted after the name
  } catch {
    return undefined; // no such process
  }
}
