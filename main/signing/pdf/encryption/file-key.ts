/** @file The key of an encrypted file from a password (ISO 32000-2, 7.6.4.3–7.6.4.4, algorithms 2, 2.A, 2.B, 4–7, 11, 12). */
import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import { rc4 } from './rc4.ts';

/** The entries of `/Encrypt` that passwords are checked against. */
export interface PasswordCheck {
  /** `/R`, 2–6. */
  readonly revision: number;
  /** Bytes: 5 to 16, or 32 from revision 5 on. */
  readonly keyLength: number;
  readonly ownerValue: Buffer;
  readonly userValue: Buffer;
  /** `/OE`, `/UE`; empty before revision 5. */
  readonly ownerKey: Buffer;
  readonly userKey: Buffer;
  /** `/P` as a signed 32-bit integer. */
  readonly permissions: number;
  readonly encryptsMetadata: boolean;
  /** First string of the trailer's `/ID`. */
  readonly fileId: Buffer;
}

export interface FileKey {
  readonly key: Buffer;
  /** Opened with the owner's password: its permissions bind nobody. */
  readonly isOwner: boolean;
}

const PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const MAX_PASSWORD_BYTES = 127;

/** Undefined when the password is neither the user's nor the owner's. */
export function findFileKey(check: PasswordCheck, password: string): FileKey | undefined {
  for (const candidate of passwordBytes(password, check.revision)) {
    const found = check.revision >= 5 ? findKeyBySalt(check, candidate) : findKeyByPadding(check, candidate);
    if (found) return found;
  }
  return undefined;
}

/**
 * The bytes that programs make of a typed password. Up to revision 4 the standard says PDFDocEncoding and many programs take
 * UTF-8; from revision 5 on it is SASLprep and UTF-8, where some leave out the preparation.
 */
function passwordBytes(password: string, revision: number): Buffer[] {
  const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8').subarray(0, MAX_PASSWORD_BYTES);
  if (revision >= 5) return [utf8(prepare(password)), utf8(password)];
  const isLatin = [...password].every((character) => character <= '\u00ff');
  return isLatin ? [Buffer.from(password, 'latin1'), utf8(password)] : [utf8(password)];
}

/** SASLprep (RFC 4013, 2.1–2.2): other spaces become spaces, characters that are commonly nothing go, NFKC. */
function prepare(password: string): string {
  return password
    .replace(/\p{Zs}/gu, ' ')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC');
}

function md5(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function padded(password: Uint8Array): Buffer {
  return Buffer.concat([password, PADDING]).subarray(0, 32);
}

function findKeyByPadding(check: PasswordCheck, password: Buffer): FileKey | undefined {
  const asUser = userKey(check, padded(password));
  if (asUser) return { key: asUser, isOwner: false };
  const asOwner = userKey(check, userPasswordOfOwner(check, password));
  return asOwner && { key: asOwner, isOwner: true };
}

/** Algorithms 2 and 6. */
function userKey(check: PasswordCheck, paddedPassword: Buffer): Buffer | undefined {
  const permissions = Buffer.alloc(4);
  permissions.writeInt32LE(check.permissions);
  const marker = check.revision >= 4 && !check.encryptsMetadata ? Buffer.alloc(4, 0xff) : Buffer.alloc(0);
  let digest = md5(paddedPassword, check.ownerValue.subarray(0, 32), permissions, check.fileId, marker);
  for (let round = 0; check.revision >= 3 && round < 50; round++) digest = md5(digest.subarray(0, check.keyLength));
  const key = digest.subarray(0, check.keyLength);
  const { userValue } = check;
  if (check.revision === 2) return rc4(key, PADDING).equals(userValue.subarray(0, 32)) ? key : undefined;
  let value = rc4(key, md5(PADDING, check.fileId));
  for (let round = 1; round < 20; round++) value = rc4(xored(key, round), value);
  return value.equals(userValue.subarray(0, 16)) ? key : undefined;
}

/** Algorithm 7. */
function userPasswordOfOwner(check: PasswordCheck, password: Buffer): Buffer {
  let digest = md5(padded(password));
  for (let round = 0; check.revision >= 3 && round < 50; round++) digest = md5(digest);
  const key = digest.subarray(0, check.keyLength);
  let value = check.ownerValue.subarray(0, 32);
  for (let round = check.revision >= 3 ? 19 : 0; round >= 0; round--) value = rc4(xored(key, round), value);
  return value;
}

function xored(key: Buffer, byte: number): Buffer {
  return Buffer.from(key.map((value) => value ^ byte));
}

/** Algorithm 2.A. The values are 32 bytes of hash, 8 of salt for checking and 8 for the key. */
function findKeyBySalt(check: PasswordCheck, password: Buffer): FileKey | undefined {
  const none = Buffer.alloc(0);
  const userValue = check.userValue.subarray(0, 48);
  const owner = check.ownerValue;
  if (saltedHash(check, password, owner.subarray(32, 40), userValue).equals(owner.subarray(0, 32))) {
    const key = unwrap(saltedHash(check, password, owner.subarray(40, 48), userValue), check.ownerKey);
    return { key, isOwner: true };
  }
  if (!saltedHash(check, password, userValue.subarray(32, 40), none).equals(userValue.subarray(0, 32)))
    return undefined;
  return { key: unwrap(saltedHash(check, password, userValue.subarray(40, 48), none), check.userKey), isOwner: false };
}

function unwrap(key: Buffer, wrapped: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false);
  return Buffer.concat([decipher.update(wrapped.subarray(0, 32)), decipher.final()]);
}

/** Plain SHA-256 in revision 5, algorithm 2.B in revision 6. */
function saltedHash({ revision }: PasswordCheck, password: Buffer, salt: Buffer, userValue: Buffer): Buffer {
  let key = createHash('sha256').update(password).update(salt).update(userValue).digest();
  if (revision < 6) return key;
  for (let round = 0, last = 0; round < 64 || last > round - 32; round++) {
    const once = Buffer.concat([password, key, userValue]);
    const repeated = Buffer.concat(Array.from({ length: 64 }, () => once));
    const cipher = createCipheriv('aes-128-cbc', key.subarray(0, 16), key.subarray(16, 32)).setAutoPadding(false);
    const encrypted = Buffer.concat([cipher.update(repeated), cipher.final()]);
    const remainder = encrypted.subarray(0, 16).reduce((sum, byte) => sum + byte, 0) % 3;
    key = createHash(['sha256', 'sha384', 'sha512'][remainder] ?? 'sha256')
      .update(encrypted)
      .digest();
    last = encrypted.at(-1) ?? 0;
  }
  return key.subarray(0, 32);
}
