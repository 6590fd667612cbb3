import { X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCallQueue } from '../../../main/counter/bridge/call-queue.ts';
import { openConsents } from '../../../main/counter/bridge/consents.ts';
import { CERTIFICATE_FILE, openLocalCertificate } from '../../../main/counter/bridge/local-certificate.ts';
import { openUnsentFiles, type NewUnsentFile } from '../../../main/counter/bridge/unsent-files.ts';
import { accessToDeposit, depositBlob, readBlob } from '../../../main/blobs/blob-file.ts';
import { keyFileSecretBox } from '../../../main/settings/key-file-secret-box.ts';

const PAGE = 'https://motcua.example.vn';
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 21);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-keeping-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const box = () => keyFileSecretBox(join(folder, 'box.key'));

describe('the certificate of 127.0.0.1', () => {
  it('names this machine’s own addresses, issues nothing, and works in a TLS connection that checks it', async () => {
    const made = await openLocalCertificate(join(folder, 'b'), box(), Date.now());
    const certificate = new X509Certificate(made.certificatePem);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('example.vn')).toBeUndefined();
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    const server = createServer({ key: made.keyPem, cert: made.certificatePem });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const isAuthorised = await new Promise<boolean>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, ca: made.certificatePem }, () => {
        resolve(socket.authorized);
        socket.end();
      }).once('error', reject);
    });
    server.close();
    expect(isAuthorised).toBe(true);
  });

  it('stays until a month before its end, its key only under the machine’s seal', async () => {
    const first = await openLocalCertificate(folder, box(), START);
    expect(await openLocalCertificate(folder, box(), START + 700 * DAY_MS)).toEqual(first);
    expect(readFileSync(join(folder, CERTIFICATE_FILE), 'utf8')).toBe(first.certificatePem);
    expect(readFileSync(join(folder, 'tls.sealed')).includes('PRIVATE')).toBe(false);
    const next = await openLocalCertificate(folder, box(), START + 800 * DAY_MS);
    expect(next.fingerprint).not.toBe(first.fingerprint);
    expect(Date.parse(next.notAfter)).toBeGreaterThan(START + 1_600 * DAY_MS);
  });

  it('is made anew when the key cannot be opened any more', async () => {
    const first = await openLocalCertificate(folder, box(), START);
    writeFileSync(join(folder, 'tls.sealed'), 'of another user');
    expect((await openLocalCertificate(folder, box(), START)).fingerprint).not.toBe(first.fingerprint);
  });
});

describe('pages an officer allowed', () => {
  let now = START;
  const open = (list: string[] = []) => openConsents(join(folder, 'consents.json'), list, { now: () => now });
  beforeEach(() => {
    now = START;
  });

  it('stay allowed for her alone, over a restart, for thirty days', async () => {
    await open().remember(PAGE, 'lan');
    expect(open().stateOf(PAGE, 'lan')).toBe('allowed');
    expect(open().stateOf(PAGE, 'minh')).toBe('unknown');
    expect(open().list('lan')).toEqual([{ origin: PAGE, expiresAt: new Date(START + 30 * DAY_MS).toISOString() }]);
    now += 30 * DAY_MS;
    expect(open().stateOf(PAGE, 'lan')).toBe('unknown');
  });

  it('can be forgotten', async () => {
    await open().remember(PAGE, 'lan');
    await open().forget(PAGE, 'lan');
    expect(open().stateOf(PAGE, 'lan')).toBe('unknown');
  });

  it('a refusal holds for five minutes', () => {
    const consents = open();
    consents.refuse(PAGE, 'lan');
    expect(consents.stateOf(PAGE, 'lan')).toBe('refused');
    now += 5 * 60_000;
    expect(consents.stateOf(PAGE, 'lan')).toBe('unknown');
  });

  it('a page with a hundred names is not asked about a hundred times; one that is allowed stays so', async () => {
    const consents = open();
    await consents.remember(PAGE, 'lan');
    for (const name of ['a', 'b', 'c']) consents.refuse(`https://${name}.evil.example`, 'lan');
    expect(consents.stateOf('https://d.evil.example', 'lan')).toBe('refused');
    expect(consents.stateOf(PAGE, 'lan')).toBe('allowed');
    now += 5 * 60_000;
    expect(consents.stateOf('https://d.evil.example', 'lan')).toBe('unknown');
  });

  it('give way to the administrator’s list', async () => {
    await open().remember('https://khac.example', 'lan');
    expect(open([PAGE]).stateOf('https://khac.example', 'lan')).toBe('refused');
    expect(open([PAGE]).stateOf(PAGE, 'anyone')).toBe('allowed');
    expect(open([PAGE]).list('lan')).toEqual([{ origin: PAGE, expiresAt: null }]);
  });

  it('are asked about again when the file is damaged', async () => {
    await open().remember(PAGE, 'lan');
    writeFileSync(join(folder, 'consents.json'), '[{"origin"');
    expect(open().stateOf(PAGE, 'lan')).toBe('unknown');
  });
});

