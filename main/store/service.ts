/**
 * @file The store as a set of handlers: opened once, one change at a time. Knows neither Electron nor the process, so tests
 * and the command line run the very same service.
 */
import { randomUUID } from 'node:crypto';
import { loadSeriesTemplates } from '../backlog/templates.ts';
import type { Dossier } from '../../preload/types.ts';
import { loadCalendar } from '../deadlines/calendar.ts';
import { loadDocumentKeywords } from '../dossiers/document-keywords.ts';
import { loadCatalogue } from '../procedures/catalogue.ts';
import type { Handlers } from '../rooms/define.ts';
import { Failure } from '../rooms/failure.ts';
import { backlogHandlers } from './backlog-handlers.ts';
import { seedPracticeSeries } from './backlog-series.ts';
import { blobAccess, reconcileBlobs, type Reconciliation } from './blob-shelf.ts';
import { backUp, checkStore, verifyAudit } from './care.ts';
import { createSql, recordEvent, type StoreContext, type StorePorts, type StoreSettings } from './context.ts';
import { releaseReserve } from './disk-space.ts';
import { readDocumentRow, readDossier, readDossierRow } from './dossier-rows.ts';
import { createDraft, discardDraft, editDraft } from './drafts.ts';
import { keepPrintout } from './printouts.ts';
import { applyFeed, feedCursor } from './feed.ts';
import { storeNumbers, wantedNumbers } from './numbers.ts';
import { addOfficer, listOfficers, seedPracticeOfficers, verifyOfficer } from './officers.ts';
import { explain, openStore } from './open-database.ts';
import { countOutbox, nextJob, readReceipt, releaseHeld, reportStep } from './outbox.ts';
import { knownScanners, readPreferences, readScanSettings, rememberScanners, setPreferences } from './preferences.ts';
import type { StoreRoom } from './protocol.ts';
import { attachResult, completeResult, resultsToSign, waitingResults } from './results.ts';
import { sealDossier, setReceiptPdf } from './sealing.ts';
import { listDossiers } from './search.ts';
import { removeSignatureImage, setSignatureImage, signatureImageAccess, signatureImages } from './signature-images.ts';
import { nextStampJobs, reportStamp, wakeStamps } from './stamping.ts';
import { requireStoreMode } from './store-mode.ts';

export type StoreHandlers = Handlers<StoreRoom['methods']>;

export interface StoreOptions extends StoreSettings {
  readonly folder: string;
  readonly resourcesFolder: string;
  readonly unlock: Uint8Array;
}

export interface StoreService {
  readonly handlers: StoreHandlers;
  readonly reconciliation: Reconciliation;
  /** For tests that look at rows. */
  readonly context: StoreContext;
  readonly close: () => Promise<void>;
}

/** @throws Failure, see {@link openStore}; `store-other-mode` for a practice store in production or the reverse */
export async function openStoreService(options: StoreOptions, ports: StorePorts): Promise<StoreService> {
  const { folder, resourcesFolder, unlock, ...settings } = options;
  const catalogue = loadCatalogue(resourcesFolder);
  const calendar = loadCalendar(resourcesFolder);
  const documentKeywords = loadDocumentKeywords(resourcesFolder);
  const seriesTemplates = loadSeriesTemplates(resourcesFolder);
  const store = openStore(folder, unlock);
  const context: StoreContext = {
    ...ports,
    ...store,
    settings,
    catalogue,
    calendar,
    documentKeywords,
    seriesTemplates,
    bootId: randomUUID(),
    sql: createSql(store.database),
  };
  try {
    requireStoreMode(context);
    const reconciliation = await reconcileBlobs(context);
    if (settings.isPractice) {
      await seedPracticeOfficers(context);
      seedPracticeSeries(context);
    }
    const queue = createQueue();
    return {
      handlers: createHandlers(context, queue),
      reconciliation,
      context,
      close: () => queue(async () => store.close()),
    };
  } catch (thrown) {
    store.close();
    throw explain(thrown, folder);
  }
}

type Queue = <T>(work: () => T | Promise<T>) => Promise<T>;

/** One after the other, failures included: between looking and writing nobody else writes. */
function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}

