/**
 * @file The province's contract from the counter's side: one typed call for each endpoint, answers judged by the taxonomy.
 * Gets a token when it needs one and renews it once; learns the province's clock; believes no offset it was not told.
 */
import { z } from 'zod';
import { parseRetryAfter } from './back-off.ts';
import { proveDevice } from './device-proof.ts';
import { WireFailure, type Clock, type Transport, type WireAnswer, type WireRequest } from './ports.ts';
import { FeedItem, type Manifest, type ProvinceSettings } from './protocol.ts';
import { classifyAnswer, classifyFailure, type AnswerClass, type Step } from './taxonomy.ts';

export type Trouble = Exclude<AnswerClass, 'success'>;

export type Reply<T> =
  | { readonly kind: 'success'; readonly value: T }
  | {
      readonly kind: Trouble;
      readonly detail: string;
      readonly retryAfterMs: number | null;
      /** 409 and 460 on an upload say where it stands. */
      readonly offset: number | null;
      /** 409 at the commit names the files it misses. */
      readonly missing: readonly string[];
    };

export interface Contact {
  /** Province's clock minus the counter's, ms; known to a second. */
  readonly clockOffsetMs: number | null;
  /** Seconds over which counters should spread their return after an outage. */
  readonly spreadSeconds: number;
}

export interface ProvinceApi {
  readonly health: (signal: AbortSignal) => Promise<Reply<null>>;
  /** Makes sure there is a token. */
  readonly authenticate: (signal: AbortSignal) => Promise<Reply<null>>;
  readonly announce: (manifest: Manifest, signal: AbortSignal) => Promise<Reply<null>>;
  readonly file: (
    dossierId: string,
    sha256: string,
    sizeBytes: number,
    signal: AbortSignal,
  ) => Promise<Reply<{ uploadUrl: string; offset: number }>>;
  readonly head: (uploadUrl: string, sizeBytes: number, signal: AbortSignal) => Promise<Reply<{ offset: number }>>;
  /** @param checksum SHA-256 of the chunk, base64. */
  readonly patch: (
    uploadUrl: string,
    offset: number,
    chunk: Uint8Array,
    checksum: string,
    signal: AbortSignal,
  ) => Promise<Reply<{ offset: number }>>;
  readonly commit: (
    manifest: Manifest,
    manifestSha256: string,
    signal: AbortSignal,
  ) => Promise<Reply<{ receipt: string }>>;
  readonly feed: (
    after: string | null,
    waitSeconds: number,
    signal: AbortSignal,
  ) => Promise<Reply<{ items: FeedItem[]; next: string }>>;
  readonly lease: (
    want: { date: string; count: number; key: string },
    signal: AbortSignal,
  ) => Promise<Reply<{ prefix: string; from: number; to: number }>>;
  readonly contact: () => Contact;
}

export interface ProvinceApiParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly settings: ProvinceSettings;
  /** Told of every exchange: what it meant for the line between counter and province. */
  readonly onExchange: (result: AnswerClass) => void;
}

export const STALL_MS = 30_000;
export const FEED_LIMIT = 200;
const DEFAULT_SPREAD_SECONDS = 120;
const LONGEST_SPREAD_SECONDS = 900;

const Nonce = z.object({ nonce: z.string().min(1).max(256) });
const Token = z.object({ token: z.string().min(1).max(4096) });
const FileState = z.object({
  uploadUrl: z.string().regex(/^\/v1\/uploads\/[\w.-]{1,128}$/),
  offset: z.int().nonnegative(),
  complete: z.boolean(),
});
const Receipt = z.object({ receipt: z.string().min(1).max(16_384) });
const Page = z.object({ items: z.array(z.object(FeedItem.shape)), next: z.string().min(1).max(200) });
const Lease = z.object({ prefix: z.string().max(64), from: z.int().min(1), to: z.int().max(9_999) });
const ProblemBody = z
  .object({ code: z.string(), detail: z.string(), missing: z.array(z.string()).optional() })
  .partial();

