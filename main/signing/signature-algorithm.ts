/** @file What an AlgorithmIdentifier of a signature says about its hash (RFC 5280, 4.1.1.2; RFC 4055; RFC 8410). */
import { childOf, readOid, type Asn1Node } from './asn1.ts';
import { DIGESTS, EDWARDS_SIGNATURES, OID, SIGNATURES } from './object-identifiers.ts';

/** Name of node:crypto; null for an algorithm that is not known here, MD5 among them. */
export function digestOfSignature(algorithm: Asn1Node): string | null {
  const oid = readOid(childOf(algorithm, 0));
  if (oid !== OID.rsaPss) return SIGNATURES[oid]?.digest ?? EDWARDS_SIGNATURES[oid]?.digest ?? null;
  const hash = algorithm.children[1]?.children.find((child) => child.tag === 0xa0)?.children[0];
  return hash ? (DIGESTS[readOid(childOf(hash, 0))] ?? null) : 'sha1';
}
