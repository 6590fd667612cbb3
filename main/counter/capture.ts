/**
 * @file From paper to recognised pages: scanning and importing put each page into the dossier the moment it is on disk;
 * recognition follows beside it, as many pages at once as there are workers, and never holds the scanner up.
 */
import { asErrorCode } from '../../preload/error-codes.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { Dossier, JobProgress, ScannerDevice, ScanSource } from '../../preload/types.ts';
import type { ArrivedPage, Scanner } from '../imaging/protocol.ts';
import { unwrap } from '../rooms/failure.ts';
import type { Settings } from '../settings/settings.ts';
import type { CounterEvents } from './events.ts';
import type { Jobs } from './jobs.ts';
import type { Rooms } from './rooms.ts';

export interface ScanChoice {
  readonly deviceId: string;
  readonly source: ScanSource;
  readonly dpi: number;
  readonly colour: boolean;
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
  ) => { jobId: string; done: Promise<JobProgress> };
  /** Recognises what is still pending of a dossier, for pages that a crash left unread. */
  readonly recognisePending: (dossier: Dossier, officerId: string) => void;
  readonly settled: () => Promise<void>;
}

export function createCapture(rooms: Rooms, settings: Settings, jobs: Jobs, events: CounterEvents): Capture {
  let known: readonly Scanner[] = [];
  const queue: (() => Promise<void>)[] = [];
  const active = new Set<Promise<void>>();
  /** Pages waiting or being read: asking for a dossier again must not read them again. */
  const reading = new Set<string>();

  async function listScanners(): Promise<Result<readonly Scanner[]>> {
    const found = await rooms.imaging.call('listScanners', {
      addresses: [...settings.scanners.addresses],
      useDiscovery: settings.scanners.useDiscovery,
      useSane: settings.scanners.useSane,
      sampleFolder: settings.mode === 'practice' ? settings.scanners.sampleFolder : null,
    });
    if (found.ok) known = found.value;
    return found;
  }

  /** Newest first: the page the officer is looking at is nearly always the last one that came. */
  function pump(): void {
    while (active.size < settings.ocrWorkers) {
      const next = queue.pop();
      if (!next) return;
      const run = next().finally(() => {
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
    queue.push(async () => {
      const access = await rooms.store.call('blobAccess', { blobId: imageBlobId });
      const read = access.ok ? await rooms.imaging.call('recognise', { image: access.value, dpi, ocr: true }) : access;
      await rooms.store.call('append', {
        id: dossierId,
        officerId,
        command: { kind: 'set-recognition', pageId, recognised: read.ok ? read.value : null },
      });
      reading.delete(pageId);
      events.emit('dossier.changed', { id: dossierId });
    });
    pump();
  }

  function recognisePending(dossier: Dossier, officerId: string): void {
    for (const page of dossier.pages) {
      if (page.recognition === 'pending' || page.recognition === 'running') {
        enqueueRecognition(dossier.id, officerId, page.id, page.imageBlobId, page.dpi);
      }
    }
  }

  async function addPage(dossierId: string, officerId: string, page: ArrivedPage): Promise<void> {
    const { image, thumbnail, widthPx, heightPx, dpi } = page;
    const dossier = unwrap(
      await rooms.store.call('append', {
        id: dossierId,
        officerId,
        command: { kind: 'add-page', image, thumbnail, widthPx, heightPx, dpi },
      }),
    );
    events.emit('dossier.changed', { id: dossierId });
    // Not "the last page": the officer may be sorting while the feeder still runs.
    recognisePending(dossier, officerId);
  }

  /** Pages are stored one after another, in the order they arrived, while the next one is still being scanned. */
  function collector(dossierId: string, officerId: string, advance: (done: number, total: number | null) => void) {
    let chain = Promise.resolve();
    let done = 0;
    let failure: unknown;
    return {
      onProgress: (page: ArrivedPage): void => {
        chain = chain
          .then(() => addPage(dossierId, officerId, page))
          .then(() => advance(++done, null))
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
    devices: async () => {
      const found = await listScanners();
      return found.ok
        ? ok(found.value.map(({ id, name, driver, sources, dpis }) => ({ id, name, driver, sources, dpis })))
        : found;
    },
    scan: async (dossierId, officerId, choice) => {
      if (!known.some((scanner) => scanner.id === choice.deviceId)) {
        const listed = await listScanners();
        if (!listed.ok) return listed;
      }
      const scanner = known.find((candidate) => candidate.id === choice.deviceId);
      if (!scanner) return refuse('scanner-offline', choice.deviceId);
      return ok(
        jobs.start('scan', dossierId, async ({ signal, advance }) => {
          const pages = collector(dossierId, officerId, advance);
          const { source, dpi, colour } = choice;
          const scanned = await rooms.imaging.call(
            'scan',
            { scanner, source, dpi, colour },
            { signal, onProgress: pages.onProgress },
          );
          await pages.finish();
          if (!scanned.ok || scanned.value.end === 'complete') return scanned;
          if (scanned.value.end === 'cancelled') return refuse('cancelled');
          return refuse(asErrorCode(scanned.value.code ?? 'scanner-failed'), scanned.value.detail ?? undefined);
        }),
      );
    },
    importFiles: (dossierId, officerId, paths) =>
      jobs.start('import', dossierId, async ({ signal, advance }) => {
        for (const path of paths) {
          const pages = collector(dossierId, officerId, advance);
          const imported = await rooms.imaging.call('importFile', { path }, { signal, onProgress: pages.onProgress });
          await pages.finish();
          if (!imported.ok) return imported;
        }
        return ok(null);
      }),
    recognisePending,
    settled: async () => {
      await jobs.settled();
      while (active.size > 0) await Promise.all(active);
    },
  };
}
