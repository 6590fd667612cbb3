import { failOnManyPages } from './image-limits.ts';
import { readImageHeader, toStoredImage, type StoredImage } from './stored-image.ts';

/** Every page of a TIFF in file order; sizes may differ from page to page. */
export async function* readTiffPages(bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<StoredImage> {
  const pages = (await readImageHeader(bytes)).pages ?? 1;
  failOnManyPages(pages);
  for (let page = 0; page < pages; page++) {
    signal.throwIfAborted();
    yield await toStoredImage(bytes, { page });
  }
}
