/**
 * @file The pass over the outbox: one job after the other, stopped by trouble of the line, never by one bad dossier. Keeps
 * nothing that matters between passes; the store does.
 */
import { CAP_MS, delayMs } from './back-off.ts';
import { createPace } from './pace.ts';
import type { SyncStore } from './ports.ts';
import type { ProvinceSettings, UploadJob } from './protocol.ts';
import type { ProvinceApi, Reply } from './province-api.ts';
import { ACTIONS, waitReasonAfterRemedies, type AnswerClass } from './taxonomy.ts';
import { uploadJob, type JobOutcome, type UploadParts } from './upload-job.ts';

export interface SyncStatusValue {
  readonly connection: 'online' | 'offline' | 'refused' | 'unknown';
  readonly lastContactAt: string | null;
  readonly clockOffsetMs: number | null;
}

export interface PassResult {
  readonly received: number;
  readonly waiting: number;
  readonly held: number;
  /** When the next attempt makes sense, in ms from now; null when nothing waits. */
  readonly retryInMs: number | null;
}

export type SyncCoreParts = Omit<UploadParts, 'pace' | 'api' | 'progress'> & {
  readonly api: ProvinceApi;
  readonly settings: Pick<ProvinceSettings, 'maxBytesPerSecond'>;
  readonly log: (level: 'info' | 'warn', text: string) => void;
};

export interface PassOptions {
  readonly signal: AbortSignal;
  /** Somebody sealed a dossier or pressed the button: the back-off is not waited for, a `Retry-After` still is. */
  readonly isAsked: boolean;
  /** False when somebody listens to the feed all the time. */
  readonly readFeed: boolean;
  readonly progress?: UploadParts['progress'];
}

export interface SyncCore {
  /** One pass over what is due. */
  readonly pass: (options: PassOptions) => Promise<PassResult>;
  /** Reads the feed to its end; with `waitSeconds` the last page waits for news. */
  readonly readFeed: (waitSeconds: number, signal: AbortSignal) => Promise<Reply<null>>;
}

/** After line trouble longer than this all counters come back together: they spread their return. */
export const OUTAGE_MS = 60_000;
/** When a job whose step could not be kept is looked at again. */
const BROKEN_STEP_MS = 60_000;
/** After 410 the whole feed is read again, but not over and over. */
const RELIST_MS = 10 * 60_000;

