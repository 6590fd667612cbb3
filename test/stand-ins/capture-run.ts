/** @file Runs the capture handlers as the imaging room does, and reads back what they deposited. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBlob } from '../../main/blobs/blob-file.ts';
import { createCapture, type Capture, type CaptureOptions } from '../../main/imaging/capture.ts';
import type { ArrivedPage, Scanner } from '../../main/imaging/protocol.ts';
import type { ScanJob } from '../../main/imaging/scanners/scanner.ts';

export interface CaptureRun {
  readonly capture: Capture;
  readonly incomingFolder: string;
  readonly list: (params?: Partial<Parameters<Capture['listScanners']>[0]>) => Promise<readonly ListedScanner[]>;
  readonly scan: (scanner: Scanner | ListedScanner, job?: Partial<ScanJob>, control?: ScanControl) => Promise<ScanOutcome>;
  readonly importFile: (path: string, password?: string) => Promise<ArrivedPage[]>;
  readonly readPage: (page: ArrivedPage) => Promise<Buffer>;
  readonly readThumbnail: (page: ArrivedPage) => Promise<Buffer>;
}

/** As the handler answers it: lists that nobody may change. */
export type ListedScanner = Awaited<ReturnType<Capture['listScanners']>>[number];

export interface ScanControl {
  readonly signal?: AbortSignal;
  readonly onPage?: (page: ArrivedPage) => void;
}

export type ScanOutcome = Awaited<ReturnType<Capture['scan']>> & { readonly arrived: readonly ArrivedPage[] };

export function openCapture(options: Partial<CaptureOptions> = {}): CaptureRun {
  const incomingFolder = mkdtempSync(join(tmpdir(), 'incoming-'));
  const capture = createCapture({ incomingFolder, ...options });
  const never = new AbortController().signal;
  const read = (deposit: ArrivedPage['image']): Promise<Buffer> => readBlob({ ...deposit, path: join(incomingFolder, deposit.file) });
  return {
    capture,
    incomingFolder,
    list: async (params) => {
      const all = { addresses: [], useDiscovery: false, useSane: false, sampleFolder: null, ...params };
      return capture.listScanners(all, { signal: never, progress: () => undefined });
    },
    scan: async (scanner, job, control = {}) => {
      const arrived: ArrivedPage[] = [];
      const progress = (page: ArrivedPage): void => {
        arrived.push(page);
        control.onPage?.(page);
      };
      const outcome = await capture.scan(
        { scanner: { ...scanner, sources: [...scanner.sources], dpis: [...scanner.dpis] }, source: 'adf', dpi: 200, colour: true, ...job },
        { signal: control.signal ?? never, progress },
      );
      return { ...outcome, arrived };
    },
    importFile: async (path, password) => {
      const arrived: ArrivedPage[] = [];
      const params = password === undefined ? { path } : { path, password };
      await capture.importFile(params, { signal: never, progress: (page) => void arrived.push(page) });
      return arrived;
    },
    readPage: (page) => read(page.image),
    readThumbnail: (page) => read(page.thumbnail),
  };
}
