/** @file The ESS attribute by which a signer signs which certificate is theirs (RFC 5035), so that it cannot be exchanged. */
import { createHash } from 'node:crypto';
import { childOf, readOid, type Asn1Node } from '../asn1.ts';
import type { Certificate } from '../certificate.ts';
import { DIGESTS, OID } from '../object-identifiers.ts';

/** Version 2 names its hash (SHA-256 when left out), version 1 is SHA-1. Only the first entry is the signer's. */
export function checkSigningCertificate(
  attributes: ReadonlyMap<string, Asn1Node>,
  signer: Certificate,
): 'right' | 'wrong' | 'missing' {
  const second = attributes.get(OID.signingCertificateV2);
  const first = attributes.get(OID.signingCertificate);
  const attribute = second ?? first;
  if (!attribute) return 'missing';
  const id = childOf(childOf(attribute, 0, 0x30), 0, 0x30);
  let position = 0;
  let algorithm: string | undefined = second ? 'sha256' : 'sha1';
  if (second && id.children[0]?.tag === 0x30) {
    algorithm = DIGESTS[readOid(childOf(childOf(id, 0), 0))];
    position = 1;
  }
  if (!algorithm) return 'wrong';
  const hash = childOf(id, position, 0x04).content;
  if (!createHash(algorithm).update(signer.der).digest().equals(hash)) return 'wrong';
  const issuerSerial = id.children[position + 1];
  if (issuerSerial && !childOf(issuerSerial, 1, 0x02).raw.equals(signer.serialDer)) return 'wrong';
  return 'right';
}
