/** @file The port every way of getting paper into the program fits behind. */
import type { ScanSettings } from '../../../preload/types.ts';
import type { Scanner } from '../protocol.ts';

export type ScanSource = Scanner['sources'][number];

export interface ScanJob {
  readonly source: ScanSource;
  /** Dots per inch wanted; the driver takes the nearest the device can do, rather more than less. */
  readonly dpi: number;
  readonly colour: boolean;
  /** A4 without a wish; never more than the device has. */
  readonly area?: ScanSettings['area'];
}

export interface ScannedImage {
  /** JPEG or PNG as the device made it, untouched; TIFF where the device makes nothing smaller. */
  readonly bytes: Uint8Array;
  readonly dpi: number;
}

export interface ScannerDriver {
  /** What can be scanned with now. A device that does not answer is left out; only a broken set-up throws. */
  readonly list: (signal: AbortSignal) => Promise<Scanner[]>;
  /**
   * One stack, sheet by sheet, until the feeder is empty (one page on glass). The images that came before a failure are
   * good and stay. The next image is asked for when the consumer has put the last one safely away.
   * @throws Failure with a `scanner-*` code; `cancelled` when the signal or somebody at the device ended the job.
   */
  readonly scan: (scanner: Scanner, job: ScanJob, signal: AbortSignal) => AsyncIterable<ScannedImage>;
}
