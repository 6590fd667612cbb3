/**
 * @file Signatures over a digest made elsewhere: what goes to the token, how its answer is normalised, and the check
 * against the certificate that every answer passes before anybody sees it.
 */
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { constants, publicDecrypt, type KeyObject } from 'node:crypto';
import { der } from '../signing/asn1.ts';

/** SEQUENCE { AlgorithmIdentifier SHA-256 with NULL, OCTET STRING of 32 bytes } up to the digest (RFC 8017, 9.2). */
const SHA256_DIGEST_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const CURVES: Readonly<Record<string, typeof p256>> = { prime256v1: p256, secp384r1: p384, secp521r1: p521 };

export function digestInfo(digest: Uint8Array): Buffer {
  return Buffer.concat([SHA256_DIGEST_INFO, digest]);
}

/** PKCS#11 returns r and s side by side (v2.40, 2.3.1); some drivers hand out DER already. */
export function ecdsaToDer(signature: Buffer, key: KeyObject): Buffer {
  const coordinateBytes = CURVES[key.asymmetricKeyDetails?.namedCurve ?? '']?.lengths.secretKey ?? 0;
  if (signature.length !== 2 * coordinateBytes) return signature;
  return der(
    0x30,
    derUnsigned(signature.subarray(0, coordinateBytes)),
    derUnsigned(signature.subarray(coordinateBytes)),
  );
}

function derUnsigned(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const minimal = bytes.subarray(start);
  return der(0x02, (minimal[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), minimal]) : minimal);
}

/** @param signature PKCS#1 v1.5, or DER of r and s. Never throws: what cannot be read does not verify. */
export function verifiesDigest(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (key.asymmetricKeyType === 'rsa') {
      return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature).equals(digestInfo(digest));
    }
    const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
    return curve?.verify(signature, digest, publicPoint(key), { prehash: false, lowS: false, format: 'der' }) ?? false;
  } catch {
    return false;
  }
}

/** DER of r and s, for the few keys that live in files. */
export function signEcdsaDigest(key: KeyObject, digest: Uint8Array): Buffer | undefined {
  const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ''];
  const { d } = key.export({ format: 'jwk' });
  if (!curve || d === undefined) return undefined;
  return Buffer.from(curve.sign(digest, Buffer.from(d, 'base64url'), { prehash: false, lowS: false, format: 'der' }));
}

function publicPoint(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}
