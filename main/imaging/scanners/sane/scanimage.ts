/**
 * @file Runs SANE's own `scanimage`. A process of its own, because backends block, leak and crash, and because its exit
 * code is the SANE status.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
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
const KEPT_STDERR = 8_192;

/**
 * Lines of standard output as they come; the return value tells how it ended. On abort it is asked politely (SIGINT: the
 * backend parks the carriage and ejects the sheet) and killed only when it does not listen.
 */
export async function* runScanimage(args: readonly string[], options: ScanimageOptions, signal: AbortSignal): AsyncGenerator<string, ScanimageEnd> {
  signal.throwIfAborted();
  const child = spawn(options.program ?? 'scanimage', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C', ...(options.configFolder === undefined ? {} : { SANE_CONFIG_DIR: options.configFolder }) },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8').replace(/Progress: [\d.]+%\r/g, '')).slice(-KEPT_STDERR);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause) => reject(new Failure('scanner-offline', 'scanimage is not installed', { cause })));
    child.once('close', resolve);
  });
  ended.catch(() => undefined); // reported where it is awaited below
  let killTimer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGINT');
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      yield line;
      signal.throwIfAborted();
    }
    const exitCode = await ended;
    signal.throwIfAborted();
    return { exitCode, stderr };
  } finally {
    signal.removeEventListener('abort', stop);
    if (child.exitCode === null && child.signalCode === null) stop();
    await ended.catch(() => undefined);
    clearTimeout(killTimer);
  }
}

/** The failure behind an exit code, with SANE's own last words as detail. */
export function asScanimageFailure({ exitCode, stderr }: ScanimageEnd): Failure {
  const lines = stderr.split('\n').map((line) => line.trim()).filter((line) => line.startsWith('scanimage:'));
  const detail = `${lines.at(-1) ?? 'scanimage gave no reason'} (exit ${exitCode})`;
  const opening = /open of device .* failed: (.*)/.exec(stderr)?.[1];
  if (opening !== undefined) return new Failure(/busy/i.test(opening) ? 'scanner-busy' : 'scanner-offline', detail);
  return new Failure(EXIT_CODES[exitCode ?? -1] ?? 'scanner-failed', detail);
}
