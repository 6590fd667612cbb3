import { knownDensity } from './density.ts';
import { failOnManyPages, MAX_PAGES } from './image-limits.ts';
import { readImageHeader, toStoredImage, type StoredImage, type StoredImageOptions } from './stored-image.ts';
import { readTiffResolutions, type TiffResolution } from './tiff-resolution.ts';

/** From here on two resolutions are two: 200 × 204 is rounding. */
const UNEQUAL_FROM = 1.05;
/** Super-fine and standard fax differ by four; what differs more is nonsense. */
const UNEQUAL_TO = 4.5;

/** Every page of a TIFF in file order; sizes may differ from page to page. */
export async function* readTiffPages(bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<StoredImage> {
  const pages = (await readImageHeader(bytes)).pages ?? 1;
  failOnManyPages(pages);
  const resolutions = readTiffResolutions(bytes, MAX_PAGES);
  for (let page = 0; page < pages; page++) {
    signal.throwIfAborted();
    yield await toStoredImage(bytes, { page, ...squarePixels(resolutions[page] ?? null) });
  }
}

/** How to stretch a page whose dots are not square, so that they become as fine as the finer of the two. */
function squarePixels(resolution: TiffResolution | null): StoredImageOptions {
  if (!resolution) return {};
  const { x, y } = resolution;
  const dpi = knownDensity(Math.max(x, y));
  const ratio = Math.max(x, y) / Math.min(x, y);
  if (dpi === undefined || ratio < UNEQUAL_FROM || ratio > UNEQUAL_TO) return {};
  return { dpi, stretch: { across: Math.max(x, y) / x, down: Math.max(x, y) / y } };
}
