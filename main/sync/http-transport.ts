/**
 * @file HTTP through undici with explicit limits. Bodies go out in small slices: a slow line then shows progress instead
 * of looking dead, and the bandwidth cap has something to hold on to.
 */
import { Readable } from 'node:stream';
import { Agent, request as send } from 'undici';
import { createTokenBucket } from './pace.ts';
import { WireFailure, type Clock, type Transport, type WireAnswer, type WireFault } from './ports.ts';

const CONNECT_MS = 15_000;
const SLICE_BYTES = 16 * 1024;
const FAST_SLICE_BYTES = 128 * 1024;
/** Feed pages and manifests are far smaller; a portal's page with a film in it is not read to its end. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

export interface HttpOptions {
  readonly url: string;
  readonly maxBytesPerSecond: number | null;
  /** PEM texts: when given, only these authorities vouch for the province. */
  readonly certificateAuthorities?: readonly string[] | undefined;
  readonly clock: Clock;
}

export interface HttpTransport {
  readonly transport: Transport;
  readonly close: () => Promise<void>;
}

export function createHttpTransport({
  url,
  maxBytesPerSecond,
  certificateAuthorities,
  clock,
}: HttpOptions): HttpTransport {
  const base = new URL(url);
  const agent = new Agent({
    connections: 2, // one works, one waits for the feed
    pipelining: 1,
    keepAliveTimeout: 20_000,
    headersTimeout: 0, // the stall timer below covers every phase
    bodyTimeout: 0,
    connect: { timeout: CONNECT_MS, ...(certificateAuthorities ? { ca: [...certificateAuthorities] } : {}) },
  });
  const bucket = createTokenBucket(maxBytesPerSecond, clock);

  const transport: Transport = async (wire, signal) => {
    const target = new URL(wire.path, base);
    if (target.origin !== base.origin) throw new WireFailure('untrusted', `refusing to speak to ${target.origin}`);
    const stall = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const touch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), wire.stallMs);
    };
    const sliceBytes = maxBytesPerSecond === null ? FAST_SLICE_BYTES : SLICE_BYTES;
    async function* slices(body: Uint8Array): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < body.length; at += sliceBytes) {
        const slice = body.subarray(at, at + sliceBytes);
        await bucket.take(slice.length, signal);
        touch();
        yield slice;
      }
    }
    touch();
    try {
      const answer = await send(target, {
        method: wire.method,
        dispatcher: agent,
        headers: wire.body ? { ...wire.headers, 'content-length': String(wire.body.length) } : wire.headers,
        body: wire.body && wire.body.length > sliceBytes ? Readable.from(slices(wire.body)) : (wire.body ?? null),
        signal: AbortSignal.any([signal, stall.signal]),
      });
      touch();
      return {
        status: answer.statusCode,
        headers: flatten(answer.headers),
        body: await readAll(answer.body, touch),
      } satisfies WireAnswer;
    } catch (cause) {
      if (cause instanceof WireFailure) throw cause;
      if (signal.aborted) throw signal.reason;
      if (stall.signal.aborted) throw new WireFailure('stalled', `no byte for ${wire.stallMs} ms`, { cause });
      throw new WireFailure(faultOf(cause), describe(cause), { cause });
    } finally {
      clearTimeout(timer);
    }
  };
  return { transport, close: () => agent.destroy() };
}

async function readAll(body: AsyncIterable<Uint8Array>, touch: () => void): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    touch();
    length += part.length;
    if (length > LONGEST_ANSWER) throw new WireFailure('too-large', `an answer of more than ${LONGEST_ANSWER} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const first = Array.isArray(value) ? value[0] : value;
      return first === undefined ? [] : [[name.toLowerCase(), first]];
    }),
  );
}

/** Codes of OpenSSL and Node for "this is not whom you wanted to speak to". */
const TRUST_ERRORS = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|ALTNAME|HOSTNAME_MISMATCH|INVALID_PURPOSE/;
/** Far more often the counter's clock than the province's certificate. */
const DATE_ERRORS = /^CERT_(NOT_YET_VALID|HAS_EXPIRED)$/;

function faultOf(cause: unknown): WireFault {
  for (let at: unknown = cause; at instanceof Error; at = at.cause) {
    const code = (at as NodeJS.ErrnoException).code ?? '';
    if (DATE_ERRORS.test(code)) return 'certificate-dates';
    if (TRUST_ERRORS.test(code)) return 'untrusted';
    if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'stalled';
  }
  return 'unreachable';
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const code = (cause as NodeJS.ErrnoException).code;
  return code ? `${code}: ${cause.message}` : cause.message;
}
