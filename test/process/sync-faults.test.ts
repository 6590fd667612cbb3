import { createHash, randomUUID } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { writeFileSync, readFileSync } from 'node:fs';
import forge from 'node-forge';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { unwrap } from '../../main/rooms/failure.ts';
import { FAULT_NAMES, type FaultName, type Faults } from '../../province/protocol.ts';
import { makeReceiptSigner } from '../../province/receipts.ts';
import { verifyReceipt } from '../../main/sync/receipt.ts';
import { someBytes } from '../fixtures/sync-outbox.ts';
import {
  DEVICE,
  filesOfProvince,
  freePort,
  openStage,
  poll,
  type Stage,
  type StageOptions,
} from '../fixtures/sync-stage.ts';

let stage: Stage | undefined;
const servers: Server[] = [];
async function open(options?: StageOptions): Promise<Stage> {
  const opened = await openStage(options);
  stage = opened;
  return opened;
}
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await stage?.close();
  stage = undefined;
});

/** The province behind a proxy that moves its `Date`: to the counter it looks as if its own clock were off. */
async function throughAnotherTime(target: string, offsetMs: number): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const forward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, {
          ...answer.headers,
          date: new Date(Date.now() + offsetMs).toUTCString(),
        });
        answer.pipe(outgoing);
      },
    );
    forward.on('error', () => outgoing.destroy());
    incoming.pipe(forward);
  });
  servers.push(proxy);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

