/**
 * @file The audit chain: `hash(n) = SHA-256(hash(n-1) ‖ canonical(event n))`, so that changing, removing or reordering an
 * entry breaks every later one. Heads travel to the province inside manifests, which makes cutting the end detectable too.
 * Events carry ids and hashes, never personal data.
 */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Hash before the first entry. */
export const GENESIS = '0'.repeat(64);

export interface AuditEvent {
  readonly at: string;
  readonly kind: string;
  readonly officerId: string | null;
  readonly dossierId: string | null;
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

export interface AuditEntry {
  readonly seq: number;
  readonly hash: string;
  /** Canonical JSON (RFC 8785) of the event, as hashed. */
  readonly event: string;
}

export function chainEntry(previous: { readonly seq: number; readonly hash: string }, event: AuditEvent): AuditEntry {
  const text = toCanonicalJson(event);
  return { seq: previous.seq + 1, hash: hashEntry(previous.hash, text), event: text };
}

export interface ChainVerdict {
  readonly entries: number;
  readonly head: string;
  /** First entry that does not follow from the one before; null when all do. */
  readonly firstBadSeq: number | null;
}

/** Recomputes the chain over entries in order of `seq`. `expectedHead` catches a chain whose end was cut off. */
export function verifyChain(
  entries: Iterable<AuditEntry>,
  expectedHead: { seq: number; hash: string } | null = null,
): ChainVerdict {
  let seq = 0;
  let hash = GENESIS;
  let firstBadSeq: number | null = null;
  for (const entry of entries) {
    if (firstBadSeq === null && (entry.seq !== seq + 1 || entry.hash !== hashEntry(hash, entry.event))) {
      firstBadSeq = seq + 1;
    }
    seq += 1;
    hash = entry.hash;
  }
  if (firstBadSeq === null && expectedHead && (expectedHead.seq !== seq || expectedHead.hash !== hash))
    firstBadSeq = seq + 1;
  return { entries: seq, head: hash, firstBadSeq };
}

/** RFC 8785. @throws TypeError for values JSON cannot hold */
export function toCanonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

function hashEntry(previousHash: string, event: string): string {
  return createHash('sha256').update(Buffer.from(previousHash, 'hex')).update(event).digest('hex');
}
