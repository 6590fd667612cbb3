/** @file `motcua scan`: what scanners are there, and a stack of paper as image files. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asErrorCode } from '../../preload/error-codes.ts';
import type { ArrivedPage, Scanner } from '../imaging/protocol.ts';
import { Failure, unwrap } from '../rooms/failure.ts';
import { loadSettings } from '../settings/settings.ts';
import { interruptible } from './interrupt.ts';
import { writeNew } from './named-file.ts';
import { nodeMachine } from './node-machine.ts';
import { EXIT, printJson, say, sayFailure, UsageError, type Where } from './output.ts';
import { withImaging, type Imaging } from './with-imaging.ts';

export interface ScanOptions {
  readonly list?: boolean;
  readonly device?: string;
  /** The feeder, and the glass when the feeder is empty, unless one is named. */
  readonly source?: 'adf' | 'adf-duplex' | 'flatbed';
  readonly dpi: string;
  readonly colour?: boolean;
  readonly grey?: boolean;
  readonly address?: readonly string[];
  readonly discovery: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

const DPI_LIMITS = [75, 1200] as const;

export function scan(where: Where) {
  return async (options: ScanOptions): Promise<number> => {
    const dpi = dpiOf(options);
    if (options.colour && options.grey) throw new UsageError('--colour và --grey không đi cùng nhau');
    const folder = options.out;
    if (!options.list && folder === undefined) throw new UsageError('cần --out DIR (hoặc --list)');
    return interruptible((signal) =>
      withImaging(where, 1, async (imaging) => {
        const found = await listScanners(where, imaging, options);
        if (options.list) {
          if (options.json) printJson(found);
          else for (const device of found) say(describe(device));
          return EXIT.done;
        }
        const scanner = options.device === undefined ? found[0] : found.find((device) => device.id === options.device);
        if (!scanner) throw new Failure('scanner-offline', options.device);
        const pages = openFolder(imaging, folder as string, signal);
        const ended = await imaging.room.call(
          'scan',
          {
            scanner,
            source: options.source ?? (scanner.sources.includes('adf') ? 'adf' : 'flatbed'),
            fallsToGlass: options.source === undefined,
            dpi,
            colour: options.grey !== true,
          },
          { signal: pages.signal, onProgress: pages.add },
        );
        const files = await pages.finish();
        const { end, code, detail } = unwrap(ended);
        if (options.json) printJson({ device: scanner.id, files, end, code });
        if (end === 'complete') return EXIT.done;
        if (end === 'fault') sayFailure(asErrorCode(code ?? 'scanner-failed'), detail ?? undefined);
        return files.length > 0 ? EXIT.partly : EXIT.failed;
      }),
    );
  };
}

async function listScanners(where: Where, imaging: Imaging, options: ScanOptions): Promise<readonly Scanner[]> {
  const { paths } = nodeMachine(where);
  const { scanners, mode } = loadSettings(paths.data, paths.resources).settings;
  return unwrap(
    await imaging.room.call('listScanners', {
      addresses: [...scanners.addresses, ...(options.address ?? [])],
      useDiscovery: options.discovery,
      useSane: true,
      watchedFolder: scanners.watchedFolder ?? null,
      sampleFolder: mode === 'practice' ? scanners.sampleFolder : null,
    }),
  );
}

function describe({ id, name, driver, sources, dpis }: Scanner): string {
  return `${id}  ${name}  [${driver}: ${sources.join(', ')}; ${dpis.join('/')} dpi]`;
}

function dpiOf({ dpi }: ScanOptions): number {
  const value = Number(dpi);
  if (!Number.isInteger(value) || value < DPI_LIMITS[0] || value > DPI_LIMITS[1])
    throw new UsageError(`--dpi từ ${DPI_LIMITS[0]} đến ${DPI_LIMITS[1]}`);
  return value;
}

interface PageFolder {
  readonly add: (page: ArrivedPage) => void;
  /** Aborts with the command, and when a page cannot be written: the feeder must not go on then. */
  readonly signal: AbortSignal;
  /** The files, when the last one is whole. */
  readonly finish: () => Promise<readonly string[]>;
}

/** Each page as a file of its own, whole or not there; numbered on from what an earlier stack left in the folder. */
function openFolder(imaging: Imaging, folder: string, stop: AbortSignal): PageFolder {
  mkdirSync(folder, { recursive: true });
  const numbers = readdirSync(folder).map((name) => Number(/^page-(\d+)\./.exec(name)?.[1] ?? 0));
  const first = Math.max(0, ...numbers) + 1;
  const files: string[] = [];
  const failed = new AbortController();
  let fault: unknown;
  let writing = Promise.resolve();
  return {
    signal: AbortSignal.any([stop, failed.signal]),
    add: ({ index, image }) => {
      const suffix = image.mediaType === 'image/png' ? 'png' : 'jpg';
      const file = join(folder, `page-${String(first + index).padStart(4, '0')}.${suffix}`);
      writing = writing
        .then(async () => {
          if (failed.signal.aborted) return;
          await writeNew(file, [await imaging.bytes(image)]);
          files.push(file);
          say(file);
        })
        .catch((thrown: unknown) => {
          fault = thrown;
          failed.abort();
        });
    },
    finish: async () => {
      await writing;
      if (failed.signal.aborted) throw fault;
      return files;
    },
  };
}
