/** @file When to try again. The cap comes first and the jitter after it: the other way round all counters meet again. */
import type { Random } from './ports.ts';

export const BASE_MS = 2_000;
export const CAP_MS = 15 * 60_000;
/** A server that asks for more than this is not believed. */
const LONGEST_RETRY_AFTER_MS = 6 * 3_600_000;

/** Full jitter: uniform in [0, min(cap, base · 2^attempt)). @param attempt 0 for the first failure. */
export function backOffMs(attempt: number, random: Random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(Math.max(0, attempt), 30));
}

/** {@link backOffMs}, never earlier than what the server asked for, plus up to 30 % so that not all return in one second. */
export function delayMs(attempt: number, retryAfterMs: number | null, random: Random): number {
  const jitter = backOffMs(attempt, random);
  return retryAfterMs === null ? jitter : Math.max(retryAfterMs * (1 + 0.3 * random()), jitter);
}

/** `Retry-After` (RFC 9110 section 10.2.3) in ms: seconds, or a date measured against the server's own `Date`. */
export function parseRetryAfter(value: string | undefined, serverDate: string | undefined): number | null {
  if (value === undefined) return null;
  const text = value.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.parse(serverDate ?? '');
  return Number.isFinite(ms) ? Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms)) : null;
}