async function untrustedServer(): Promise<string> {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
  certificate.setSubject([{ name: 'commonName', value: '127.0.0.1' }]);
  certificate.setIssuer([{ name: 'commonName', value: '127.0.0.1' }]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  const server = createTlsServer(
    { key: forge.pki.privateKeyToPem(keys.privateKey), cert: forge.pki.certificateToPem(certificate) },
    (_request, response) => response.end('{}'),
  );
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

/** A forged receipt is held for a person at once: it has a test of its own. */
const TRANSIENT = FAULT_NAMES.filter((name) => name !== 'forged-receipt');

/** Those that make the counter wait for seconds by design come less often. */
const RATES: Partial<Record<FaultName, number>> = { slow: 0.2, '423': 0.15, '429': 0.15, '503': 0.15 };

describe('a province that misbehaves', () => {
  let shared: Stage;
  beforeAll(async () => {
    shared = await openStage();
  });
  afterAll(() => shared.close());

  async function expectAllArrivedOnce(): Promise<void> {
    const { outbox, province, provinceFolder } = shared;
    unwrap(await province.call('setFaults', { faults: {} }));
    expect(outbox.jobs.filter(({ state, receipts }) => state !== 'received' || receipts.length !== 1)).toEqual([]);
    const hashes = outbox.jobs.flatMap(({ bytes }) =>
      bytes.map((file) => createHash('sha256').update(file).digest('hex')),
    );
    const count = outbox.jobs.length;
    expect(unwrap(await province.call('stats', {}))).toMatchObject({
      dossiers: count,
      receipts: count,
      files: hashes.length,
    });
    expect(filesOfProvince(provinceFolder).sort()).toEqual(hashes.sort());
  }

  it.each(TRANSIENT)('with "%s": every dossier arrives once, nothing is held', async (name) => {
    const rate = RATES[name] ?? 0.4;
    unwrap(await shared.province.call('setFaults', { faults: { [name]: rate } }));
    const before = unwrap(await shared.province.call('stats', {})).fired[name] ?? 0;
    for (let round = 0; round < 10; round++) {
      for (let index = 0; index < 2; index++) await shared.outbox.add([someBytes(200_000 + index), someBytes(10_000)]);
      await shared.settle();
      if ((unwrap(await shared.province.call('stats', {})).fired[name] ?? 0) > before) break;
    }
    expect(unwrap(await shared.province.call('stats', {})).fired[name] ?? 0).toBeGreaterThan(before);
    await expectAllArrivedOnce();
  });

  it('with all of it at once, 5 % each: five dossiers arrive once each', async () => {
    const faults = Object.fromEntries(TRANSIENT.map((name) => [name, 0.05])) as Faults;
    unwrap(await shared.province.call('setFaults', { faults }));
    for (let index = 0; index < 5; index++) await shared.outbox.add([someBytes(300_000)]);
    await shared.settle();
    await expectAllArrivedOnce();
  });
});

describe('a province that is not the province', () => {
  it('that signs with a key nobody knows: the receipt never counts, the dossier is held, the next one is not sent', async () => {
    const { outbox, sync } = await open({ province: { faults: { 'forged-receipt': 1 } } });
    const first = await outbox.add([someBytes(5_000)]);
    const second = await outbox.add([someBytes(5_000)]);
    expect(unwrap(await sync.call('run', { once: true }))).toEqual({ received: 0, waiting: 0, held: 1 });
    expect([first.state, second.state]).toEqual(['held', 'queued']);
    expect(first.steps.at(-1)).toMatchObject({ kind: 'held', reason: 'security' });
    expect(first.steps.some(({ kind }) => kind === 'received')).toBe(false);
    expect(second.steps).toEqual([]);
  });
});

describe('somebody else who answers', () => {
  it("a captive portal on the province's address: waiting for the network, never received", async () => {
    const { outbox, sync, statuses, province } = await open({ province: { faults: { 'html-200': 1 } } });
    const job = await outbox.add([someBytes(5_000)]);
    expect(unwrap(await sync.call('run', { once: true }))).toEqual({ received: 0, waiting: 1, held: 0 });
    expect(job.steps.at(-1)).toMatchObject({ kind: 'waiting', reason: 'network' });
    expect(statuses.at(-1)?.connection).toBe('offline');
    unwrap(await province.call('setFaults', { faults: {} }));
    await stage?.settle();
    expect(job.state).toBe('received');
  });

  it('a redirect is not followed: the other host hears nothing', async () => {
    let heard = 0;
    const port = await freePort();
    const elsewhere = createServer((_request, response) => {
      heard++;
      response.end('{}');
    }).listen(port, '127.0.0.1');
    const redirecting = createServer((_request, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
    }).listen(0, '127.0.0.1');
    servers.push(elsewhere, redirecting);
    await poll('listening', () => redirecting.listening);
    const address = redirecting.address();
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
    const { outbox, sync } = await open({ settings: { url } });
    const job = await outbox.add([someBytes(5_000)]);
    expect(unwrap(await sync.call('run', { once: true }))).toMatchObject({ received: 0, waiting: 1 });
    expect(job.steps.at(-1)).toMatchObject({ kind: 'waiting', reason: 'network' });
    expect(heard).toBe(0);
  });

  it('nobody at all: waiting for the network, and the next try is later', async () => {
    const { outbox, sync, statuses } = await open({ settings: { url: `http://127.0.0.1:${await freePort()}` } });
    const job = await outbox.add([someBytes(5_000)]);
    expect(unwrap(await sync.call('run', { once: true }))).toMatchObject({ received: 0, waiting: 1, held: 0 });
    expect(job.steps).toMatchObject([
      { kind: 'waiting', reason: 'network', notBefore: expect.stringMatching(/^\d{4}-/) },
    ]);
    expect(statuses.at(-1)?.connection).toBe('offline');
  });
});

describe("a certificate that is not the province's", () => {
  it('stops everything before a dossier is touched', async () => {
    const { outbox, sync, statuses } = await open({ settings: { url: await untrustedServer() } });
    const job = await outbox.add([someBytes(5_000)]);
    expect(unwrap(await sync.call('run', { once: true }))).toEqual({ received: 0, waiting: 0, held: 0 });
    expect([job.state, job.steps]).toEqual(['queued', []]);
    expect(statuses.at(-1)?.connection).toBe('refused');
  });
});

describe('a wrong device credential', () => {
  it('waits for authentication and leaves the upload as it was', async () => {
    const { outbox, sync, settings, statuses, province } = await open({
      province: { faults: { 'reset-mid-patch': 1 } },
    });
    const job = await outbox.add([someBytes(5_000)]);
    await sync.call('run', { once: true }); // announced, and has its upload URL
    unwrap(await province.call('setFaults', { faults: {} }));
    const before = structuredClone(job.job.files);
    expect(before[0]?.uploadUrl).toMatch(/^\/v1\/uploads\//);

    (settings as { deviceSecret: string }).deviceSecret = 'not the secret';
    await sync.stop();
    outbox.hurry();
    expect(unwrap(await sync.call('run', { once: true }))).toEqual({ received: 0, waiting: 1, held: 0 });
    expect(job.steps.at(-1)).toMatchObject({ kind: 'waiting', reason: 'authentication' });
    expect(job.job.files).toEqual(before);
    expect(statuses.at(-1)?.connection).toBe('refused');

    (settings as { deviceSecret: string }).deviceSecret = DEVICE.secret;
    await sync.stop();
    await stage?.settle();
    expect(job.state).toBe('received');
  });
});

describe('one bad dossier', () => {
  it('refused by the province is held with the reason, and the next one is received', async () => {
    const { outbox, sync } = await open();
    const bad = await outbox.add([someBytes(5_000)], { code: 'H29.12-261121-9999', provisionalCode: null });
    const good = await outbox.add([someBytes(5_000)]);
    expect(unwrap(await sync.call('run', { once: true }))).toEqual({ received: 1, waiting: 0, held: 1 });
    expect(bad.steps.at(-1)).toMatchObject({
      kind: 'held',
      reason: 'validation',
      detail: expect.stringContaining('number-refused'),
    });
    expect(good.state).toBe('received');
  });

  it("with a damaged file on the counter's disk is held (hash), and nothing wrong is sent", async () => {
    const { outbox, sync, province } = await open();
    const bad = await outbox.add([someBytes(100_000)]);
    const path = bad.job.files[0]?.access.path ?? '';
    const bytes = readFileSync(path);
    bytes[50_000] = (bytes[50_000] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const good = await outbox.add([someBytes(5_000)]);
    expect(unwrap(await sync.call('run', { once: true }))).toEqual({ received: 1, waiting: 0, held: 1 });
    expect(bad.steps.at(-1)).toMatchObject({ kind: 'held', reason: 'hash' });
    expect(good.state).toBe('received');
    expect(unwrap(await province.call('stats', {}))).toMatchObject({ dossiers: 1, files: 1 });
  });

  it('whose file is not what was sealed is held (hash) after the province refused its bytes', async () => {
    const { outbox, sync } = await open();
    const job = await outbox.add([someBytes(100_000)]);
    const other = await outbox.add([someBytes(100_000)]);
    const [file, otherFile] = [job.job.files[0], other.job.files[0]];
    if (file && otherFile) Object.assign(file, { access: otherFile.access });
    expect(unwrap(await sync.call('run', { once: true }))).toEqual({ received: 1, waiting: 0, held: 1 });
    expect(job.steps.at(-1)).toMatchObject({ kind: 'held', reason: 'hash' });
  });
});

describe('official codes', () => {
  it('are leased ahead, the same block however often it is asked for, and used ones come back in the receipt', async () => {
    const { outbox, sync } = await open();
    const date = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
    outbox.wanted.push({ date, count: 50, key: randomUUID() });
    await sync.call('run', { once: true });
    expect(outbox.numbers).toMatchObject([{ date, from: 1, to: 50 }]);
    const [block] = outbox.numbers.splice(0); // the answer was lost: the counter asks again with its key
    await sync.call('run', { once: true });
    expect(outbox.numbers).toEqual([block]);

    const code = `${block?.prefix}0007`;
    const job = await outbox.add([someBytes(5_000)], { code, provisionalCode: null });
    const provisional = await outbox.add([someBytes(5_000)]);
    await sync.call('run', { once: true });
    expect(job.payload?.number).toBe(code);
    expect(provisional.payload?.number).toBe(`${block?.prefix}0051`);
  });
});

describe('a counter whose clock is three hours behind', () => {
  it('learns it from the province and sends all the same', async () => {
    const { outbox, sync, statuses, settings } = await open();
    (settings as { url: string }).url = await throughAnotherTime(settings.url, 3 * 3_600_000);
    const job = await outbox.add([someBytes(5_000)]);
    expect(unwrap(await sync.call('run', { once: true })).received).toBe(1);
    expect(job.state).toBe('received');
    const offsetMs = statuses.findLast(({ clockOffsetMs }) => clockOffsetMs !== null)?.clockOffsetMs ?? 0;
    expect(Math.abs(offsetMs - 3 * 3_600_000)).toBeLessThan(60_000);
  });
});

describe('the bandwidth cap', () => {
  it('is kept: 300 kB at 200 kB/s take at least half a second after the first burst', async () => {
    const { outbox, sync } = await open({ settings: { maxBytesPerSecond: 200_000 } });
    const job = await outbox.add([someBytes(300_000)]);
    const startedMs = performance.now();
    await sync.call('run', { once: true });
    expect(job.state).toBe('received');
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(450);
  });
});

describe('receipts of the province', () => {
  it('form one chain: each holds the hash of the one before', async () => {
    const { outbox, sync, settings } = await open();
    for (let index = 0; index < 4; index++) await outbox.add([someBytes(1_000)]);
    await sync.call('run', { once: true });
    const receipts = await Promise.all(
      outbox.jobs.map(async ({ receipts: [jws = ''] }) => ({
        jws,
        payload: await verifyReceipt(jws, settings.receiptKeys),
      })),
    );
    receipts.sort((a, b) => a.payload.seq - b.payload.seq);
    receipts.forEach(({ payload }, index) => {
      const before = receipts[index - 1];
      expect(payload.prevReceiptHash).toBe(
        before ? createHash('sha256').update(before.jws).digest('hex') : '0'.repeat(64),
      );
    });
    const stranger = makeReceiptSigner().sign(receipts[0]!.payload);
    await expect(verifyReceipt(stranger, settings.receiptKeys)).rejects.toMatchObject({ code: 'receipt-invalid' });
  });
});
