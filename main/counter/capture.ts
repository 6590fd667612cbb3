/**
 * @file From paper to recognised pages: scanning and importing put each page into the dossier the moment it is on disk;
 * recognition follows beside it, as many pages at once as there are workers, and never holds the scanner up.
 */
import { v7 as uuidv7 } from 'uuid';
import { asErrorCode } from '../../preload/error-codes.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { Dossier, JobProgress, ScannerDevice, ScanPlace, ScanSettings } from '../../preload/types.ts';
import type { ArrivedPage } from '../imaging/protocol.ts';
import { unwrap } from '../rooms/failure.ts';
import type { Settings } from '../settings/settings.ts';
import type { CounterEvents } from './events.ts';
import type { Jobs } from './jobs.ts';
import type { Rooms } from './rooms.ts';
import { scanWherever, type ScannerList } from './scanner-list.ts';

export interface ScanChoice extends ScanSettings {
  readonly deviceId: string;
  /** The end without it. */
  readonly place?: ScanPlace;
}

export interface Capture {
  readonly devices: () => Promise<Result<readonly ScannerDevice[]>>;
  readonly scan: (
    dossierId: string,
    officerId: string,
    choice: ScanChoice,
  ) => Promise<Result<{ jobId: string; done: Promise<JobProgress> }>>;
  readonly importFiles: (
    dossierId: string,
    officerId: string,
    paths: readonly string[],
    place?: ScanPlace,
  ) => { jobId: string; done: Promise<JobProgress> };
  /** Recognises what is still pending of a dossier, for pages that a crash left unread. */
  readonly recognisePending: (dossier: Dossier, officerId: string) => void;
  /** Pages on screen: read before all others, the newest first. */
  readonly lookAt: (pageIds: readonly string[]) => void;
  readonly settled: () => Promise<void>;
}

export function createCapture(
  rooms: Rooms,
  settings: Settings,
  jobs: Jobs,
  events: CounterEvents,
  scanners: ScannerList,
): Capture {
  const queue: { readonly pageId: string; readonly read: () => Promise<void> }[] = [];
  let onScreen: ReadonlySet<string> = new Set();
  const active = new Set<Promise<void>>();
  /** Pages waiting or being read: asking for a dossier again must not read them again. */
  const reading = new Set<string>();

  /** Newest first: the page the officer is looking at is nearly always the last one that came. */
  function pump(): void {
    while (active.size < settings.ocrWorkers) {
      const seen = queue.findLastIndex(({ pageId }) => onScreen.has(pageId));
      const [next] = queue.splice(seen, 1);
      if (!next) return;
      const run = next.read().finally(() => {
        active.delete(run);
        pump();
      });
      active.add(run);
    }
  }

  function enqueueRecognition(
    dossierId: string,
    officerId: string,
    pageId: string,
    imageBlobId: string,
    dpi: number,
  ): void {
    if (reading.has(pageId)) return;
    reading.add(pageId);
    const read = async (): Promise<void> => {
      const access = await rooms.store.call('blobAccess', { blobId: imageBlobId });
      const read = access.ok ? await rooms.imaging.call('recognise', { image: access.value, dpi, ocr: true }) : access;
      await rooms.store.call('append', {
        id: dossierId,
        officerId,
        command: { kind: 'set-recognition', pageId, recognised: read.ok ? read.value : null },
      });
      reading.delete(pageId);
      events.emit('dossier.changed', { id: dossierId });
    };
    queue.push({ pageId, read });
    pump();
  }

  function recognisePending(dossier: Dossier, officerId: string): void {
    for (const page of dossier.pages) {
      if (page.recognition === 'pending' || page.recognition === 'running') {
        enqueueRecognition(dossier.id, officerId, page.id, page.imageBlobId, page.dpi);
      }
    }
  }

  async function addPage(dossierId: string, officerId: string, page: ArrivedPage, place: ScanPlace): Promise<string> {
    const { image, thumbnail, widthPx, heightPx, dpi } = page;
    const pageId = uuidv7();
    const dossier = unwrap(
      await rooms.store.call('append', {
        id: dossierId,
        officerId,
        command: { kind: 'add-page', pageId, place, image, thumbnail, widthPx, heightPx, dpi },
      }),
    );
    events.emit('dossier.changed', { id: dossierId });
    // Not "the last page": the officer may be sorting while the feeder still runs.
    recognisePending(dossier, officerId);
    return pageId;
  }

  /** Pages are stored one after another, in the order they arrived, while the next one is still being scanned. */
  function collector(
    dossierId: string,
    officerId: string,
    advance: (done: number, total: number | null) => void,
    place: ScanPlace,
  ) {
    let chain = Promise.resolve();
    let next = place;
    let done = 0;
    let failure: unknown;
    return {
      onProgress: (page: ArrivedPage): void => {
        chain = chain
          .then(async () => {
            const pageId = await addPage(dossierId, officerId, page, next);
            // The second of several stands behind the first, wherever that was put.
            if (next.kind !== 'end') next = { kind: 'after', pageId };
            advance(++done, null);
          })
          .catch((thrown: unknown) => {
            failure ??= thrown;
          });
      },
      finish: async (): Promise<void> => {
        await chain;
        if (failure !== undefined) throw failure;
      },
    };
  }

  return {
    devices: scanners.devices,
    scan: async (dossierId, officerId, choice) => {
      const scanner = await scanners.find(choice.deviceId);
      if (!scanner.ok) return scanner;
      return ok(
        jobs.start('scan', dossierId, async ({ signal, advance }) => {
          const pages = collector(dossierId, officerId, advance, choice.place ?? { kind: 'end' });
          const { deviceId, source, fallsToGlass, dpi, colour, area } = choice;
          const scanned = await scanWherever(scanners, deviceId, scanner.value, (at) =>
            rooms.imaging.call(
              'scan',
              { scanner: at, source, fallsToGlass, dpi, colour, area },
              { signal, onProgress: pages.onProgress },
            ),
          );
          await pages.finish();
          if (!scanned.ok || scanned.value.end === 'complete') return scanned;
          if (scanned.value.end === 'cancelled') return refuse('cancelled');
          return refuse(asErrorCode(scanned.value.code ?? 'scanner-failed'), scanned.value.detail ?? undefined);
        }),
      );
    },
    importFiles: (dossierId, officerId, paths, place = { kind: 'end' }) =>
      jobs.start('import', dossierId, async ({ signal, advance }) => {
        for (const path of paths) {
          const pages = collector(dossierId, officerId, advance, place);
          const imported = await rooms.imaging.call('importFile', { path }, { signal, onProgress: pages.onProgress });
          await pages.finish();
          if (!imported.ok) return imported;
        }
        return ok(null);
      }),
    recognisePending,
    lookAt: (pageIds) => {
      onScreen = new Set(pageIds);
    },
    settled: async () => {
      await jobs.settled();
      while (active.size > 0) await Promise.all(active);
    },
  };
}
