/** @file The moment a page becomes safe: encrypted on the disk with its thumbnail, before anybody hears of it. */
import sharp from 'sharp';
import { depositBlob } from '../../blobs/blob-file.ts';
import { Failure } from '../../rooms/failure.ts';
import { MAX_PIXELS } from '../import/image-limits.ts';
import { firstLine, toStoredImage, type StoredImage } from '../import/stored-image.ts';
import type { ArrivedPage } from '../protocol.ts';
import type { ScannedImage } from './scanner.ts';

const THUMBNAIL_WIDTH_PX = 300;
const THUMBNAIL_HEIGHT_PX = 600;

/** @throws Failure `file-damaged` when the picture cannot be decoded to its last line, `disk-full`, `disk-error`. */
export async function arrivePage(incomingFolder: string, index: number, image: StoredImage): Promise<ArrivedPage> {
  const small = await makeThumbnail(image.bytes);
  const [deposit, thumbnail] = await Promise.all([
    depositBlob(incomingFolder, image.bytes, image.mediaType),
    depositBlob(incomingFolder, small, 'image/jpeg'),
  ]);
  return { index, image: deposit, thumbnail, widthPx: image.widthPx, heightPx: image.heightPx, dpi: image.dpi };
}

export function toArrivable(image: ScannedImage): Promise<StoredImage> {
  return toStoredImage(image.bytes, { dpi: image.dpi });
}

/** Decodes every line of the picture on the way, which makes it the check for pages that broke off as well. */
async function makeThumbnail(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS })
      .resize({ width: THUMBNAIL_WIDTH_PX, height: THUMBNAIL_HEIGHT_PX, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .jpeg({ quality: 75 })
      .toBuffer();
  } catch (cause) {
    throw new Failure('file-damaged', firstLine(cause), { cause });
  }
}
