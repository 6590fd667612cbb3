/** @file A picture from outside becomes a plain PNG in the store's incoming folder; nothing else of the file is kept. */
import { depositBlob, type Deposit } from '../../blobs/blob-file.ts';
import {
  cropToInk,
  MAX_SIGNATURE_IMAGE_BYTES,
  readSignatureImage,
  toPng,
} from '../../signing/appearance/signature-image.ts';
import { readChosenFile } from '../pdf/inspect-pdf.ts';

export interface TakenImage {
  readonly image: Deposit;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly widthMm: number | null;
}

/** @throws Failure as `readSignatureImage`, and for a file that cannot be read */
export async function takeSignatureImage(
  incomingFolder: string,
  { path, widthMm }: { readonly path: string; readonly widthMm: number | null },
): Promise<TakenImage> {
  const picture = cropToInk(await readSignatureImage(await readChosenFile(path, MAX_SIGNATURE_IMAGE_BYTES)));
  return {
    image: await depositBlob(incomingFolder, await toPng(picture, widthMm), 'image/png'),
    widthPx: picture.widthPx,
    heightPx: picture.heightPx,
    widthMm: widthMm ?? picture.widthMm,
  };
}
