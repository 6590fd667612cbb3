/**
 * @file Pages of one scan or import are kept one after another, in the order they came, while the next one is still on its way.
 * When one cannot be kept (the disk is full, the dossier was closed) the device stops: paper must not run through for nothing.
 */
import type { ArrivedPage } from '../imaging/protocol.ts';
import type { Job } from './jobs.ts';

export interface PageCollector {
  readonly onProgress: (page: ArrivedPage) => void;
  /** For the work that brings the pages. */
  readonly signal: AbortSignal;
  /** When all that came is kept. @throws what kept a page from being kept */
  readonly finish: () => Promise<void>;
}

/**
 * @param keep answers with the page's id
 * @param pagesPerSheet null where there are no sheets
 */
export function collectPages(
  job: Job,
  pagesPerSheet: 1 | 2 | null,
  keep: (page: ArrivedPage) => Promise<string>,
): PageCollector {
  const stop = new AbortController();
  const repeated: number[] = [];
  let chain = Promise.resolve();
  let done = 0;
  let last: string | undefined;
  let failure: unknown;

  async function take(page: ArrivedPage): Promise<void> {
    const lastPageId = await keep(page);
    done += 1;
    if (page.image.sha256 === last) repeated.push(done);
    last = page.image.sha256;
    const sheets = pagesPerSheet === null ? null : Math.floor(done / pagesPerSheet);
    job.note({ sheets, repeated: [...repeated], lastPageId });
    job.advance(done, null);
  }

  return {
    signal: AbortSignal.any([job.signal, stop.signal]),
    onProgress: (page) => {
      chain = chain.then(async () => {
        if (failure !== undefined) return;
        try {
          await take(page);
        } catch (thrown) {
          failure = thrown;
          stop.abort();
        }
      });
    },
    finish: async () => {
      await chain;
      if (failure !== undefined) throw failure;
    },
  };
}
