/**
 * @file Encrypted files for scans and PDFs. Any process may read one it was given access to, or deposit a new one; only
 * `store` keeps keys and decides which deposits become part of a dossier.
 *
 * Format `HSB1` (one random key per file, so erasing the key erases the file):
 *   header  "HSB1" | chunk size u32 BE | file id 16 bytes
 *   chunks  AES-256-GCM, nonce = 4 bytes of the file id + 8-byte chunk counter, additional data = file id | counter |
 *           last-flag, 16-byte tag after each. The last-flag makes truncation detectable (STREAM, Hoang et al. 2015) and
 *           any chunk can be decrypted alone, so an upload resumes without reading what it already sent.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { Failure } from '../rooms/failure.ts';
import { giveBack } from './give-back.ts';

const MAGIC = Buffer.from('HSB1');
const HEADER_BYTES = MAGIC.length + 4 + 16;
const TAG_BYTES = 16;
export const CHUNK_BYTES = 64 * 1024;
const CHUNKS_AT_ONCE = 16;

/** Leave to read one blob. Handed out by `store` for one use; never stored, never sent to the page. */
export const BlobAccess = z.strictObject({
  path: z.string(),
  /** 32 bytes, base64. */
  key: z.string(),
  sizeBytes: z.int().nonnegative(),
  mediaType: z.string(),
});
export type BlobAccess = z.infer<typeof BlobAccess>;

/** A finished, fsynced file in the incoming folder, not yet part of anything. */
export const Deposit = z.strictObject({
  /** Base name inside the incoming folder. */
  file: z.string().regex(/^[0-9a-f-]{36}\.tmp$/),
  key: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.int().nonnegative(),
  mediaType: z.string(),
});
export type Deposit = z.infer<typeof Deposit>;

/** Encrypts `bytes` into a new file of `incomingFolder`; on return it is on the disk, not only in the cache. */
export async function depositBlob(incomingFolder: string, bytes: Uint8Array, mediaType: string): Promise<Deposit> {
  return writeDeposit(incomingFolder, bytes, mediaType, true);
}

/** A deposit for work that begins anew after a power cut: written, but not waited for until the disk has it. */
export async function depositDraft(incomingFolder: string, bytes: Uint8Array, mediaType: string): Promise<Deposit> {
  return writeDeposit(incomingFolder, bytes, mediaType, false);
}

async function writeDeposit(
  incomingFolder: string,
  bytes: Uint8Array,
  mediaType: string,
  isDurable: boolean,
): Promise<Deposit> {
  const file = `${randomUUID()}.tmp`;
  const key = randomBytes(32);
  const path = join(incomingFolder, file);
  const handle = await openForWriting(path);
  try {
    for (const parts of sealedParts(bytes, key)) {
      await writeAll(handle, parts);
      parts.forEach(giveBack);
    }
    if (isDurable) await handle.sync();
  } catch (cause) {
    await rm(path, { force: true });
    throw asDiskFailure(cause);
  } finally {
    await handle.close();
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { file, key: key.toString('base64'), sha256, sizeBytes: bytes.length, mediaType };
}

/** A disk that fills up takes part of a write without an error; the error would come with the next one. */
async function writeAll(handle: FileHandle, parts: readonly Buffer[]): Promise<void> {
  const { bytesWritten } = await handle.writev(parts);
  const wanted = parts.reduce((sum, part) => sum + part.length, 0);
  if (bytesWritten !== wanted)
    throw Object.assign(new Error(`${bytesWritten} of ${wanted} bytes written`), { code: 'ENOSPC' });
}

export function blobHeader(fileId: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32BE(CHUNK_BYTES, MAGIC.length);
  header.set(fileId, MAGIC.length + 4);
  return header;
}

/** The file in parts of about a megabyte, so that a large one is never held a second time. */
function* sealedParts(bytes: Uint8Array, key: Uint8Array): Generator<Buffer[]> {
  const fileId = randomBytes(16);
  let parts: Buffer[] = [blobHeader(fileId)];
  const chunks = Math.max(1, Math.ceil(bytes.length / CHUNK_BYTES));
  for (let index = 0; index < chunks; index++) {
    const { nonce, additional } = chunkParameters(fileId, index, index === chunks - 1);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(additional);
    parts.push(cipher.update(bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)));
    cipher.final(); // GCM keeps nothing back
    parts.push(cipher.getAuthTag());
    if (index % CHUNKS_AT_ONCE === CHUNKS_AT_ONCE - 1) {
      yield parts;
      parts = [];
    }
  }
  if (parts.length > 0) yield parts;
}

/** The whole plaintext. Refuses with `store-damaged` when a single bit is not as it was written. */
export async function readBlob(access: BlobAccess): Promise<Buffer> {
  return readBlobRange(access, 0, access.sizeBytes);
}

