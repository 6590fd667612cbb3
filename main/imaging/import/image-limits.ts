import { Failure } from '../../rooms/failure.ts';

/** Longest side of a picture the program opens. */
export const MAX_SIDE_PX = 19_999;
/** Most pixels of one picture (an A3 sheet at 600 dpi has 70 million); also libvips' own guard while it decodes. */
export const MAX_PIXELS = 100_000_000;
/** Largest file taken in at once. */
export const MAX_FILE_BYTES = 200 * 1024 * 1024;
/** Most pages of one PDF or TIFF. */
export const MAX_PAGES = 500;

/** @throws Failure `image-too-large`, to be asked with the sizes of the header before any pixel is decoded. */
export function failOnHugeImage(widthPx: number, heightPx: number): void {
  if (widthPx > MAX_SIDE_PX || heightPx > MAX_SIDE_PX || widthPx * heightPx > MAX_PIXELS) {
    throw new Failure('image-too-large', `${widthPx} × ${heightPx} pixels`);
  }
}

/** @throws Failure `pdf-too-many-pages`, for PDF and TIFF alike. */
export function failOnManyPages(pages: number): void {
  if (pages > MAX_PAGES) throw new Failure('pdf-too-many-pages', `${pages} pages, at most ${MAX_PAGES}`);
}
