/** @file Deposits of files that are too large to hold: sealed chunk by chunk while they are read. */
import { createCipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { asDiskFailure, blobHeader, CHUNK_BYTES, chunkParameters, openForWriting, type Deposit } from './blob-file.ts';

/**
 * A deposit for work that begins anew after a power cut, as `depositDraft` makes it; at most two chunks are in memory.
 * @throws Failure `disk-full`, `disk-error`; whatever `source` throws. No file stays behind then.
 */
export async function depositStream(
  incomingFolder: string,
  source: AsyncIterable<Uint8Array>,
  mediaType: string,
): Promise<Deposit> {
  const file = `${randomUUID()}.tmp`;
  const path = join(incomingFolder, file);
  const key = randomBytes(32);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const handle = await openForWriting(path);
  try {
    const seal = await beginSealing(handle, key);
    let waiting = Buffer.alloc(0);
    for await (const part of source) {
      sizeBytes += part.length;
      hash.update(part);
      waiting = waiting.length === 0 ? Buffer.from(part) : Buffer.concat([waiting, part]);
      // A whole chunk waits until something follows it: the last one is sealed as the last.
      let start = 0;
      for (; waiting.length - start > CHUNK_BYTES; start += CHUNK_BYTES)
        await seal(waiting.subarray(start, start + CHUNK_BYTES), false);
      waiting = waiting.subarray(start);
    }
    await seal(waiting, true);
  } catch (cause) {
    await handle.close();
    await rm(path, { force: true });
    throw cause;
  }
  await handle.close();
  return { file, key: key.toString('base64'), sha256: hash.digest('hex'), sizeBytes, mediaType };
}

async function beginSealing(
  handle: FileHandle,
  key: Buffer,
): Promise<(plain: Uint8Array, isLast: boolean) => Promise<void>> {
  const fileId = randomBytes(16);
  let index = 0;
  await write(handle, blobHeader(fileId));
  return async (plain, isLast) => {
    const { nonce, additional } = chunkParameters(fileId, index++, isLast);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(additional);
    await write(handle, Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]));
  };
}

/** All of it: a disk that fills up takes a part first and refuses only the next write. */
async function write(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < bytes.length;) done += (await handle.write(bytes, done)).bytesWritten;
  } catch (cause) {
    throw asDiskFailure(cause);
  }
}
