/**
 * @file Runs SANE's own `scanimage`. A process of its own, because backends block, leak and crash, and because its exit
 * code is the SANE status.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { ErrorCode } from '../../../../preload/error-codes.ts';
import { Failure } from '../../../rooms/failure.ts';

export interface ScanimageOptions {
  /** Folder with a `dll.conf` of the wanted backends only: listing then takes milliseconds instead of seconds. */
  readonly configFolder?: string | undefined;
  /** The program, when it is not on the PATH. */
  readonly program?: string | undefined;
}

export interface ScanimageEnd {
  readonly exitCode: number | null;
  readonly stderr: string;
}

/** SANE_Status → what it means to an officer. 7 after pages is the normal end of a stack and never gets here. */
const EXIT_CODES: Readonly<Record<number, ErrorCode>> = {
  2: 'cancelled',
  3: 'scanner-busy',
  4: 'scanner-settings-refused',
  6: 'scanner-jam',
  7: 'scanner-feeder-empty',
  8: 'scanner-cover-open',
  9: 'scanner-failed',
  10: 'scanner-failed',
  11: 'scanner-failed',
};
const KILL_AFTER_MS = 10_000;
/**
 * Time to exit after the last message. scanimage can lock up in its own signal handler when a backend's reader meets a
 * closed pipe; by then every page is written and its status is known.
 */
const EXIT_AFTER_MS = 3_000;
/** How long output may still arrive once the process has ended. */
const DRAIN_MS = 300;
const KEPT_STDERR = 8_192;

/**
 * Lines of standard output as they come; the return value tells how it ended. On abort it is asked politely (SIGINT: the
 * backend parks the carriage and ejects the sheet) and killed only when it does not listen.
 */
export async function* runScanimage(
  args: readonly string[],
  options: ScanimageOptions,
  signal: AbortSignal,
): AsyncGenerator<string, ScanimageEnd> {
  signal.throwIfAborted();
  const child = spawn(options.program ?? 'scanimage', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      LC_ALL: 'C',
      ...(options.configFolder === undefined ? {} : { SANE_CONFIG_DIR: options.configFolder }),
    },
    detached: true, // a process group of its own: backends fork readers
  });
  let stderr = '';
  let exitTimer: NodeJS.Timeout | undefined;
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8').replace(/Progress: [\d.]+%\r?/g, '')).slice(-KEPT_STDERR);
    if (stderr.includes('Batch terminated')) exitTimer ??= setTimeout(() => child.kill('SIGKILL'), EXIT_AFTER_MS);
  });
  const ended = whenEnded(child);
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGINT');
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of readLines(child.stdout)) {
      yield line;
      signal.throwIfAborted();
    }
    const exitCode = await ended;
    signal.throwIfAborted();
    return { exitCode: exitCode ?? lastStatus(stderr), stderr };
  } finally {
    signal.removeEventListener('abort', stop);
    if (child.exitCode === null && child.signalCode === null) stop();
    await ended.catch(() => undefined); // a failed start has been thrown above already
    clearTimeout(killTimer);
    clearTimeout(exitTimer);
  }
}

/** Status of the last page as scanimage told it: 5 is the end of a good page. */
function lastStatus(stderr: string): number | null {
  const status = /\(scanner status = (\d+)\)(?![\s\S]*\(scanner status)/.exec(stderr)?.[1];
  return status === undefined ? null : status === '5' ? 0 : Number(status);
}

/**
 * The exit code, or null after a signal. Readers that a backend forked can outlive scanimage and keep its output open, so
 * the end of the process counts, not the end of its output; what is left of its group is removed.
 */
function whenEnded(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new Failure('scanner-offline', 'scanimage is not installed', { cause })));
    child.once('exit', (exitCode) => {
      killGroup(child.pid);
      const drain = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, DRAIN_MS);
      child.once('close', () => {
        clearTimeout(drain);
        resolve(exitCode);
      });
    });
  });
  ended.catch(() => undefined); // awaited later; until then it is not unhandled
  return ended;
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody left in the group: the usual case.
  }
}

async function* readLines(output: Readable): AsyncGenerator<string> {
  let rest = '';
  try {
    for await (const chunk of output) {
      const lines = (rest + (chunk as Buffer).toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (thrown) {
    // Closed by us after the process had ended; everything it wrote has been read.
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw thrown;
  }
  if (rest !== '') yield rest;
}

/** The failure behind an exit code, with SANE's own last words as detail. */
export function asScanimageFailure({ exitCode, stderr }: ScanimageEnd): Failure {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('scanimage:'));
  const detail = `${lines.at(-1) ?? 'scanimage gave no reason'} (exit ${exitCode})`;
  const opening = /open of device .* failed: (.*)/.exec(stderr)?.[1];
  if (opening !== undefined) return new Failure(/busy/i.test(opening) ? 'scanner-busy' : 'scanner-offline', detail);
  return new Failure(EXIT_CODES[exitCode ?? -1] ?? 'scanner-failed', detail);
}
