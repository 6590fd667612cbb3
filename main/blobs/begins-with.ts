import { readBlobRange, type BlobAccess } from './blob-file.ts';

const STEP_BYTES = 4 * 1024 * 1024;

/**
 * Whether `longer` is `beginning` and more. Signing only ever adds to a PDF (incremental update), so this tells that what
 * was signed is what was shown for signing.
 */
export async function beginsWithBlob(longer: BlobAccess, beginning: BlobAccess): Promise<boolean> {
  if (longer.sizeBytes <= beginning.sizeBytes) return false;
  for (let offset = 0; offset < beginning.sizeBytes; offset += STEP_BYTES) {
    const length = Math.min(STEP_BYTES, beginning.sizeBytes - offset);
    const [whole, part] = await Promise.all([
      readBlobRange(longer, offset, length),
      readBlobRange(beginning, offset, length),
    ]);
    if (!whole.equals(part)) return false;
  }
  return true;
}
