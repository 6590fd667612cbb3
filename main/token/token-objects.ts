/**
 * @file The objects on a token that a signature needs: certificates, the private key that belongs to one, and how that key
 * wants to be used. Tolerates drivers that leave attributes out.
 */
import { Failure } from '../rooms/failure.ts';
import type { Certificate } from '../signing/certificate.ts';
import { digestInfo } from './digest-signatures.ts';
import { CKA, type Attribute, type Pkcs11Module } from './pkcs11-module.ts';
import { tryReadCertificate } from './signing-certificates.ts';
import type { ToSign } from './token-source.ts';

const CKO_CERTIFICATE = 1;
const CKO_PRIVATE_KEY = 3;
const CKM_RSA_PKCS = 0x1;
const CKM_SHA256_RSA_PKCS = 0x40;
const CKM_ECDSA = 0x1041;
const CERTIFICATE_BYTES = 4_096;
const ID_BYTES = 256;

export interface StoredCertificate {
  readonly certificate: Certificate;
  /** CKA_ID; empty on some tokens. */
  readonly keyId: Buffer;
}

/** What one login found out about the key of a certificate: asked of the token once, not at every signature. */
export interface SigningKey {
  readonly handle: number;
  readonly asksPin: boolean;
  readonly mechanism: number;
}

export function certificateHandles(module: Pkcs11Module, session: number): Promise<number[]> {
  return module.findObjects(session, [[CKA.CLASS, module.encodeUlong(CKO_CERTIFICATE)]]);
}

export async function asksPinPerSignature(module: Pkcs11Module, session: number): Promise<boolean> {
  for (const key of await module.findObjects(session, [[CKA.CLASS, module.encodeUlong(CKO_PRIVATE_KEY)]]))
    if (await asksPin(module, session, key)) return true;
  return false;
}

/** A driver that cannot answer is one that does not know the attribute. */
async function asksPin(module: Pkcs11Module, session: number, key: number): Promise<boolean> {
  try {
    return (await module.attribute(session, key, CKA.ALWAYS_AUTHENTICATE, 1))?.[0] === 1;
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.code === 'token-removed') throw cause;
    return false;
  }
}

/** Once for each login: the certificate must still be there, byte for byte, and the key must be its own. */
export async function openKey(
  module: Pkcs11Module,
  slot: number,
  session: number,
  chosen: Certificate,
): Promise<SigningKey> {
  const handles = await certificateHandles(module, session);
  const stored = await readStoredCertificates(module, session, handles);
  const same = stored.find(({ certificate }) => certificate.der.equals(chosen.der));
  if (!same) throw new Failure('certificate-mismatch', chosen.subject);
  const handle = await findKey(module, session, same.keyId);
  const mechanism =
    chosen.publicKey.asymmetricKeyType === 'rsa' ? rsaMechanism(await module.mechanisms(slot)) : CKM_ECDSA;
  return { handle, mechanism, asksPin: await asksPin(module, session, handle) };
}

export async function readStoredCertificates(
  module: Pkcs11Module,
  session: number,
  handles: readonly number[],
): Promise<StoredCertificate[]> {
  const stored: StoredCertificate[] = [];
  for (const handle of handles) {
    const certificate = tryReadCertificate(
      withoutPadding(await module.attribute(session, handle, CKA.VALUE, CERTIFICATE_BYTES)),
    );
    if (!certificate) continue;
    const keyId = (await module.attribute(session, handle, CKA.ID, ID_BYTES)) ?? Buffer.alloc(0);
    stored.push({ certificate, keyId });
  }
  return stored;
}

/** By CKA_ID; without one, the only private key there is. */
async function findKey(module: Pkcs11Module, session: number, keyId: Buffer): Promise<number> {
  const privateKeys: Attribute = [CKA.CLASS, module.encodeUlong(CKO_PRIVATE_KEY)];
  const matching = keyId.length > 0 ? await module.findObjects(session, [privateKeys, [CKA.ID, keyId]]) : [];
  const candidates = matching.length > 0 ? matching : await module.findObjects(session, [privateKeys]);
  const [key, ...others] = candidates;
  if (key === undefined || (matching.length === 0 && others.length > 0))
    throw new Failure('certificate-missing', 'no private key belongs to it');
  return key;
}

/**
 * CKM_RSA_PKCS over our own DigestInfo is what nearly every token takes; CKM_SHA256_RSA_PKCS when it alone is offered. PSS is
 * never chosen: no policy of the province asks for it. A driver that lists nothing gets the common one.
 */
function rsaMechanism(offered: readonly number[] | undefined): number {
  if (offered === undefined || offered.includes(CKM_RSA_PKCS)) return CKM_RSA_PKCS;
  if (offered.includes(CKM_SHA256_RSA_PKCS)) return CKM_SHA256_RSA_PKCS;
  throw new Failure('token-failed', 'the token offers neither CKM_RSA_PKCS nor CKM_SHA256_RSA_PKCS');
}

export function dataFor(mechanism: number, { digest, message }: ToSign): Buffer {
  if (mechanism === CKM_RSA_PKCS) return digestInfo(digest);
  if (mechanism === CKM_ECDSA) return digest;
  if (!message) throw new Failure('token-failed', 'the token hashes by itself and was given only a hash');
  return message;
}

/** A value read into a fixed buffer carries what follows it: DER knows its own length. */
function withoutPadding(value: Buffer | undefined): Buffer | undefined {
  if (!value || value[0] !== 0x30 || value[1] !== 0x82) return value;
  return value.subarray(0, 4 + value.readUInt16BE(2));
}
