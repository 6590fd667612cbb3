import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import forge from 'node-forge';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpTransport, type HttpTransport } from '../../main/sync/http-transport.ts';
import type { Clock, WireRequest } from '../../main/sync/ports.ts';

const clock: Clock = {
  nowMs: Date.now,
  monotonicMs: () => performance.now(),
  sleep: async (ms) => void (await delay(ms)),
};
const open: { server: Server; transport?: HttpTransport }[] = [];
const never = new AbortController().signal;
const get = (path: string, stallMs = 5_000): WireRequest => ({ method: 'GET', path, headers: {}, stallMs });

afterEach(async () => {
  for (const { server, transport } of open.splice(0)) {
    await transport?.close();
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  open.push({ server });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function connect(answer: RequestListener, maxBytesPerSecond: number | null = null): Promise<HttpTransport> {
  const http = createHttpTransport({
    url: `http://127.0.0.1:${await listen(createServer(answer))}`,
    maxBytesPerSecond,
    clock,
  });
  Object.assign(open.at(-1) ?? {}, { transport: http });
  return http;
}

/** A certificate of its own making for 127.0.0.1. */
function makeCertificate(fromDays: number, toDays: number): { key: string; cert: string } {
  const keys = forge.pki.rsa.generateKeyPair(2048);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.publicKey;
  certificate.serialNumber = '01';
  certificate.validity.notBefore = new Date(Date.now() + fromDays * 86_400_000);
  certificate.validity.notAfter = new Date(Date.now() + toDays * 86_400_000);
  const name = [{ name: 'commonName', value: 'province.test' }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return { key: forge.pki.privateKeyToPem(keys.privateKey), cert: forge.pki.certificateToPem(certificate) };
}

async function connectTls(
  tls: { key: string; cert: string },
  certificateAuthorities?: string[],
  heard: () => void = () => {},
): Promise<HttpTransport> {
  const server = createTlsServer(tls, (_request, response) => {
    heard();
    response.end('{}');
  });
  const http = createHttpTransport({
    url: `https://127.0.0.1:${await listen(server)}`,
    maxBytesPerSecond: null,
    certificateAuthorities,
    clock,
  });
  Object.assign(open.at(-1) ?? {}, { transport: http });
  return http;
}

describe('the line to the province', () => {
  it('carries a request and its answer', async () => {
    const { transport } = await connect((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => response.writeHead(207, { 'X-Method': request.method }).end(Buffer.concat(parts)));
    });
    const body = Buffer.alloc(700_000, 'Ẩn ');
    const answer = await transport({ method: 'PUT', path: '/x', headers: {}, body, stallMs: 5_000 }, never);
    expect([answer.status, answer.headers['x-method'], Buffer.from(answer.body).equals(body)]).toEqual([
      207,
      'PUT',
      true,
    ]);
  });

  it('gives up when no byte comes, and says so', async () => {
    const { transport } = await connect(() => {});
    await expect(transport(get('/', 100), never)).rejects.toMatchObject({ fault: 'stalled' });
  });

  it('gives up when an answer stops in the middle', async () => {
    const { transport } = await connect(
      (_request, response) => void response.writeHead(200, { 'content-length': '100' }).write('half'),
    );
    await expect(transport(get('/', 100), never)).rejects.toMatchObject({ fault: 'stalled' });
  });

  it('does not give up while bytes come, however slowly', async () => {
    const { transport } = await connect(async (_request, response) => {
      response.writeHead(200);
      for (let part = 0; part < 12; part++) {
        response.write('.');
        await delay(50);
      }
      response.end();
    });
    expect((await transport(get('/', 400), never)).body.length).toBe(12);
  });

  it('follows no redirect and speaks to no other host', async () => {
    let asked = 0;
    const { transport } = await connect((_request, response) => {
      asked++;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await transport(get('/'), never)).status).toBe(302);
    for (const path of ['http://example.net/', '//example.net/', 'http://127.0.0.1:1/']) {
      await expect(transport(get(path), never)).rejects.toMatchObject({ fault: 'untrusted' });
    }
    expect(asked).toBe(1);
  });

  it('reads no endless answer', async () => {
    const { transport } = await connect((_request, response) => {
      response.on('error', () => {});
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(1_000_000)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await expect(transport(get('/'), never)).rejects.toMatchObject({ fault: 'too-large' });
  });

  it('that is not there is unreachable', async () => {
    const http = createHttpTransport({ url: 'http://127.0.0.1:9', maxBytesPerSecond: null, clock });
    await expect(http.transport(get('/'), never)).rejects.toMatchObject({ fault: 'unreachable' });
    await http.close();
  });

  it('ends at once when it is told to', async () => {
    const { transport } = await connect(() => {});
    const ending = new AbortController();
    const running = transport(get('/'), ending.signal);
    ending.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the certificate of the province', () => {
  const good = makeCertificate(-1, 30);

  it('of an authority nobody named is not trusted, and no request is sent', async () => {
    let heard = 0;
    const { transport } = await connectTls(good, undefined, () => heard++);
    await expect(transport(get('/'), never)).rejects.toMatchObject({ fault: 'untrusted' });
    expect(heard).toBe(0);
  });

  it('of the pinned authority is trusted, of another one not', async () => {
    expect((await (await connectTls(good, [good.cert])).transport(get('/'), never)).status).toBe(200);
    const other = makeCertificate(-1, 30);
    await expect((await connectTls(good, [other.cert])).transport(get('/'), never)).rejects.toMatchObject({
      fault: 'untrusted',
    });
  });

  it.each([
    ['not yet valid', 2, 30],
    ['expired', -30, -2],
  ])('%s counts as trouble of the clock, not as an attack', async (_name, from, to) => {
    const dated = makeCertificate(from, to);
    await expect((await connectTls(dated, [dated.cert])).transport(get('/'), never)).rejects.toMatchObject({
      fault: 'certificate-dates',
    });
  });
});
