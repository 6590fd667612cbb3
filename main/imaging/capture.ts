/** @file What the imaging room offers for getting paper in: list the devices, scan a stack, take in a file. */
import type { CallContext, Handlers, ParamsOf, ResultOf } from '../rooms/define.ts';
import { Failure, toRefusal } from '../rooms/failure.ts';
import { importPages } from './import/import-pages.ts';
import type { ArrivedPage, ImagingRoom, Scanner } from './protocol.ts';
import { arrivePage, toArrivable } from './scanners/arrive-page.ts';
import { createEsclDriver, type EsclDriverOptions } from './scanners/escl/escl-driver.ts';
import { mergeDevices } from './scanners/merge-devices.ts';
import { createFolderDriver, type FolderDriverOptions } from './scanners/watched-folder.ts';
import { createSaneDriver, type SaneDriverOptions } from './scanners/sane/sane-driver.ts';
import { createSampleDriver } from './scanners/sample-stack.ts';
import type { ScanJob, ScannedImage, ScannerDriver } from './scanners/scanner.ts';
import { createWindowsDriver, type WindowsDriverOptions } from './scanners/windows/windows-driver.ts';

export interface CaptureOptions {
  /** Where finished pages are deposited for `store` to take over. */
  readonly incomingFolder: string;
  readonly escl?: Partial<Pick<EsclDriverOptions, 'allowPublicAddresses' | 'timing'>>;
  readonly sane?: SaneDriverOptions;
  /** The helper that speaks to WIA and TWAIN; none on other systems. */
  readonly windows?: WindowsDriverOptions;
  readonly folder?: Partial<Omit<FolderDriverOptions, 'folder'>>;
  /** A scan that gives no page for this long has failed; below the deadline of the room's call. */
  readonly quietLimitMs?: number;
}

type Methods = ImagingRoom['methods'];
type ScanResult = ResultOf<Methods, 'scan'>;
export type Capture = Pick<Handlers<Methods>, 'listScanners' | 'scan' | 'importFile'>;

const NO_WINDOWS: WindowsDriverOptions = { program: null };
const QUIET_LIMIT_MS = 80_000;
/** No feeder gives the same bytes this often in a row; a device that repeats itself would fill the disk. */
const MOST_REPEATS = 20;

export function createCapture(options: CaptureOptions): Capture {
  return {
    listScanners: (params, context) => listScanners(options, params, context.signal),
    scan: (params, context) => scan(options, params, context),
    importFile: (params, context) => importFile(options.incomingFolder, params, context),
  };
}

async function listScanners(
  options: CaptureOptions,
  params: ParamsOf<Methods, 'listScanners'>,
  signal: AbortSignal,
): Promise<Scanner[]> {
  const drivers: ScannerDriver[] = [
    createEsclDriver({
      allowPublicAddresses: false,
      ...options.escl,
      addresses: params.addresses,
      remembered: params.remembered,
      useDiscovery: params.useDiscovery,
    }),
    ...(params.useSane ? [createSaneDriver(options.sane)] : []),
    createWindowsDriver('wia', options.windows ?? NO_WINDOWS),
    createWindowsDriver('twain', options.windows ?? NO_WINDOWS),
    createFolderDriver({ ...options.folder, folder: params.watchedFolder ?? null }),
    createSampleDriver(params.sampleFolder),
  ];
  return mergeDevices((await Promise.all(drivers.map((driver) => driver.list(signal)))).flat());
}

/** A fault is a result here, not a throw: the pages that came before it are part of the answer. */
async function scan(
  options: CaptureOptions,
  params: ParamsOf<Methods, 'scan'>,
  context: CallContext<ArrivedPage>,
): Promise<ScanResult> {
  const { scanner, fallsToGlass, ...wanted } = params;
  const job = { ...wanted, fallsToGlass: fallsToGlass && scanner.sources.includes('flatbed') };
  const quiet = startQuietWatch(options.quietLimitMs ?? QUIET_LIMIT_MS);
  const signal = AbortSignal.any([context.signal, quiet.signal]);
  const repeats: number[] = [];
  let pages = 0;
  let last: ArrivedPage | undefined;
  let inARow = 0;
  try {
    for await (const image of scanWith(driverOf(scanner, options), scanner, job, signal)) {
      quiet.touch();
      const page = await arrivePage(options.incomingFolder, pages, await toArrivable(image));
      const isRepeat = page.image.sha256 === last?.image.sha256;
      inARow = isRepeat ? inARow + 1 : 0;
      if (inARow >= MOST_REPEATS) throw new Failure('scanner-failed', `page ${pages} came ${inARow + 1} times`);
      if (isRepeat) repeats.push(pages + 1);
      last = page;
      pages += 1;
      context.progress(page);
      signal.throwIfAborted();
    }
    const detail = repeats.length === 0 ? null : `page ${repeats.join(', ')} is byte for byte the page before it`;
    return { pages, end: 'complete', code: null, detail };
  } catch (thrown) {
    if (quiet.signal.aborted)
      return {
        pages,
        end: 'fault',
        code: 'timeout',
        detail: `no page for ${options.quietLimitMs ?? QUIET_LIMIT_MS} ms`,
      };
    const { code, detail } = toRefusal(thrown);
    return code === 'cancelled'
      ? { pages, end: 'cancelled', code: null, detail: detail ?? null }
      : { pages, end: 'fault', code, detail: detail ?? null };
  } finally {
    quiet.stop();
  }
}

async function importFile(
  incomingFolder: string,
  params: ParamsOf<Methods, 'importFile'>,
  context: CallContext<ArrivedPage>,
): Promise<{ pages: number }> {
  let pages = 0;
  for await (const image of importPages(params.path, { password: params.password, signal: context.signal })) {
    context.progress(await arrivePage(incomingFolder, pages, image));
    pages += 1;
    context.signal.throwIfAborted();
  }
  return { pages };
}

function driverOf(scanner: Scanner, options: CaptureOptions): ScannerDriver {
  switch (scanner.driver) {
    case 'escl':
      return createEsclDriver({ allowPublicAddresses: false, ...options.escl, addresses: [], useDiscovery: false });
    case 'sane':
      return createSaneDriver(options.sane);
    case 'folder':
      return createFolderDriver({ ...options.folder, folder: null });
    case 'sample':
      return createSampleDriver(null);
    case 'wia':
    case 'twain':
      return createWindowsDriver(scanner.driver, options.windows ?? NO_WINDOWS);
  }
}

/** The stack in the feeder; with none in it, and when that was wished for, the page on the glass. */
async function* scanWith(
  driver: ScannerDriver,
  scanner: Scanner,
  { fallsToGlass, ...job }: ScanJob & { readonly fallsToGlass: boolean },
  signal: AbortSignal,
): AsyncGenerator<ScannedImage> {
  let pages = 0;
  try {
    for await (const image of driver.scan(scanner, job, signal)) {
      pages += 1;
      yield image;
    }
    return;
  } catch (thrown) {
    const isEmpty = thrown instanceof Failure && thrown.code === 'scanner-feeder-empty' && pages === 0;
    if (!isEmpty || !fallsToGlass || job.source === 'flatbed') throw thrown;
  }
  yield* driver.scan(scanner, { ...job, source: 'flatbed' }, signal);
}

/** Aborts when `touch` is not called for `limitMs`. */
function startQuietWatch(limitMs: number): { signal: AbortSignal; touch: () => void; stop: () => void } {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), limitMs);
  return { signal: controller.signal, touch: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
