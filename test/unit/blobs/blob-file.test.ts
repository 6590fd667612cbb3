import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessToDeposit,
  depositBlob,
  readBlob,
  readBlobRange,
  streamBlob,
  type BlobAccess,
} from '../../../main/blobs/blob-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blob-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function deposited(bytes: Uint8Array): Promise<BlobAccess> {
  return accessToDeposit(folder, await depositBlob(folder, bytes, 'application/pdf'));
}

describe('blob files', () => {
  it('give back exactly what was put in, whole, in ranges and as a stream', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 200_000 }),
        fc.nat(250_000),
        fc.nat(150_000),
        async (size, offset, length) => {
          const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 31 + size) & 0xff));
          const access = await deposited(bytes);
          expect((await readBlob(access)).equals(bytes)).toBe(true);
          const from = Math.min(offset, size);
          expect((await readBlobRange(access, from, length)).equals(bytes.subarray(from, from + length))).toBe(true);
          expect((await buffer(streamBlob(access, from))).equals(bytes.subarray(from))).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('leave no plaintext on the disk', async () => {
    const access = await deposited(Buffer.from('Nguyễn Thị Canary '.repeat(50)));
    expect(readFileSync(access.path).includes('Canary')).toBe(false);
  });

  it('notice any single flipped bit', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
        const access = await deposited(Buffer.alloc(70_000, 7));
        const file = readFileSync(access.path);
        const index = at % file.length;
        file[index] = (file[index] ?? 0) ^ (1 << bit);
        writeFileSync(access.path, file);
        await expect(readBlob(access)).rejects.toMatchObject({ code: 'store-damaged' });
      }),
      { numRuns: 60 },
    );
  });

  it('notice truncation at a chunk border, a wrong size and a swapped chunk', async () => {
    const bytes = Buffer.alloc(3 * 65_536, 1);
    const cut = await deposited(bytes);
    truncateSync(cut.path, 24 + 2 * (65_536 + 16));
    await expect(readBlob(cut)).rejects.toMatchObject({ code: 'store-damaged' });
    await expect(readBlob({ ...cut, sizeBytes: 2 * 65_536 })).rejects.toMatchObject({ code: 'store-damaged' });
    const swapped = await deposited(bytes);
    const file = readFileSync(swapped.path);
    const chunk = 65_536 + 16;
    const first = Buffer.from(file.subarray(24, 24 + chunk));
    file.copy(file, 24, 24 + chunk, 24 + 2 * chunk);
    first.copy(file, 24 + chunk);
    writeFileSync(swapped.path, file);
    await expect(readBlob(swapped)).rejects.toMatchObject({ code: 'store-damaged' });
  });

  it('a missing file is damage, not an empty answer', async () => {
    await expect(readBlob({ path: join(folder, 'none'), key: '', sizeBytes: 1, mediaType: 'x' })).rejects.toMatchObject(
      { code: 'store-damaged' },
    );
  });
});
