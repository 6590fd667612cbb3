/**
 * @file The document time-stamp (ISO 32000-2, 12.8.5; EN 319 142-1, 5.4.3): one more section whose invisible field holds an
 * authority's token over everything before it.
 */
import { Failure } from '../../rooms/failure.ts';
import { timeStampEntries, writeDraft } from '../pdf/draft.ts';
import type { PdfDocument } from '../pdf/document.ts';
import type { Page } from '../pdf/pages.ts';
import { fillGap } from '../pdf/signature-gap.ts';

/** Tokens with a chain of four certificates were 7 KB; the rest is room for larger keys. */
const RESERVED_BYTES = 16 * 1024;

/**
 * @param stamp answers the authority's token for a SHA-256 digest
 * @param seed makes this revision's `/ID` differ from that of another
 */
export async function addDocumentTimeStamp(
  document: PdfDocument,
  firstPage: Page | undefined,
  stamp: (digest: Buffer) => Promise<Buffer>,
  seed: string,
): Promise<Buffer> {
  if (!firstPage) throw new Failure('pdf-not-signable', 'the document has no page');
  const draft = writeDraft(document, {
    entries: timeStampEntries(),
    page: firstPage,
    appearance: null,
    field: null,
    widget: null,
    reservedBytes: RESERVED_BYTES,
    seed,
  });
  const bytes = Buffer.concat([document.bytes, draft.tail]);
  fillGap(bytes, draft.byteRange, await stamp(draft.digest));
  return bytes;
}
