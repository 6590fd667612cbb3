/** @file The room's `readCodes`: of a stored page, or of any file the officer chose (photo, PDF, HEIC). */
import { readBlob, type BlobAccess } from '../blobs/blob-file.ts';
import { readCodes, type ReadCode } from './codes/read-codes.ts';
import { importPages } from './import/import-pages.ts';

/** An ID card has two sides; a file with more pages than this is not one. */
const MAX_PAGES_SEARCHED = 4;

/** @throws Failure of the file's import (`file-not-supported`, `file-damaged`, …); a page without codes is an empty list. */
export async function readCodesOf(
  image: BlobAccess | { readonly path: string },
  signal: AbortSignal,
): Promise<ReadCode[]> {
  if ('key' in image) return readCodes(await readBlob(image), { isThorough: true });
  let pages = 0;
  for await (const page of importPages(image.path, { signal })) {
    const codes = await readCodes(page.bytes, { isThorough: true });
    if (codes.length > 0 || ++pages >= MAX_PAGES_SEARCHED) return codes;
  }
  return [];
}
