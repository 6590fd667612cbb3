/**
 * @file One seed of the sync simulator: the real sync core on two counters and the real gateway core, on virtual time, with
 * a line that loses, doubles, delays and forges, processes that die at any step, and clocks that jump.
 */
import { createHash, randomUUID } from 'node:crypto';
import { startAutomatic, type Automatic } from '../../main/sync/automatic.ts';
import { hashManifest } from '../../main/sync/manifest.ts';
import {
  WireFailure,
  type Hashing,
  type SyncStore,
  type Transport,
  type WireAnswer,
  type WireRequest,
} from '../../main/sync/ports.ts';
import type { Manifest, UploadJob } from '../../main/sync/protocol.ts';
import { createProvinceApi } from '../../main/sync/province-api.ts';
import { verifyReceiptOf, type ReceiptPayload } from '../../main/sync/receipt.ts';
import { createSyncCore } from '../../main/sync/sync-core.ts';
import { openDatabase } from '../../province/database.ts';
import type { UploadFiles } from '../../province/files.ts';
import { openGateway, type Gateway } from '../../province/gateway.ts';
import { hashReceipt, makeReceiptSigner } from '../../province/receipts.ts';
import { commonHeaders, replyToFailure, ROUTES } from '../../province/routes.ts';
import { clockOf, createVirtualTime, seededRandom } from './virtual-time.ts';

/** What the simulator can leave out to prove that it would notice. */
export interface Removed {
  /** Receipts are believed unread. */
  readonly receiptCheck?: boolean;
  /** A wait that lies absurdly far ahead (the clock was turned back) is waited for. */
  readonly farWaitRule?: boolean;
  /** Passes come only when somebody seals: no timer, no tick. */
  readonly tick?: boolean;
}

export interface SimulationResult {
  readonly jobs: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly corrupted: number;
  readonly stuck: number;
  /** Chain, numbers, feed: anything else that is not as it must be. */
  readonly wrong: readonly string[];
  readonly fired: Readonly<Record<string, number>>;
  readonly virtualMs: number;
}

const AGENCY = 'H29.12';
const START_MS = Date.UTC(2026, 10, 20, 1, 0, 0);
const TROUBLE_MS = 8 * 60_000;
/** Longer than any wait of the core after the trouble has ended. */
const LIMIT_MS = 3 * 3_600_000;
const PERSON_MS = 10 * 60_000;
/** No wait of the core is longer than 15 min or 1.3 × 6 h. */
const FARTHEST_WAIT_MS = 8 * 3_600_000;
const YEAR_MS = 365 * 86_400_000;

interface SimJob {
  readonly job: UploadJob;
  readonly bytes: Map<string, Buffer>;
  state: 'open' | 'received' | 'held';
  notBeforeMs: number;
  receipts: string[];
}

