/** @file Results: attached to their own dossier, signed in one go, and only then does a dossier count as completed. */
import { refuse, type Result } from '../../preload/result.ts';
import type { Officer, PagePlace, ProposedPlace, SigningOutcome, WaitingResult } from '../../preload/types.ts';
import type { Authoriser, Clock } from '../ports/ports.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { Settings } from '../settings/settings.ts';
import type { StoreRoom } from '../store/protocol.ts';
import type { CounterEvents } from './events.ts';
import type { Jobs } from './jobs.ts';
import { createResultAppearances } from './result-appearances.ts';
import { createResultAttachment, type ResultAttachment } from './result-attachment.ts';
import type { Rooms } from './rooms.ts';
import { signDocuments, type DocumentToSign, type SigningChoice } from './signing.ts';

export interface Results {
  readonly waiting: () => Promise<Result<readonly WaitingResult[]>>;
  readonly attachment: ResultAttachment;
  /** Where the signature will show, unless the officer moves it. */
  readonly place: (documentId: string, officer: Officer) => Promise<Result<ProposedPlace>>;
  /** @param places what the officer moved, by document */
  readonly sign: (
    documentIds: readonly string[],
    officer: Pick<Officer, 'id' | 'name' | 'title'>,
    choice: SigningChoice,
    places?: Readonly<Record<string, PagePlace>>,
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

  const appearances = createResultAppearances(rooms);

  return {
    waiting: () => rooms.store.call('waitingResults', {}),
    attachment: createResultAttachment(rooms, clock, settings, announce),
    place: async (documentId, officer) => {
      const found = await rooms.store.call('resultsToSign', { documentIds: [documentId] });
      if (!found.ok) return found;
      const [file] = found.value;
      return file ? appearances.propose(file, officer) : refuse('not-found', documentId);
    },
    sign: async (documentIds, officer, choice, places = {}) => {
      const found = await rooms.store.call('resultsToSign', { documentIds: [...documentIds] });
      if (!found.ok) return found;
      const appearanceOf = await appearances.prepare(found.value, officer, new Map(Object.entries(places)));
      if (!appearanceOf.ok) return appearanceOf;
      const documents = found.value.map((result) =>
        documentToSign(rooms, result, officer.id, () => appearanceOf.value(result)),
      );
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
  appearance: DocumentToSign['appearance'],
): DocumentToSign {
  return {
    documentId,
    title,
    dossierCode,
    pageCount: pages,
    sha256,
    access,
    appearance,
    reason: `Kết quả giải quyết hồ sơ ${dossierCode ?? dossierId}`,
    keep: (pdf, pageCount, signature) =>
      rooms.store.call('completeResult', { documentId, officerId, pdf, pageCount, signature }),
  };
}
