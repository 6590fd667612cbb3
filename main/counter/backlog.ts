/**
 * @file Old records: feeding stacks, confirming records, making their PDFs, signing them. Confirming is one transaction; the
 * PDF is made behind it from what was confirmed, and again after a restart, so that nobody waits and nothing is lost.
 */
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { BacklogOverview, BacklogRecord, BacklogStack } from '../../preload/backlog-types.ts';
import { asErrorCode } from '../../preload/error-codes.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { JobProgress, Officer, SigningOutcome } from '../../preload/types.ts';
import type { Authoriser, Machine } from '../ports/ports.ts';
import { Failure } from '../rooms/failure.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { RoomParams } from '../rooms/supervisor.ts';
import type { Settings } from '../settings/settings.ts';
import type { StoreRoom } from '../store/protocol.ts';
import type { Capture } from './capture.ts';
import { pageForPdf } from './component-pdfs.ts';
import type { CounterEvents } from './events.ts';
import type { Jobs } from './jobs.ts';
import type { Rooms } from './rooms.ts';
import { signDocuments, type DocumentToSign, type SigningChoice } from './signing.ts';

type ToCompose = ResultOf<StoreRoom['methods'], 'backlogToCompose'>[number];
type ToSign = ResultOf<StoreRoom['methods'], 'backlogToSign'>[number];

export interface Backlog {
  /** Also takes up again what a restart left without its PDF. */
  readonly overview: () => Promise<Result<BacklogOverview>>;
  /** Also has pages read that a restart left unread. */
  readonly openStack: (id: string, officerId: string) => Promise<Result<BacklogStack>>;
  readonly confirm: (
    question: RoomParams<StoreRoom, 'confirmBacklogRecord'>,
  ) => Promise<Result<{ readonly stack: BacklogStack; readonly record: BacklogRecord }>>;
  readonly correct: (question: RoomParams<StoreRoom, 'correctBacklogRecord'>) => Promise<Result<BacklogRecord>>;
  /** One PIN for all; each keeps its own outcome. */
  readonly sign: (
    recordIds: readonly string[],
    officer: Pick<Officer, 'id' | 'name'>,
    choice: SigningChoice,
  ) => Promise<Result<readonly SigningOutcome[]>>;
  /**
   * A file into a stack, once: known by its content, and gone on with where it was cut off.
   * @param fullStackIds stacks of the same folder that were filled before this one: what came into them is not read again
   * @param seen contents fed in by the same run, counted here: two sheets may give the same file, and each counts
   */
  readonly feedFile: (
    stackId: string,
    officerId: string,
    path: string,
    seen?: Map<string, number>,
    fullStackIds?: readonly string[],
  ) => Promise<'fed' | 'known'>;
  /** Practice mode: a small stack of invented papers. */
  readonly feedSample: (stackId: string, officerId: string) => Result<{ jobId: string; done: Promise<JobProgress> }>;
  /** Settles when every confirmed record has its PDF, or could not get one. */
  readonly composed: () => Promise<{ readonly failed: number }>;
}

/** What the store hands out at once; the rest follows. */
const AT_ONCE = 20;

