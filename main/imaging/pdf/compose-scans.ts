/** @file Pages in order → one searchable PDF/A-2u file. */
import { createArchiveDocument, type DocumentDescription } from '../../pdf/archive-document.ts';
import { Failure } from '../../rooms/failure.ts';
import { createGlyphlessFont } from './glyphless-font.ts';
import { addScannedPage, type ScannedPage } from './scanned-page.ts';

/** @param pages read one after another, so that only one image is in memory */
export async function composeScans(
  description: DocumentDescription,
  pages: AsyncIterable<ScannedPage>,
  signal?: AbortSignal,
): Promise<{ bytes: Buffer; pageCount: number }> {
  const document = createArchiveDocument(description);
  const font = createGlyphlessFont();
  const fontNumber = document.list.reserve();
  let pageCount = 0;
  for await (const page of pages) {
    signal?.throwIfAborted();
    await addScannedPage(document, page, font, fontNumber);
    pageCount++;
  }
  if (pageCount === 0) throw new Failure('bad-request', 'a document needs a page');
  font.write(document.list, fontNumber);
  return { bytes: document.finish(), pageCount };
}
