/** @file Runs the capture handlers as the imaging room does, its schemas included, and reads back what they deposited. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBlob } from '../../main/blobs/blob-file.ts';
import { createCapture, type Capture, type CaptureOptions } from '../../main/imaging/capture.ts';
import { imagingRoom, type ArrivedPage, type Scanner } from '../../main/imaging/protocol.ts';
import type { ScanJob } from '../../main/imaging/scanners/scanner.ts';

const { listScanners, scan, importFile } = imagingRoom.methods;

export interface CaptureRun {
  readonly capture: Capture;
  readonly incomingFolder: string;
  readonly list: (params?: Partial<Parameters<Capture['listScanners']>[0]>) => Promise<Scanner[]>;
  readonly scan: (scanner: Scanner, job?: Partial<ScanJob>, control?: ScanControl) => Promise<ScanOutcome>;
  readonly importFile: (path: string, password?: string) => Promise<ArrivedPage[]>;
  readonly readPage: (page: ArrivedPage) => Promise<Buffer>;
  readonly readThumbnail: (page: ArrivedPage) => Promise<Buffer>;
}

export interface ScanControl {
  readonly signal?: AbortSignal;
  readonly onPage?: (page: ArrivedPage) => void;
}

export type ScanOutcome = Awaited<ReturnType<Capture['scan']>> & { readonly arrived: readonly ArrivedPage[] };

export function openCapture(options: Partial<CaptureOptions> = {}): CaptureRun {
  const incomingFolder = mkdtempSync(join(tmpdir(), 'incoming-'));
  const capture = createCapture({ incomingFolder, ...options });
  const never = new AbortController().signal;
  const read = (deposit: ArrivedPage['image']): Promise<Buffer> =>
    readBlob({ ...deposit, path: join(incomingFolder, deposit.file) });
  return {
    capture,
    incomingFolder,
    list: async (params) => {
      const all = { addresses: [], useDiscovery: false, useSane: false, sampleFolder: null, ...params };
      const list = await capture.listScanners(listScanners.params.parse(all), {
        signal: never,
        progress: () => undefined,
      });
      return listScanners.result.parse(list);
    },
    scan: async (scanner, job, control = {}) => {
      const arrived: ArrivedPage[] = [];
      const progress = (page: unknown): void => {
        arrived.push(scan.progress.parse(page));
        control.onPage?.(arrived.at(-1)!);
      };
      const params = scan.params.parse({ scanner, source: 'adf', dpi: 200, colour: true, ...job });
      const outcome = await capture.scan(params, { signal: control.signal ?? never, progress });
      return { ...scan.result.parse(outcome), arrived };
    },
    importFile: async (path, password) => {
      const arrived: ArrivedPage[] = [];
      const params = importFile.params.parse(password === undefined ? { path } : { path, password });
      const progress = (page: unknown): void => void arrived.push(importFile.progress.parse(page));
      importFile.result.parse(await capture.importFile(params, { signal: never, progress }));
      return arrived;
    },
    readPage: (page) => read(page.image),
    readThumbnail: (page) => read(page.thumbnail),
  };
}
