import { readBlob, type BlobAccess } from './blob-file.ts';

/**
 * Whether `longer` is `beginning` and more. Signing only ever adds to a PDF (incremental update), so this tells that what
 * was signed is what was shown for signing.
 */
export async function beginsWithBlob(longer: BlobAccess, beginning: BlobAccess): Promise<boolean> {
  if (longer.sizeBytes <= beginning.sizeBytes) return false;
  const [whole, part] = await Promise.all([readBlob(longer), readBlob(beginning)]);
  return whole.subarray(0, part.length).equals(part);
}
