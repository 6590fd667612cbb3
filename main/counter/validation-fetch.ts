/**
 * @file Requests of the signatures room to OCSP responders, revocation lists and time-stamp authorities, sent by whatever
 * `fetch` the machine brings: behind the window it is Chromium's, with the system's proxy and its passwords.
 */
import { Failure } from '../rooms/failure.ts';
import type { ValidationFetch } from '../signing/validation/policy.ts';

/**
 * Redirects are followed by hand, on the same host alone: what a certificate names may not send this machine anywhere else.
 * Chromium's `fetch` behind the window ends at a redirect ("Redirect was cancelled"): such an authority counts as unreachable
 * there until its new address stands in `urlRewrites`.
 */
const MAX_REDIRECTS = 3;

export function validationFetch(fetch: typeof globalThis.fetch): ValidationFetch {
  return async ({ url, method, contentType, body, timeoutMs, maxBytes }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    let address = new URL(url);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const response = await send(fetch, address, {
        method,
        signal,
        redirect: 'manual',
        ...(contentType === null ? {} : { headers: { 'content-type': contentType } }),
        ...(body === null ? {} : { body: new Uint8Array(body) }),
      });
      const location = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null;
      if (location === null) {
        const bytes = await readAtMost(response, maxBytes, address);
        return { status: response.status, contentType: response.headers.get('content-type'), body: bytes };
      }
      await response.body?.cancel();
      const next = new URL(location, address);
      if (next.hostname !== address.hostname || !/^https?:$/.test(next.protocol))
        throw new Failure('authority-unreachable', `${url}: redirected to ${next.href}`);
      address = next;
    }
    throw new Failure('authority-unreachable', `${url}: redirected again and again`);
  };
}

async function send(fetch: typeof globalThis.fetch, address: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address.href, init);
  } catch (cause) {
    throw unreachable(address, cause);
  }
}

async function readAtMost(response: Response, maxBytes: number, address: URL): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      size += part.value.length;
      if (size > maxBytes) {
        await reader?.cancel();
        throw new Failure('authority-unreachable', `${address.href}: more than ${maxBytes} bytes`);
      }
      parts.push(part.value);
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw unreachable(address, cause);
  }
  return Buffer.concat(parts);
}

function unreachable(address: URL, cause: unknown): Failure {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return new Failure(
    'authority-unreachable',
    `${address.href}: ${inner instanceof Error ? inner.message : String(inner)}`,
    {
      cause,
    },
  );
}
