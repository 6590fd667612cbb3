/** @file One stored image → everything that can be read from it. The imaging room's `recognise`. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import sharp from 'sharp';
import { readBlob, type BlobAccess } from '../../blobs/blob-file.ts';
import { dpiFromSize } from '../import/density.ts';
import type { RecognisedPage } from '../protocol.ts';
import { isBlankPage } from './blank.ts';
import { decodePage, type DecodedPage } from './decode.ts';
import { OcrPool } from './ocr-pool.ts';
import { inkChannel } from './raster.ts';
import { readPage } from './read-page.ts';
import { textOf, toStoredLines } from './lines.ts';

export type Code = RecognisedPage['codes'][number];

export interface RecogniserOptions {
  readonly resourcesFolder: string;
  /** Tesseract workers: pages recognised at once. */
  readonly workers: number;
  readonly readCodes: (bytes: Uint8Array) => Promise<readonly Code[]>;
}

export interface RecogniseParams {
  readonly image: BlobAccess;
  /** As the scanner was told; 0 when unknown. */
  readonly dpi: number;
  readonly ocr: boolean;
}

export interface Recogniser {
  readonly recognise: (params: RecogniseParams, signal?: AbortSignal) => Promise<RecognisedPage>;
  /** The same for bytes in memory. */
  readonly recogniseBytes: (bytes: Uint8Array, dpi: number, ocr: boolean, signal?: AbortSignal) => Promise<RecognisedPage>;
  readonly close: () => Promise<void>;
}

export function createRecogniser(options: RecogniserOptions): Recogniser {
  sharp.cache(false);
  sharp.concurrency(1);
  const pool = new OcrPool({ tessdataFolder: join(options.resourcesFolder, 'tessdata'), workers: options.workers });
  const never = new AbortController().signal;

  async function recogniseBytes(bytes: Uint8Array, dpi: number, ocr: boolean, signal: AbortSignal = never): Promise<RecognisedPage> {
    const page = await decodePage(bytes);
    signal.throwIfAborted();
    const workingDpi = resolutionOf(page, dpi);
    const isBlank = isBlankPage(page.image, workingDpi);
    await nextTurn();
    const codes = await options.readCodes(bytes);
    const base: RecognisedPage = {
      text: '',
      lines: [],
      skewDeg: 0,
      rotation: 0,
      isBlank: isBlank && codes.length === 0,
      widthPx: page.storedWidthPx,
      heightPx: page.storedHeightPx,
      dpi: Math.round((workingDpi * page.storedWidthPx) / page.image.width),
      codes: [...codes],
      documentType: null,
      fields: [],
    };
    if (!ocr || base.isBlank) return base;
    const plane = inkChannel(page.image);
    const reading = await readPage({ plane, dpi: workingDpi, storedWidthPx: page.storedWidthPx, storedHeightPx: page.storedHeightPx }, pool, signal);
    return {
      ...base,
      text: reading.lines.map((line) => textOf(line.words)).join('\n'),
      lines: toStoredLines(reading.lines, reading.geometry),
      skewDeg: reading.geometry.skewDeg,
      rotation: reading.geometry.rotation,
    };
  }

  return {
    recogniseBytes,
    recognise: async ({ image, dpi, ocr }, signal) => recogniseBytes(await readBlob(image), dpi, ocr, signal),
    close: () => pool.close(),
  };
}

/** Of the decoded (perhaps reduced) image. What cannot be true (72 of a telephone, 0) is replaced by the size against A4. */
function resolutionOf(page: DecodedPage, dpi: number): number {
  const isPlausible = dpi >= 100 && dpi <= 1200;
  const stored = isPlausible ? dpi : dpiFromSize(page.storedWidthPx, page.storedHeightPx);
  return (stored * page.image.width) / page.storedWidthPx;
}
