import { describe, expect, it } from 'vitest';
import { readPages, type BadInput, type ReadingOptions } from '../../../main/cli/read-pages.ts';
import type { Imaging } from '../../../main/cli/with-imaging.ts';
import type { ArrivedPage, RecognisedPage } from '../../../main/imaging/protocol.ts';
import { Failure } from '../../../main/rooms/failure.ts';

interface Stage {
  readonly imaging: Imaging;
  readonly most: { running: number; waiting: number };
}

/** A room whose files have so many pages each; `recognise` decides what becomes of a page. */
function stage(pagesPerFile: number, recognise: (name: string) => Promise<void> | void = () => undefined): Stage {
  const most = { running: 0, waiting: 0 };
  let [arrived, running, read] = [0, 0, 0];
  const imaging = {
    importFile: async (path: string, { onPage }: { onPage: (page: ArrivedPage) => void }) => {
      for (let index = 0; index < pagesPerFile; index++) {
        await Promise.resolve();
        arrived += 1;
        most.waiting = Math.max(most.waiting, arrived - read);
        onPage({ index, image: { file: `${path}#${index}` } } as never);
      }
    },
    recognise: async (page: { image: { file: string } }) => {
      running += 1;
      most.running = Math.max(most.running, running);
      try {
        await new Promise((resolve) => setImmediate(resolve));
        await recognise(page.image.file);
        read += 1;
        return { text: page.image.file } as RecognisedPage;
      } finally {
        running -= 1;
      }
    },
  } as unknown as Imaging;
  return { imaging, most };
}

const options = (more: Partial<ReadingOptions> = {}): ReadingOptions => ({
  ocr: true,
  jobs: 2,
  password: undefined,
  signal: new AbortController().signal,
  onPage: () => undefined,
  onBad: () => undefined,
  ...more,
});

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `file ${index}`);

describe('reading a long row of files', () => {
  it('keeps the order of the input, however the pages end', async () => {
    const { imaging } = stage(2, async (name) => {
      if (name.endsWith('0#0'))
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    });
    const { pages, isComplete } = await readPages(imaging, names(11), options());
    expect(pages.map(({ read }) => read.text)).toEqual(names(11).flatMap((name) => [`${name}#0`, `${name}#1`]));
    expect(isComplete).toBe(true);
  });

  it('has never more pages under way than workers want, and opens the next file only when few wait', async () => {
    const { imaging, most } = stage(1);
    const { pages } = await readPages(imaging, names(500), options());
    expect(pages).toHaveLength(500);
    expect(most.running).toBeLessThanOrEqual(4);
    expect(most.waiting).toBeLessThanOrEqual(8);
  });

  it('reads pages again that were under way when the room died, and names the one that kills it every time', async () => {
    let deaths = 0;
    let dying = 0;
    const { imaging } = stage(1, (name) => {
      if (name.startsWith('file 3#')) {
        deaths += 1;
        // At first two others are under way; later it is read alone.
        dying = deaths === 1 ? 2 : 0;
        throw new Failure('room-stopped');
      }
      if (dying-- > 0) throw new Failure('room-stopped');
    });
    const bad: BadInput[] = [];
    const reading = await readPages(imaging, names(8), options({ onBad: (found) => bad.push(found) }));
    const expected = names(8).filter((name) => name !== 'file 3');
    expect(reading.pages.map(({ file }) => file)).toEqual(expected);
    expect(bad).toEqual([{ file: 'file 3', page: 1, code: 'room-stopped', detail: undefined }]);
    expect(deaths).toBe(2);
  });

  it('takes a file in again when the room died meanwhile, without doubling its pages', async () => {
    const { imaging } = stage(3);
    let isFirst = true;
    const dying = {
      ...imaging,
      importFile: async (path: string, more: Parameters<Imaging['importFile']>[1]) => {
        if (path !== 'file 1' || !isFirst) return imaging.importFile(path, more);
        isFirst = false;
        let arrived = 0;
        await imaging.importFile(path, { ...more, onPage: (page) => void (arrived++ < 2 && more.onPage(page)) });
        throw new Failure('room-stopped');
      },
    };
    const { pages, bad } = await readPages(dying, names(3), options());
    expect(bad).toEqual([]);
    expect(pages.map(({ read }) => read.text)).toEqual(
      names(3).flatMap((name) => [0, 1, 2].map((at) => `${name}#${at}`)),
    );
  });

  it('reads to the end what it has begun when it is stopped, begins nothing more, and leaves no gap', async () => {
    const controller = new AbortController();
    const begun: string[] = [];
    const { imaging } = stage(1, async (name) => {
      begun.push(name);
      // The first page ends long after those behind it.
      if (name === 'file 0#0') while (begun.length < 4 || !controller.signal.aborted) await new Promise(setImmediate);
      if (name === 'file 3#0') controller.abort();
    });
    const { pages, isComplete, bad } = await readPages(imaging, names(20), options({ signal: controller.signal }));
    expect(isComplete).toBe(false);
    expect(bad).toEqual([]);
    expect(pages.map(({ file }) => file)).toEqual(names(begun.length));
    expect(pages.length).toBeLessThan(20);
  });
});
