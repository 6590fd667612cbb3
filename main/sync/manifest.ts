import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 (hex) of the canonical JSON (RFC 8785) of a manifest, as the counter seals it and the province checks it. */
export function hashManifest(manifest: object): string {
  const text = canonicalize(manifest);
  if (text === undefined) throw new TypeError('a manifest is a JSON object');
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