export function createSyncCore(parts: SyncCoreParts): SyncCore {
  const { api, store, clock, random, log } = parts;
  const pace = createPace(parts.settings.maxBytesPerSecond);
  /** Failures of the line in a row, whichever job they hit. */
  let failures = 0;
  let offlineSinceMs: number | null = null;
  let relistedAtMs: number | null = null;
  /** The line's own wait, by the clock that never jumps; until the floor nobody may ask, not even an officer. */
  let gate = { untilMs: -Infinity, floorUntilMs: -Infinity };

  function closeGate(waitMs: number, retryAfterMs: number | null): void {
    const now = clock.monotonicMs();
    gate = { untilMs: now + waitMs, floorUntilMs: now + Math.min(waitMs, retryAfterMs ?? 0) };
  }

  async function reportOutcome(job: UploadJob, outcome: JobOutcome): Promise<number | null> {
    switch (outcome.kind) {
      case 'received':
        failures = 0;
        return null;
      case 'held':
        log('warn', `${job.jobId} is held (${outcome.reason}): ${outcome.detail}`);
        await store.reportStep(job.jobId, { kind: 'held', reason: outcome.reason, detail: outcome.detail });
        return null;
      case 'waiting': {
        const attempt = outcome.hasProgressed ? 0 : Math.max(failures, Math.min(job.attempts, 10));
        failures = outcome.hasProgressed ? 1 : failures + 1;
        const waitMs = outcome.reason === 'security' ? CAP_MS : delayMs(attempt, outcome.retryAfterMs, random);
        if (outcome.reason !== 'disk') closeGate(waitMs, outcome.retryAfterMs);
        const notBefore = new Date(clock.nowMs() + waitMs).toISOString();
        await store.reportStep(job.jobId, {
          kind: 'waiting',
          reason: outcome.reason,
          notBefore,
          detail: outcome.detail,
        });
        return waitMs;
      }
    }
  }

  /** Before any dossier is touched: is the province there, and does it know us? */
  async function knock(signal: AbortSignal): Promise<Reply<null>> {
    const probe = failures > 0 ? await api.health(signal) : null;
    const reply = probe && probe.kind !== 'success' ? probe : await api.authenticate(signal);
    if (reply.kind !== 'success') {
      offlineSinceMs ??= clock.monotonicMs();
      return reply;
    }
    if (offlineSinceMs !== null && clock.monotonicMs() - offlineSinceMs > OUTAGE_MS) {
      await clock.sleep(random() * api.contact().spreadSeconds * 1000, signal);
    }
    offlineSinceMs = null;
    return reply;
  }

  async function leaseNumbers(
    wanted: Awaited<ReturnType<SyncStore['wantedNumbers']>>,
    signal: AbortSignal,
  ): Promise<void> {
    for (const want of wanted) {
      const reply = await api.lease(want, signal);
      if (reply.kind !== 'success') {
        log('warn', `no numbers for ${want.date}: ${reply.detail}`);
        if (['wait', 'wait-and-stop'].includes(ACTIONS[reply.kind].kind)) return;
        continue;
      }
      await store.storeNumbers({ date: want.date, key: want.key, ...reply.value });
    }
  }

  async function readFeed(waitSeconds: number, signal: AbortSignal): Promise<Reply<null>> {
    let cursor = await store.feedCursor();
    for (;;) {
      const reply = await api.feed(cursor, waitSeconds, signal);
      if (reply.kind === 'gone' && cursor !== null) {
        const now = clock.monotonicMs();
        if (relistedAtMs !== null && now - relistedAtMs < RELIST_MS) return reply;
        relistedAtMs = now;
        log('info', 'the feed began anew; reading it from its start');
        cursor = null;
        continue;
      }
      if (reply.kind !== 'success') return reply;
      const { items, next } = reply.value;
      if (next !== cursor || items.length > 0) await store.applyFeed(items, next);
      if (items.length === 0) return { kind: 'success', value: null };
      cursor = next;
      if (waitSeconds > 0) return { kind: 'success', value: null };
    }
  }

  return {
    readFeed,

    async pass({ signal, isAsked, readFeed: mustReadFeed, progress = () => {} }) {
      const leftMs = (isAsked ? gate.floorUntilMs : gate.untilMs) - clock.monotonicMs();
      if (leftMs > 0) return { received: 0, waiting: 0, held: 0, retryInMs: leftMs };
      let job = await store.nextJob();
      const wanted = await store.wantedNumbers();
      if (!job && wanted.length === 0 && !mustReadFeed) return { received: 0, waiting: 0, held: 0, retryInMs: null };

      const counts = { received: 0, waiting: 0, held: 0 };
      let retryInMs: number | null = null;
      const retryIn = (ms: number): void => {
        retryInMs = Math.min(retryInMs ?? Infinity, ms);
      };
      const knocked = await knock(signal);
      if (knocked.kind !== 'success' && ACTIONS[knocked.kind].kind === 'wait-and-stop') {
        log('warn', `no dossier is sent: ${knocked.detail}`);
        closeGate(CAP_MS, null);
        return { ...counts, retryInMs: CAP_MS };
      }
      if (knocked.kind === 'success') await leaseNumbers(wanted, signal);
      else if (!job) {
        const waitMs = delayMs(failures++, knocked.retryAfterMs, random);
        closeGate(waitMs, knocked.retryAfterMs);
        retryIn(waitMs);
      }

      const uploadParts: UploadParts = { ...parts, pace, progress };
      const seen = new Set<string>();
      let isLineGood = knocked.kind === 'success';
      for (; job && !seen.has(job.jobId); job = await store.nextJob()) {
        signal.throwIfAborted();
        seen.add(job.jobId);
        let outcome: JobOutcome;
        let waitMs: number | null;
        try {
          outcome = knocked.kind === 'success' ? await uploadJob(job, uploadParts, signal) : outcomeOfTrouble(knocked);
          waitMs = await reportOutcome(job, outcome);
        } catch (thrown) {
          if (signal.aborted) throw thrown;
          // The store would not keep a step of this one job: it stays as it was, and the others go on.
          log('warn', `${job.jobId} stays as it is: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
          counts.waiting++;
          retryIn(BROKEN_STEP_MS);
          continue;
        }
        progress(job.jobId, outcome.kind);
        counts[outcome.kind]++;
        if (waitMs !== null) retryIn(waitMs);
        if (outcome.kind === 'waiting' && outcome.reason !== 'disk') {
          isLineGood = false;
          offlineSinceMs ??= clock.monotonicMs();
          break;
        }
        if (outcome.kind === 'held' && outcome.mustStop) {
          isLineGood = false;
          closeGate(CAP_MS, null);
          break;
        }
      }
      if (mustReadFeed && isLineGood) await readFeed(0, signal);
      return { ...counts, retryInMs };
    },
  };
}

function outcomeOfTrouble(trouble: Exclude<Reply<null>, { kind: 'success' }>): JobOutcome {
  const action = ACTIONS[trouble.kind];
  const reason = action.kind === 'wait' ? action.reason : waitReasonAfterRemedies(trouble.kind);
  return { kind: 'waiting', reason, detail: trouble.detail, retryAfterMs: trouble.retryAfterMs, hasProgressed: false };
}

/** What the exchanges say about the line, for the screen. */
export function connectionAfter(result: AnswerClass): SyncStatusValue['connection'] {
  switch (result) {
    case 'unreachable':
    case 'stalled':
    case 'captive-portal':
      return 'offline';
    case 'unauthenticated':
    case 'untrusted':
    case 'certificate-dates':
      return 'refused';
    default:
      return 'online';
  }
}
