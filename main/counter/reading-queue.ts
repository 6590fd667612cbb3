/**
 * @file Which page is read next. What is on screen goes first, then what lies in view, hidden pages last; within each the
 * newest first. A page during which the reading process died is suspected: it is read again when nobody else can be harmed,
 * alone, and given up when the process dies with it once more.
 */
import type { BlobAccess } from '../blobs/blob-file.ts';
import type { RecognisedPage } from '../imaging/protocol.ts';
import type { Result } from '../../preload/result.ts';

export interface PageToRead {
  readonly pageId: string;
  /** What the page is part of: a dossier, a stack of old records. */
  readonly ownerId: string;
  readonly dpi: number;
  readonly isHidden: boolean;
  readonly open: () => Promise<Result<BlobAccess>>;
  /** Puts down what was read; null = it cannot be read. A refusal because the owner is gone or closed ends all its reading. */
  readonly keep: (recognised: RecognisedPage | null) => Promise<Result<unknown>>;
}

export interface ReadingPorts {
  /** How many pages at once. */
  readonly workers: number;
  /** Whether the reading process runs or could be started. */
  readonly isReady: () => Promise<boolean>;
  readonly recognise: (image: BlobAccess, dpi: number, signal: AbortSignal) => Promise<Result<RecognisedPage>>;
  /** How long to leave a process alone that cannot be started. */
  readonly pauseMs?: number;
}

export interface ReadingQueue {
  /** Pages that wait, are being read, or were read already are not read again; whether they are hidden is noted anew. */
  readonly add: (pages: readonly PageToRead[]) => void;
  readonly lookAt: (pageIds: readonly string[]) => void;
  /** Stops reading and forgets what waits. */
  readonly forget: (ownerId: string) => void;
  /** When nothing is read and nothing waits. */
  readonly settled: () => Promise<void>;
  /** Nothing is begun any more; the pages that waited are read when their dossier is opened again. */
  readonly close: () => void;
}

interface Waiting {
  readonly page: PageToRead;
  readonly number: number;
  /** How often the process died while this page was being read. */
  readonly deaths: number;
}

interface Running extends Waiting {
  readonly controller: AbortController;
}

const PAUSE_MS = 15_000;
/** After this many pauses in a row the pages stay unread until their dossier is opened again. */
const MOST_PAUSES = 8;
const MOST_DEATHS = 2;
const OWNER_IS_CLOSED: readonly string[] = ['not-found', 'dossier-sealed'];
/** The page did not answer for itself: its process ended, or was ended because it hung. */
const PROCESS_DIED: readonly string[] = ['room-stopped', 'timeout'];

export function createReadingQueue(ports: ReadingPorts): ReadingQueue {
  const waiting = new Map<string, Waiting>();
  const running = new Map<string, Running>();
  /** Pages whose reading is put down: an older picture of their dossier may still call them unread. */
  const read = new Map<string, Set<string>>();
  let onScreen: ReadonlySet<string> = new Set();
  let newest = 0;
  let pauses = 0;
  let pause: NodeJS.Timeout | undefined;
  let idle: (() => void)[] = [];
  let isClosed = false;

  function pump(): void {
    for (;;) {
      const isFree = pause === undefined && running.size < ports.workers;
      const next = isFree ? chooseNext(waiting, running, onScreen) : undefined;
      if (!next) break;
      waiting.delete(next.page.pageId);
      running.set(next.page.pageId, { ...next, controller: new AbortController() });
      void readOne(next.page.pageId).finally(() => {
        running.delete(next.page.pageId);
        pump();
      });
    }
    if (waiting.size > 0 || running.size > 0) return;
    for (const resolve of idle) resolve();
    idle = [];
  }

  async function readOne(pageId: string): Promise<void> {
    const run = running.get(pageId);
    if (!run) return;
    const { page, controller } = run;
    const isGone = (): boolean => controller.signal.aborted;
    if (!(await ports.isReady())) {
      if (!isClosed) pauseReading(run);
      return;
    }
    pauses = 0;
    const image = isGone() ? null : await page.open();
    if (!image?.ok || isGone()) return;
    const result = await ports.recognise(image.value, page.dpi, controller.signal);
    if (isGone() || (!result.ok && result.code === 'cancelled')) return;
    if (!result.ok && PROCESS_DIED.includes(result.code) && run.deaths + 1 < MOST_DEATHS) {
      waiting.set(pageId, { ...run, deaths: run.deaths + 1 });
      return;
    }
    const kept = await page.keep(result.ok ? result.value : null);
    if (kept.ok) (read.get(page.ownerId) ?? remember(page.ownerId)).add(pageId);
    else if (OWNER_IS_CLOSED.includes(kept.code)) forget(page.ownerId);
  }

  function remember(ownerId: string): Set<string> {
    const pages = new Set<string>();
    read.set(ownerId, pages);
    return pages;
  }

  function pauseReading(run: Running): void {
    if (!run.controller.signal.aborted) waiting.set(run.page.pageId, run);
    if (pause !== undefined) return;
    pauses += 1;
    if (pauses > MOST_PAUSES) {
      pauses = 0;
      waiting.clear();
      return;
    }
    pause = setTimeout(() => {
      pause = undefined;
      pump();
    }, ports.pauseMs ?? PAUSE_MS);
    pause.unref();
  }

  function forget(ownerId: string): void {
    for (const [pageId, { page }] of waiting) if (page.ownerId === ownerId) waiting.delete(pageId);
    for (const { page, controller } of running.values()) if (page.ownerId === ownerId) controller.abort();
    read.delete(ownerId);
  }

  return {
    add: (pages) => {
      if (isClosed) return;
      for (const page of pages) {
        const known = waiting.get(page.pageId);
        if (known) waiting.set(page.pageId, { ...known, page });
        else if (!running.has(page.pageId) && !read.get(page.ownerId)?.has(page.pageId)) {
          waiting.set(page.pageId, { page, number: newest++, deaths: 0 });
        }
      }
      pump();
    },
    lookAt: (pageIds) => {
      onScreen = new Set(pageIds);
    },
    forget: (ownerId) => {
      forget(ownerId);
      pump();
    },
    settled: () =>
      new Promise((resolve) => {
        idle.push(resolve);
        pump();
      }),
    close: () => {
      isClosed = true;
      clearTimeout(pause);
      waiting.clear();
      for (const { controller } of running.values()) controller.abort();
    },
  };
}

function chooseNext(
  waiting: ReadonlyMap<string, Waiting>,
  running: ReadonlyMap<string, Running>,
  onScreen: ReadonlySet<string>,
): Waiting | undefined {
  // Beside a suspect nothing else is read, or it would be suspected too.
  if ([...running.values()].some(({ deaths }) => deaths > 0)) return undefined;
  let best: Waiting | undefined;
  for (const one of waiting.values()) {
    if (one.deaths > 0 && running.size > 0) continue;
    if (best === undefined || isBefore(one, best, onScreen)) best = one;
  }
  return best;
}

function isBefore(one: Waiting, other: Waiting, onScreen: ReadonlySet<string>): boolean {
  const difference = rank(one, onScreen) - rank(other, onScreen);
  return difference === 0 ? one.number > other.number : difference < 0;
}

function rank({ page, deaths }: Waiting, onScreen: ReadonlySet<string>): number {
  if (deaths > 0) return 3;
  if (page.isHidden) return 2;
  return onScreen.has(page.pageId) ? 0 : 1;
}
