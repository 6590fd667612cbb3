import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proveDevice } from '../../main/sync/device-proof.ts';
import { hashManifest } from '../../main/sync/manifest.ts';
import type { Manifest } from '../../main/sync/protocol.ts';
import { verifyReceipt } from '../../main/sync/receipt.ts';
import { ROUTES } from '../../province/routes.ts';
import { startProvince, type RunningProvince } from '../../province/serve.ts';

const AGENCY = 'H29.12';
const DEVICE = { id: 'counter-1', secret: 'practice' };
const folder = mkdtempSync(join(tmpdir(), 'province-'));
let province: RunningProvince;
let token: string;

beforeAll(async () => {
  province = await open();
  token = await logIn(DEVICE.id, DEVICE.secret);
});
afterAll(async () => {
  await province.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): Promise<RunningProvince> {
  return startProvince({ folder, port: 0, agencyCode: AGENCY, device: DEVICE, processingDelayMs: null });
}

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const isBytes = body instanceof Uint8Array;
  const answer = await fetch(`${province.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(isBytes || body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

async function logIn(deviceId: string, secret: string): Promise<string> {
  const { body } = await send('POST', '/v1/auth/challenge', { deviceId });
  const nonce = String(body['nonce']);
  const answer = await send('POST', '/v1/auth/token', { deviceId, nonce, proof: proveDevice(secret, nonce) });
  return String(answer.body['token']);
}

function makeManifest(files: readonly Buffer[], changes: Partial<Manifest> = {}): Manifest {
  return {
    dossierId: randomUUID(),
    revision: 1,
    code: null,
    provisionalCode: 'T-Q01-1',
    agencyCode: AGENCY,
    counterId: 'Q01',
    officerId: 'o',
    record: {},
    auditHead: 'h',
    sealedAt: '2026-11-21T08:00:00+07:00',
    files: files.map((bytes) => ({
      sha256: sha256(bytes),
      sizeBytes: bytes.length,
      mediaType: 'application/pdf',
      kind: 'component',
      componentId: null,
      title: 't',
    })),
    ...changes,
  };
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const announce = (manifest: Manifest) =>
  send('PUT', `/v1/dossiers/${manifest.dossierId}`, manifest, {
    'idempotency-key': `${manifest.dossierId}:${manifest.revision}`,
  });
const announceFile = (manifest: Manifest, bytes: Buffer) =>
  send('PUT', `/v1/dossiers/${manifest.dossierId}/files/${sha256(bytes)}`, { size: bytes.length });
const commit = (manifest: Manifest) =>
  send('POST', `/v1/dossiers/${manifest.dossierId}/commit`, {
    rev: manifest.revision,
    manifestSha256: hashManifest(manifest),
    auditHead: manifest.auditHead,
  });
const head = (url: string) => send('HEAD', url, undefined, { 'tus-resumable': '1.0.0' });
const patch = (url: string, offset: number, bytes: Buffer, changes: Record<string, string> = {}) =>
  send('PATCH', url, bytes, {
    'tus-resumable': '1.0.0',
    'content-type': 'application/offset+octet-stream',
    'upload-offset': String(offset),
    'upload-checksum': `sha256 ${createHash('sha256').update(bytes).digest('base64')}`,
    ...changes,
  });

/** Announces and uploads; answers the manifest and the upload's URL. */
async function deliver(bytes: Buffer, changes: Partial<Manifest> = {}): Promise<{ manifest: Manifest; url: string }> {
  const manifest = makeManifest([bytes], changes);
  await announce(manifest);
  const url = String((await announceFile(manifest, bytes)).body['uploadUrl']);
  await patch(url, 0, bytes);
  return { manifest, url };
}

describe('the contract', () => {
  it('in openapi.yaml names exactly the endpoints that are served', () => {
    const text = readFileSync(new URL('../../province/openapi.yaml', import.meta.url), 'utf8');
    const written: string[] = [];
    let path = '';
    for (const line of text.slice(text.indexOf('\npaths:'), text.indexOf('\ncomponents:')).split('\n')) {
      path = /^ {2}(\/\S*):$/.exec(line)?.[1] ?? path;
      const method = /^ {4}(get|put|post|patch|head):$/.exec(line)?.[1];
      if (method) written.push(`${method.toUpperCase()} ${path}`);
    }
    const served = ROUTES.map((route) => `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`);
    expect(written.toSorted()).toEqual(served.toSorted());
  });
});

describe('a repeated request', () => {
  it('creates nothing: announcement, file, chunk and commit twice, and one receipt for ever', async () => {
    const bytes = randomBytes(10_000);
    const manifest = makeManifest([bytes]);
    const before = province.stats();
    expect((await announce(manifest)).status).toBe(201);
    expect((await announce(manifest)).status).toBe(200);
    const first = await announceFile(manifest, bytes);
    expect((await announceFile(manifest, bytes)).body).toEqual(first.body);
    const url = String(first.body['uploadUrl']);
    expect((await patch(url, 0, bytes)).status).toBe(204);
    const again = await patch(url, 0, bytes);
    expect([again.status, again.headers.get('upload-offset')]).toEqual([409, '10000']);
    const receipts = await Promise.all([commit(manifest), commit(manifest), commit(manifest)]);
    expect(new Set(receipts.map(({ body }) => body['receipt'])).size).toBe(1);
    const after = province.stats();
    expect([after.dossiers - before.dossiers, after.receipts - before.receipts, after.files - before.files]).toEqual([
      1, 1, 1,
    ]);
  });

  it('with the same key and another content is refused', async () => {
    const { manifest } = await deliver(randomBytes(100));
    const other = { ...manifest, record: { ChuHoSo: 'khác' } };
    expect(await announce(other)).toMatchObject({ status: 422, body: { code: 'key-reused' } });
    const lease = { unit: AGENCY, date: new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10), count: 5 };
    const one = await send('POST', '/v1/numbers/lease', lease, { 'idempotency-key': 'k1' });
    expect((await send('POST', '/v1/numbers/lease', lease, { 'idempotency-key': 'k1' })).body).toEqual(one.body);
    expect((await send('POST', '/v1/numbers/lease', { ...lease, count: 6 }, { 'idempotency-key': 'k1' })).status).toBe(
      422,
    );
  });

  it('after a restart finds everything: the upload answers HEAD, the commit answers the same receipt, the chain goes on', async () => {
    const bytes = randomBytes(5_000);
    const { manifest, url } = await deliver(bytes);
    const before = (await commit(manifest)).body['receipt'];
    await province.close();
    province = await open();
    expect((await head(url)).headers.get('upload-offset')).toBe('5000');
    expect((await commit(manifest)).body['receipt']).toBe(before);
    const next = await deliver(randomBytes(10));
    const receipt = await verifyReceipt(String((await commit(next.manifest)).body['receipt']), province.receiptKeys);
    expect(receipt.prevReceiptHash).toBe(sha256(Buffer.from(String(before))));
  });
});

describe('bytes', () => {
  it('of a chunk that does not fit its checksum are not kept', async () => {
    const bytes = randomBytes(1_000);
    const manifest = makeManifest([bytes]);
    await announce(manifest);
    const url = String((await announceFile(manifest, bytes)).body['uploadUrl']);
    const wrong = await patch(url, 0, bytes, {
      'upload-checksum': `sha256 ${createHash('sha256').update('x').digest('base64')}`,
    });
    expect(wrong).toMatchObject({ status: 460, body: { code: 'checksum-mismatch' } });
    expect((await head(url)).headers.get('upload-offset')).toBe('0');
    expect((await patch(url, 0, bytes, { 'upload-checksum': 'md5 xyz' })).status).toBe(400);
  });

  it('that are not those of the announced hash start again from zero', async () => {
    const bytes = randomBytes(1_000);
    const manifest = makeManifest([bytes]);
    await announce(manifest);
    const url = String((await announceFile(manifest, bytes)).body['uploadUrl']);
    expect((await patch(url, 0, randomBytes(1_000))).status).toBe(460);
    expect(await commit(manifest)).toMatchObject({
      status: 409,
      body: { code: 'files-missing', missing: [sha256(bytes)] },
    });
    expect((await head(url)).headers.get('upload-offset')).toBe('0');
    expect((await patch(url, 0, bytes)).status).toBe(204);
    expect((await commit(manifest)).status).toBe(200);
  });

  it('come in any chunks, at the right offset only, and not one too many', async () => {
    const bytes = randomBytes(300_000);
    const manifest = makeManifest([bytes]);
    await announce(manifest);
    const url = String((await announceFile(manifest, bytes)).body['uploadUrl']);
    expect((await patch(url, 0, bytes.subarray(0, 100_000))).headers.get('upload-offset')).toBe('100000');
    expect((await patch(url, 150_000, bytes.subarray(150_000))).status).toBe(409);
    expect((await patch(url, 100_000, Buffer.concat([bytes.subarray(100_000), Buffer.from('x')]))).status).toBe(413);
    const parallel = await Promise.all([1, 2, 3].map(() => patch(url, 100_000, bytes.subarray(100_000))));
    expect(parallel.map(({ status }) => status).toSorted()).toEqual([204, 409, 409]);
    expect((await commit(manifest)).status).toBe(200);
  });

  it('larger than a chunk may be are refused', async () => {
    const bytes = randomBytes(5 * 1024 * 1024);
    const manifest = makeManifest([bytes]);
    await announce(manifest);
    const url = String((await announceFile(manifest, bytes)).body['uploadUrl']);
    expect((await patch(url, 0, bytes)).status).toBe(413);
  });
});

describe('a stranger', () => {
  it.each([
    ['no token', ''],
    ['a token of another key', 'Bearer Y291bnRlci0x.9999999999.AAAA'],
    ['nonsense', 'Bearer x'],
  ])('with %s gets 401 and learns nothing', async (_name, authorization) => {
    expect((await send('GET', '/v1/feed', undefined, { authorization })).status).toBe(401);
  });

  it('with a wrong secret, an unknown id or a used nonce gets no token', async () => {
    expect(await logIn(DEVICE.id, 'wrong')).toBe('undefined');
    expect(await logIn('nobody', DEVICE.secret)).toBe('undefined');
    const nonce = String((await send('POST', '/v1/auth/challenge', { deviceId: DEVICE.id })).body['nonce']);
    const proof = proveDevice(DEVICE.secret, nonce);
    expect((await send('POST', '/v1/auth/token', { deviceId: DEVICE.id, nonce, proof })).status).toBe(200);
    expect((await send('POST', '/v1/auth/token', { deviceId: DEVICE.id, nonce, proof })).status).toBe(401);
  });

  it('enrols with a code once', async () => {
    const enrolmentCode = province.enrolmentCode('Q02');
    const enrolled = await send('POST', '/v1/auth/device', { enrolmentCode, deviceId: 'counter-2' });
    expect(enrolled).toMatchObject({
      status: 201,
      body: { unit: AGENCY, counter: 'Q02', receiptKeys: province.receiptKeys },
    });
    expect(await logIn('counter-2', String(enrolled.body['deviceSecret']))).not.toBe('undefined');
    expect((await send('POST', '/v1/auth/device', { enrolmentCode, deviceId: 'counter-3' })).status).toBe(403);
  });

  it('cannot administer: neither without the header nor through a name that points here', async () => {
    expect((await send('GET', '/admin/stats')).status).toBe(403);
    expect((await send('PUT', '/admin/faults', {}, { 'x-province-admin': '1' })).status).toBe(200);
  });
});

describe('what does not fit is refused with its reason', () => {
  it.each<[string, Partial<Manifest> | ((manifest: Manifest) => unknown), number, string]>([
    ["an agency that is not the device's", { agencyCode: 'H01.1' }, 422, 'agency-refused'],
    ['an official code nobody leased', { code: `${AGENCY}-261121-9000`, provisionalCode: null }, 422, 'number-refused'],
    ['a code of another agency', { code: 'H01.1-261121-0001', provisionalCode: null }, 422, 'number-refused'],
    ['a field nobody knows', (manifest) => ({ ...manifest, extra: 1 }), 422, 'manifest-refused'],
    [
      'an empty file',
      (manifest) => ({ ...manifest, files: [{ ...manifest.files[0], sizeBytes: 0 }] }),
      422,
      'manifest-refused',
    ],
    [
      'a file of a terabyte',
      (manifest) => ({ ...manifest, files: [{ ...manifest.files[0], sizeBytes: 2 ** 40 }] }),
      413,
      'file-too-large',
    ],
  ])('%s', async (_name, change, status, code) => {
    const base = makeManifest([randomBytes(10)]);
    const manifest = (typeof change === 'function' ? change(base) : { ...base, ...change }) as Manifest;
    expect(await announce(manifest)).toMatchObject({ status, body: { code } });
  });

  it('a file no manifest lists', async () => {
    const { manifest } = await deliver(randomBytes(10));
    expect(await announceFile(manifest, randomBytes(11))).toMatchObject({
      status: 422,
      body: { code: 'file-refused' },
    });
  });

  it('a commit of another manifest, and one of a dossier nobody announced', async () => {
    const { manifest } = await deliver(randomBytes(10));
    expect((await commit({ ...manifest, record: { other: 1 } })).status).toBe(422);
    expect((await commit({ ...manifest, auditHead: 'other' })).status).toBe(422);
    expect((await commit({ ...manifest, dossierId: randomUUID() })).status).toBe(404);
  });

  it('two dossiers with one code', async () => {
    const date = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10);
    const { body } = await send(
      'POST',
      '/v1/numbers/lease',
      { unit: AGENCY, date, count: 2 },
      { 'idempotency-key': 'k2' },
    );
    const code = `${String(body['prefix'])}${String(body['from']).padStart(4, '0')}`;
    const { manifest } = await deliver(randomBytes(10), { code, provisionalCode: null });
    expect((await verifyReceipt(String((await commit(manifest)).body['receipt']), province.receiptKeys)).number).toBe(
      code,
    );
    expect(await announce(makeManifest([randomBytes(10)], { code, provisionalCode: null }))).toMatchObject({
      status: 422,
      body: { code: 'number-refused' },
    });
  });
});

describe('a later revision', () => {
  it('keeps the number, gets its own receipt, and shares files it has in common', async () => {
    const bytes = randomBytes(2_000);
    const { manifest } = await deliver(bytes);
    const first = await verifyReceipt(String((await commit(manifest)).body['receipt']), province.receiptKeys);
    const result = randomBytes(500);
    const second: Manifest = {
      ...makeManifest([bytes, result]),
      dossierId: manifest.dossierId,
      revision: 2,
      code: first.number,
      provisionalCode: null,
    };
    expect((await announce(second)).status).toBe(201);
    expect((await announceFile(second, bytes)).body).toMatchObject({ complete: true, offset: 2_000 });
    await patch(String((await announceFile(second, result)).body['uploadUrl']), 0, result);
    const receipt = await verifyReceipt(String((await commit(second)).body['receipt']), province.receiptKeys);
    expect(receipt).toMatchObject({ rev: 2, number: first.number });
  });
});

describe('the feed', () => {
  it('tells every change after the cursor once, wakes who waits, and says 410 to a cursor of another time', async () => {
    const { manifest } = await deliver(randomBytes(10));
    const { number } = await verifyReceipt(String((await commit(manifest)).body['receipt']), province.receiptKeys);
    const start = String((await send('GET', '/v1/feed')).body['next']);
    const waiting = send('GET', `/v1/feed?after=${start}&wait=20`);
    province.setStatus(manifest.dossierId, 4, null);
    province.setStatus(manifest.dossierId, 5, 'thiếu giấy khai sinh');
    const woken = await waiting;
    expect(woken.body['items']).toMatchObject([
      { dossierId: manifest.dossierId, status: 4, code: number },
      ...((woken.body['items'] as unknown[]).length > 1 ? [{ status: 5 }] : []),
    ]);
    const all = (await send('GET', `/v1/feed?after=${start}`)).body;
    expect(all['items']).toMatchObject([{ status: 4 }, { status: 5, note: 'thiếu giấy khai sinh' }]);
    expect((await send('GET', `/v1/feed?after=${String(all['next'])}`)).body['items']).toEqual([]);
    for (const cursor of [`${randomUUID()}:1`, 'x', `${start.split(':')[0]}:999999`]) {
      expect((await send('GET', `/v1/feed?after=${cursor}`)).status).toBe(410);
    }
  });
});

describe('two gateways on one folder', () => {
  it('do not happen: the second one refuses to start', async () => {
    await expect(open()).rejects.toThrow(/locked/);
  });
});
