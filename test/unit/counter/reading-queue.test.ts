import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createReadingQueue, type PageToRead, type ReadingPorts } from '../../../main/counter/reading-queue.ts';
import { ok, refuse, type Result } from '../../../preload/result.ts';
import type { RecognisedPage } from '../../../main/imaging/protocol.ts';
import { recognised } from '../store/store-kit.ts';

/** A reading process whose answers the test gives one by one. */
function openDesk(over: Partial<ReadingPorts> & { readonly closed?: readonly string[] } = {}) {
  const begun: string[] = [];
  const open = new Map<string, (result: Result<RecognisedPage>) => void>();
  const kept = new Map<string, RecognisedPage | null>();
  const aborted: string[] = [];
  let mostAtOnce = 0;
  const queue = createReadingQueue({
    workers: 2,
    isReady: async () => true,
    recognise: ({ path }, _dpi, signal) =>
      new Promise((resolve) => {
        begun.push(path);
        open.set(path, (result) => {
          open.delete(path);
          resolve(result);
        });
        mostAtOnce = Math.max(mostAtOnce, open.size);
        signal.addEventListener('abort', () => {
          aborted.push(path);
          open.get(path)?.(refuse('cancelled'));
        });
      }),
    ...over,
  });
  const page = (pageId: string, more: Partial<PageToRead> = {}): PageToRead => ({
    pageId,
    ownerId: 'dossier',
    dpi: 200,
    isHidden: false,
    open: async () => ok({ path: pageId, key: '', sizeBytes: 1, mediaType: 'image/jpeg' }),
    keep: async (found) => {
      if (over.closed?.includes(pageId)) return refuse('dossier-sealed');
      kept.set(pageId, found);
      return ok(null);
    },
    ...more,
  });
  const rest = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    queue,
    begun,
    kept,
    aborted,
    page,
    rest,
    mostAtOnce: () => mostAtOnce,
    open: () => [...open.keys()],
    answer: async (pageId: string, result: Result<RecognisedPage> = ok(recognised('X'))) => {
      open.get(pageId)?.(result);
      await rest();
      await rest();
    },
    /** The process ends: everything that was being read is refused. */
    die: async () => {
      const interrupted = [...open.values()];
      for (const answer of interrupted) answer(refuse('room-stopped'));
      await rest();
      await rest();
    },
  };
}

const readAll = async (desk: ReturnType<typeof openDesk>): Promise<void> => {
  for (let next = desk.open()[0]; next !== undefined; next = desk.open()[0]) await desk.answer(next);
};

describe('the order of reading', () => {
  test('is the newest first, hidden pages last', async () => {
    const desk = openDesk({ workers: 1 });
    desk.queue.add([desk.page('a'), desk.page('b'), desk.page('verso', { isHidden: true }), desk.page('c')]);
    await desk.rest();
    await readAll(desk);
    expect(desk.begun).toEqual(['c', 'b', 'a', 'verso']);
  });

  test('what is on screen goes before what came later, the newest of it first', async () => {
    const desk = openDesk({ workers: 1 });
    desk.queue.lookAt(['b', 'a', 'nowhere']);
    desk.queue.add(['a', 'b', 'c', 'd'].map((id) => desk.page(id)));
    await desk.rest();
    await readAll(desk);
    expect(desk.begun).toEqual(['b', 'a', 'd', 'c']);
  });

  test('follows the officer: a page that was hidden while it waited is read after the others', async () => {
    const desk = openDesk({ workers: 1 });
    desk.queue.add(['a', 'b', 'c', 'd'].map((id) => desk.page(id)));
    await desk.rest();
    desk.queue.add([desk.page('c', { isHidden: true })]);
    await readAll(desk);
    expect(desk.begun).toEqual(['d', 'b', 'a', 'c']);
  });
});

