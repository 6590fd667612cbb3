/** @file Threads that lay pages out side by side. They start with the first page and end when there has been none for a while. */
import { Worker } from 'node:worker_threads';
import type { Refusal } from '../../../preload/result.ts';
import { Failure } from '../../rooms/failure.ts';
import type { LaidOutPage, PageImage } from './lay-out-page.ts';

export type ThreadAnswer =
  { readonly ok: true; readonly laidOut: LaidOutPage } | { readonly ok: false; readonly refusal: Refusal };

interface Waiting {
  readonly page: PageImage;
  readonly settle: (answer: ThreadAnswer) => void;
}

/** A thread holds tens of megabytes: given back between dossiers. */
const IDLE_MS = 15_000;

export class LayoutPool {
  readonly #threads: number;
  readonly #entry: string;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Waiting>();
  readonly #waiting: Waiting[] = [];
  #retirement: NodeJS.Timeout | undefined;

  /** @param entry file of the thread: `layout-thread.ts`, or its bundle */
  constructor(entry: string, threads: number) {
    this.#entry = entry;
    this.#threads = threads;
  }

  /** @throws Failure of the page, or `internal` when the thread itself failed */
  async layOut({ image, dpi, rotation, skewDeg, crop }: PageImage): Promise<LaidOutPage> {
    clearTimeout(this.#retirement);
    const answer = await new Promise<ThreadAnswer>((settle) => {
      // Nothing else of a page is sent over: its text may be long.
      this.#waiting.push({ page: { image, dpi, rotation, skewDeg, crop }, settle });
      this.#next();
    });
    if (answer.ok) return answer.laidOut;
    throw new Failure(answer.refusal.code, answer.refusal.detail);
  }

  async close(): Promise<void> {
    clearTimeout(this.#retirement);
    await Promise.all([...this.#idle.splice(0), ...this.#busy.keys()].map((thread) => thread.terminate()));
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idle.pop() ?? (this.#busy.size < this.#threads ? this.#start() : undefined);
      if (!thread) return;
      const waiting = this.#waiting.shift() as Waiting;
      this.#busy.set(thread, waiting);
      thread.postMessage(waiting.page);
    }
    if (this.#busy.size === 0) this.#retirement = setTimeout(() => void this.close(), IDLE_MS).unref();
  }

  #start(): Worker {
    const thread = new Worker(this.#entry);
    const end = (reason: string): void => {
      const waiting = this.#busy.get(thread);
      this.#busy.delete(thread);
      const at = this.#idle.indexOf(thread);
      if (at !== -1) this.#idle.splice(at, 1);
      waiting?.settle({ ok: false, refusal: { ok: false, code: 'internal', detail: `layout thread: ${reason}` } });
      if (waiting) this.#next();
    };
    thread.on('message', (answer: ThreadAnswer) => {
      const waiting = this.#busy.get(thread);
      this.#busy.delete(thread);
      this.#idle.push(thread);
      waiting?.settle(answer);
      this.#next();
    });
    thread.on('error', (error) => end(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    thread.on('exit', (code) => end(`ended with ${code}`));
    return thread;
  }
}
