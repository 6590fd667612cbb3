/**
 * @file A result on its way into a dossier: read, held against the dossier, attached at once when it agrees. What differs is
 * shown side by side first; then the officer attaches it with a reason, or lets it go.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { AttachedResult, WaitingResult } from '../../preload/types.ts';
import type { Deposit } from '../blobs/blob-file.ts';
import { localDate } from '../deadlines/local-time.ts';
import { compareResult, type ResultReading } from '../dossiers/result-check.ts';
import type { Clock } from '../ports/ports.ts';
import { Failure } from '../rooms/failure.ts';
import type { Settings } from '../settings/settings.ts';
import type { Rooms } from './rooms.ts';

export interface ResultAttachment {
  readonly attach: (dossierId: string, officerId: string, path: string) => Promise<Result<AttachedResult>>;
  readonly confirm: (attachmentId: string, officerId: string, reason: string) => Promise<Result<WaitingResult>>;
  readonly drop: (attachmentId: string, officerId: string) => Promise<Result<null>>;
}

interface Candidate {
  readonly attachmentId: string;
  readonly dossierId: string;
  readonly officerId: string;
  readonly title: string;
  readonly pdf: Deposit;
  readonly pageCount: number;
  readonly reading: ResultReading;
}

export function createResultAttachment(
  rooms: Rooms,
  clock: Clock,
  settings: Settings,
  onAttached: () => Promise<void>,
): ResultAttachment {
  /** One for each officer: looking at another file lets go of the one before. */
  const doubtful = new Map<string, Candidate>();

  async function letGo(candidate: Candidate): Promise<void> {
    if (doubtful.get(candidate.officerId) === candidate) doubtful.delete(candidate.officerId);
    await rm(rooms.accessTo(candidate.pdf).path, { force: true });
  }

  async function store(candidate: Candidate, reason: string | null): Promise<Result<WaitingResult>> {
    const { attachmentId: _own, ...question } = candidate;
    const attached = await rooms.store.call('attachResult', { ...question, reason });
    if (attached.ok) await onAttached();
    return attached;
  }

  function find(attachmentId: string, officerId: string): Candidate | undefined {
    const candidate = doubtful.get(officerId);
    return candidate?.attachmentId === attachmentId ? candidate : undefined;
  }

  return {
    attach: async (dossierId, officerId, path) => {
      const before = doubtful.get(officerId);
      if (before) await letGo(before);
      const dossier = await rooms.store.call('get', { id: dossierId });
      if (!dossier.ok) return dossier;
      const inspected = await rooms.imaging.call('inspectPdf', { pdf: { path } });
      if (!inspected.ok) return inspected;
      const { copy, pageCount } = inspected.value;
      if (!copy) throw new Failure('internal', 'inspectPdf of a path must answer a copy');
      const reading = await rooms.imaging.call('readResult', { pdf: rooms.accessTo(copy) });
      if (!reading.ok) return reading;
      const title = dossier.value.procedure?.results[0]?.name ?? 'Kết quả giải quyết';
      const candidate: Candidate = {
        attachmentId: randomUUID(),
        dossierId,
        officerId,
        title,
        pdf: copy,
        pageCount,
        reading: reading.value,
      };
      const attached = await store(candidate, null);
      if (attached.ok) return ok({ kind: 'attached', result: attached.value });
      if (attached.code !== 'result-unconfirmed') {
        await letGo(candidate);
        return attached;
      }
      doubtful.set(officerId, candidate);
      const { number, source } = reading.value;
      const findings = compareResult(dossier.value, reading.value, {
        today: localDate(clock.now(), settings.utcOffsetMinutes),
        agencyNames: [settings.agency.name, settings.agency.parentName],
      });
      return ok({ kind: 'doubtful', attachmentId: candidate.attachmentId, title, number, source, findings });
    },

    confirm: async (attachmentId, officerId, reason) => {
      const candidate = find(attachmentId, officerId);
      if (!candidate) return refuse('not-found', attachmentId);
      const attached = await store(candidate, reason);
      if (attached.ok) doubtful.delete(officerId);
      return attached;
    },

    drop: async (attachmentId, officerId) => {
      const candidate = find(attachmentId, officerId);
      if (candidate) await letGo(candidate);
      return ok(null);
    },
  };
}
