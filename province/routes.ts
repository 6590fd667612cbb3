/**
 * @file The contract of openapi.yaml as data: every endpoint with its handler. `server.ts` gives them to fastify; the
 * simulator calls them directly.
 */
import { z } from 'zod';
import type { Device } from './devices.ts';
import { MAX_PATCH_BYTES, type Gateway } from './gateway.ts';
import { Problem } from './problem.ts';

export interface GatewayRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
  /** Aborted when the caller has gone. */
  readonly signal: AbortSignal;
}

export interface GatewayReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'HEAD' | 'PATCH';
  readonly path: string;
  readonly maxBodyBytes: number;
  readonly handle: (gateway: Gateway, request: GatewayRequest) => GatewayReply | Promise<GatewayReply>;
}

const SMALL = 64 * 1024;
const LARGE = 4 * 1024 * 1024;
const TUS = { 'tus-resumable': '1.0.0', 'cache-control': 'no-store' } as const;
/** Devices one node serves at once without slowing down; more are asked to spread their return over seconds. */
const DEVICES_PER_SECOND = 15;

export const ROUTES: readonly Route[] = [
  {
    name: 'health',
    method: 'GET',
    path: '/health',
    maxBodyBytes: 0,
    handle: (gateway) => ({ status: 200, body: { gateway: gateway.name, ok: true } }),
  },
  {
    name: 'keys',
    method: 'GET',
    path: '/v1/keys',
    maxBodyBytes: 0,
    handle: (gateway) => ({ status: 200, body: { keys: gateway.signer.publicKeys } }),
  },
  {
    name: 'enrol',
    method: 'POST',
    path: '/v1/auth/device',
    maxBodyBytes: SMALL,
    handle(gateway, request) {
      const { enrolmentCode, deviceId } = parse(
        z.strictObject({ enrolmentCode: z.string().max(64), deviceId: z.string().min(1).max(64) }),
        request,
      );
      return {
        status: 201,
        body: { ...gateway.devices.enrol(enrolmentCode, deviceId), receiptKeys: gateway.signer.publicKeys },
      };
    },
  },
  {
    name: 'challenge',
    method: 'POST',
    path: '/v1/auth/challenge',
    maxBodyBytes: SMALL,
    handle(gateway, request) {
      const { deviceId } = parse(z.strictObject({ deviceId: z.string().min(1).max(64) }), request);
      return { status: 200, body: gateway.devices.challenge(deviceId) };
    },
  },
  {
    name: 'token',
    method: 'POST',
    path: '/v1/auth/token',
    maxBodyBytes: SMALL,
    handle(gateway, request) {
      const { deviceId, nonce, proof } = parse(
        z.strictObject({ deviceId: z.string().min(1).max(64), nonce: z.string().max(128), proof: z.string().max(128) }),
        request,
      );
      return { status: 200, body: gateway.devices.token(deviceId, nonce, proof) };
    },
  },
  {
    name: 'lease',
    method: 'POST',
    path: '/v1/numbers/lease',
    maxBodyBytes: SMALL,
    handle(gateway, request) {
      const device = deviceOf(gateway, request);
      const { unit, date, count } = parse(
        z.strictObject({ unit: z.string(), date: z.iso.date(), count: z.int().min(1).max(500) }),
        request,
      );
      if (unit !== device.unit) throw new Problem(422, 'agency-refused', 'this device speaks for another agency');
      return { status: 200, body: gateway.numbers.lease(device, idempotencyKey(request), date, count) };
    },
  },
  {
    name: 'announce',
    method: 'PUT',
    path: '/v1/dossiers/:id',
    maxBodyBytes: LARGE,
    handle(gateway, request) {
      const device = deviceOf(gateway, request);
      const isNew = gateway.announce(device, param(request, 'id'), idempotencyKey(request), json(request));
      return { status: isNew ? 201 : 200, body: { dossierId: param(request, 'id'), isNew } };
    },
  },
  {
    name: 'file',
    method: 'PUT',
    path: '/v1/dossiers/:id/files/:sha256',
    maxBodyBytes: SMALL,
    handle(gateway, request) {
      const device = deviceOf(gateway, request);
      const { size } = parse(z.strictObject({ size: z.int().positive() }), request);
      return { status: 200, body: gateway.announceFile(device, param(request, 'id'), param(request, 'sha256'), size) };
    },
  },
  {
    name: 'head',
    method: 'HEAD',
    path: '/v1/uploads/:upload',
    maxBodyBytes: 0,
    handle(gateway, request) {
      requireTus(request);
      const { offset, size } = gateway.uploadState(deviceOf(gateway, request), param(request, 'upload'));
      return { status: 200, headers: { ...TUS, 'upload-offset': String(offset), 'upload-length': String(size) } };
    },
  },
  {
    name: 'patch',
    method: 'PATCH',
    path: '/v1/uploads/:upload',
    maxBodyBytes: MAX_PATCH_BYTES,
    async handle(gateway, request) {
      requireTus(request);
      const device = deviceOf(gateway, request);
      const offset = Number(header(request, 'upload-offset'));
      if (!Number.isSafeInteger(offset) || offset < 0)
        throw new Problem(400, 'offset-refused', 'Upload-Offset is not a number');
      if (header(request, 'content-type') !== 'application/offset+octet-stream')
        throw new Problem(415, 'type-refused', 'PATCH takes application/offset+octet-stream');
      const next = await gateway.append(
        device,
        param(request, 'upload'),
        offset,
        header(request, 'upload-checksum'),
        request.body,
      );
      return { status: 204, headers: { ...TUS, 'upload-offset': String(next) } };
    },
  },
  {
    name: 'commit',
    method: 'POST',
    path: '/v1/dossiers/:id/commit',
    maxBodyBytes: SMALL,
    async handle(gateway, request) {
      const device = deviceOf(gateway, request);
      const { rev, manifestSha256, auditHead } = parse(
        z.strictObject({ rev: z.int().positive(), manifestSha256: z.string().length(64), auditHead: z.string() }),
        request,
      );
      return {
        status: 200,
        body: { receipt: await gateway.commit(device, param(request, 'id'), rev, manifestSha256, auditHead) },
      };
    },
  },
  {
    name: 'feed',
    method: 'GET',
    path: '/v1/feed',
    maxBodyBytes: 0,
    async handle(gateway, request) {
      const device = deviceOf(gateway, request);
      const limit = Math.min(200, Math.max(1, Number(request.query['limit'] ?? 200) || 200));
      const waitMs = Math.min(60, Math.max(0, Number(request.query['wait'] ?? 0) || 0)) * 1000;
      const after = request.query['after'] ?? null;
      let page = gateway.feed.read(device.unit, after, limit);
      if (page.items.length === 0 && waitMs > 0) {
        await gateway.feed.wait(device.unit, waitMs, request.signal);
        page = gateway.feed.read(device.unit, after, limit);
      }
      return { status: 200, body: page };
    },
  },
];

