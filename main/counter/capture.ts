/**
 * @file From paper to recognised pages: scanning and importing put each page into the dossier the moment it is on disk;
 * recognition follows beside it, as many pages at once as there are workers, and never holds the scanner up.
 */
import { v7 as uuidv7 } from 'uuid';
import { asErrorCode } from '../../preload/error-codes.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { Dossier, JobProgress, Page, ScannerDevice, ScanPlace, ScanSettings } from '../../preload/types.ts';
import type { FileContent } from '../backlog/schemas.ts';
import type { ArrivedPage } from '../imaging/protocol.ts';
import { unwrap } from '../rooms/failure.ts';
import type { Settings } from '../settings/settings.ts';
import type { Job, Jobs } from './jobs.ts';
import { collectPages, type PageCollector } from './page-collector.ts';
import { createReadingQueue, type PageToRead, type ReadingQueue } from './reading-queue.ts';
import type { Rooms } from './rooms.ts';
import { scanWherever, type ScannerList } from './scanner-list.ts';

export interface ScanChoice extends ScanSettings {
  readonly deviceId: string;
  /** The end without it. */
  readonly place?: ScanPlace;
}

/** One file that is counted page by page, and gone on with where it was cut off. */
export interface ResumedFile {
  readonly file: FileContent;
  /** Its first pages, which came in before. */
  readonly skip: number;
}

type StartedJob = { readonly jobId: string; readonly done: Promise<JobProgress> };

export interface Capture {
  readonly devices: () => Promise<Result<readonly ScannerDevice[]>>;
  /** Refuses with `scanner-busy` while the device works for another job, `dossier-sealed`, or `not-found` for the place. */
  readonly scan: (dossierId: string, officerId: string, choice: ScanChoice) => Promise<Result<StartedJob>>;
  readonly importFiles: (
    dossierId: string,
    officerId: string,
    paths: readonly string[],
    place?: ScanPlace,
    resumed?: ResumedFile,
  ) => StartedJob;
  /** Recognises what is still pending of a dossier, for pages that a crash left unread. */
  readonly recognisePending: (dossier: Dossier, officerId: string) => void;
  /** Pages on screen: read before all others, the newest first. */
  readonly lookAt: ReadingQueue['lookAt'];
  /** The dossier is closed or gone: nothing more is scanned into it, imported or read. */
  readonly forget: (dossierId: string) => void;
  readonly reading: ReadingQueue;
  readonly settled: () => Promise<void>;
  /** Before the rooms stop: nothing is begun any more. */
  readonly close: () => void;
}

const AT_END: ScanPlace = { kind: 'end' };

