import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { accessToDeposit, readBlob } from '../../../main/blobs/blob-file.ts';
import { takeSignatureImage } from '../../../main/imaging/signature-place/take-signature-image.ts';
import { readSignatureImage } from '../../../main/signing/appearance/signature-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'take-image-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function take(bytes: Buffer, widthMm: number | null) {
  const path = join(folder, 'chosen');
  writeFileSync(path, bytes);
  const taken = await takeSignatureImage(folder, { path, widthMm });
  return { ...taken, png: await readBlob(accessToDeposit(folder, taken.image)) };
}

const ring = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"><circle cx="250" cy="250" r="195" fill="none" stroke="#dd1111" stroke-width="10"/></svg>',
);

test('a seal keeps the width that was typed, measured from edge to edge of the seal itself', async () => {
  const { png, widthPx, heightPx, widthMm, image } = await take(await sharp(ring).png().toBuffer(), 36);
  expect([widthPx, heightPx, widthMm, image.mediaType]).toEqual([400, 400, 36, 'image/png']);
  expect((await readSignatureImage(png)).widthMm).toBeCloseTo(36, 1);
});

test('a seal scanned at 300 dpi on white paper says its own size', async () => {
  const scan = await sharp(ring).flatten({ background: 'white' }).withMetadata({ density: 300 }).png().toBuffer();
  const { png, widthMm } = await take(scan, null);
  expect(widthMm).toBeCloseTo((400 / 300) * 25.4, 0);
  const { alpha, widthPx } = await readSignatureImage(png);
  expect(alpha?.[200 * widthPx + 200]).toBe(0);
});

test('what a chosen file says beside its pixels is not kept', async () => {
  const secret = 'Photographed at home by Bay';
  const withNote = await sharp(ring)
    .png()
    .withExif({ IFD0: { ImageDescription: secret } })
    .toBuffer();
  expect(withNote.includes(Buffer.from(secret))).toBe(true);
  expect((await take(withNote, 36)).png.includes(Buffer.from(secret))).toBe(false);
});

test.each<[string, Buffer, string]>([
  ['an empty file', Buffer.alloc(0), 'file-empty'],
  ['more than four megabytes', Buffer.alloc(4 * 1024 * 1024 + 1), 'file-too-large'],
  ['an SVG', ring, 'file-not-supported'],
])('%s is refused by name', async (_, bytes, code) => {
  await expect(take(bytes, null)).rejects.toMatchObject({ code });
});

test('a file that is gone is said to be gone', async () => {
  await expect(takeSignatureImage(folder, { path: join(folder, 'nowhere.png'), widthMm: null })).rejects.toMatchObject({
    name: 'Failure',
  });
});