export function createBacklog(
  machine: Machine,
  rooms: Rooms,
  settings: Settings,
  authoriser: Authoriser,
  events: CounterEvents,
  jobs: Jobs,
  capture: Capture,
): Backlog {
  const { clock, log, paths } = machine;
  /** Record and revision: not tried again before the next start, so that one bad page does not hold up the others. */
  const failed = new Set<string>();
  /** Their room ended under them, which a closing program does, too: tried once more before it counts as theirs. */
  const interrupted = new Set<string>();
  let composing: Promise<void> | null = null;
  let isAskedAgain = false;

  async function composeOne(record: ToCompose): Promise<void> {
    const pages = await Promise.all(record.pages.map((page) => pageForPdf(rooms, page)));
    const composed = await rooms.imaging.call('composePdf', {
      title: record.title,
      metadata: { ...record.metadata },
      pages,
      createdAt: new Date(clock.now()).toISOString(),
    });
    if (!composed.ok) throw new Failure(composed.code, composed.detail);
    const { recordId, revision } = record;
    const stored = await rooms.store.call('setBacklogPdf', { recordId, revision, ...composed.value });
    // Corrected meanwhile: the next revision is in the list already.
    if (!stored.ok && stored.code !== 'stale-revision') throw new Failure(stored.code, stored.detail);
    if (stored.ok) events.emit('backlog.changed', { seriesCode: stored.value.seriesCode });
  }

  async function composeAll(): Promise<void> {
    let after: Pick<ToCompose, 'confirmedAt' | 'recordId'> | null = null;
    for (;;) {
      if (isAskedAgain) after = null;
      isAskedAgain = false;
      const listed: Result<readonly ToCompose[]> = await rooms.store.call('backlogToCompose', {
        limit: AT_ONCE,
        after,
      });
      if (!listed.ok) return;
      const last = listed.value.at(-1);
      if (last === undefined && !isAskedAgain) return;
      after = last === undefined ? null : { confirmedAt: last.confirmedAt, recordId: last.recordId };
      for (const record of listed.value.filter((one) => !failed.has(attempt(one)))) {
        try {
          await composeOne(record);
        } catch (thrown) {
          // No fault of the record: it is due as soon as there is room again.
          if (thrown instanceof Failure && thrown.code === 'disk-full') {
            log('warn', `record ${record.code}: no PDF yet: the disk is full`);
            return;
          }
          const wasStopped = thrown instanceof Failure && thrown.code === 'room-stopped';
          if (wasStopped && !interrupted.has(attempt(record))) {
            interrupted.add(attempt(record));
            return;
          }
          failed.add(attempt(record));
          log('warn', `record ${record.code}: no PDF: ${String(thrown)}`);
        }
      }
    }
  }

  function compose(): Promise<void> {
    isAskedAgain = true;
    composing ??= composeAll().finally(() => {
      composing = null;
    });
    return composing;
  }

  return {
    overview: async () => {
      const overview = await rooms.store.call('backlogOverview', {});
      if (overview.ok && overview.value.series.some(({ progress }) => progress.composing > 0)) void compose();
      return overview;
    },
    openStack: async (id, officerId) => {
      const [stack, pages] = await Promise.all([
        rooms.store.call('backlogStack', { id }),
        rooms.store.call('get', { id }),
      ]);
      if (stack.ok && pages.ok) capture.recognisePending(pages.value, officerId);
      return stack;
    },
    confirm: async (question) => {
      const confirmed = await rooms.store.call('confirmBacklogRecord', question);
      if (!confirmed.ok) return confirmed;
      events.emit('backlog.changed', { seriesCode: confirmed.value.record.seriesCode });
      void compose();
      return confirmed;
    },
    correct: async (question) => {
      const corrected = await rooms.store.call('correctBacklogRecord', question);
      if (!corrected.ok) return corrected;
      events.emit('backlog.changed', { seriesCode: corrected.value.seriesCode });
      void compose();
      return corrected;
    },
    sign: async (recordIds, officer, choice) => {
      const found = await rooms.store.call('backlogToSign', { recordIds: [...recordIds] });
      if (!found.ok) return found;
      const documents = found.value.map((record) => documentToSign(rooms, settings, record, officer.id));
      const announce = (): void => {
        const seriesCode = found.value[0]?.code.split('.')[0];
        if (seriesCode !== undefined) events.emit('backlog.changed', { seriesCode });
      };
      const watch = { jobs, dossierId: null };
      const outcomes = await signDocuments(
        rooms,
        clock,
        authoriser,
        'digitised-copies',
        choice,
        documents,
        announce,
        watch,
      );
      announce();
      return outcomes;
    },
    feedFile: async (stackId, officerId, path, seen = new Map(), fullStackIds = []) => {
      const sha256 = await sha256Of(path);
      const occurrence = seen.get(sha256) ?? 0;
      seen.set(sha256, occurrence + 1);
      const file = { stackId, sha256, occurrence };
      const begun = await rooms.store.call('beginBacklogImport', {
        ...file,
        fileName: basename(path),
        fullStackIds: [...fullStackIds],
      });
      if (!begun.ok) throw new Failure(begun.code, begun.detail);
      if (begun.value.isDone) return 'known';
      const { skip, lastPageId } = begun.value;
      const place = lastPageId === null ? { kind: 'end' as const } : { kind: 'after' as const, pageId: lastPageId };
      const resumed = { file: { sha256, occurrence }, skip };
      const ended = await capture.importFiles(stackId, officerId, [path], place, resumed).done;
      // It is fed in again, into the next stack, and is the same sheet there.
      if (ended.code === 'stack-full') seen.set(sha256, occurrence);
      if (ended.state !== 'done') throw new Failure(asErrorCode(ended.code ?? 'cancelled'), ended.detail ?? path);
      const kept = await rooms.store.call('endBacklogImport', file);
      if (!kept.ok) throw new Failure(kept.code, kept.detail);
      return 'fed';
    },
    feedSample: (stackId, officerId) => {
      if (settings.mode !== 'practice') return refuse('not-allowed', 'samples are for practice');
      const folder = join(paths.resources, 'samples', 'stack-ho-so-cu');
      const files = readdirSync(folder)
        .filter((name) => name.endsWith('.jpg'))
        .sort()
        .map((name) => join(folder, name));
      return ok(capture.importFiles(stackId, officerId, files));
    },
    composed: async () => {
      await compose();
      return { failed: failed.size };
    },
  };
}

function attempt({ recordId, revision }: ToCompose): string {
  return `${recordId} ${revision}`;
}

/** A digitised copy of a paper original, in the form of NĐ 30/2020 (PL I, phần II.I.3): "Sao y, agency, time". */
function documentToSign(rooms: Rooms, settings: Settings, record: ToSign, officerId: string): DocumentToSign {
  const { recordId, revision, code, title, pageCount, sha256, access } = record;
  return {
    documentId: recordId,
    title,
    dossierCode: code,
    pageCount,
    sha256,
    access,
    appearance: { kind: 'copy', agencyName: settings.agency.name },
    reason: `Số hóa hồ sơ lưu ${code}`,
    keep: (pdf, pages, signature) =>
      rooms.store.call('signBacklogRecord', { recordId, revision, officerId, pdf, pageCount: pages, signature }),
  };
}

/** @throws Failure `file-not-found` */
async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new Failure('file-not-found', path, { cause });
  }
  return hash.digest('hex');
}
