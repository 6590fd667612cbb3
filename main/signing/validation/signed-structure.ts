/** @file What certificates, OCSP answers and revocation lists share: bytes, an algorithm, a signature over the bytes. */
import type { KeyObject } from 'node:crypto';
import { childOf, readOid, type Asn1Node } from '../asn1.ts';
import { digestOfSignature } from '../signature-algorithm.ts';
import { signedContent } from '../cms/signed-content.ts';
import { fitsKey } from '../cms/signature-value.ts';

/** What cannot be used as proof; the message is Vietnamese and ends in no full stop. */
export class EvidenceRefused extends Error {}

export interface SignedStructure {
  /** The very bytes that were signed. */
  readonly signed: Buffer;
  readonly algorithm: Asn1Node;
  /** BIT STRING. */
  readonly signature: Asn1Node;
}

/**
 * @returns the hash the signature uses, by node:crypto's name: the caller decides about SHA-1
 * @throws EvidenceRefused when it does not fit the key
 */
export function checkSignature({ signed, algorithm, signature }: SignedStructure, key: KeyObject): string {
  const digest = digestOfSignature(algorithm);
  if (digest === null) throw new EvidenceRefused('thuật toán chữ ký không được hỗ trợ');
  if (signature.tag !== 0x03 || signature.content[0] !== 0) throw new EvidenceRefused('chữ ký sai cấu trúc');
  const value = {
    signatureOid: readOid(childOf(algorithm, 0)),
    signatureParameters: algorithm.children[1],
    signature: signature.content.subarray(1),
  };
  if (!fitsKey(key, value, digest, signedContent([signed]))) throw new EvidenceRefused('chữ ký không đúng');
  return digest;
}
