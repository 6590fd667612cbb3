/**
 * @file The pages of a foreign PDF, each within its time and memory: asks the thread of `pdf-thread.ts` page by page.
 *
 * Text that the file carries is not taken over: a text layer of strangers may say something else than the page shows, and
 * nobody would see it. What counts is what a person can read, so every page is drawn and read like paper.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Refusal } from '../../../preload/result.ts';
import { Failure } from '../../rooms/failure.ts';
import { failOnManyPages } from './image-limits.ts';
import { failOnCutOff } from './pdf-pages.ts';
import type { StoredImage } from './stored-image.ts';

export type ThreadQuestion =
  | { readonly kind: 'open'; readonly bytes: Uint8Array; readonly password: string | undefined }
  | { readonly kind: 'page'; readonly number: number };
export type ThreadAnswer =
  | { readonly kind: 'opened'; readonly pages: number }
  | { readonly kind: 'page'; readonly page: StoredImage }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface PdfReaderOptions {
  readonly password?: string | undefined;
  readonly signal: AbortSignal;
  /** For opening, and for each page; below the deadline of the room's call. */
  readonly limitMs?: number | undefined;
}

const LIMIT_MS = 30_000;
/** Of JavaScript alone; pictures and unpacked streams lie outside of it. */
const HEAP_MB = 512;
/**
 * Of the thread alone: its heap with what V8 counts to it outside, pictures, unpacked streams and canvases. An A4 sheet at 600
 * dpi in colour takes 360, whatever the workers beside it take meanwhile.
 */
const OWN_MB = 600;
/** By how much the whole process may grow: the last resort against what V8 does not see or a thread that cannot be asked. */
const PROCESS_GROWTH_MB = 2_000;
const LOOK_EVERY_MS = 150;
const MB = 1024 * 1024;

/**
 * Each page drawn on white, in order.
 * @throws Failure `pdf-password`, `pdf-too-many-pages`, `file-damaged`, `image-too-large`, `pdf-page-too-complex`, `cancelled`
 */
export async function* readPdfPages(bytes: Uint8Array, options: PdfReaderOptions): AsyncGenerator<StoredImage> {
  failOnCutOff(bytes);
  options.signal.throwIfAborted();
  const thread = startThread();
  try {
    const opened = await ask(thread, { kind: 'open', bytes, password: options.password }, options, 'the file');
    if (opened.kind !== 'opened') throw new Error(`the reader answered ${opened.kind} to open`);
    failOnManyPages(opened.pages);
    if (opened.pages === 0) throw new Failure('file-damaged', 'no pages');
    for (let number = 1; number <= opened.pages; number++) {
      const drawn = await ask(thread, { kind: 'page', number }, options, `page ${number}`);
      if (drawn.kind !== 'page') throw new Error(`the reader answered ${drawn.kind} to page ${number}`);
      yield drawn.page;
    }
  } finally {
    await thread.worker.terminate();
  }
}

/** Beside this file among the sources; in a build beside the room's bundle, whose parts may lie a folder deeper. */
function findThread(): string {
  const files = ['pdf-thread.ts', 'pdf-thread.js', '../pdf-thread.js'].map((name) => join(import.meta.dirname, name));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`no reader of PDFs beside ${import.meta.dirname}`);
  return found;
}

interface Thread {
  readonly worker: Worker;
  /** Why it is no more, noted also while nobody asks it anything; null while it runs. */
  readonly ended: () => Error | null;
}

function startThread(): Thread {
  const worker = new Worker(findThread(), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  let ended: Error | null = null;
  worker.on('error', (error: unknown) => {
    ended ??=
      (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? new Failure('pdf-page-too-complex', `needs more than ${HEAP_MB} MB`)
        : error instanceof Error
          ? error
          : new Error(String(error));
  });
  worker.on('exit', (code) => {
    ended ??= new Failure('pdf-page-too-complex', `its reader ended with ${code}`);
  });
  return { worker, ended: () => ended };
}

function ask(
  { worker, ended }: Thread,
  question: ThreadQuestion,
  { signal, limitMs = LIMIT_MS }: PdfReaderOptions,
  what: string,
): Promise<Exclude<ThreadAnswer, { kind: 'refused' }>> {
  return new Promise((resolve, reject) => {
    const tooComplex = (why: string): void => end(() => reject(new Failure('pdf-page-too-complex', `${what}: ${why}`)));
    const before = process.memoryUsage.rss();
    const watch = setInterval(() => {
      const grownMb = (process.memoryUsage.rss() - before) / MB;
      if (grownMb > PROCESS_GROWTH_MB) tooComplex(`the process grew by ${Math.round(grownMb)} MB`);
      // Interrupts its script, however busy that is; only a native call is waited for.
      worker.getHeapStatistics().then(
        ({ total_heap_size: heap, external_memory: outside }) => {
          const ownMb = (heap + outside) / MB;
          if (ownMb > OWN_MB) tooComplex(`took ${Math.round(ownMb)} MB`);
        },
        // It has ended, which is told by its events.
        () => undefined,
      );
    }, LOOK_EVERY_MS);
    const timer = setTimeout(() => tooComplex(`not drawn within ${limitMs} ms`), limitMs);
    const onAbort = (): void => end(() => reject(signal.reason));
    const onEnd = (): void => {
      const why = ended();
      if (why instanceof Failure) tooComplex(why.detail ?? '');
      else if (why !== null) end(() => reject(why));
    };
    const onMessage = (answer: ThreadAnswer): void =>
      end(() =>
        answer.kind === 'refused' ? reject(new Failure(answer.refusal.code, answer.refusal.detail)) : resolve(answer),
      );
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      clearInterval(watch);
      signal.removeEventListener('abort', onAbort);
      worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
      settle();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
    if (signal.aborted) onAbort();
    else if (ended() !== null) onEnd();
    else worker.postMessage(question);
  });
}
