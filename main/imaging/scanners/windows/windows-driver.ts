/**
 * @file Scanners of Windows, through a helper that speaks to WIA or TWAIN: 32-bit drivers load in a 32-bit process only, and
 * a driver that crashes or hangs takes the helper with it and nothing else. Every command gets a process of its own.
 */
import { lstat, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../../rooms/failure.ts';
import type { Scanner } from '../../protocol.ts';
import { areaInMm } from '../scan-area.ts';
import type { ScanJob, ScannedImage, ScannerDriver } from '../scanner.ts';
import { runHelper, type HelperProgram, type HelperTiming } from './helper-process.ts';
import { HELPER_ERRORS, type HelperMessage } from './messages.ts';

export type WindowsDriverName = 'wia' | 'twain';

export interface WindowsDriverOptions {
  /** Null where there is no helper: every system but Windows. */
  readonly program: HelperProgram | null;
  readonly timing?: HelperTiming | undefined;
  /** Where a page lies between the helper and us. */
  readonly temporaryFolder?: string | undefined;
}

const PAGE_FILE = /^p\d{4}\.(?:jpg|tif)$/;
const MAX_PAGE_BYTES = 150 * 1024 * 1024;
const MOST_PAGES = 2_000;
const MOST_DEVICES = 32;

/** @param name also the first part of its scanners' ids, and how the helper is told which driver to use */
export function createWindowsDriver(name: WindowsDriverName, options: WindowsDriverOptions): ScannerDriver {
  return {
    list: (signal) => list(name, options, signal),
    scan: (scanner, job, signal) => scan(name, scanner, job, signal, options),
  };
}

async function list(name: WindowsDriverName, options: WindowsDriverOptions, signal: AbortSignal): Promise<Scanner[]> {
  if (options.program === null) return [];
  const scanners: Scanner[] = [];
  try {
    for await (const answer of run(name, options, { do: 'list', seq: 1 }, signal)) {
      if (answer.kind !== 'device') throw new Failure('scanner-failed', `${answer.kind} in a list of devices`);
      if (scanners.length >= MOST_DEVICES) break;
      scanners.push({
        id: `${name}:${answer.id}`,
        name: answer.name,
        driver: name,
        sources: answer.sources.length === 0 ? ['flatbed'] : [...new Set(answer.sources)],
        dpis: [...new Set(answer.dpis)].sort((a, b) => a - b),
      });
    }
  } catch (thrown) {
    signal.throwIfAborted();
    // Nothing of Windows' own may hide the scanners of the network; whoever scans with one of these is told.
    if (!(thrown instanceof Failure)) throw thrown;
  }
  return scanners;
}

async function* scan(
  name: WindowsDriverName,
  scanner: Scanner,
  job: ScanJob,
  signal: AbortSignal,
  options: WindowsDriverOptions,
): AsyncGenerator<ScannedImage> {
  if (options.program === null) throw new Failure('scanner-offline', `no ${name} on this computer`);
  const area = areaInMm(job.area);
  const folder = await mkdtemp(join(options.temporaryFolder ?? tmpdir(), 'scan-'));
  const seen = new Set<string>();
  try {
    const command = {
      do: 'scan',
      seq: 1,
      device: scanner.id.slice(name.length + 1),
      source: job.source,
      dpi: job.dpi,
      colour: job.colour,
      widthMm: area?.width ?? null,
      heightMm: area?.height ?? null,
      folder,
    } as const;
    for await (const answer of run(name, options, command, signal)) {
      if (answer.kind !== 'page') throw new Failure('scanner-failed', `${answer.kind} in a scan`);
      if (seen.has(answer.file)) throw new Failure('scanner-failed', `page ${answer.file} comes twice`);
      if (seen.size >= MOST_PAGES) throw new Failure('scanner-failed', `more than ${MOST_PAGES} pages`);
      seen.add(answer.file);
      yield { bytes: await takePage(folder, answer), dpi: answer.dpi };
    }
    if (seen.size === 0)
      throw new Failure(job.source === 'flatbed' ? 'scanner-failed' : 'scanner-feeder-empty', 'no page came');
  } catch (thrown) {
    if (thrown instanceof Failure && seen.size > 0 && thrown.code !== 'cancelled')
      throw new Failure(thrown.code, `${thrown.detail ?? ''} after page ${seen.size}`.trim(), { cause: thrown });
    throw thrown;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What the device reported becomes a failure here: the helper did its work, the scanner did not. */
async function* run(
  name: WindowsDriverName,
  { program, timing }: WindowsDriverOptions,
  command: Parameters<typeof runHelper>[1],
  signal: AbortSignal,
): AsyncGenerator<Extract<HelperMessage, { kind: 'device' | 'page' | 'done' }>> {
  if (program === null) return;
  const named = { ...program, arguments: [...program.arguments, `--driver=${name}`] };
  for await (const answer of runHelper(named, command, signal, timing)) {
    if (answer.kind === 'error') throw new Failure(HELPER_ERRORS[answer.code], answer.detail);
    yield answer;
  }
}

/** Its bytes, with nothing left behind: whole, a plain file, of the folder and nowhere else. */
async function takePage(folder: string, page: Extract<HelperMessage, { kind: 'page' }>): Promise<Uint8Array> {
  if (!PAGE_FILE.test(page.file)) throw new Failure('scanner-failed', 'a page with a name that is no page’s');
  const path = join(folder, page.file);
  const found = await lstat(path).catch((cause: unknown) => {
    throw new Failure('scanner-failed', `page ${page.file} is announced but not there`, { cause });
  });
  if (!found.isFile()) throw new Failure('scanner-failed', `page ${page.file} is no file`);
  if (found.size !== page.sizeBytes || found.size > MAX_PAGE_BYTES)
    throw new Failure('scanner-failed', `page ${page.file} has ${found.size} bytes, ${page.sizeBytes} were announced`);
  const bytes = await readFile(path);
  await rm(path);
  return bytes;
}
