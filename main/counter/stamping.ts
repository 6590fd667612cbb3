/**
 * @file Signed results get their time-stamp and validation data in the background, at most four at a time: the government's
 * authority takes between two seconds and two minutes for one. What is due, how often it was tried and how it ended stands in
 * the store; this only works through it, so that a restart or a crash anywhere loses nothing.
 */
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ErrorCode } from '../../preload/error-codes.ts';
import type { Machine } from '../ports/ports.ts';
import type { ResultOf } from '../rooms/define.ts';
import { Failure, toRefusal } from '../rooms/failure.ts';
import type { Settings } from '../settings/settings.ts';
import type { SignaturesRoom } from '../signatures/protocol.ts';
import type { StoreRoom } from '../store/protocol.ts';
import { delayMs } from '../sync/back-off.ts';
import type { Rooms } from './rooms.ts';
import { validationPolicyOf } from './validation-policy.ts';

export const MAX_STAMPS_AT_ONCE = 4;
/** A lost timer strands nothing. */
const TICK_MS = 60_000;
/** A job is due by the wall clock, the nap is measured by another one. */
const MARGIN_MS = 50;
/** The slowest authority that was measured took 131 s. */
const LONGEST_STAMP_MS = 180_000;

/** Asking again changes nothing about these; every other failure is tried again for as long as it takes. */
const FINAL: ReadonlySet<string> = new Set<ErrorCode>([
  'certificate-revoked',
  'file-too-large',
  'pdf-certified-no-changes',
  'pdf-damaged',
  'pdf-not-signable',
  'pdf-password',
  'signature-does-not-verify',
]);

type StampJob = ResultOf<StoreRoom['methods'], 'nextStampJobs'>['jobs'][number];

export interface Stamping {
  /** Looks now: something was signed. */
  readonly wake: () => void;
  /** The network is back: what waits is due at once. */
  readonly retry: () => void;
  readonly stop: () => Promise<void>;
}

export function startStamping(
  rooms: Pick<Rooms, 'store' | 'signatures'>,
  settings: Settings,
  machine: Pick<Machine, 'paths' | 'clock' | 'log'>,
  random: () => number = Math.random,
): Stamping {
  const ending = new AbortController();
  const running = new Set<Promise<void>>();
  let nap = new AbortController();
  let isWoken = false;

  function wake(): void {
    isWoken = true;
    nap.abort();
  }

  async function stamp(job: StampJob): Promise<void> {
    const outcome = await augment(job);
    if (ending.signal.aborted) return; // the store gives the job out again after the next start
    const isTriedAgain = outcome.code !== null && !FINAL.has(outcome.code);
    const notBefore = machine.clock.now() + delayMs(job.attempts, null, random);
    const reported = await rooms.store.call('reportStamp', {
      documentId: job.documentId,
      sha256: job.sha256,
      ...outcome,
      notBefore: isTriedAgain ? new Date(notBefore).toISOString() : null,
    });
    if (!reported.ok) machine.log('warn', `stamping ${job.documentId}: ${reported.code} ${reported.detail ?? ''}`);
  }

  async function augment(job: StampJob): Promise<ResultOf<SignaturesRoom['methods'], 'augment'>> {
    const nothing = { pdf: null, reached: 'B-B' as const };
    try {
      const answer = await rooms.signatures.call('augment', {
        pdf: job.access,
        level: job.level,
        authorities: settings.signing.timeStampAuthorities.map(({ url, timeoutMs }) => ({
          url,
          timeoutMs: Math.min(timeoutMs, LONGEST_STAMP_MS),
        })),
        policy: validationPolicyOf(settings, machine.paths),
      });
      return answer.ok ? answer.value : { ...nothing, code: answer.code, detail: answer.detail ?? null };
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
      const { code, detail } = toRefusal(thrown);
      return { ...nothing, code, detail: detail ?? null };
    }
  }

  async function look(): Promise<number> {
    const limit = MAX_STAMPS_AT_ONCE - running.size;
    if (limit <= 0) return TICK_MS;
    const due = await rooms.store.call('nextStampJobs', { limit });
    if (!due.ok) {
      machine.log('warn', `stamping: ${due.code} ${due.detail ?? ''}`);
      return TICK_MS;
    }
    for (const job of due.value.jobs) {
      const work = stamp(job)
        .catch((thrown: unknown) => machine.log('error', `stamping: ${toRefusal(thrown).detail ?? ''}`))
        .finally(() => {
          running.delete(work);
          wake();
        });
      running.add(work);
    }
    return Math.min(TICK_MS, (due.value.nextInMs ?? TICK_MS) + MARGIN_MS);
  }

  async function run(): Promise<void> {
    await rooms.store.call('wakeStamps', { settings: fingerprintOf(settings) });
    while (!ending.signal.aborted) {
      isWoken = false;
      const napMs = await look();
      if (isWoken) continue;
      nap = new AbortController();
      const signal = AbortSignal.any([nap.signal, ending.signal]);
      await pause(napMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  const ended = run();
  return {
    wake,
    retry: () => void rooms.store.call('wakeStamps', { settings: null }).then(wake),
    stop: async () => {
      ending.abort();
      await ended;
    },
  };
}

/** What decides whether stamping that failed may succeed now. */
function fingerprintOf({ signing }: Settings): string {
  return createHash('sha256').update(JSON.stringify(signing)).digest('hex');
}