describe('signed files on their way', () => {
  const entry: NewUnsentFile = {
    id: '0193b0a0-0000-7000-8000-000000000001',
    title: 'Quyết định.pdf',
    origin: PAGE,
    operation: 'SignIssued',
    uploadUrl: `${PAGE}/up?id=1`,
    credentials: { sessionId: 'phien', bearer: null },
    metaData: [{ key: 'a', value: 'b' }],
    signedAt: '2026-11-21T02:00:00.000Z',
  };
  const logs: string[] = [];
  const open = (sealed = box()) => openUnsentFiles(join(folder, 'unsent'), sealed, (text) => void logs.push(text));
  async function deposit(): Promise<ReturnType<typeof accessToDeposit>> {
    const incoming = join(folder, 'incoming');
    mkdirSync(incoming, { recursive: true });
    return accessToDeposit(incoming, await depositBlob(incoming, Buffer.from('%PDF-signed'), 'application/pdf'));
  }

  it('are there after a restart with everything needed to send them', async () => {
    await open().keep(entry, await deposit());
    const found = open().get(entry.id);
    expect(found).toMatchObject({ ok: true, value: entry });
    if (found.ok) expect((await readBlob(found.value.access)).toString()).toBe('%PDF-signed');
    expect(JSON.stringify(open().list())).not.toContain('phien');
  });

  it('remember why they were not sent, and go when they were', async () => {
    const files = open();
    await files.keep(entry, await deposit());
    await files.noteFailure(entry.id, 'bridge-upload-failed', 'HTTP 500');
    expect(open().list()).toMatchObject([{ id: entry.id, code: 'bridge-upload-failed', detail: 'HTTP 500' }]);
    await files.remove(entry.id);
    expect(open().list()).toEqual([]);
    expect(files.get(entry.id)).toMatchObject({ ok: false, code: 'not-found' });
  });

  it('of another user are left alone and named in the log', async () => {
    await open().keep(entry, await deposit());
    expect(open(keyFileSecretBox(join(folder, 'other.key'))).list()).toEqual([]);
    expect(logs.join()).toContain(entry.id);
    expect(open().list()).toHaveLength(1);
  });
});

describe('calls of pages', () => {
  it('run one at a time in the order they came', async () => {
    const queue = createCallQueue();
    const order: number[] = [];
    let running = 0;
    await Promise.all(
      [3, 1, 2].map((number) =>
        queue.run(PAGE, String(number), async () => {
          expect(++running).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, number));
          order.push(number);
          running--;
        }),
      ),
    );
    expect(order).toEqual([3, 1, 2]);
  });

  it('a failure of one does not stop the next; one whose page left never runs', async () => {
    const queue = createCallQueue();
    const first = queue.run(PAGE, 'a', () => Promise.reject(new Error('bug')));
    let hasRun = false;
    const second = queue.run(PAGE, 'b', async () => void (hasRun = true));
    const third = queue.run(PAGE, 'c', async () => 'done');
    queue.abandon('b');
    await expect(first).rejects.toThrow('bug');
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    expect(await third).toBe('done');
    expect(hasRun).toBe(false);
    expect(queue.waiting()).toBe(0);
  });

  it('one page cannot take every place', async () => {
    const queue = createCallQueue();
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const calls = Array.from({ length: 20 }, (_, index) => queue.run(PAGE, `a${index}`, () => held));
    await expect(queue.run(PAGE, 'one too many', () => held)).rejects.toMatchObject({ code: 'bridge-busy' });
    const other = queue.run('https://khac.example', 'b', async () => 'served');
    release();
    await Promise.all(calls);
    expect(await other).toBe('served');
  });
});
