/** @file Whether a signature value fits a public key: RSA PKCS#1 and PSS, ECDSA, EdDSA, and DSA of old files. */
import { constants, createPublicKey, createVerify, publicDecrypt, verify, type KeyObject } from 'node:crypto';
import { childOf, DER_NULL, derOid, derSequence, readAsn1, readOid, readSmallInteger, type Asn1Node } from '../asn1.ts';
import { DIGESTS, EDWARDS_SIGNATURES, OID, SIGNATURES } from '../object-identifiers.ts';
import { newHash, signedContent, type SignedContent } from './signed-content.ts';
import type { SignerInfo } from './signed-data.ts';

/** A value and how it was made; certificates, OCSP answers and lists have one, too. */
export type SignatureValue = Pick<SignerInfo, 'signatureOid' | 'signatureParameters' | 'signature'>;

/** @param signed what the value was computed over: the signed attributes, or the content itself. Never throws. */
export function fitsKey(key: KeyObject, info: SignatureValue, digestName: string, signed: SignedContent): boolean {
  try {
    const kind = key.asymmetricKeyType;
    if (info.signatureOid === OID.rsaPss) return fitsPss(key, info, digestName, signed);
    const edwards = EDWARDS_SIGNATURES[info.signatureOid];
    if (edwards) {
      if (edwards.key !== kind || edwards.digest !== digestName) return false;
      return verify(null, Buffer.concat(signed.parts), key, info.signature);
    }
    const isPlainKey =
      (info.signatureOid === OID.rsaEncryption && kind === 'rsa') ||
      (info.signatureOid === OID.ecPublicKey && kind === 'ec');
    const named = SIGNATURES[info.signatureOid];
    if (!isPlainKey && (named?.key !== kind || named?.digest !== digestName)) return false;
    return verifyParts(digestName, key, signed.parts, info.signature);
  } catch {
    return false; // OpenSSL throws for values that are not even well-formed
  }
}

function verifyParts(digestName: string, key: KeyObject, parts: readonly Buffer[], signature: Buffer): boolean {
  const check = createVerify(digestName);
  for (const part of parts) check.update(part);
  return check.verify(key, signature);
}

interface PssParameters {
  readonly hash: string;
  readonly maskHash: string;
  readonly saltLength: number;
}

/** RFC 4055, 3.1: hash, mask function and salt length stand in the parameters, with SHA-1 and 20 when left out. */
function readPssParameters(parameters: Asn1Node | undefined): PssParameters | undefined {
  const part = (tag: number): Asn1Node | undefined =>
    parameters?.children.find((child) => child.tag === tag)?.children[0];
  const [hash, mask, salt, trailer] = [part(0xa0), part(0xa1), part(0xa2), part(0xa3)];
  if (mask && readOid(childOf(mask, 0)) !== OID.mgf1) return undefined;
  if (trailer && readSmallInteger(trailer) !== 1) return undefined;
  const hashName = hash ? DIGESTS[readOid(childOf(hash, 0))] : 'sha1';
  const maskHash = mask ? DIGESTS[readOid(childOf(childOf(mask, 1), 0))] : 'sha1';
  if (!hashName || !maskHash) return undefined;
  return { hash: hashName, maskHash, saltLength: salt ? readSmallInteger(salt) : 20 };
}

function fitsPss(key: KeyObject, info: SignatureValue, digestName: string, signed: SignedContent): boolean {
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss') return false;
  const parameters = readPssParameters(info.signatureParameters);
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (!parameters || !bits || parameters.hash !== digestName) return false;
  if (info.signature.length !== Math.ceil(bits / 8)) return false;
  const encoded = publicDecrypt({ key: plainRsaKey(key), padding: constants.RSA_NO_PADDING }, info.signature);
  return isPssEncoding(encoded, signed.digest(parameters.hash), parameters, bits - 1);
}

/** OpenSSL uses a key that is for PSS alone in its own way only; the number is the same. */
function plainRsaKey(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'rsa-pss') return key;
  const number = childOf(readAsn1(key.export({ type: 'spki', format: 'der' })), 1, 0x03).raw;
  const plain = derSequence(derSequence(derOid(OID.rsaEncryption), DER_NULL), number);
  return createPublicKey({ key: plain, type: 'spki', format: 'der' });
}

/** EMSA-PSS-VERIFY (RFC 8017, 9.1.2), with a mask hash of its own, which node:crypto cannot be told. */
function isPssEncoding(padded: Buffer, digest: Buffer, parameters: PssParameters, bits: number): boolean {
  const length = Math.ceil(bits / 8);
  const encoded = padded.subarray(padded.length - length);
  if (padded.subarray(0, padded.length - length).some((byte) => byte !== 0)) return false;
  const maskedLength = length - digest.length - 1;
  if (maskedLength < parameters.saltLength + 1 || encoded.at(-1) !== 0xbc) return false;
  const masked = encoded.subarray(0, maskedLength);
  const stated = encoded.subarray(maskedLength, -1);
  const unusedBits = 8 * length - bits;
  if ((masked[0] ?? 0) >> (8 - unusedBits) !== 0) return false;
  const mask = maskOf(stated, maskedLength, parameters.maskHash);
  const block = Buffer.from(masked.map((byte, index) => byte ^ (mask[index] ?? 0)));
  block[0] = (block[0] ?? 0) & (0xff >> unusedBits);
  const saltStart = maskedLength - parameters.saltLength;
  if (block.subarray(0, saltStart - 1).some((byte) => byte !== 0) || block[saltStart - 1] !== 1) return false;
  const salted = signedContent([Buffer.alloc(8), digest, block.subarray(saltStart)]);
  return salted.digest(parameters.hash).equals(stated);
}

/** MGF1 (RFC 8017, B.2.1). */
function maskOf(seed: Buffer, length: number, hash: string): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0, have = 0; have < length; counter++) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    const block = newHash(hash).update(seed).update(suffix).digest();
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}
