/**
 * @file The gateway behind fastify, with admission before any body is read, and the simulator's switches. The admin part
 * answers on loopback only and only to requests a web page cannot make.
 */
import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Gateway } from './gateway.ts';
import { ANSWERING_FAULTS, CAPTIVE_PAGE, type FaultBox } from './faults.ts';
import { Problem } from './problem.ts';
import { Faults } from './protocol.ts';
import { makeReceiptSigner } from './receipts.ts';
import { commonHeaders, replyToFailure, ROUTES, type GatewayReply, type GatewayRequest, type Route } from './routes.ts';

/** More requests than this at once and the next is told to come back, before its body is read. Long polls do not count. */
const MOST_AT_ONCE = 200;

export function createServer(gateway: Gateway, faults: FaultBox, log: (text: string) => void): FastifyInstance {
  const server = Fastify({
    logger: false,
    exposeHeadRoutes: false,
    requestTimeout: 120_000,
    connectionTimeout: 0,
    keepAliveTimeout: 60_000,
  });
  const report = (thrown: unknown): void =>
    log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  let running = 0;

  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onSend', async (_request, reply, payload) => {
    reply.headers({ 'x-content-type-options': 'nosniff', ...commonHeaders(gateway) });
    return payload;
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const route = routeOf(request);
    const status = error.statusCode ?? 500;
    const thrown = status >= 400 && status < 500 ? new Problem(status, 'request-refused', error.message) : error;
    send(reply, replyToFailure(thrown, route, report));
  });
  server.setNotFoundHandler((_request, reply) =>
    send(reply, replyToFailure(new Problem(404, 'no-such-endpoint', 'see openapi.yaml'), undefined, report)),
  );

  for (const route of ROUTES) {
    server.route({
      method: route.method,
      url: route.path,
      bodyLimit: Math.max(1, route.maxBodyBytes),
      config: { route },
      onRequest: async (request, reply) => {
        if (running >= MOST_AT_ONCE) {
          reply.header('retry-after', String(1 + Math.floor(Math.random() * 10)));
          throw new Problem(503, 'busy', 'too many requests at once');
        }
        if (route.name !== 'feed') {
          running++;
          let isCounted = true;
          reply.raw.once('close', () => {
            if (isCounted) running--;
            isCounted = false;
          });
        }
        await misbehave(request, reply, route);
      },
      handler: (request, reply) => answer(request, reply, route),
    });
  }
  addAdministration(server, gateway, faults);
  return server;

  async function answer(request: FastifyRequest, reply: FastifyReply, route: Route): Promise<void> {
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    const input: GatewayRequest = {
      params: request.params as Record<string, string>,
      query: request.query as Record<string, string>,
      headers: request.headers,
      body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
      signal: left.signal,
    };
    const run = async (): Promise<GatewayReply> => {
      try {
        return await route.handle(gateway, input);
      } catch (thrown) {
        return replyToFailure(thrown, route, report);
      }
    };
    let result = await run();
    if (faults.strikes('duplicate', route)) result = await run();
    if (faults.strikes('drop-reply-after-commit', route) || faults.strikes('drop-reply', route)) {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    if (result.status === 200 && faults.strikes('forged-receipt', route)) result = forge(result);
    if (result.status === 200 && faults.strikes('wrong-offset', route)) result = lie(result);
    send(reply, result);
  }

  async function misbehave(request: FastifyRequest, reply: FastifyReply, route: Route): Promise<void> {
    if (faults.strikes('slow', route)) await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400));
    if (faults.strikes('html-200', route)) {
      await reply.code(200).type('text/html; charset=utf-8').send(CAPTIVE_PAGE);
      return;
    }
    if (faults.strikes('redirect', route)) {
      await reply
        .code(302)
        .header('location', 'http://login.example.net/')
        .type('text/html; charset=utf-8')
        .send(CAPTIVE_PAGE);
      return;
    }
    for (const { name, status, headers } of ANSWERING_FAULTS) {
      if (faults.strikes(name, route)) throw new Problem(status, 'simulated', `fault ${name}`, {}, headers);
    }
    if (faults.strikes('reset-mid-patch', route)) {
      reply.hijack();
      request.raw.once('data', () => request.raw.socket.destroy());
    }
  }
}

function forge(result: GatewayReply): GatewayReply {
  const { receipt } = result.body as { receipt: string };
  const payload = JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString());
  return { ...result, body: { receipt: makeReceiptSigner().sign(payload) } };
}

/** An offset that is not true: one nobody confirmed yet, beside the true one. */
function lie(result: GatewayReply): GatewayReply {
  const body = result.body as { offset?: number } | undefined;
  const offset = Number(result.headers?.['upload-offset'] ?? body?.offset ?? 0);
  const wrong = offset + 1 + (randomBytes(1)[0] ?? 0);
  if (body?.offset !== undefined) return { ...result, body: { ...body, offset: wrong } };
  return { ...result, headers: { ...result.headers, 'upload-offset': String(wrong) } };
}

function send(reply: FastifyReply, { status, headers, body }: GatewayReply): void {
  reply.code(status).headers({ ...headers });
  if (body === undefined) {
    void reply.send();
    return;
  }
  if (!headers?.['content-type']) reply.type('application/json; charset=utf-8');
  void reply.send(JSON.stringify(body));
}

function routeOf(request: FastifyRequest): Route | undefined {
  return (request.routeOptions.config as { route?: Route }).route;
}

function addAdministration(server: FastifyInstance, gateway: Gateway, faults: FaultBox): void {
  const Status = z.strictObject({ dossierId: z.uuid(), status: z.int().min(2).max(10), note: z.string().nullable() });
  void server.register(
    async (admin) => {
      admin.addHook('onRequest', async (request) => {
        // A page in a browser on this machine cannot send this header without a preflight, which nobody answers.
        const isLocal = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip);
        if (!isLocal || request.headers['x-province-admin'] !== '1')
          throw new Problem(403, 'not-allowed', 'administration is local');
      });
      admin.get('/stats', async () => json({ ...gateway.stats(), fired: faults.fired() }));
      admin.put('/faults', async (request) => {
        faults.set(read(Faults, request));
        return json({});
      });
      admin.post('/status', async (request) => {
        const { dossierId, status, note } = read(Status, request);
        gateway.setStatus(dossierId, status, note);
        return json({});
      });
    },
    { prefix: '/admin' },
  );
}

function json(value: object): string {
  return JSON.stringify(value);
}

function read<S extends z.ZodType>(schema: S, request: FastifyRequest): z.output<S> {
  const parsed = schema.safeParse(JSON.parse((request.body as Buffer | undefined)?.toString('utf8') ?? 'null'));
  if (!parsed.success) throw new Problem(400, 'body-refused', parsed.error.message);
  return parsed.data;
}
