/** @file Pages in order → one searchable PDF/A-2u file. */
import { createHash } from 'node:crypto';
import { createArchiveDocument, type DocumentDescription } from '../../pdf/archive-document.ts';
import { Failure } from '../../rooms/failure.ts';
import { createGlyphlessFont } from './glyphless-font.ts';
import { layOutPage, type LaidOutPage, type LayOut } from './lay-out-page.ts';
import { addScannedPage, type ScannedPage } from './scanned-page.ts';

export interface ComposeOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called after every page. */
  readonly onPage?: ((done: number) => void) | undefined;
  /** Where the pixels of a page are worked on; here and now when left out. */
  readonly layOut?: LayOut;
  /** Pages laid out side by side. */
  readonly atOnce?: number;
}

/** @param pages read one after another, so that no more images are in memory than are worked on */
export async function composeScans(
  description: DocumentDescription,
  pages: AsyncIterable<ScannedPage>,
  { signal, onPage, layOut = layOutPage, atOnce = 1 }: ComposeOptions = {},
): Promise<{ bytes: Buffer; pageCount: number }> {
  const document = createArchiveDocument(description);
  const font = createGlyphlessFont();
  const fontNumber = document.list.reserve();
  const hashes: string[] = [];
  const confidence = { sum: 0, characters: 0 };
  for await (const { page, laidOut } of layOutAhead(pages, layOut, atOnce)) {
    signal?.throwIfAborted();
    addScannedPage(document, page, laidOut, font, fontNumber);
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

/** The pages in their order, while the next ones are being worked on. */
async function* layOutAhead(
  pages: AsyncIterable<ScannedPage>,
  layOut: LayOut,
  atOnce: number,
): AsyncGenerator<{ page: ScannedPage; laidOut: LaidOutPage }> {
  const under: { page: ScannedPage; laidOut: Promise<LaidOutPage> }[] = [];
  for await (const page of pages) {
    const laidOut = layOut(page);
    laidOut.catch(() => undefined); // said when its turn comes
    under.push({ page, laidOut });
    const first = under.length >= atOnce ? under.shift() : undefined;
    if (first) yield { page: first.page, laidOut: await first.laidOut };
  }
  for (const { page, laidOut } of under) yield { page, laidOut: await laidOut };
}