/** Plaintext bytes `[offset, offset + length)`, decrypting only the chunks they lie in. */
export async function readBlobRange(access: BlobAccess, offset: number, length: number): Promise<Buffer> {
  const end = Math.min(offset + length, access.sizeBytes);
  const target = Buffer.allocUnsafe(Math.max(0, end - offset));
  await readInto(access, offset, target);
  return target;
}

/** The whole plaintext into the first bytes of `target`, which holds more: for what is written behind it. */
export async function readBlobInto(access: BlobAccess, target: Buffer): Promise<void> {
  await readInto(access, 0, target.subarray(0, access.sizeBytes));
}

async function readInto(access: BlobAccess, offset: number, target: Buffer): Promise<void> {
  const handle = await openForReading(access.path);
  try {
    const reader = await openChunks(handle, access);
    const end = offset + target.length;
    const last = Math.max(Math.floor(offset / CHUNK_BYTES), Math.ceil(end / CHUNK_BYTES) - 1);
    for (let index = Math.floor(offset / CHUNK_BYTES); index <= last; index++) {
      const chunk = await reader(index);
      const start = index * CHUNK_BYTES;
      chunk.copy(target, Math.max(0, start - offset), Math.max(0, offset - start), Math.min(chunk.length, end - start));
      giveBack(chunk);
    }
  } finally {
    await handle.close();
  }
}

/** Streams the plaintext chunk by chunk, for the page and for uploads. */
export function streamBlob(access: BlobAccess, offset = 0): Readable {
  return Readable.from(plainChunks(access, offset), { objectMode: false });
}

async function* plainChunks(access: BlobAccess, offset: number): AsyncGenerator<Buffer> {
  const handle = await openForReading(access.path);
  try {
    const reader = await openChunks(handle, access);
    const chunks = chunkCount(access.sizeBytes);
    for (let index = Math.floor(offset / CHUNK_BYTES); index < chunks; index++) {
      const chunk = await reader(index);
      yield chunk.subarray(Math.max(0, offset - index * CHUNK_BYTES));
    }
  } finally {
    await handle.close();
  }
}

/** One chunk at a time: its sealed form is read into the same room. */
async function openChunks(handle: FileHandle, access: BlobAccess): Promise<(index: number) => Promise<Buffer>> {
  const header = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, 0);
  if (bytesRead < HEADER_BYTES || !header.subarray(0, 4).equals(MAGIC) || header.readUInt32BE(4) !== CHUNK_BYTES) {
    throw new Failure('store-damaged', `${access.path} is not a blob file`);
  }
  const fileId = header.subarray(8, HEADER_BYTES);
  const key = Buffer.from(access.key, 'base64');
  const chunks = chunkCount(access.sizeBytes);
  const room = Buffer.alloc(CHUNK_BYTES + TAG_BYTES);
  return async (index) => {
    const plainLength = Math.min(CHUNK_BYTES, access.sizeBytes - index * CHUNK_BYTES);
    const sealed = room.subarray(0, plainLength + TAG_BYTES);
    await handle.read(sealed, 0, sealed.length, HEADER_BYTES + index * (CHUNK_BYTES + TAG_BYTES));
    const { nonce, additional } = chunkParameters(fileId, index, index === chunks - 1);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(additional);
    decipher.setAuthTag(sealed.subarray(plainLength));
    try {
      const plain = decipher.update(sealed.subarray(0, plainLength));
      decipher.final(); // GCM keeps nothing back: this only checks the tag
      return plain;
    } catch (cause) {
      throw new Failure('store-damaged', `${access.path} chunk ${index} does not verify`, { cause });
    }
  };
}

function chunkCount(sizeBytes: number): number {
  return Math.max(1, Math.ceil(sizeBytes / CHUNK_BYTES));
}

export function chunkParameters(
  fileId: Uint8Array,
  index: number,
  isLast: boolean,
): { nonce: Buffer; additional: Buffer } {
  const nonce = Buffer.alloc(12);
  nonce.set(fileId.subarray(0, 4));
  nonce.writeBigUInt64BE(BigInt(index), 4);
  const additional = Buffer.concat([fileId, nonce.subarray(4), Buffer.from([isLast ? 1 : 0])]);
  return { nonce, additional };
}

export async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (cause) {
    throw asDiskFailure(cause);
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Failure('store-damaged', `${path} is missing`, { cause });
    throw asDiskFailure(cause);
  }
}

export function asDiskFailure(cause: unknown): Failure {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new Failure(code === 'ENOSPC' || code === 'EDQUOT' ? 'disk-full' : 'disk-error', message, { cause });
}

/** Access to a deposit that nobody has adopted: for work that ends before the store would hear of it. */
export function accessToDeposit(incomingFolder: string, deposit: Deposit): BlobAccess {
  const { file, key, sizeBytes, mediaType } = deposit;
  return { path: join(incomingFolder, file), key, sizeBytes, mediaType };
}
