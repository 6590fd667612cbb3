/** @file Long work: an id to show and to stop, progress as events, and a result that nobody has to wait for. */
import { randomUUID } from 'node:crypto';
import type { JobProgress } from '../../preload/types.ts';
import type { Result } from '../../preload/result.ts';
import { toRefusal } from '../rooms/failure.ts';
import type { CounterEvents } from './events.ts';

/** What work is given to say how far it is, and to know when it is no longer wanted. */
export interface Job {
  readonly signal: AbortSignal;
  readonly advance: (done: number, total: number | null) => void;
  /** What a capture has to say beside how far it is; goes out with the next advance. */
  readonly note: (notes: Partial<Pick<JobProgress, 'sheets' | 'repeated' | 'lastPageId'>>) => void;
}

export interface Jobs {
  /** Starts `work` and answers at once. `done` settles when it has ended, whichever way. */
  readonly start: (
    kind: JobProgress['kind'],
    dossierId: string | null,
    work: (job: Job) => Promise<Result<unknown>>,
  ) => { readonly jobId: string; readonly done: Promise<JobProgress> };
  /** @param kinds only work of these kinds; of any kind without them. */
  readonly cancel: (jobId: string, kinds?: readonly JobProgress['kind'][]) => boolean;
  /** All work of these kinds for one dossier. */
  readonly cancelOf: (dossierId: string, kinds: readonly JobProgress['kind'][]) => void;
  readonly isBusy: (dossierId: string, kinds: readonly JobProgress['kind'][]) => boolean;
  readonly settled: () => Promise<void>;
}

interface RunningJob {
  readonly kind: JobProgress['kind'];
  readonly dossierId: string | null;
  readonly controller: AbortController;
  readonly done: Promise<JobProgress>;
}

export function createJobs(events: CounterEvents): Jobs {
  const running = new Map<string, RunningJob>();
  const of = (dossierId: string, kinds: readonly JobProgress['kind'][]): RunningJob[] =>
    [...running.values()].filter((job) => job.dossierId === dossierId && kinds.includes(job.kind));
  return {
    start: (kind, dossierId, work) => {
      const jobId = randomUUID();
      const controller = new AbortController();
      let last: JobProgress = {
        jobId,
        kind,
        dossierId,
        done: 0,
        total: null,
        state: 'running',
        code: null,
        detail: null,
        sheets: null,
        repeated: [],
        lastPageId: null,
      };
      const report = (change: Partial<JobProgress>): JobProgress => {
        last = { ...last, ...change };
        events.emit('job.progress', last);
        return last;
      };
      const run = async (): Promise<JobProgress> => {
        try {
          const result = await work({
            signal: controller.signal,
            advance: (done, total) => void report({ done, total }),
            note: (notes) => void (last = { ...last, ...notes }),
          });
          if (result.ok) return report({ state: 'done' });
          const state = result.code === 'cancelled' ? 'cancelled' : 'failed';
          return report({ state, code: result.code, detail: result.detail ?? null });
        } catch (thrown) {
          const { code, detail } = toRefusal(thrown);
          return report({ state: 'failed', code, detail: detail ?? null });
        } finally {
          running.delete(jobId);
        }
      };
      report({});
      const done = run();
      running.set(jobId, { kind, dossierId, controller, done });
      return { jobId, done };
    },
    cancel: (jobId, kinds) => {
      const job = running.get(jobId);
      if (!job || (kinds && !kinds.includes(job.kind))) return false;
      job.controller.abort();
      return true;
    },
    cancelOf: (dossierId, kinds) => of(dossierId, kinds).forEach(({ controller }) => controller.abort()),
    isBusy: (dossierId, kinds) => of(dossierId, kinds).length > 0,
    settled: async () => {
      await Promise.all([...running.values()].map((job) => job.done));
    },
  };
}