export async function simulate(seed: number, removed: Removed = {}): Promise<SimulationResult> {
  const random = seededRandom(seed);
  const time = createVirtualTime(START_MS);
  const fired: Record<string, number> = {};
  const between = (low: number, high: number): number => low + random() * (high - low);
  const isTroubled = (): boolean => time.nowMs() - START_MS < TROUBLE_MS;
  const strength = between(0.2, 1.5);
  const strikes = (name: string, rate: number): boolean => {
    if (!isTroubled() || random() >= rate * strength) return false;
    fired[name] = (fired[name] ?? 0) + 1;
    return true;
  };

  // ---- the province ----------------------------------------------------------------------------------------------
  const rows = openDatabase(':memory:');
  const signer = makeReceiptSigner();
  const impostor = makeReceiptSigner();
  const disk = new Map<string, Buffer>();
  const files = memoryFiles(disk, () => strikes('province-killed', 0.01));
  const startGateway = (): Gateway =>
    openGateway({ rows, files, signer, nowMs: time.nowMs, name: 'simulated', processingDelayMs: 1_000 });
  let gateway = startGateway();

  async function serve(wire: WireRequest): Promise<WireAnswer> {
    const url = new URL(wire.path, 'http://province');
    const [route, params] = matchRoute(wire.method, url.pathname);
    const request = {
      params,
      query: { ...Object.fromEntries(url.searchParams), wait: '0' },
      headers: wire.headers,
      body: wire.body ?? new Uint8Array(),
      signal: new AbortController().signal,
    };
    let reply;
    try {
      reply = await route.handle(gateway, request);
    } catch (thrown) {
      if (thrown instanceof Killed) {
        gateway = startGateway();
        await gateway.recover();
        throw new WireFailure('unreachable', 'the province died');
      }
      reply = replyToFailure(thrown, route, (bug) => {
        throw bug;
      });
    }
    gateway.runScript();
    const headers: Record<string, string> = {
      ...commonHeaders(gateway),
      date: new Date(time.nowMs()).toUTCString(),
      ...reply.headers,
    };
    if (reply.body !== undefined) headers['content-type'] ??= 'application/json';
    return {
      status: reply.status,
      headers,
      body: new TextEncoder().encode(reply.body === undefined ? '' : JSON.stringify(reply.body)),
    };
  }

  // ---- the line --------------------------------------------------------------------------------------------------
  function lineOf(counter: Counter, life: { isOver: boolean }): Transport {
    return async (wire, signal) => {
      const isFeed = wire.path.startsWith('/v1/feed');
      await time.sleep(between(5, 300), signal);
      await counter.step(life);
      if (signal.aborted) throw signal.reason;
      if (strikes('request-lost', 0.05)) throw new WireFailure('unreachable', 'reset');
      if (strikes('stalled', 0.02)) {
        await time.sleep(wire.stallMs, signal);
        throw new WireFailure('stalled', 'no byte');
      }
      if (strikes('captive-portal', 0.03)) return html(200);
      if (strikes('redirect', 0.01)) return html(302);
      for (const [status, rate] of [
        [401, 0.02],
        [403, 0.01],
        [423, 0.02],
        [429, 0.02],
        [460, 0.02],
        [500, 0.02],
        [503, 0.03],
      ] as const) {
        if (strikes(String(status), rate)) return problem(status);
      }
      if (wire.path.endsWith('/commit') && strikes('forged-receipt', 0.1)) return forge(wire);
      const sent = wire.method === 'PATCH' && strikes('byte-flipped', 0.05) ? flipped(wire) : wire;
      if (!isFeed && strikes('delivered-late-again', 0.05)) {
        void time.sleep(between(100, 120_000)).then(() => serve(sent).catch(() => undefined));
      }
      if (!isFeed && strikes('duplicate', 0.05)) await serve(sent).catch(() => undefined);
      let answer = await serve(sent);
      if (
        isFeed &&
        !wire.path.includes('wait=0') &&
        answer.status === 200 &&
        !new TextDecoder().decode(answer.body).includes('seq')
      ) {
        await time.sleep(25_000, signal);
        answer = await serve(sent);
      }
      await time.sleep(between(5, 300), signal);
      await counter.step(life);
      if (strikes('reply-lost', 0.05)) throw new WireFailure('unreachable', 'reset after it was done');
      return answer;
    };

    function forge(wire: WireRequest): WireAnswer {
      const { rev, manifestSha256, auditHead } = JSON.parse(new TextDecoder().decode(wire.body)) as {
        rev: number;
        manifestSha256: string;
        auditHead: string;
      };
      const payload: ReceiptPayload = {
        dossierId: wire.path.split('/')[3] ?? '',
        rev,
        manifestSha256,
        auditHead,
        number: `${AGENCY}-261120-9999`,
        seq: 1,
        prevReceiptHash: '0'.repeat(64),
        receivedAt: new Date(time.nowMs()).toISOString(),
        gateway: 'impostor',
      };
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: new TextEncoder().encode(JSON.stringify({ receipt: impostor.sign(payload) })),
      };
    }
  }

  // ---- the counters ----------------------------------------------------------------------------------------------
  interface Counter {
    readonly jobs: SimJob[];
    readonly feed: { dossierId: string; status: number; seq: number }[];
    readonly numbers: { from: number; to: number; key: string }[];
    automatic: Automatic | null;
    /** Passes when the process may go on; a killed one hangs here for ever. */
    step: (life: { isOver: boolean }) => Promise<void>;
  }

  function openCounter(index: number): Counter {
    const device = { id: `counter-${index}`, unit: AGENCY, counter: `Q${index}` };
    gateway.devices.add(device, 'secret');
    let wallOffsetMs = 0;
    let cursor: string | null = null;
    const wantedKey = randomUUID();
    const counter: Counter = {
      jobs: [],
      feed: [],
      numbers: [],
      automatic: null,
      async step(life) {
        if (!life.isOver && strikes('counter-killed', 0.005)) {
          life.isOver = true;
          void time.sleep(between(100, 20_000)).then(start);
        }
        if (strikes('clock-jumped', 0.005)) wallOffsetMs = between(-3 * YEAR_MS, 10 * YEAR_MS);
        if (life.isOver) await new Promise(() => {});
      },
    };
    const clock = clockOf(time, () => wallOffsetMs);

    function storeFor(life: { isOver: boolean }): SyncStore {
      const durable = async <T>(effect: () => T | Promise<T>): Promise<T> => {
        await time.sleep(between(0, 5));
        await counter.step(life); // dies before the effect
        const value = await effect();
        await counter.step(life); // or after it, before the answer
        return value;
      };
      const open = ({ state, notBeforeMs }: SimJob): boolean =>
        state === 'open' &&
        (notBeforeMs <= clock.nowMs() || (!removed.farWaitRule && notBeforeMs - clock.nowMs() > FARTHEST_WAIT_MS));
      return {
        nextJob: () => durable(() => structuredClone(counter.jobs.find(open)?.job ?? null)),
        reportStep: (jobId, step) =>
          durable(async () => {
            const entry = counter.jobs.find(({ job }) => job.jobId === jobId);
            if (!entry) throw new Error(`no job ${jobId}`);
            if (step.kind === 'progress') {
              Object.assign(entry.job.files.find(({ sha256 }) => sha256 === step.sha256) ?? {}, {
                uploadUrl: step.uploadUrl,
                confirmedOffset: step.confirmedOffset,
              });
            } else if (step.kind === 'waiting') {
              entry.notBeforeMs = Date.parse(step.notBefore);
              Object.assign(entry.job, { attempts: entry.job.attempts + 1 });
            } else if (step.kind === 'held') entry.state = 'held';
            else if (step.kind === 'received') {
              entry.state = 'received';
              if (!entry.receipts.includes(step.receipt)) entry.receipts.push(step.receipt);
            }
          }),
        feedCursor: () => durable(() => cursor),
        applyFeed: (items, next) =>
          durable(() => {
            for (const item of items) if (!counter.feed.some(({ seq }) => seq === item.seq)) counter.feed.push(item);
            cursor = next;
          }),
        wantedNumbers: () =>
          durable(() => (counter.numbers.length > 0 ? [] : [{ date: '2026-11-20', count: 20, key: wantedKey }])),
        storeNumbers: ({ from, to, key }) => durable(() => void counter.numbers.push({ from, to, key })),
      };
    }

    function start(): void {
      const life = { isOver: false };
      const settings = {
        url: 'http://province',
        receiptKeys: signer.publicKeys.map((key) => ({ ...key })),
        deviceId: device.id,
        deviceSecret: 'secret',
        agencyCode: AGENCY,
        counterId: device.counter,
        maxBytesPerSecond: null,
      };
      const hashing: Hashing = {
        sha256Base64: (bytes) => createHash('sha256').update(bytes).digest('base64'),
        verifyReceipt: removed.receiptCheck
          ? async () => ({}) as ReceiptPayload
          : (jws, subject, sha256) => time.outside(verifyReceiptOf(jws, settings.receiptKeys, subject, sha256)),
      };
      const core = createSyncCore({
        api: createProvinceApi({ transport: lineOf(counter, life), clock, settings, onExchange: () => {} }),
        store: storeFor(life),
        blobs: {
          readRange: async (access, offset, length) => bytesOf(access.path).subarray(offset, offset + length),
          hash: async (access) => createHash('sha256').update(bytesOf(access.path)).digest('hex'),
        },
        hashing,
        clock,
        random,
        settings,
        checkpoint: () => {},
        log: () => {},
      });
      if (removed.tick) {
        void core.pass({ signal: new AbortController().signal, isAsked: true, readFeed: false }).catch(() => undefined);
        return;
      }
      let last: Promise<unknown> = Promise.resolve();
      counter.automatic = startAutomatic({
        core,
        clock,
        random,
        log: () => {},
        alone: (work) => (last = last.then(work, work)) as ReturnType<typeof work>,
      });
    }

    const bytesOf = (sha256: string): Buffer => {
      for (const { bytes } of counter.jobs) {
        const found = bytes.get(sha256);
        if (found) return found;
      }
      throw new Error(`no bytes ${sha256}`);
    };

    for (let n = 0; n < 2; n++) counter.jobs.push(makeJob(`${index}-${n}`));
    start();
    return counter;
  }

  function makeJob(name: string): SimJob {
    const bytes = new Map<string, Buffer>();
    for (let count = 1 + Math.floor(random() * 2); count > 0; count--) {
      const data = Buffer.alloc(1 + Math.floor(random() ** 3 * 200_000), `${name} ${random()} `);
      bytes.set(createHash('sha256').update(data).digest('hex'), data);
    }
    const manifest: Manifest = {
      dossierId: randomUUID(),
      revision: 1,
      code: null,
      provisionalCode: `T-${name}`,
      agencyCode: AGENCY,
      counterId: 'Q',
      officerId: 'o',
      record: {},
      auditHead: createHash('sha256').update(name).digest('hex'),
      sealedAt: '2026-11-20T08:00:00+07:00',
      files: [...bytes].map(([sha256, data]) => ({
        sha256,
        sizeBytes: data.length,
        mediaType: 'application/pdf',
        kind: 'component' as const,
        componentId: 'c',
        title: 't',
      })),
    };
    const jobFiles = manifest.files.map(({ sha256, sizeBytes }) => ({
      sha256,
      sizeBytes,
      uploadUrl: null,
      confirmedOffset: 0,
      access: { path: sha256, key: '', sizeBytes, mediaType: 'application/pdf' },
    }));
    return {
      job: { jobId: name, manifest, manifestSha256: hashManifest(manifest), attempts: 0, files: jobFiles },
      bytes,
      state: 'open',
      notBeforeMs: 0,
      receipts: [],
    };
  }

  const counters = [openCounter(1), openCounter(2)];
  const all = (): SimJob[] => counters.flatMap(({ jobs }) => jobs);
  // A person looks at what is held every few minutes and lets it go on.
  void (async () => {
    for (;;) {
      await time.sleep(PERSON_MS);
      for (const job of all()) if (job.state === 'held') job.state = 'open';
    }
  })();
  await time.run(() => !isTroubled() && all().every(({ state }) => state === 'received'), START_MS + LIMIT_MS);
  // Late copies of old requests arrive even after everything was received.
  await time.run(() => false, time.nowMs() + 150_000);

  // ---- judgement -------------------------------------------------------------------------------------------------
  const wrong: string[] = [];
  let lost = 0;
  let duplicated = 0;
  let corrupted = 0;
  const receipts = rows.prepare('SELECT seq, dossier_id, jws FROM receipt ORDER BY seq').all() as {
    seq: number;
    dossier_id: string;
    jws: string;
  }[];
  for (const { job, bytes, state, receipts: mine } of all()) {
    const theirs = receipts.filter(({ dossier_id }) => dossier_id === job.manifest.dossierId);
    if (state === 'received' && theirs.length === 0) lost++;
    if (theirs.length > 1 || mine.length > 1) duplicated++;
    if (theirs[0] && mine[0] && mine[0] !== theirs[0].jws)
      wrong.push(`${job.jobId} holds another receipt than the province`);
    for (const [sha256, data] of theirs.length > 0 ? bytes : [])
      if (!disk.get(`content ${sha256}`)?.equals(data)) corrupted++;
    const moves = rows.prepare('SELECT count(*) AS n FROM feed WHERE dossier_id = ?').get(job.manifest.dossierId) as {
      n: number;
    };
    if (theirs.length > 0 && moves.n > 1) wrong.push(`${job.jobId} was moved ${moves.n} times`);
  }
  receipts.forEach(({ seq, jws }, index) => {
    const { prevReceiptHash } = JSON.parse(
      Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString(),
    ) as ReceiptPayload;
    const before = receipts[index - 1];
    if (seq !== index + 1 || prevReceiptHash !== (before ? hashReceipt(before.jws) : '0'.repeat(64)))
      wrong.push(`the chain breaks at ${seq}`);
  });
  const numbers = rows.prepare('SELECT number FROM dossier WHERE number IS NOT NULL').all() as { number: string }[];
  if (new Set(numbers.map(({ number }) => number)).size !== numbers.length) wrong.push('two dossiers have one number');
  const blocks = counters.flatMap(({ numbers: leased }) => [
    ...new Map(leased.map((block) => [block.key, block])).values(),
  ]);
  if (blocks.length === 2 && blocks[0] && blocks[1] && blocks[0].from <= blocks[1].to && blocks[1].from <= blocks[0].to)
    wrong.push('two counters have one number block');

  const virtualMs = time.nowMs() - START_MS;
  const stuck = all().filter(({ state }) => state !== 'received').length;
  rows.close();
  return { jobs: all().length, lost, duplicated, corrupted, stuck, wrong, fired, virtualMs };
}