/** What every answer carries: `Date` comes from the server, the spread from how many counters would return at once. */
export function commonHeaders(gateway: Gateway): Record<string, string> {
  return {
    'x-sync-spread': String(Math.ceil(gateway.devices.countActive() / DEVICES_PER_SECOND)),
    'cache-control': 'no-store',
  };
}

/** Turns whatever a handler threw into an answer; `report` is told of bugs. */
export function replyToFailure(
  thrown: unknown,
  route: Route | undefined,
  report: (thrown: unknown) => void,
): GatewayReply {
  const tus = route?.path.startsWith('/v1/uploads/') ? TUS : {};
  if (thrown instanceof Problem) {
    const body = {
      type: 'about:blank',
      status: thrown.status,
      code: thrown.code,
      detail: thrown.message,
      ...thrown.extra,
    };
    return {
      status: thrown.status,
      headers: { ...tus, ...thrown.headers, 'content-type': 'application/problem+json' },
      body,
    };
  }
  report(thrown);
  const body = { type: 'about:blank', status: 500, code: 'internal', detail: 'the gateway failed; ask again later' };
  return { status: 500, headers: { ...tus, 'content-type': 'application/problem+json' }, body };
}

function deviceOf(gateway: Gateway, request: GatewayRequest): Device {
  return gateway.devices.authenticate(header(request, 'authorization'));
}

function header(request: GatewayRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function param(request: GatewayRequest, name: string): string {
  return request.params[name] ?? '';
}

function idempotencyKey(request: GatewayRequest): string {
  const key = header(request, 'idempotency-key');
  if (!key || key.length > 200) throw new Problem(400, 'key-refused', 'Idempotency-Key is required');
  return key;
}

function requireTus(request: GatewayRequest): void {
  if (header(request, 'tus-resumable') !== '1.0.0')
    throw new Problem(412, 'tus-version', 'Tus-Resumable: 1.0.0 is required');
}

function json(request: GatewayRequest): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body));
  } catch {
    throw new Problem(400, 'not-json', 'the body is not JSON');
  }
}

function parse<S extends z.ZodType>(schema: S, request: GatewayRequest): z.output<S> {
  const parsed = schema.safeParse(json(request));
  if (!parsed.success) throw new Problem(400, 'body-refused', parsed.error.message);
  return parsed.data;
}