export function createProvinceApi({ transport, clock, settings, onExchange }: ProvinceApiParts): ProvinceApi {
  let token: string | null = null;
  let clockOffsetMs: number | null = null;
  let spreadSeconds = DEFAULT_SPREAD_SECONDS;

  async function exchange(step: Step, wire: WireRequest, signal: AbortSignal): Promise<Reply<WireAnswer>> {
    let answer: WireAnswer;
    const sentAtMs = clock.nowMs();
    try {
      answer = await transport(wire, signal);
    } catch (thrown) {
      if (!(thrown instanceof WireFailure)) throw thrown;
      const kind = classifyFailure(thrown) as Trouble;
      onExchange(kind);
      return trouble(kind, `${step}: ${thrown.message}`);
    }
    const kind = classifyAnswer(step, answer);
    if (kind !== 'captive-portal') learn(answer, sentAtMs, wire);
    onExchange(kind);
    if (kind === 'success') return { kind, value: answer };
    const problem = readProblem(answer);
    return {
      kind,
      detail: `${step}: ${answer.status}${problem.code ? ` ${problem.code}` : ''}${problem.detail ? ` (${problem.detail})` : ''}`,
      retryAfterMs: parseRetryAfter(answer.headers['retry-after'], answer.headers['date']),
      offset: readOffset(answer),
      missing: problem.missing ?? [],
    };
  }

  function learn(answer: WireAnswer, sentAtMs: number, wire: WireRequest): void {
    const spread = Number(answer.headers['x-sync-spread']);
    if (answer.headers['x-sync-spread'] && Number.isFinite(spread) && spread >= 0)
      spreadSeconds = Math.min(spread, LONGEST_SPREAD_SECONDS);
    if (wire.path.startsWith('/v1/feed')) return; // a long poll lasts too long to tell the time by
    const date = Date.parse(answer.headers['date'] ?? '');
    // `Date` is cut to the second: half a second more is its middle.
    if (Number.isFinite(date)) clockOffsetMs = Math.round(date + 500 - (sentAtMs + clock.nowMs()) / 2);
  }

  async function authenticate(signal: AbortSignal): Promise<Reply<null>> {
    if (token !== null) return { kind: 'success', value: null };
    const { deviceId, deviceSecret } = settings;
    const challenge = await exchange('authenticate', post('/v1/auth/challenge', { deviceId }), signal);
    const asked = parseJson(challenge, Nonce, 'authenticate');
    if (asked.kind !== 'success') return asked;
    const { nonce } = asked.value;
    const proof = proveDevice(deviceSecret, nonce);
    const granted = parseJson(
      await exchange('authenticate', post('/v1/auth/token', { deviceId, nonce, proof }), signal),
      Token,
      'authenticate',
    );
    if (granted.kind !== 'success') return granted;
    token = granted.value.token;
    return { kind: 'success', value: null };
  }

  /** With a token; when it is refused, once more with a new one. What was uploaded stays where it is. */
  async function authorised(step: Step, wire: WireRequest, signal: AbortSignal): Promise<Reply<WireAnswer>> {
    for (let isRenewed = false; ; isRenewed = true) {
      const login = await authenticate(signal);
      if (login.kind !== 'success') return login;
      const reply = await exchange(
        step,
        { ...wire, headers: { ...wire.headers, authorization: `Bearer ${token}` } },
        signal,
      );
      if (reply.kind !== 'unauthenticated') return reply;
      token = null;
      if (isRenewed) return reply;
    }
  }

  const call = async <S extends z.ZodType>(
    step: Step,
    wire: WireRequest,
    schema: S,
    signal: AbortSignal,
  ): Promise<Reply<z.output<S>>> => parseJson(await authorised(step, wire, signal), schema, step);

  return {
    async health(signal) {
      const reply = parseJson(
        await exchange('health', get('/health'), signal),
        z.object({ ok: z.literal(true) }),
        'health',
      );
      return reply.kind === 'success' ? { kind: 'success', value: null } : reply;
    },
    authenticate,

    async announce(manifest, signal) {
      const wire = put(`/v1/dossiers/${manifest.dossierId}`, manifest, {
        'idempotency-key': `${manifest.dossierId}:${manifest.revision}`,
      });
      const reply = await call('announce', wire, z.object({ dossierId: z.literal(manifest.dossierId) }), signal);
      return reply.kind === 'success' ? { kind: 'success', value: null } : reply;
    },

    async file(dossierId, sha256, sizeBytes, signal) {
      const reply = await call(
        'file',
        put(`/v1/dossiers/${dossierId}/files/${sha256}`, { size: sizeBytes }),
        FileState,
        signal,
      );
      if (reply.kind !== 'success') return reply;
      if (reply.value.offset > sizeBytes)
        return trouble('captive-portal', `file: an offset of ${reply.value.offset} in ${sizeBytes} bytes`);
      return reply;
    },

    async head(uploadUrl, sizeBytes, signal) {
      const wire: WireRequest = {
        method: 'HEAD',
        path: uploadUrl,
        headers: { 'tus-resumable': '1.0.0' },
        stallMs: STALL_MS,
      };
      return confirmedOffset(await authorised('head', wire, signal), 'head', sizeBytes);
    },

    async patch(uploadUrl, offset, chunk, checksum, signal) {
      const wire: WireRequest = {
        method: 'PATCH',
        path: uploadUrl,
        headers: {
          'tus-resumable': '1.0.0',
          'content-type': 'application/offset+octet-stream',
          'upload-offset': String(offset),
          'upload-checksum': `sha256 ${checksum}`,
        },
        body: chunk,
        stallMs: STALL_MS,
      };
      return confirmedOffset(await authorised('patch', wire, signal), 'patch', offset + chunk.length);
    },

    commit: (manifest, manifestSha256, signal) =>
      call(
        'commit',
        post(`/v1/dossiers/${manifest.dossierId}/commit`, {
          rev: manifest.revision,
          manifestSha256,
          auditHead: manifest.auditHead,
        }),
        Receipt,
        signal,
      ),

    feed(after, waitSeconds, signal) {
      const query = new URLSearchParams({
        limit: String(FEED_LIMIT),
        wait: String(waitSeconds),
        ...(after === null ? {} : { after }),
      });
      return call('feed', { ...get(`/v1/feed?${query}`), stallMs: STALL_MS + waitSeconds * 1000 }, Page, signal);
    },

    async lease({ date, count, key }, signal) {
      const wire = post('/v1/numbers/lease', { unit: settings.agencyCode, date, count }, { 'idempotency-key': key });
      const reply = await call('lease', wire, Lease, signal);
      if (reply.kind !== 'success') return reply;
      const { prefix, from, to } = reply.value;
      const isAsked =
        prefix === `${settings.agencyCode}-${date.slice(2).replaceAll('-', '')}-` && from <= to && to - from < count;
      return isAsked ? reply : trouble('refused', `lease: a block that was not asked for: ${prefix}${from}–${to}`);
    },

    contact: () => ({ clockOffsetMs, spreadSeconds }),
  };
}

