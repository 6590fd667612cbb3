/** @file The sync process: wires the core to undici, to blob files and to the store behind main. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { readBlobRange } from '../blobs/blob-file.ts';
import { serveRoom, type RoomHost } from '../rooms/serve.ts';
import { startAutomatic } from './automatic.ts';
import { createHttpTransport } from './http-transport.ts';
import type { Blobs, Clock, Hashing, SyncStore } from './ports.ts';
import { syncRoom, type ProvinceSettings, type SyncRoom } from './protocol.ts';
import { createProvinceApi, type ProvinceApi } from './province-api.ts';
import { verifyReceiptOf } from './receipt.ts';
import { connectionAfter, createSyncCore, type PassResult, type SyncCore, type SyncStatusValue } from './sync-core.ts';

const HASH_STEP_BYTES = 1024 * 1024;
/** A pass asked for by hand waits for retries that are this near. */
const PATIENCE_MS = 30_000;
const MOST_PATIENT_PASSES = 20;
/** The screen learns of the last contact this often while nothing else changes. */
const CONTACT_MS = 5_000;

serveRoom(syncRoom, (init, host) => {
  const closing = new AbortController();
  if (!init.province) {
    return { handlers: { run: () => ({ received: 0, waiting: 0, held: 0 }), wake: () => null } };
  }
  const { core, close } = wire(init.province, host);
  const alone = createQueue();
  const automatic = init.isAutomatic
    ? startAutomatic({ core, clock: systemClock, random: Math.random, alone, log: host.log })
    : null;

  return {
    handlers: {
      async run({ once }, { signal, progress }) {
        const either = AbortSignal.any([signal, closing.signal]);
        const total = { received: 0, waiting: 0, held: 0 };
        for (let passes = 0; ; passes++) {
          const result = await alone(() =>
            core.pass({
              signal: either,
              isAsked: true,
              readFeed: automatic === null,
              progress: (jobId, step) => progress({ jobId, step }),
            }),
          );
          total.received += result.received;
          total.held += result.held;
          total.waiting = result.waiting;
          const isNear = result.retryInMs !== null && result.retryInMs <= PATIENCE_MS;
          if (once || !isNear || passes >= MOST_PATIENT_PASSES) return total;
          await systemClock.sleep(result.retryInMs ?? 0, either);
        }
      },
      wake() {
        automatic?.wake();
        return null;
      },
    },
    async close() {
      closing.abort();
      await automatic?.stop();
      await close();
    },
  };
});

function wire(settings: ProvinceSettings, host: RoomHost<SyncRoom>): { core: SyncCore; close: () => Promise<void> } {
  const { transport, close } = createHttpTransport({ ...settings, clock: systemClock });
  let status: SyncStatusValue = { connection: 'unknown', lastContactAt: null, clockOffsetMs: null };
  let emittedAtMs = -CONTACT_MS;

  const api: ProvinceApi = createProvinceApi({
    transport,
    clock: systemClock,
    settings,
    onExchange(result) {
      const connection = connectionAfter(result);
      const isContact = connection === 'online' || result === 'unauthenticated';
      const next: SyncStatusValue = {
        connection,
        lastContactAt: isContact ? new Date(systemClock.nowMs()).toISOString() : status.lastContactAt,
        clockOffsetMs: api.contact().clockOffsetMs,
      };
      const isNews = next.connection !== status.connection || systemClock.monotonicMs() - emittedAtMs >= CONTACT_MS;
      status = next;
      if (!isNews) return;
      emittedAtMs = systemClock.monotonicMs();
      host.emit('status', next);
    },
  });
  const hashing: Hashing = {
    sha256Base64: (bytes) => createHash('sha256').update(bytes).digest('base64'),
    verifyReceipt: (jws, subject, manifestSha256) =>
      verifyReceiptOf(jws, settings.receiptKeys, subject, manifestSha256),
  };
  const core = createSyncCore({
    api,
    store: storeBehind(host),
    blobs: diskBlobs,
    hashing,
    clock: systemClock,
    random: Math.random,
    settings,
    checkpoint: crashPoint(process.env['MOTCUA_CRASH_AT']),
    log: (level, text) => host.log(level, text),
  });
  return { core, close };
}

const systemClock: Clock = {
  nowMs: Date.now,
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined),
};

const diskBlobs: Blobs = {
  readRange: readBlobRange,
  async hash(access) {
    const hash = createHash('sha256');
    for (let at = 0; at < access.sizeBytes; at += HASH_STEP_BYTES)
      hash.update(await readBlobRange(access, at, HASH_STEP_BYTES));
    return hash.digest('hex');
  },
};

function storeBehind(host: RoomHost<SyncRoom>): SyncStore {
  return {
    nextJob: () => host.ask('nextJob', {}),
    reportStep: async (jobId, step) => void (await host.ask('reportStep', { jobId, step })),
    feedCursor: () => host.ask('feedCursor', {}),
    applyFeed: async (items, cursor) => void (await host.ask('applyFeed', { items, cursor })),
    wantedNumbers: () => host.ask('wantedNumbers', {}),
    storeNumbers: async (block) => void (await host.ask('storeNumbers', block)),
  };
}

/** Passes never overlap: two of them would send the same dossier side by side. */
function createQueue(): (work: () => Promise<PassResult>) => Promise<PassResult> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/** For the kill tests: `MOTCUA_CRASH_AT=<checkpoint>` ends the process there as a power cut would. */
function crashPoint(at: string | undefined): (point: string) => void {
  return (point) => {
    if (point === at) process.kill(process.pid, 'SIGKILL');
  };
}
