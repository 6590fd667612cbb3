/**
 * @file Signing the digitised copies of a dossier, sealing it and making its receipt. The seal is one transaction in the
 * store; the receipt PDF is drawn from what was sealed, so it can be drawn again if the power goes in between.
 */
import { buildReceiptForm } from '../forms/receipt-form.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { Dossier, SigningOutcome } from '../../preload/types.ts';
import type { Authoriser, Clock } from '../ports/ports.ts';
import { unwrap } from '../rooms/failure.ts';
import type { Settings } from '../settings/settings.ts';
import { composeComponents } from './component-pdfs.ts';
import type { CounterEvents } from './events.ts';
import type { Jobs } from './jobs.ts';
import type { Rooms } from './rooms.ts';
import { signDocuments, type DocumentToSign, type SigningChoice } from './signing.ts';

export interface Reception {
  readonly sign: (
    dossierId: string,
    revision: number,
    officerId: string,
    choice: SigningChoice,
  ) => Promise<Result<readonly SigningOutcome[]>>;
  readonly seal: (dossierId: string, revision: number, officerId: string) => Promise<Result<Dossier>>;
  /** Draws the receipt of a sealed dossier that lost it to a crash; the dossier unchanged when it has one. */
  readonly ensureReceipt: (dossier: Dossier) => Promise<Result<Dossier>>;
}

export function createReception(
  rooms: Rooms,
  settings: Settings,
  clock: Clock,
  authoriser: Authoriser,
  events: CounterEvents,
  jobs: Jobs,
): Reception {
  async function ensureReceipt(dossier: Dossier): Promise<Result<Dossier>> {
    if (!dossier.receipt || dossier.receipt.documentId !== null) return ok(dossier);
    const form = buildReceiptForm(dossier, {
      agencyName: settings.agency.name,
      parentAgencyName: settings.agency.parentName,
      counterName: settings.counter.name,
      placeName: settings.agency.placeName,
      officerName: dossier.officerName,
      phone: settings.agency.phone,
    });
    const composed = await rooms.imaging.call('composeForm', { form });
    if (!composed.ok) return composed;
    const stored = await rooms.store.call('setReceiptPdf', { id: dossier.id, ...composed.value });
    if (stored.ok) events.emit('dossier.changed', { id: dossier.id });
    return stored;
  }

  return {
    ensureReceipt,
    sign: async (dossierId, revision, officerId, choice) => {
      const found = await rooms.store.call('get', { id: dossierId });
      if (!found.ok) return found;
      if (found.value.revision !== revision) return refuse('stale-revision');
      const composed = await composeComponents(rooms, clock, found.value, officerId);
      if (!composed.ok) return composed;
      events.emit('dossier.changed', { id: dossierId });
      const documents = await unsignedComponents(rooms, composed.value, officerId);
      const outcomes = await signDocuments(
        rooms,
        clock,
        authoriser,
        'digitised-copies',
        choice,
        documents,
        () => events.emit('dossier.changed', { id: dossierId }),
        { jobs, dossierId },
      );
      events.emit('dossier.changed', { id: dossierId });
      return outcomes;
    },
    seal: async (dossierId, revision, officerId) => {
      // What still comes out of the feeder would be part of nothing.
      if (jobs.isBusy(dossierId, ['scan', 'import'])) return refuse('capture-running', dossierId);
      const sealed = await rooms.store.call('seal', { id: dossierId, revision, officerId });
      if (!sealed.ok) return sealed;
      events.emit('dossier.changed', { id: dossierId });
      void rooms.sync.call('wake', {});
      const withReceipt = await ensureReceipt(sealed.value);
      // The dossier is sealed either way; a missing receipt PDF is drawn again the next time it is wanted.
      return withReceipt.ok ? withReceipt : ok(sealed.value);
    },
  };
}

async function unsignedComponents(
  rooms: Rooms,
  dossier: Dossier,
  officerId: string,
): Promise<readonly DocumentToSign[]> {
  const unsigned = dossier.documents.filter(
    (document) => document.kind === 'component' && document.signatures.length === 0,
  );
  return Promise.all(
    unsigned.map(async (document) => {
      const { access, sha256, pageCount } = unwrap(
        await rooms.store.call('documentAccess', { documentId: document.id }),
      );
      return {
        documentId: document.id,
        title: document.title,
        dossierCode: dossier.code,
        pageCount,
        sha256,
        access,
        appearance: { kind: 'officer' as const },
        reason: `Số hóa thành phần hồ sơ ${dossier.id}`,
        keep: (pdf, pages, signature) =>
          rooms.store.call('append', {
            id: dossier.id,
            officerId,
            command: {
              kind: 'set-component-pdf',
              componentId: document.componentId ?? '',
              pdf,
              pageCount: pages,
              signature,
            },
          }),
      } satisfies DocumentToSign;
    }),
  );
}
