/**
 * @file Pages laid out before anybody asks: once a page is read, its part of the archive copy is worked out while the
 * engine has nothing else to do, so that composing a dossier finds most of its pages done.
 */
import type { LaidOutPage, LayOut, PageImage } from './lay-out-page.ts';

/**
 * Pages waiting, and pages done (about 50 KB each); the oldest go first. What is gone is worked out when it is asked for: after
 * a stack of a thousand the machine is not kept busy with pages that nobody may want.
 */
const MOST_KEPT = 200;

export interface ExpectedPage extends Omit<PageImage, 'image'> {
  readonly picture: string;
  readonly readImage: () => Promise<Uint8Array>;
}

export class LayoutAhead {
  readonly #layOut: LayOut;
  readonly #spare: () => number;
  readonly #expected = new Map<string, ExpectedPage>();
  readonly #done = new Map<string, Promise<LaidOutPage>>();
  #running = 0;

  /** @param spare how many cores have nothing better to do now */
  constructor(layOut: LayOut, spare: () => number) {
    this.#layOut = layOut;
    this.#spare = spare;
  }

  /** A page that was read. */
  expect(page: ExpectedPage): void {
    this.#expected.set(nameOf(page), page);
    dropOldest(this.#expected);
    this.goOn();
  }

  /** There may be time again: to be called when a page has ended, however it ended. */
  goOn(): void {
    for (const [name, expected] of this.#expected) {
      if (this.#spare() - this.#running < 1) return;
      this.#expected.delete(name);
      if (!this.#done.has(name)) this.#keep(name, this.#run(expected));
    }
  }

  /** The page, laid out now when it was not before. */
  async layOut(page: PageImage): Promise<LaidOutPage> {
    const name = nameOf(page);
    this.#expected.delete(name);
    return (await this.#done.get(name)?.catch(() => undefined)) ?? this.#layOut(page);
  }

  #keep(name: string, laidOut: Promise<LaidOutPage>): void {
    this.#done.set(name, laidOut);
    // Nobody has asked: for whoever does it is tried again, with somebody there to be told.
    laidOut.catch(() => this.#done.delete(name));
    dropOldest(this.#done);
  }

  async #run({ readImage, ...page }: ExpectedPage): Promise<LaidOutPage> {
    this.#running++;
    try {
      return await this.#layOut({ ...page, image: await readImage() });
    } finally {
      this.#running--;
      this.goOn();
    }
  }
}

function dropOldest(pages: Map<string, unknown>): void {
  const [oldest] = pages.keys();
  if (pages.size > MOST_KEPT && oldest !== undefined) pages.delete(oldest);
}

function nameOf({ picture, dpi, rotation, skewDeg, crop }: Omit<PageImage, 'image'>): string {
  return JSON.stringify([picture, dpi, rotation, skewDeg, crop ?? null]);
}