function createHandlers(context: StoreContext, queue: Queue): StoreHandlers {
  const { folder } = context.paths;
  /** A change. On a full disk the reserve is given up and the change tried once more: what an officer confirmed goes first. */
  function change<P, R>(work: (params: P) => R | Promise<R>): (params: P) => Promise<R> {
    return (params) =>
      queue(async () => {
        try {
          return await work(params);
        } catch (thrown) {
          const failure = explain(thrown, folder);
          if (!(failure instanceof Failure) || failure.code !== 'disk-full' || !releaseReserve(context.paths.reserve))
            throw failure;
        }
        try {
          context.database.pragma('wal_checkpoint(TRUNCATE)');
          return await work(params);
        } catch (thrown) {
          throw explain(thrown, folder);
        }
      });
  }
  function look<P, R>(work: (params: P) => R): (params: P) => R {
    return (params) => {
      try {
        return work(params);
      } catch (thrown) {
        throw explain(thrown, folder);
      }
    };
  }
  function changeDossier<P, R extends Pick<Dossier, 'id' | 'state' | 'revision'>>(
    work: (params: P) => R | Promise<R>,
  ): (params: P) => Promise<R> {
    return change(async (params: P) => {
      const dossier = await work(params);
      // Beyond the draft a dossier also changes without a new revision: uploads, results, stamps.
      context.onDossierChanged(dossier.id, dossier.state === 'draft' ? dossier.revision : undefined);
      return dossier;
    });
  }

  return {
    listOfficers: look(() => listOfficers(context)),
    verifyOfficer: change(({ officerId, pin }) => verifyOfficer(context, officerId, pin)),
    addOfficer: change((params) => addOfficer(context, params)),
    recordWebPage: change((event) => recordEvent(context, event)),

    create: changeDossier(({ officerId }) => createDraft(context, officerId)),
    edit: changeDossier((params) => editDraft(context, params)),
    append: changeDossier((params) => editDraft(context, { ...params, revision: null })),
    discard: change(({ id, revision, officerId }) => {
      const nothing = discardDraft(context, id, revision, officerId);
      context.onDossierChanged(id);
      return nothing;
    }),
    get: look(({ id }) => readDossier(context, id)),
    list: look((params) => listDossiers(context, params)),
    keepPrintout: change(({ id, officerId, pdf }) => keepPrintout(context, id, officerId, pdf)),
    recognisedPage: look(({ pageId }) => {
      const row = context.sql('SELECT recognised FROM recognition WHERE page_id = ?').get(pageId) as
        { recognised: string } | undefined;
      return row ? JSON.parse(row.recognised) : null;
    }),
    seal: changeDossier(({ id, revision, officerId }) => sealDossier(context, id, revision, officerId)),
    setReceiptPdf: changeDossier(({ id, pdf, pageCount }) => setReceiptPdf(context, id, pdf, pageCount)),
    provinceReceipt: look(({ id }) => readReceipt(context, id)),

    attachResult: change(async (params) => {
      const waiting = await attachResult(context, params);
      context.onDossierChanged(waiting.dossierId);
      return waiting;
    }),
    waitingResults: look(() => waitingResults(context)),
    resultsToSign: look(({ documentIds }) => resultsToSign(context, documentIds)),
    completeResult: changeDossier((params) => completeResult(context, params)),

    nextStampJobs: change(({ limit }) => nextStampJobs(context, limit)),
    reportStamp: change((report) => reportStamp(context, report)),
    wakeStamps: change(({ settings }) => wakeStamps(context, settings)),

    preferences: look(({ officerId }) => readPreferences(context, officerId)),
    setPreferences: change(({ officerId, change: wanted }) => setPreferences(context, officerId, wanted)),
    scanSettings: look(({ deviceId, paper }) => readScanSettings(context, deviceId, paper)),
    knownScanners: look(() => knownScanners(context)),
    rememberScanners: change(({ seen }) => rememberScanners(context, seen)),

    signatureImages: look(({ officerId }) => signatureImages(context, officerId)),
    signatureImageAccess: look(({ officerId, kind }) => signatureImageAccess(context, officerId, kind)),
    setSignatureImage: change((params) => setSignatureImage(context, params)),
    removeSignatureImage: change(({ officerId, kind }) => removeSignatureImage(context, officerId, kind)),

    blobAccess: look(({ blobId }) => blobAccess(context, blobId)),
    documentAccess: look(({ documentId }) => {
      const { blob_id, sha256, title, dossier_id, page_count } = readDocumentRow(context, documentId);
      const { code, provisional_code } = readDossierRow(context, dossier_id);
      return {
        access: blobAccess(context, blob_id),
        sha256,
        title,
        dossierId: dossier_id,
        dossierCode: code ?? provisional_code,
        pageCount: page_count,
      };
    }),

    nextJob: change(() => nextJob(context)),
    reportStep: change(({ jobId, step }) => reportStep(context, jobId, step)),
    releaseHeld: change(({ dossierId, officerId }) => releaseHeld(context, dossierId, officerId)),
    feedCursor: look(() => feedCursor(context)),
    applyFeed: change(({ items, cursor }) => applyFeed(context, items, cursor)),
    wantedNumbers: change(() => wantedNumbers(context)),
    storeNumbers: change((block) => storeNumbers(context, block)),
    outbox: look(() => countOutbox(context)),

    ...backlogHandlers(context, { change, look }),

    verifyAudit: look(() => verifyAudit(context)),
    check: look(() => checkStore(context)),
    backup: change(({ folder: target }) => backUp(context, target)),
  };
}
