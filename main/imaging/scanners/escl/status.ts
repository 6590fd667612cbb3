/** @file `ScannerStatus`: what the device is doing, how its feeder stands, and how far each job is. */
import type { ErrorCode } from '../../../../preload/error-codes.ts';
import { Failure } from '../../../rooms/failure.ts';
import { find, findAll, findNumber, findText, readXml } from './xml.ts';

export interface EsclJob {
  /** Path of the job, without host. */
  readonly path: string;
  /** `Pending`, `Processing`, `Completed`, `Canceled` or `Aborted`. */
  readonly state: string;
  readonly reasons: readonly string[];
  readonly imagesCompleted: number | null;
  readonly imagesToTransfer: number | null;
}

export interface EsclStatus {
  /** `Idle`, `Processing`, `Testing`, `Stopped` or `Down`. */
  readonly state: string;
  readonly adfState: string | null;
  readonly jobs: readonly EsclJob[];
}

const ADF_FAULTS: Readonly<Record<string, ErrorCode>> = {
  ScannerAdfJam: 'scanner-jam',
  ScannerAdfMispick: 'scanner-jam',
  ScannerAdfHatchOpen: 'scanner-cover-open',
  ScannerAdfDoorOpen: 'scanner-cover-open',
  ScannerAdfMultipickDetected: 'scanner-double-feed',
  ScannerAdfDuplexPageTooShort: 'scanner-failed',
  ScannerAdfDuplexPageTooLong: 'scanner-failed',
  ScannerAdfInputTrayFailed: 'scanner-failed',
  ScannerAdfInputTrayOverloaded: 'scanner-failed',
};

export function parseStatus(xml: Uint8Array | string): EsclStatus {
  const root = readXml(xml);
  if (root.name !== 'ScannerStatus') throw new Failure('scanner-failed', `<${root.name}> instead of a status`);
  return {
    state: findText(root, 'State') ?? 'Idle',
    adfState: findText(root, 'AdfState') ?? null,
    jobs: findAll(find(root, 'Jobs'), 'JobInfo').map((job) => ({
      path: toPath(findText(job, 'JobUri') ?? ''),
      state: findText(job, 'JobState') ?? '',
      reasons: findAll(job, 'JobStateReason').map((reason) => reason.text.trim()),
      imagesCompleted: findNumber(job, 'ImagesCompleted') ?? null,
      imagesToTransfer: findNumber(job, 'ImagesToTransfer') ?? null,
    })),
  };
}

/** What is wrong with the feeder, or null when nothing is. An empty feeder is no fault. */
export function adfFault(status: EsclStatus | null): ErrorCode | null {
  const state = status?.adfState ?? '';
  return Object.hasOwn(ADF_FAULTS, state) ? (ADF_FAULTS[state] ?? null) : null;
}

/** Path of a job address. Host and port in it are often wrong and never followed. */
export function toPath(address: string, base = '/'): string {
  return URL.canParse(address, `http://device${base}`)
    ? new URL(address, `http://device${base}`).pathname.replace(/\/+$/, '')
    : '';
}