export function createCapture(rooms: Rooms, settings: Settings, jobs: Jobs, scanners: ScannerList): Capture {
  const reading = createReadingQueue({
    workers: settings.ocrWorkers,
    isReady: async () => (await rooms.imaging.start()).ok,
    recognise: (image, dpi, signal) => rooms.imaging.call('recognise', { image, dpi, ocr: true }, { signal }),
  });
  const busyDevices = new Set<string>();
  /** Two stacks at once into one dossier would be shuffled: the second waits for the first. */
  const turns = new Map<string, Promise<unknown>>();

  function inTurn<T>(dossierId: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(dossierId) ?? Promise.resolve()).then(work, work);
    turns.set(dossierId, turn);
    const leave = (): void => void (turns.get(dossierId) === turn && turns.delete(dossierId));
    turn.then(leave, leave);
    return turn;
  }

  function toRead(dossierId: string, officerId: string, page: Page): PageToRead {
    return {
      pageId: page.id,
      ownerId: dossierId,
      dpi: page.dpi,
      isHidden: page.isHidden,
      open: () => rooms.store.call('blobAccess', { blobId: page.imageBlobId }),
      keep: async (recognised) => {
        const command = { kind: 'set-recognition', pageId: page.id, recognised } as const;
        return rooms.store.call('append', { id: dossierId, officerId, command });
      },
    };
  }

  function recognisePending(dossier: Dossier, officerId: string): void {
    const pending = dossier.pages.filter((page) => page.recognition === 'pending');
    reading.add(pending.map((page) => toRead(dossier.id, officerId, page)));
  }

  async function addPage(
    dossierId: string,
    officerId: string,
    page: ArrivedPage,
    place: ScanPlace,
    file: FileContent | undefined,
  ): Promise<string> {
    const { image, thumbnail, widthPx, heightPx, dpi } = page;
    const pageId = uuidv7();
    const dossier = unwrap(
      await rooms.store.call('append', {
        id: dossierId,
        officerId,
        command: { kind: 'add-page', pageId, place, file, image, thumbnail, widthPx, heightPx, dpi },
      }),
    );
    // The store has told the desk, which draws the thumbnail while reading begins. Not "the last page": the officer may be sorting while the feeder still runs.
    recognisePending(dossier, officerId);
    return pageId;
  }

  function collectInto(
    dossierId: string,
    officerId: string,
    job: Job,
    place: ScanPlace,
    pagesPerSheet: 1 | 2 | null,
    file?: FileContent,
  ): PageCollector {
    let next = place;
    return collectPages(job, pagesPerSheet, async (page) => {
      const pageId = await addPage(dossierId, officerId, page, next, file);
      // The second of several stands behind the first, wherever that was put.
      if (next.kind !== 'end') next = { kind: 'after', pageId };
      return pageId;
    });
  }

  async function requireOpen(dossierId: string, place: ScanPlace): Promise<Result<null>> {
    const found = await rooms.store.call('get', { id: dossierId });
    if (!found.ok) return found;
    if (found.value.state !== 'draft') return refuse('dossier-sealed', dossierId);
    const isThere = place.kind === 'end' || found.value.pages.some(({ id }) => id === place.pageId);
    return isThere ? ok(null) : refuse('not-found', 'the page to put it at');
  }

  return {
    devices: scanners.devices,
    reading,
    scan: async (dossierId, officerId, choice) => {
      const { deviceId, source, fallsToGlass, dpi, colour, area, place = AT_END } = choice;
      if (busyDevices.has(deviceId)) return refuse('scanner-busy', deviceId);
      busyDevices.add(deviceId);
      const free = (): void => void busyDevices.delete(deviceId);
      const isOpen = await requireOpen(dossierId, place);
      const scanner = isOpen.ok ? await scanners.find(deviceId) : isOpen;
      if (!scanner.ok) {
        free();
        return scanner;
      }
      const started = jobs.start('scan', dossierId, (job) =>
        inTurn(dossierId, async () => {
          const pages = collectInto(dossierId, officerId, job, place, source === 'adf-duplex' ? 2 : 1);
          const scanned = await scanWherever(scanners, deviceId, scanner.value, (at) =>
            rooms.imaging.call(
              'scan',
              { scanner: at, source, fallsToGlass, dpi, colour, area },
              { signal: pages.signal, onProgress: pages.onProgress },
            ),
          );
          await pages.finish();
          if (!scanned.ok || scanned.value.end === 'complete') return scanned;
          if (scanned.value.end === 'cancelled') return refuse('cancelled');
          return refuse(asErrorCode(scanned.value.code ?? 'scanner-failed'), scanned.value.detail ?? undefined);
        }),
      );
      void started.done.finally(free);
      return ok(started);
    },
    importFiles: (dossierId, officerId, paths, place = AT_END, resumed) =>
      jobs.start('import', dossierId, (job) =>
        inTurn(dossierId, async () => {
          const pages = collectInto(dossierId, officerId, job, place, null, resumed?.file);
          const { signal } = pages;
          let known = resumed?.skip ?? 0;
          const onProgress = (page: ArrivedPage): void => (known > 0 ? void known-- : pages.onProgress(page));
          for (const path of paths) {
            const imported = await rooms.imaging.call('importFile', { path }, { signal, onProgress });
            await pages.finish();
            if (!imported.ok) return imported;
          }
          return ok(null);
        }),
      ),
    recognisePending,
    lookAt: reading.lookAt,
    forget: (dossierId) => {
      jobs.cancelOf(dossierId, ['scan', 'import']);
      reading.forget(dossierId);
    },
    settled: async () => {
      await jobs.settled();
      await reading.settled();
    },
    close: reading.close,
  };
}
