/** @file Photographs of phones. sharp carries no HEVC decoder; libheif compiled to WebAssembly does, and is contained by it. */
import sharp from 'sharp';
import { Failure } from '../../rooms/failure.ts';
import { dpiFromSize } from './density.ts';
import { failOnHugeImage } from './image-limits.ts';
import { encodeJpeg, firstLine, type StoredImage } from './stored-image.ts';

/** The first picture of the file, upright: libheif has already applied the rotation that the file asks for. */
export async function readHeicImage(bytes: Uint8Array): Promise<StoredImage> {
  const { default: heic } = await import('heic-decode');
  const images = await decodeOrFail(() => heic.all({ buffer: bytes }));
  try {
    const first = images[0];
    if (!first) throw new Failure('file-damaged', 'no picture inside');
    failOnHugeImage(first.width, first.height);
    const { width, height, data } = await decodeOrFail(() => first.decode());
    const dpi = dpiFromSize(width, height);
    const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const jpeg = await encodeJpeg(sharp(raw, { raw: { width, height, channels: 4 } }), dpi);
    return { bytes: jpeg, mediaType: 'image/jpeg', widthPx: width, heightPx: height, dpi };
  } finally {
    images.dispose();
  }
}

async function decodeOrFail<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (cause) {
    throw new Failure('file-damaged', firstLine(cause), { cause });
  }
}