function confirmedOffset(reply: Reply<WireAnswer>, step: Step, most: number): Reply<{ offset: number }> {
  if (reply.kind !== 'success') return reply;
  const offset = readOffset(reply.value);
  if (offset === null || offset > most)
    return trouble('captive-portal', `${step}: an answer without a possible Upload-Offset`);
  return { kind: 'success', value: { offset } };
}

function readOffset({ headers }: WireAnswer): number | null {
  const text = headers['upload-offset'];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** A success only when the body is what the contract says: anything else came from somebody else. */
function parseJson<S extends z.ZodType>(reply: Reply<WireAnswer>, schema: S, step: Step): Reply<z.output<S>> {
  if (reply.kind !== 'success') return reply;
  const parsed = schema.safeParse(decodeJson(reply.value.body));
  if (parsed.success) return { kind: 'success', value: parsed.data };
  return trouble(
    'captive-portal',
    `${step}: the answer is not of the contract: ${parsed.error.issues[0]?.message ?? ''}`,
  );
}

function readProblem(answer: WireAnswer): z.infer<typeof ProblemBody> {
  const parsed = ProblemBody.safeParse(decodeJson(answer.body));
  return parsed.success ? parsed.data : {};
}

function decodeJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined; // judged by the schema
  }
}

function trouble(kind: Trouble, detail: string): Exclude<Reply<never>, { kind: 'success' }> {
  return { kind, detail, retryAfterMs: null, offset: null, missing: [] };
}

function get(path: string): WireRequest {
  return { method: 'GET', path, headers: { accept: 'application/json' }, stallMs: STALL_MS };
}

function post(path: string, body: unknown, headers: Record<string, string> = {}): WireRequest {
  return { ...put(path, body, headers), method: 'POST' };
}

function put(path: string, body: unknown, headers: Record<string, string> = {}): WireRequest {
  return {
    method: 'PUT',
    path,
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    body: new TextEncoder().encode(JSON.stringify(body)),
    stallMs: STALL_MS,
  };
}
