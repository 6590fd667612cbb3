/** @file What the imaging room offers for getting paper in: list the devices, scan a stack, take in a file. */
import type { CallContext, Handlers } from '../rooms/define.ts';
import { Failure, toRefusal } from '../rooms/failure.ts';
import { importPages } from './import/import-pages.ts';
import type { ArrivedPage, ImagingRoom, Scanner } from './protocol.ts';
import { arrivePage, toArrivable } from './scanners/arrive-page.ts';
import { createSampleDriver } from './scanners/sample-stack.ts';
import type { ScannerDriver } from './scanners/scanner.ts';

export interface CaptureOptions {
  /** Where finished pages are deposited for `store` to take over. */
  readonly incomingFolder: string;
}

export type Capture = Pick<Handlers<ImagingRoom['methods']>, 'listScanners' | 'scan' | 'importFile'>;

export function createCapture(options: CaptureOptions): Capture {
  return {
    listScanners: async (params, context) => {
      const drivers: ScannerDriver[] = [createSampleDriver(params.sampleFolder)];
      const lists = await Promise.all(drivers.map((driver) => driver.list(context.signal)));
      return lists.flat();
    },
    scan: async ({ scanner, ...job }, context) => {
      let pages = 0;
      try {
        for await (const image of driverOf(scanner).scan(scanner, job, context.signal)) {
          context.progress(await arrivePage(options.incomingFolder, pages, await toArrivable(image)));
          pages += 1;
          context.signal.throwIfAborted();
        }
        return { pages, end: 'complete', code: null, detail: null };
      } catch (thrown) {
        const { code, detail } = toRefusal(thrown);
        if (code === 'cancelled') return { pages, end: 'cancelled', code: null, detail: detail ?? null };
        return { pages, end: 'fault', code, detail: detail ?? null };
      }
    },
    importFile: (params, context) => importFile(options.incomingFolder, params, context),
  };
}

async function importFile(
  incomingFolder: string,
  params: { path: string; password?: string | undefined },
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

function driverOf(scanner: Scanner): ScannerDriver {
  if (scanner.driver === 'sample') return createSampleDriver(null);
  throw new Failure('scanner-offline', `no driver for ${scanner.driver} on this computer`);
}
