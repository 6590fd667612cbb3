/** @file Pages in order → one searchable PDF/A-2u file. */
import { createHash } from 'node:crypto';
import { createArchiveDocument, type DocumentDescription } from '../../pdf/archive-document.ts';
import { Failure } from '../../rooms/failure.ts';
import { createGlyphlessFont } from './glyphless-font.ts';
import { addScannedPage, type ScannedPage } from './scanned-page.ts';

export interface ComposeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after every page. */
  readonly onPage?: ((done: number) => void) | undefined;
}

/** @param pages read one after another, so that only one image is in memory */
export async function composeScans(
  description: DocumentDescription,
  pages: AsyncIterable<ScannedPage>,
  { signal, onPage }: ComposeOptions = {},
): Promise<{ bytes: Buffer; pageCount: number }> {
  const document = createArchiveDocument(description);
  const font = createGlyphlessFont();
  const fontNumber = document.list.reserve();
  const hashes: string[] = [];
  const confidence = { sum: 0, characters: 0 };
  for await (const page of pages) {
    signal?.throwIfAborted();
    await addScannedPage(document, page, font, fontNumber);
    hashes.push(createHash('sha256').update(page.image).digest('hex'));
    for (const word of page.lines.flatMap((line) => line.words)) {
      confidence.sum += word.confidence * word.text.length;
      confidence.characters += word.text.length;
    }
    onPage?.(hashes.length);
  }
  if (hashes.length === 0) throw new Failure('bad-request', 'a document needs a page');
  font.write(document.list, fontNumber);
  const { sum, characters } = confidence;
  const bytes = document.finish({
    pageCount: String(hashes.length),
    sourceSha256: hashes.join('\n'),
    ...(characters === 0 ? {} : { ocrConfidence: String(Math.round(sum / characters)) }),
  });
  return { bytes, pageCount: hashes.length };
}
