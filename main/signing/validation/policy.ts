/**
 * @file What decides about trust: the administrator's roots and rules, and how validation data may be fetched. Everything
 * that validates takes these two; nothing reads settings or opens connections by itself.
 */
import { z } from 'zod';

/** As it travels to the room that validates. */
export const ValidationPolicy = z.strictObject({
  /** PEM texts of the roots (or pinned issuers) an administrator imported. No silent store of the system. */
  trustedRoots: z.array(z.string()),
  /** Time-stamp authorities whose chains end elsewhere; PEM texts. The roots above count for them too. */
  timeStampRoots: z.array(z.string()).default([]),
  /** Issuing certificates signed with SHA-1 (the government's G1 chain) count, with a note in the report. */
  allowsSha1Issuers: z.boolean().default(false),
  /** Prefixes of addresses in certificates that this network reaches elsewhere (`http://ocsp.ca.ptc`). */
  urlRewrites: z.array(z.strictObject({ from: z.string(), to: z.string() })).default([]),
  /** Hosts from which a missing intermediate may be fetched before anything vouches for the address. */
  issuerHosts: z.array(z.string()).default([]),
  /** True: no request leaves the machine; what cannot be known is said so. */
  isOffline: z.boolean().default(false),
});
export type ValidationPolicy = z.infer<typeof ValidationPolicy>;

export const ValidationRequest = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  method: z.enum(['GET', 'POST']),
  contentType: z.string().nullable(),
  body: z.custom<Uint8Array>((value) => value instanceof Uint8Array).nullable(),
  timeoutMs: z.int().positive(),
  maxBytes: z.int().positive(),
});
export type ValidationRequest = z.infer<typeof ValidationRequest>;

export const ValidationAnswer = z.strictObject({
  status: z.int(),
  contentType: z.string().nullable(),
  body: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
});
export type ValidationAnswer = z.infer<typeof ValidationAnswer>;

/**
 * One request to an OCSP responder, a CRL address or a time-stamp authority. Any HTTP status is an answer.
 * @throws Failure `authority-unreachable` (no connection, too slow, an answer beyond the limit)
 */
export type ValidationFetch = (request: ValidationRequest) => Promise<ValidationAnswer>;

export const TimeStampAuthority = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** The government's authority was measured at 2–131 s. */
  timeoutMs: z.int().positive().default(30_000),
});
export type TimeStampAuthority = z.infer<typeof TimeStampAuthority>;

export const SignatureLevel = z.enum(['B-B', 'B-T', 'B-LT', 'B-LTA']);
export type SignatureLevel = z.infer<typeof SignatureLevel>;