class Killed extends Error {}

/** Durable at return, like the disk; a kill comes before or after the effect, never within. */
function memoryFiles(disk: Map<string, Buffer>, isKilled: () => boolean): UploadFiles {
  const maybeDie = (): void => {
    if (isKilled()) throw new Killed();
  };
  return {
    async write(uploadId, offset, bytes) {
      maybeDie();
      const old = disk.get(`part ${uploadId}`) ?? Buffer.alloc(0);
      const next = Buffer.alloc(Math.max(old.length, offset + bytes.length));
      old.copy(next);
      next.set(bytes, offset);
      disk.set(`part ${uploadId}`, next);
      maybeDie();
    },
    async finish(_unit, uploadId, sha256, sizeBytes) {
      maybeDie();
      const part = disk.get(`part ${uploadId}`)?.subarray(0, sizeBytes) ?? Buffer.alloc(0);
      disk.delete(`part ${uploadId}`);
      if (createHash('sha256').update(part).digest('hex') !== sha256) return false;
      disk.set(`content ${sha256}`, part);
      maybeDie();
      return true;
    },
    has: async (_unit, sha256, sizeBytes) => disk.get(`content ${sha256}`)?.length === sizeBytes,
    read: async (_unit, sha256) => disk.get(`content ${sha256}`) ?? Buffer.alloc(0),
    discard: async (uploadId) => void disk.delete(`part ${uploadId}`),
    parts: async () => [],
  };
}

function matchRoute(method: string, path: string): [(typeof ROUTES)[number], Record<string, string>] {
  for (const route of ROUTES) {
    if (route.method !== method) continue;
    const names: string[] = [];
    const pattern = route.path.replace(/:(\w+)/g, (_all, name: string) => {
      names.push(name);
      return '([^/]+)';
    });
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match) return [route, Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']))];
  }
  throw new Error(`no route ${method} ${path}`);
}

function html(status: number): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'text/html', location: 'http://login.example.net/' },
    body: new TextEncoder().encode('<!doctype html><p>Đăng nhập'),
  };
}

function problem(status: number): WireAnswer {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', 'tus-resumable': '1.0.0' };
  if (status === 429 || status === 503) headers['retry-after'] = '5';
  return { status, headers, body: new TextEncoder().encode(JSON.stringify({ code: 'simulated' })) };
}

function flipped(wire: WireRequest): WireRequest {
  const body = Buffer.from(wire.body ?? []);
  if (body.length > 0) body[Math.floor(body.length / 2)] = (body[Math.floor(body.length / 2)] ?? 0) ^ 4;
  return { ...wire, body };
}
