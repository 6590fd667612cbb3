/**
 * @file Files → recognised pages, in the order of the input. However long the job: a file is opened when the pages before it
 * are nearly read, and no more pages are under way than the room has workers for. A page that ends the room takes nothing
 * with it: those that were under way are read again, one at a time, and the culprit is named.
 */
import type { ErrorCode } from '../../preload/error-codes.ts';
import type { Refusal } from '../../preload/result.ts';
import type { ArrivedPage, RecognisedPage } from '../imaging/protocol.ts';
import { toRefusal } from '../rooms/failure.ts';
import type { Imaging } from './with-imaging.ts';

export interface ReadPage {
  readonly file: string;
  readonly page: ArrivedPage;
  readonly read: RecognisedPage;
}

export interface BadInput {
  readonly file: string;
  /** From 1; null when the file as a whole could not be read, or not to its end. */
  readonly page: number | null;
  readonly code: ErrorCode;
  readonly detail: string | undefined;
}

export interface Reading {
  readonly pages: readonly ReadPage[];
  readonly bad: readonly BadInput[];
  /** False when it was stopped: then the pages are the first ones, without a gap. */
  readonly isComplete: boolean;
}

export interface ReadingOptions {
  readonly ocr: boolean;
  /** Pages recognised at once. */
  readonly jobs: number;
  /** Of encrypted PDFs. */
  readonly password: string | undefined;
  readonly signal: AbortSignal;
  readonly onPage: (page: ReadPage) => void;
  readonly onBad: (bad: BadInput) => void;
}

interface Place {
  readonly file: string;
  readonly page: ArrivedPage;
  read?: RecognisedPage;
  refusal?: Refusal;
}

export async function readPages(imaging: Imaging, files: readonly string[], options: ReadingOptions): Promise<Reading> {
  const { signal, jobs } = options;
  const places: Place[] = [];
  const waiting: Place[] = [];
  const doubtful: Place[] = [];
  const bad: BadInput[] = [];
  let running = 0;
  let wake = (): void => undefined;

  function report(found: BadInput): void {
    bad.push(found);
    options.onBad(found);
  }

  async function read(place: Place): Promise<void> {
    try {
      // Not stopped with the rest: pages end out of order, and one given up would leave a gap before those that are done.
      place.read = await imaging.recognise(place.page, options.ocr);
      options.onPage({ ...place, read: place.read });
    } catch (thrown) {
      const refusal = toRefusal(thrown);
      if (refusal.code === 'room-stopped' && !doubtful.includes(place)) {
        doubtful.push(place);
        return;
      }
      place.refusal = refusal;
      report({ file: place.file, page: place.page.index + 1, code: refusal.code, detail: refusal.detail });
    }
  }

  function startMore(): void {
    // One more than there are workers is cleaned while the others are read, and one more is on its way.
    while (running < jobs + 2 && waiting.length > 0 && !signal.aborted) {
      running += 1;
      void read(waiting.shift() as Place).finally(() => {
        running -= 1;
        startMore();
        wake();
      });
    }
  }

  async function until(isReached: () => boolean): Promise<void> {
    while (!isReached()) await new Promise<void>((resolve) => (wake = resolve));
  }

  async function takeIn(file: string): Promise<void> {
    let known = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        await imaging.importFile(file, {
          password: options.password,
          signal,
          onPage: (page) => {
            if (page.index < known) return; // came in before the room died
            known = page.index + 1;
            const place: Place = { file, page };
            places.push(place);
            waiting.push(place);
            startMore();
          },
        });
        return;
      } catch (thrown) {
        const { code, detail } = toRefusal(thrown);
        if (code === 'cancelled') return;
        // The page of another file may have ended the room: once more, and then it was this one.
        if (code === 'room-stopped' && attempt === 1) continue;
        report({ file, page: null, code, detail });
        return;
      }
    }
  }

  for (const file of files) {
    if (signal.aborted) break;
    await takeIn(file);
    await until(() => waiting.length <= jobs || signal.aborted);
  }
  await until(() => running === 0 && (waiting.length === 0 || signal.aborted));
  for (const place of doubtful) if (!signal.aborted) await read(place);

  const end = places.findIndex((place) => !place.read && !place.refusal);
  const done = end === -1 ? places : places.slice(0, end);
  return {
    pages: done.flatMap(({ file, page, read: result }) => (result ? [{ file, page, read: result }] : [])),
    bad,
    isComplete: !signal.aborted,
  };
}
