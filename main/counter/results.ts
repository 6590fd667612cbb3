/** @file Results: attached to their own dossier, signed in one go, and only then does a dossier count as completed. */
import type { Result } from '../../preload/result.ts';
import type { SigningOutcome, WaitingResult } from '../../preload/types.ts';
import type { Authoriser, Clock } from '../ports/ports.ts';
import { Failure } from '../rooms/failure.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { StoreRoom } from '../store/protocol.ts';
import type { CounterEvents } from './events.ts';
import type { Rooms } from './rooms.ts';
import { signDocuments, type DocumentToSign, type SigningChoice } from './signing.ts';

export interface Results {
  readonly waiting: () => Promise<Result<readonly WaitingResult[]>>;
  readonly attach: (
    dossierId: string,
    officerId: string,
    path: string,
    title: string,
  ) => Promise<Result<WaitingResult>>;
  readonly sign: (
    documentIds: readonly string[],
    officerId: string,
    choice: SigningChoice,
  ) => Promise<Result<readonly SigningOutcome[]>>;
}

export function createResults(rooms: Rooms, clock: Clock, authoriser: Authoriser, events: CounterEvents): Results {
  async function announce(): Promise<void> {
    const waiting = await rooms.store.call('waitingResults', {});
    if (waiting.ok) events.emit('results.changed', { count: waiting.value.length });
  }

  return {
    waiting: () => rooms.store.call('waitingResults', {}),
    attach: async (dossierId, officerId, path, title) => {
      const inspected = await rooms.imaging.call('inspectPdf', { pdf: { path } });
      if (!inspected.ok) return inspected;
      const { copy, pageCount } = inspected.value;
      if (!copy) throw new Failure('internal', 'inspectPdf of a path must answer a copy');
      const attached = await rooms.store.call('attachResult', { dossierId, officerId, title, pdf: copy, pageCount });
      if (attached.ok) await announce();
      return attached;
    },
    sign: async (documentIds, officerId, choice) => {
      const found = await rooms.store.call('resultsToSign', { documentIds: [...documentIds] });
      if (!found.ok) return found;
      const documents = found.value.map((result) => documentToSign(rooms, result, officerId));
      const outcomes = await signDocuments(
        rooms,
        clock,
        authoriser,
        'results',
        choice,
        documents,
        () => void announce(),
      );
      await announce();
      void rooms.sync.call('wake', {});
      return outcomes;
    },
  };
}

function documentToSign(
  rooms: Rooms,
  {
    documentId,
    dossierId,
    title,
    dossierCode,
    pageCount: pages,
    sha256,
    access,
  }: ResultOf<StoreRoom['methods'], 'resultsToSign'>[number],
  officerId: string,
): DocumentToSign {
  return {
    documentId,
    title,
    dossierCode,
    pageCount: pages,
    sha256,
    access,
    appearance: { kind: 'personal' },
    reason: `Kết quả giải quyết hồ sơ ${dossierCode ?? dossierId}`,
    keep: (pdf, pageCount, signature) =>
      rooms.store.call('completeResult', { documentId, officerId, pdf, pageCount, signature }),
  };
}
