/** @file One thing after another, with a limit for each: a driver is never asked two things at once. */
import { Failure } from '../rooms/failure.ts';

export class Lane {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isHung = false;

  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /** Whether something overran its limit and has still not come back. */
  get isHung(): boolean {
    return this.#isHung;
  }

  /**
   * @param what shown in the failure: `C_Sign`.
   * @throws Failure `token-not-responding` after `limitMs` in hand, and at once while an earlier call still hangs.
   */
  run<T>(limitMs: number, what: string, work: () => Promise<T>): Promise<T> {
    if (this.#isHung) return Promise.reject(new Failure('token-not-responding', 'an earlier call has not returned'));
    this.#waiting++;
    const turn = this.#last.then(() => this.#limited(limitMs, what, work));
    this.#last = turn.catch(() => {}); // the caller hears of it through `turn`
    return turn.finally(() => {
      this.#waiting--;
    });
  }

  async #limited<T>(limitMs: number, what: string, work: () => Promise<T>): Promise<T> {
    if (this.#isHung) throw new Failure('token-not-responding', 'an earlier call has not returned');
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#isHung = true;
        reject(new Failure('token-not-responding', `${what}: no answer within ${limitMs} ms`));
      }, limitMs);
    });
    const done = work();
    const returned = (): void => {
      this.#isHung = false;
    };
    done.then(returned, returned);
    try {
      return await Promise.race([done, limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}
