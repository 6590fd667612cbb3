/**
 * @file One sealed dossier on its way: metadata first, then the smallest file, the commit, the receipt. Every step is
 * reported before the next one is taken, and offsets come from the province's answers only, so this may end anywhere and
 * start again.
 */
import type { z } from 'zod';
import { Failure } from '../rooms/failure.ts';
import { hashManifest } from './manifest.ts';
import type { Pace } from './pace.ts';
import type { Blobs, Clock, Hashing, Random, SyncStore } from './ports.ts';
import type { HoldReason, UploadJob, WaitReason } from './protocol.ts';
import type { ProvinceApi, Reply } from './province-api.ts';
import { ACTIONS, MOST_REMEDIES, waitReasonAfterRemedies } from './taxonomy.ts';

/** Named points at which the tests end the process. */
export const CHECKPOINTS = [
  'job-taken',
  'announced',
  'announce-reported',
  'file-announced',
  'chunk-read',
  'chunk-confirmed',
  'progress-reported',
  'files-complete',
  'committing-reported',
  'committed',
  'receipt-verified',
  'received-reported',
] as const;
export type Checkpoint = (typeof CHECKPOINTS)[number];

export interface UploadParts {
  readonly api: ProvinceApi;
  readonly store: SyncStore;
  readonly blobs: Blobs;
  readonly hashing: Hashing;
  readonly clock: Clock;
  readonly random: Random;
  readonly pace: Pace;
  readonly checkpoint: (point: Checkpoint) => void;
  readonly progress: (jobId: string, step: string) => void;
}

export type JobOutcome =
  | { readonly kind: 'received' }
  | {
      readonly kind: 'waiting';
      readonly reason: z.infer<typeof WaitReason>;
      readonly detail: string;
      readonly retryAfterMs: number | null;
      /** The province confirmed something in this attempt: the back-off starts again. */
      readonly hasProgressed: boolean;
    }
  | {
      readonly kind: 'held';
      readonly reason: z.infer<typeof HoldReason>;
      readonly detail: string;
      /** No further request in this pass. */
      readonly mustStop: boolean;
    };

interface Chunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** SHA-256, base64. */
  readonly checksum: string;
}

type JobFile = UploadJob['files'][number];
type Trouble<T = unknown> = Exclude<Reply<T>, { kind: 'success' }>;

