/**
 * @file Hosts that do not answer are left alone for a while: of a thousand files that name one dead responder, only the first
 * few wait for its silence. What the others are told is the same as after waiting.
 */
import { Failure } from '../rooms/failure.ts';
import type { ValidationFetch } from '../signing/validation/policy.ts';

/** One lost connection may be chance. */
const SILENCES_IN_A_ROW = 2;
const LEFT_ALONE_MS = 60_000;

export function sparingSilentHosts(fetch: ValidationFetch, now: () => number = Date.now): ValidationFetch {
  const silences = new Map<string, { count: number; lastMs: number }>();
  return async (request) => {
    const { host } = new URL(request.url);
    const known = silences.get(host);
    if (known && known.count >= SILENCES_IN_A_ROW && now() - known.lastMs < LEFT_ALONE_MS)
      throw new Failure('authority-unreachable', `${host}: no answer a moment ago, not asked again`);
    try {
      const answer = await fetch(request);
      silences.delete(host);
      return answer;
    } catch (cause) {
      if (cause instanceof Failure && cause.code === 'authority-unreachable')
        silences.set(host, { count: (known?.count ?? 0) + 1, lastMs: now() });
      throw cause;
    }
  };
}
