/** @file The bytes a signature speaks about, hashed in place: files of a hundred megabytes are never copied. */
import { createHash } from 'node:crypto';

export interface SignedContent {
  readonly parts: readonly Buffer[];
  /** @param algorithm a name of node:crypto; `shake256` answers 64 octets (RFC 8419, 3.1). */
  digest(algorithm: string): Buffer;
}

/** Every digest is computed once, however often it is asked for. */
export function signedContent(parts: readonly Buffer[]): SignedContent {
  const known = new Map<string, Buffer>();
  return {
    parts,
    digest(algorithm) {
      const before = known.get(algorithm);
      if (before) return before;
      const hash = newHash(algorithm);
      for (const part of parts) hash.update(part);
      const digest = hash.digest();
      known.set(algorithm, digest);
      return digest;
    },
  };
}

export function newHash(algorithm: string): ReturnType<typeof createHash> {
  return createHash(algorithm, algorithm === 'shake256' ? { outputLength: 64 } : undefined);
}