/** Ends the attempt with its outcome. Private to this file. */
class Ended extends Error {
  readonly outcome: JobOutcome;
  constructor(outcome: JobOutcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/** The province does not know what it knew: begin with the announcement again. */
class Forgotten extends Error {}

/** @throws when the store cannot be asked or the signal aborts; the job then stays as it was last reported. */
export async function uploadJob(job: UploadJob, parts: UploadParts, signal: AbortSignal): Promise<JobOutcome> {
  const { api, store, clock, random, pace, checkpoint } = parts;
  const { manifest, jobId } = job;
  let hasProgressed = false;

  function wait(reason: z.infer<typeof WaitReason>, detail: string, retryAfterMs: number | null = null): Ended {
    return new Ended({ kind: 'waiting', reason, detail, retryAfterMs, hasProgressed });
  }

  function hold(reason: z.infer<typeof HoldReason>, detail: string, mustStop = false): Ended {
    return new Ended({ kind: 'held', reason, detail, mustStop });
  }

  /** What the table says about an answer that has no remedy here. */
  function endWith(trouble: Trouble): Error {
    const action = ACTIONS[trouble.kind];
    if (action.kind === 'hold') return hold(action.reason, trouble.detail);
    if (action.kind === 'announce-again') return new Forgotten(trouble.detail);
    return wait(waitReasonAfterRemedies(trouble.kind), trouble.detail, trouble.retryAfterMs);
  }

  /** Asks again after 1–5 s while somebody else has the upload. */
  async function ask<T>(send: () => Promise<Reply<T>>): Promise<Reply<T>> {
    for (let tries = 0; ; tries++) {
      const reply = await send();
      if (reply.kind === 'success' || ACTIONS[reply.kind].kind !== 'retry-soon' || tries >= MOST_REMEDIES.retrySoon)
        return reply;
      await clock.sleep(1_000 + 4_000 * random(), signal);
    }
  }

  async function must<T>(send: () => Promise<Reply<T>>): Promise<T> {
    const reply = await ask(send);
    if (reply.kind === 'success') return reply.value;
    throw endWith(reply);
  }

  async function sendFile(file: JobFile, mayResume: boolean): Promise<void> {
    let url = mayResume ? file.uploadUrl : null;
    let offset: number;
    const resumed = url === null ? null : await ask(() => api.head(url as string, file.sizeBytes, signal));
    if (url !== null && resumed?.kind === 'success') {
      offset = resumed.value.offset;
    } else if (resumed === null || resumed.kind === 'gone') {
      const announced = await must(() => api.file(manifest.dossierId, file.sha256, file.sizeBytes, signal));
      url = announced.uploadUrl;
      offset = announced.offset;
      checkpoint('file-announced');
    } else throw endWith(resumed as Trouble);
    const uploadUrl = url;
    const report = (confirmedOffset: number): Promise<void> =>
      store.reportStep(jobId, { kind: 'progress', sha256: file.sha256, uploadUrl, confirmedOffset });
    await report(offset);

    let ahead: Chunk | null = null;
    let resent = 0;
    let corrected = 0;
    while (offset < file.sizeBytes) {
      const from = offset;
      const read: Chunk = ahead?.offset === from ? ahead : await readChunk(file, from);
      const { bytes: chunk, checksum } = read;
      checkpoint('chunk-read');
      const startedMs = clock.monotonicMs();
      const sending = ask(() => api.patch(uploadUrl, from, chunk, checksum, signal));
      // The next chunk is decrypted while this one is on its way; trouble with it is found again when its turn comes.
      const reading: Promise<Chunk | null> | null =
        from + chunk.length < file.sizeBytes ? readChunk(file, from + chunk.length).catch(() => null) : null;
      const reply = await sending;
      ahead = await reading;
      if (reply.kind === 'success') {
        if (reply.value.offset <= from)
          throw wait('network', `patch: the province confirmed ${reply.value.offset} after ${from}`);
        pace.measured(chunk.length, clock.monotonicMs() - startedMs);
        offset = reply.value.offset;
        hasProgressed = true;
        resent = 0;
        checkpoint('chunk-confirmed');
        await report(offset);
        parts.progress(jobId, `uploading ${file.sha256.slice(0, 8)} ${offset}/${file.sizeBytes}`);
        checkpoint('progress-reported');
        continue;
      }
      const action = ACTIONS[reply.kind];
      if (action.kind === 'take-offset' && corrected++ < MOST_REMEDIES.takeOffset) {
        offset = (await must(() => api.head(uploadUrl, file.sizeBytes, signal))).offset;
      } else if (action.kind === 'check-local-bytes' && resent++ < MOST_REMEDIES.resendChunk) {
        await checkLocalBytes(file);
        offset = (await must(() => api.head(uploadUrl, file.sizeBytes, signal))).offset;
      } else {
        if (reply.kind === 'stalled' || reply.kind === 'unreachable') pace.failed();
        throw endWith(reply);
      }
    }
  }

  async function readChunk(file: JobFile, offset: number): Promise<Chunk> {
    const length = Math.min(pace.chunkBytes(), file.sizeBytes - offset);
    try {
      const bytes = await parts.blobs.readRange(file.access, offset, length);
      if (bytes.length !== length) throw new Failure('store-damaged', `${bytes.length} bytes instead of ${length}`);
      return { offset, bytes, checksum: parts.hashing.sha256Base64(bytes) };
    } catch (thrown) {
      throw endOfReading(thrown);
    }
  }

  /** After a checksum mismatch: either the line did it, or our own disk, and then nobody must send it again. */
  async function checkLocalBytes(file: JobFile): Promise<void> {
    let actual: string;
    try {
      actual = await parts.blobs.hash(file.access);
    } catch (thrown) {
      throw endOfReading(thrown);
    }
    if (actual !== file.sha256) throw hold('hash', `the stored file hashes to ${actual}, sealed was ${file.sha256}`);
  }

  function endOfReading(thrown: unknown): unknown {
    if (!(thrown instanceof Failure)) return thrown;
    if (thrown.code === 'store-damaged') return hold('hash', thrown.message);
    if (thrown.code === 'store-key-missing') return hold('key', thrown.message);
    return thrown.code === 'disk-error' || thrown.code === 'disk-full' ? wait('disk', thrown.message) : thrown;
  }

  async function commit(): Promise<void> {
    await store.reportStep(jobId, { kind: 'committing' });
    checkpoint('committing-reported');
    for (let tries = 0; ; tries++) {
      const reply = await ask(() => api.commit(manifest, job.manifestSha256, signal));
      if (reply.kind === 'success') {
        checkpoint('committed');
        await believe(reply.value.receipt);
        return;
      }
      if (ACTIONS[reply.kind].kind !== 'send-missing' || tries >= MOST_REMEDIES.sendMissing) throw endWith(reply);
      const missing = files.filter(({ sha256 }) => reply.missing.includes(sha256));
      for (const file of missing.length > 0 ? missing : files) await sendFile(file, false);
    }
  }

  async function believe(receipt: string): Promise<void> {
    try {
      await parts.hashing.verifyReceipt(receipt, manifest, job.manifestSha256);
    } catch (thrown) {
      // A portal or a proxy cannot forge this by accident: somebody answers in the province's place.
      if (thrown instanceof Failure && thrown.code === 'receipt-invalid') throw hold('security', thrown.message, true);
      throw thrown;
    }
    checkpoint('receipt-verified');
    await store.reportStep(jobId, { kind: 'received', receipt });
    checkpoint('received-reported');
  }

  const files = job.files.toSorted((a, b) => a.sizeBytes - b.sizeBytes);
  checkpoint('job-taken');
  try {
    if (hashManifest(manifest) !== job.manifestSha256)
      throw hold('hash', 'the manifest is not the one that was sealed');
    for (let round = 0; ; round++) {
      try {
        await must(() => api.announce(manifest, signal));
        checkpoint('announced');
        await store.reportStep(jobId, { kind: 'announced' });
        checkpoint('announce-reported');
        parts.progress(jobId, 'announced');
        for (const file of files) await sendFile(file, round === 0);
        checkpoint('files-complete');
        await commit();
        return { kind: 'received' };
      } catch (thrown) {
        if (!(thrown instanceof Forgotten)) throw thrown;
        if (round >= MOST_REMEDIES.announceAgain) throw wait('network', thrown.message);
      }
    }
  } catch (thrown) {
    if (thrown instanceof Ended) return thrown.outcome;
    throw thrown;
  }
}
