import { describe, expect, it } from 'vitest';
import { CAP_MS } from '../../main/sync/back-off.ts';
import { hashManifest } from '../../main/sync/manifest.ts';
import type { Manifest, UploadJob, UploadStep } from '../../main/sync/protocol.ts';
import type { ProvinceApi, Reply } from '../../main/sync/province-api.ts';
import { createSyncCore } from '../../main/sync/sync-core.ts';

const manifest: Manifest = {
  dossierId: '0190b0b0-0000-7000-8000-000000000001',
  revision: 1,
  code: null,
  provisionalCode: 'T-Q1-1',
  agencyCode: 'H29.12',
  counterId: 'Q01',
  officerId: 'lan',
  record: {},
  files: [],
  auditHead: 'f'.repeat(64),
  sealedAt: '2026-11-20T09:10:00+07:00',
};
const job = (jobId: string): UploadJob => ({
  jobId,
  manifest,
  manifestSha256: hashManifest(manifest),
  attempts: 0,
  files: [],
});
const untrusted: Reply<never> = {
  kind: 'untrusted',
  detail: 'announce: self-signed certificate',
  retryAfterMs: null,
  offset: null,
  missing: [],
};
const fine: Reply<null> = { kind: 'success', value: null };
const unused = (): never => {
  throw new Error('must not be asked');
};

/** A province that knows us and turns into somebody else at the announcement. */
function openWorld() {
  const time = { ms: 1_000_000 };
  const requests: string[] = [];
  const steps: [string, UploadStep][] = [];
  const due = [job('a'), job('b')];
  const api: ProvinceApi = {
    health: async () => fine,
    authenticate: async () => {
      requests.push('authenticate');
      return fine;
    },
    announce: async () => {
      requests.push('announce');
      return untrusted;
    },
    file: unused,
    head: unused,
    patch: unused,
    commit: unused,
    feed: unused,
    lease: unused,
    contact: () => ({ clockOffsetMs: 0, spreadSeconds: 0 }),
  };
  const core = createSyncCore({
    api,
    store: {
      nextJob: async () => due[0] ?? null,
      reportStep: async (jobId, step) => {
        steps.push([jobId, step]);
        due.shift();
      },
      feedCursor: unused,
      applyFeed: unused,
      wantedNumbers: async () => [],
      storeNumbers: unused,
    },
    blobs: { readRange: unused, hash: unused },
    hashing: { sha256Base64: unused, verifyReceipt: unused },
    clock: { nowMs: () => time.ms, monotonicMs: () => time.ms, sleep: async () => {} },
    random: () => 0.5,
    settings: { maxBytesPerSecond: null },
    checkpoint: () => {},
    log: () => {},
  });
  const pass = () => core.pass({ signal: new AbortController().signal, isAsked: false, readFeed: true });
  return { time, requests, steps, pass };
}

describe("a certificate that is not the province's, met while a dossier is sent", () => {
  it('lets the dossier wait, holds nothing, and asks nobody before the longest pause is over', async () => {
    const { time, requests, steps, pass } = openWorld();
    expect(await pass()).toEqual({ received: 0, waiting: 1, held: 0, retryInMs: CAP_MS });
    const notBefore = new Date(time.ms + CAP_MS).toISOString();
    expect(steps).toEqual([['a', { kind: 'waiting', reason: 'security', notBefore, detail: untrusted.detail }]]);
    expect(requests).toEqual(['authenticate', 'announce']); // neither the next dossier nor the feed

    time.ms += CAP_MS - 1;
    expect(await pass()).toEqual({ received: 0, waiting: 0, held: 0, retryInMs: 1 });
    expect(requests).toHaveLength(2);
    time.ms += 1;
    expect(await pass()).toMatchObject({ waiting: 1, held: 0 });
    expect(steps.map(([id, { kind }]) => [id, kind])).toEqual([
      ['a', 'waiting'],
      ['b', 'waiting'],
    ]);
  });
});
