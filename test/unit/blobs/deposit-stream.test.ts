import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { accessToDeposit, readBlob } from '../../../main/blobs/blob-file.ts';
import { depositStream } from '../../../main/blobs/deposit-stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'deposit-stream-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function* inParts(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let position = 0;
  for (let turn = 0; position < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(position, position + size);
    position += size;
  }
}

test('is read back as it came, in whatever pieces and of whatever length', async () => {
  const around = (middle: number): fc.Arbitrary<number> => fc.integer({ min: middle - 2, max: middle + 2 });
  const lengths = fc.oneof(fc.constant(0), fc.nat(300), around(65_536), around(131_072));
  await fc.assert(
    fc.asyncProperty(
      lengths,
      fc.array(fc.integer({ min: 1_000, max: 200_000 }), { minLength: 1 }),
      async (length, sizes) => {
        const bytes = Buffer.alloc(length, 'Nguyễn');
        const deposit = await depositStream(folder, inParts(bytes, sizes), 'text/plain');
        expect(deposit.sizeBytes).toBe(length);
        expect(deposit.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect((await readBlob(accessToDeposit(folder, deposit))).equals(bytes)).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

test('of a source that fails halfway leaves nothing behind', async () => {
  const before = readdirSync(folder).length;
  const source = (async function* () {
    yield Buffer.alloc(200_000);
    throw new Error('pulled out');
  })();
  await expect(depositStream(folder, source, 'text/plain')).rejects.toThrow('pulled out');
  expect(readdirSync(folder)).toHaveLength(before);
});