describe('a page', () => {
  test('is read once, even when its answer crosses an older picture of its dossier', async () => {
    const desk = openDesk();
    const older = ['a', 'b'].map((id) => desk.page(id));
    desk.queue.add(older);
    await desk.rest();
    await desk.answer('a');
    desk.queue.add(older);
    await readAll(desk);
    desk.queue.add(older);
    await desk.rest();
    expect(desk.begun.toSorted()).toEqual(['a', 'b']);
  });

  test('that cannot be read is put down as failed and does not come again', async () => {
    const desk = openDesk();
    desk.queue.add([desk.page('a')]);
    await desk.rest();
    await desk.answer('a', refuse('file-damaged'));
    desk.queue.add([desk.page('a')]);
    await desk.rest();
    expect([...desk.kept]).toEqual([['a', null]]);
    expect(desk.begun).toEqual(['a']);
  });

  test('whose dossier is gone is stopped, and nothing of that dossier is read any more', async () => {
    const desk = openDesk();
    desk.queue.add([desk.page('a'), desk.page('b'), desk.page('c'), desk.page('other', { ownerId: 'another' })]);
    await desk.rest();
    desk.queue.forget('dossier');
    await desk.rest();
    await desk.rest();
    await readAll(desk);
    expect(desk.begun).not.toContain('a');
    expect([...desk.kept.keys()]).toEqual(['other']);
    expect(desk.aborted).toContain('c');
  });

  test('of a dossier that was closed meanwhile ends the reading of all of it', async () => {
    const desk = openDesk({ workers: 1, closed: ['c'] });
    desk.queue.add(['a', 'b', 'c'].map((id) => desk.page(id)));
    await desk.rest();
    await desk.answer('c');
    await desk.queue.settled();
    expect(desk.begun).toEqual(['c']);
  });
});

describe('when the reading process dies', () => {
  test('each page it was reading is read again, alone, after all others', async () => {
    const desk = openDesk();
    desk.queue.add(['a', 'b', 'c', 'd'].map((id) => desk.page(id)));
    await desk.rest();
    expect(desk.open().toSorted()).toEqual(['c', 'd']);
    await desk.die();
    expect(desk.open().toSorted()).toEqual(['a', 'b']);
    await desk.answer('a');
    expect(desk.open()).toEqual(['b']);
    await desk.answer('b');
    expect(desk.open()).toEqual(['d']);
    await desk.answer('d');
    expect(desk.open()).toEqual(['c']);
    await desk.answer('c');
    expect([...desk.kept.values()].every((found) => found !== null)).toBe(true);
  });

  test('a page that ends it twice is failed, and the page that was beside it is not', async () => {
    const desk = openDesk();
    desk.queue.add([desk.page('innocent'), desk.page('killer')]);
    await desk.rest();
    await desk.die();
    expect(desk.open()).toEqual(['killer']);
    await desk.die();
    await desk.answer('innocent');
    await desk.queue.settled();
    expect(desk.kept.get('killer')).toBeNull();
    expect(desk.kept.get('innocent')).not.toBeNull();
  });

  test('and cannot be started, reading waits and goes on, and no page is blamed', async () => {
    let isReady = false;
    const desk = openDesk({ isReady: async () => isReady, pauseMs: 5 });
    desk.queue.add([desk.page('a'), desk.page('b')]);
    await desk.rest();
    expect(desk.begun).toEqual([]);
    isReady = true;
    await expect.poll(() => desk.open().length).toBe(2);
    await readAll(desk);
    expect([...desk.kept.values()].every((found) => found !== null)).toBe(true);
  });

  test('and never comes back, whoever waits for the end is told, and the pages stay unread', async () => {
    const desk = openDesk({ isReady: async () => false, pauseMs: 1 });
    desk.queue.add([desk.page('a')]);
    await desk.queue.settled();
    expect(desk.kept.size).toBe(0);
  });
});

test('whatever comes, dies and is looked at: every page is read or failed once, never more at once than there are workers', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('add' as const), id: fc.constantFrom(...'abcdefgh'), isHidden: fc.boolean() }),
    fc.record({ kind: fc.constant('look' as const), ids: fc.subarray([...'abcdefgh']) }),
    fc.constant({ kind: 'answer' as const }),
    fc.constant({ kind: 'fail' as const }),
    fc.constant({ kind: 'die' as const }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const desk = openDesk();
      const added = new Set<string>();
      for (const one of steps) {
        if (one.kind === 'add') {
          desk.queue.add([desk.page(one.id, { isHidden: one.isHidden })]);
          added.add(one.id);
        } else if (one.kind === 'look') desk.queue.lookAt(one.ids);
        else if (one.kind === 'die') await desk.die();
        else if (desk.open()[0] !== undefined)
          await desk.answer(desk.open()[0] ?? '', one.kind === 'fail' ? refuse('image-too-large') : undefined);
        await desk.rest();
      }
      await readAll(desk);
      await desk.queue.settled();
      expect([...desk.kept.keys()].toSorted()).toEqual([...added].toSorted());
      expect(desk.mostAtOnce()).toBeLessThanOrEqual(2);
      for (const id of added) expect(desk.begun.filter((begun) => begun === id).length).toBeLessThanOrEqual(2);
    }),
    { numRuns: 60 },
  );
});
