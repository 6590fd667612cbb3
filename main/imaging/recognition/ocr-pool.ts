/**
 * @file Tesseract workers: as many pages at once as the room was given workers, each cancellable. WebAssembly cannot be
 * interrupted, so cancelling ends the worker's thread; the next page starts a fresh one (0.2–0.3 s).
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import tesseract from 'tesseract.js';
import { giveBack } from '../../blobs/give-back.ts';
import { Failure } from '../../rooms/failure.ts';
import { addDotsBelowY } from './dot-below-y.ts';
import { encodeTiff } from './prepare.ts';
import type { OcrResult, OcrRow, OcrWord } from './ocr-rows.ts';
import type { GreyImage } from './raster.ts';

/** `sparse`: text anywhere; `block`: lines under each other; `line`: one line and nothing else. */
export type Layout = 'sparse' | 'block' | 'line';

const SEGMENTATION = {
  sparse: tesseract.PSM.SPARSE_TEXT,
  block: tesseract.PSM.SINGLE_BLOCK,
  line: tesseract.PSM.SINGLE_LINE,
} as const satisfies Record<Layout, tesseract.PSM>;

export interface OcrPoolOptions {
  /** Holds `vie.traineddata`. */
  readonly tessdataFolder: string;
  readonly workers: number;
  readonly pageTimeoutMs?: number;
}

/** Without any progress of the engine. Below the deadline of the call, so that a page gives up before its room is replaced. */
const PAGE_TIMEOUT_MS = 100_000;
/** WebAssembly memory only grows: a worker that met one huge page gives it back when it is replaced. */
const PAGES_PER_WORKER = 100;

type TesseractWorker = tesseract.Worker;

interface Slot {
  /** Told whenever the engine has got on a little. */
  touch: () => void;
  worker: Promise<TesseractWorker> | undefined;
  pages: number;
}

export class OcrPool {
  readonly #options: OcrPoolOptions;
  readonly #free: Slot[];
  readonly #waiting: ((slot: Slot) => void)[] = [];
  readonly #slots: readonly Slot[];
  #isClosed = false;

  constructor(options: OcrPoolOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.workers }, () => ({
      worker: undefined,
      pages: 0,
      touch: () => undefined,
    }));
    this.#free = [...this.#slots];
  }

  /**
   * @param dpi told to Tesseract, which guesses wildly without it
   * @param layout what the image holds
   * @throws Failure `cancelled`, `timeout`, or `internal` when the engine itself failed
   */
  async recognise(image: GreyImage, dpi: number, signal: AbortSignal, layout: Layout = 'sparse'): Promise<OcrResult> {
    const isWholePage = layout === 'sparse';
    const slot = await this.#takeSlot(signal, isWholePage);
    try {
      const worker = await this.#untilEnd(this.#workerOf(slot), slot, signal);
      const tiff = encodeTiff(image);
      const job = worker
        .setParameters({
          tessedit_pageseg_mode: SEGMENTATION[layout],
          user_defined_dpi: String(Math.round(dpi)),
          // What it takes for noise on grainy and dotted pages are the marks over Vietnamese capitals.
          enable_noise_removal: '0',
          // Its chatter would end up on the standard output of the command line.
          debug_file: '/dev/null',
        })
        .then(() => worker.recognize(tiff, {}, { text: false, blocks: true }));
      const { data } = await this.#untilEnd(job, slot, signal);
      giveBack(tiff);
      if (isWholePage) slot.pages += 1;
      if (slot.pages >= PAGES_PER_WORKER) await this.#discard(slot);
      const result = readResult(data);
      return { ...result, rows: addDotsBelowY(result.rows, image) };
    } catch (thrown) {
      await this.#discard(slot);
      if (thrown instanceof Failure) throw thrown;
      throw new Failure(
        'internal',
        `recognition engine: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
        { cause: thrown },
      );
    } finally {
      this.#releaseSlot(slot);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#slots.map((slot) => this.#discard(slot)));
  }

  /** A second look at a word goes before whole pages: it takes a fiftieth of their time, and its page waits for it. */
  async #takeSlot(signal: AbortSignal, isWholePage: boolean): Promise<Slot> {
    if (signal.aborted) throw new Failure('cancelled');
    const free = this.#free.pop();
    if (free) return free;
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        reject(new Failure('cancelled'));
      };
      const take = (slot: Slot): void => {
        signal.removeEventListener('abort', abort);
        resolve(slot);
      };
      if (isWholePage) this.#waiting.push(take);
      else this.#waiting.unshift(take);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  #releaseSlot(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next) next(slot);
    else this.#free.push(slot);
  }

  #workerOf(slot: Slot): Promise<TesseractWorker> {
    if (this.#isClosed) throw new Failure('cancelled', 'the recogniser is closed');
    slot.worker ??= startWorker(this.#options.tessdataFolder, () => slot.touch());
    return slot.worker;
  }

  async #discard(slot: Slot): Promise<void> {
    const worker = slot.worker;
    slot.worker = undefined;
    slot.pages = 0;
    // A worker that never started has nothing to end.
    await worker?.then((started) => started.terminate()).catch(() => undefined);
  }

  async #untilEnd<T>(job: Promise<T>, slot: Slot, signal: AbortSignal): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    let abort: (() => void) | undefined;
    const cut = new Promise<never>((_, reject) => {
      abort = () => reject(new Failure('cancelled'));
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      timer = setTimeout(
        () => reject(new Failure('timeout', 'recognition of one page')),
        this.#options.pageTimeoutMs ?? PAGE_TIMEOUT_MS,
      );
      slot.touch = () => void timer?.refresh();
    });
    try {
      return await Promise.race([job, cut]);
    } finally {
      clearTimeout(timer);
      slot.touch = () => undefined;
      if (abort) signal.removeEventListener('abort', abort);
    }
  }
}

async function startWorker(tessdataFolder: string, onProgress: () => void): Promise<TesseractWorker> {
  await access(join(tessdataFolder, 'vie.traineddata'));
  return new Promise((resolve, reject) => {
    tesseract
      .createWorker('vie', tesseract.OEM.LSTM_ONLY, {
        langPath: tessdataFolder,
        gzip: false,
        cacheMethod: 'none',
        logger: onProgress,
        // Without a handler the library throws out of a message listener, which would end the room.
        errorHandler: (reason: unknown) => reject(new Error(String(reason))),
      })
      .then((worker) => {
        const thread = (worker as TesseractWorker & { worker?: NodeJS.EventEmitter }).worker;
        thread?.on('error', () => undefined);
        resolve(worker);
      }, reject);
  });
}

function readResult(page: tesseract.Page): OcrResult {
  const rows: OcrRow[] = [];
  let sum = 0;
  let count = 0;
  for (const block of page.blocks ?? []) {
    for (const line of block.paragraphs.flatMap((paragraph) => paragraph.lines)) {
      const words = line.words.map(({ text, confidence, bbox }): OcrWord => {
        sum += confidence;
        count += 1;
        return {
          text: text.normalize('NFC'),
          confidence: Math.min(100, Math.max(0, confidence)),
          box: [bbox.x0, bbox.y0, bbox.x1 - bbox.x0, bbox.y1 - bbox.y0],
        };
      });
      if (words.length === 0) continue;
      rows.push({
        words,
        baselineY: (line.baseline.y0 + line.baseline.y1) / 2,
        heightPx: line.bbox.y1 - line.bbox.y0,
      });
    }
  }
  return { rows, confidence: count === 0 ? 0 : sum / count };
}
