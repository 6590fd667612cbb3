/** @file The fetch of validation data as tests use it: straight to loopback, with the limits that the program's own has. */
import { Failure } from '../../main/rooms/failure.ts';
import type { ValidationFetch } from '../../main/signing/validation/policy.ts';

export const fetchForTests: ValidationFetch = async ({ url, method, contentType, body, timeoutMs, maxBytes }) => {
  try {
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: contentType === null ? {} : { 'content-type': contentType },
      ...(body === null ? {} : { body: Buffer.from(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status >= 300 && response.status < 400) throw new Error('redirect');
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > maxBytes) throw new Error('beyond the limit');
      chunks.push(chunk);
    }
    return { status: response.status, contentType: response.headers.get('content-type'), body: Buffer.concat(chunks) };
  } catch (cause) {
    throw new Failure('authority-unreachable', cause instanceof Error ? cause.message : String(cause), { cause });
  }
};

export interface CountingFetch {
  readonly fetch: ValidationFetch;
  /** Addresses in the order they were asked. */
  readonly asked: string[];
}

export function countingFetch(): CountingFetch {
  const asked: string[] = [];
  return {
    asked,
    fetch: (request) => {
      asked.push(request.url);
      return fetchForTests(request);
    },
  };
}
