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
/** By how much the whole process may grow over one file: an A3 sheet at 600 dpi with its canvas stays below. */
const GROWTH_MB = 600;
const LOOK_EVERY_MS = 150;

/**
 * Each page drawn on white, in order.
 * @throws Failure `pdf-password`, `pdf-too-many-pages`, `file-damaged`, `image-too-large`, `pdf-page-too-complex`, `cancelled`
 */
export async function* readPdfPages(bytes: Uint8Array, options: PdfReaderOptions): AsyncGenerator<StoredImage> {
  failOnCutOff(bytes);
  options.signal.throwIfAborted();
  const thread = new Worker(findThread(), { resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  // What it has to say while nobody asks it, or while it dies, belongs to nobody.
  thread.on('error', () => undefined);
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
    await thread.terminate();
  }
}

/** Beside this file among the sources; in a build beside the room's bundle, whose parts may lie a folder deeper. */
function findThread(): string {
  const files = ['pdf-thread.ts', 'pdf-thread.js', '../pdf-thread.js'].map((name) => join(import.meta.dirname, name));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`no reader of PDFs beside ${import.meta.dirname}`);
  return found;
}

function ask(
  thread: Worker,
  question: ThreadQuestion,
  { signal, limitMs = LIMIT_MS }: PdfReaderOptions,
  what: string,
): Promise<Exclude<ThreadAnswer, { kind: 'refused' }>> {
  return new Promise((resolve, reject) => {
    const tooComplex = (why: string): void => end(() => reject(new Failure('pdf-page-too-complex', `${what}: ${why}`)));
    const before = process.memoryUsage.rss();
    // The thread may be too busy to be asked; what it takes is taken from the process.
    const watch = setInterval(() => {
      const grownMb = (process.memoryUsage.rss() - before) / 1024 / 1024;
      if (grownMb > GROWTH_MB) tooComplex(`took ${Math.round(grownMb)} MB`);
    }, LOOK_EVERY_MS);
    const timer = setTimeout(() => tooComplex(`not drawn within ${limitMs} ms`), limitMs);
    const onAbort = (): void => end(() => reject(signal.reason));
    const onError = (error: unknown): void =>
      (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? tooComplex(`needs more than ${HEAP_MB} MB`)
        : end(() => reject(error instanceof Error ? error : new Error(String(error))));
    const onExit = (code: number): void => tooComplex(`its reader ended with ${code}`);
    const onMessage = (answer: ThreadAnswer): void =>
      end(() =>
        answer.kind === 'refused' ? reject(new Failure(answer.refusal.code, answer.refusal.detail)) : resolve(answer),
      );
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      clearInterval(watch);
      signal.removeEventListener('abort', onAbort);
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      settle();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    if (signal.aborted) onAbort();
    else thread.postMessage(question);
  });
}
