/** @file Results: attached to their own dossier, signed in one go, and only then does a dossier count as completed. */
import type { Result } from '../../preload/result.ts';
import type { SigningOutcome, WaitingResult } from '../../preload/types.ts';
import type { Authoriser, Clock } from '../ports/ports.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { Settings } from '../settings/settings.ts';
import type { StoreRoom } from '../store/protocol.ts';
import type { CounterEvents } from './events.ts';
import type { Jobs } from './jobs.ts';
import { createResultAttachment, type ResultAttachment } from './result-attachment.ts';
import type { Rooms } from './rooms.ts';
import { signDocuments, type DocumentToSign, type SigningChoice } from './signing.ts';

export interface Results {
  readonly waiting: () => Promise<Result<readonly WaitingResult[]>>;
  readonly attachment: ResultAttachment;
  readonly sign: (
    documentIds: readonly string[],
    officerId: string,
    choice: SigningChoice,
  ) => Promise<Result<readonly SigningOutcome[]>>;
}

export function createResults(
  rooms: Rooms,
  settings: Settings,
  clock: Clock,
  authoriser: Authoriser,
  events: CounterEvents,
  jobs: Jobs,
): Results {
  async function announce(): Promise<void> {
    const waiting = await rooms.store.call('waitingResults', {});
    if (waiting.ok) events.emit('results.changed', { count: waiting.value.length });
  }

  return {
    waiting: () => rooms.store.call('waitingResults', {}),
    attachment: createResultAttachment(rooms, clock, settings, announce),
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
        { jobs, dossierId: null },
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
