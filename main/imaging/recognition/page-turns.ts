/** @file How many pages are in memory at once: a stack of fifty must not be decoded at the same time. */
import { Failure } from '../../rooms/failure.ts';

export type PageState = 'queued' | 'running';

const SIGN_OF_LIFE_MS = 10_000;

export class PageTurns {
  readonly #atOnce: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
    this.#free = atOnce;
  }

  /** Pages at work, and pages waiting. */
  get count(): number {
    return this.#atOnce - this.#free + this.#waiting.length;
  }

  /** Runs `work` when its turn comes, first come first served. @throws Failure `cancelled` when it ended waiting. */
  async run<T>(signal: AbortSignal, onState: (state: PageState) => void, work: () => Promise<T>): Promise<T> {
    if (signal.aborted) throw new Failure('cancelled');
    if (this.#free === 0) await this.#wait(signal, onState);
    else this.#free -= 1;
    // However busy the machine: what really hangs is a thread, and then this timer is silent too, or the engine's own limit ends it.
    const timer = setInterval(() => onState('running'), SIGN_OF_LIFE_MS);
    try {
      onState('running');
      return await work();
    } finally {
      clearInterval(timer);
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }

  async #wait(signal: AbortSignal, onState: (state: PageState) => void): Promise<void> {
    onState('queued');
    const timer = setInterval(() => onState('queued'), SIGN_OF_LIFE_MS);
    try {
      await new Promise<void>((resolve, reject) => {
        const abort = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(take), 1);
          reject(new Failure('cancelled'));
        };
        const take = (): void => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        this.#waiting.push(take);
        signal.addEventListener('abort', abort, { once: true });
      });
    } finally {
      clearInterval(timer);
    }
  }
}
