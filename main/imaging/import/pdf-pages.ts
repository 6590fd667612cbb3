/** @file PDF pages as pictures, by pdf.js: JavaScript all the way down, so a hostile file finds no native code to break. */
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import type { PDFDocumentProxy, PDFPageProxy } from 'pdfjs-dist';
import sharp from 'sharp';
import { Failure } from '../../rooms/failure.ts';
import { encodeJpeg, firstLine, type StoredImage } from './stored-image.ts';

const POINTS_PER_INCH = 72;
const DRAWN_DPI = 300;
const LARGE_SHEET_DPI = 200;
const LEAST_DPI = 100;
const MOST_SCAN_DPI = 600;
/** A4 at 300 dpi has 8.7 million pixels; what is larger is drawn at 200 dpi. */
const DRAWN_PIXELS = 9_500_000;
/** Most pixels on the canvas (four bytes each), whatever the page claims to measure: an A1 sheet at 200 dpi has 31 million. */
const CANVAS_PIXELS = 40_000_000;
/** Most pixels of a picture inside a page: an A3 sheet scanned at 600 dpi has 70 million. */
const PICTURE_PIXELS = 75_000_000;
/** Bytes behind the last end-of-file mark that are not blank: more is the beginning of a section that was cut off. */
const TRAILING_BYTES = 2048;

/** pdf.js would rebuild a truncated file from what is left of it; half a document must not pass for a whole one. */
export function failOnCutOff(bytes: Uint8Array): void {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = file.lastIndexOf('%%EOF');
  if (end === -1) throw new Failure('file-damaged', 'no end-of-file mark');
  const rest = file
    .subarray(end + 5)
    .toString('latin1')
    .replace(/[\s\0]+/g, '');
  if (rest.length > TRAILING_BYTES) throw new Failure('file-damaged', 'cut off inside its last section');
}

/**
 * @param says what pdf.js writes to the console
 * @throws Failure `pdf-password`, `file-damaged`
 */
export async function openPdf(
  bytes: Uint8Array,
  password: string | undefined,
  says: 'errors' | 'warnings' = 'errors',
): Promise<PDFDocumentProxy> {
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const assets = dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json'));
  try {
    return await pdfjs.getDocument({
      data: new Uint8Array(bytes),
      ...(password === undefined ? {} : { password }),
      standardFontDataUrl: join(assets, 'standard_fonts') + sep,
      cMapUrl: join(assets, 'cmaps') + sep,
      wasmUrl: join(assets, 'wasm') + sep,
      iccUrl: join(assets, 'iccs') + sep,
      useSystemFonts: false,
      disableFontFace: true,
      enableXfa: false,
      maxImageSize: PICTURE_PIXELS,
      verbosity: says === 'errors' ? pdfjs.VerbosityLevel.ERRORS : pdfjs.VerbosityLevel.WARNINGS,
    }).promise;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'PasswordException')
      throw new Failure('pdf-password', firstLine(cause), { cause });
    throw new Failure('file-damaged', firstLine(cause), { cause });
  }
}

/** The page on white, as JPEG; frees what pdf.js kept of it. */
export async function drawPage(page: PDFPageProxy, number: number): Promise<StoredImage> {
  try {
    const dpi = await resolutionOf(page, number);
    const viewport = page.getViewport({ scale: dpi / POINTS_PER_INCH });
    const width = Math.max(1, Math.round(viewport.width));
    const height = Math.max(1, Math.round(viewport.height));
    // Here and not above: it takes a fifth of a second that no scan needs.
    const { createCanvas } = await import('@napi-rs/canvas');
    const canvas = createCanvas(width, height);
    await orDamaged(page.render({ canvas: canvas as never, viewport, background: 'white' }).promise, number);
    const raw = canvas.data();
    const bytes = await encodeJpeg(sharp(raw, { raw: { width, height, channels: 4 } }), dpi);
    return { bytes, mediaType: 'image/jpeg', widthPx: width, heightPx: height, dpi };
  } finally {
    page.cleanup();
  }
}

/** @throws Failure `image-too-large` when the sheet does not fit the canvas even at {@link LEAST_DPI}. */
async function resolutionOf(page: PDFPageProxy, number: number): Promise<number> {
  const { width, height } = page.getViewport({ scale: 1 / POINTS_PER_INCH });
  const squareInches = width * height;
  if (!(squareInches > 0)) throw new Failure('file-damaged', `page ${number} has no area`);
  const wanted =
    (await scanResolution(page, width, height, number)) ??
    (squareInches * DRAWN_DPI ** 2 > DRAWN_PIXELS ? LARGE_SHEET_DPI : DRAWN_DPI);
  const most = Math.floor(Math.sqrt(CANVAS_PIXELS / squareInches));
  const dpi = Math.min(wanted, most);
  if (dpi < LEAST_DPI)
    throw new Failure('image-too-large', `page ${number} measures ${Math.round(width)} × ${Math.round(height)} inches`);
  return dpi;
}

/** Dots per inch of the one picture that fills the page, or null when the page is something else. */
async function scanResolution(
  page: PDFPageProxy,
  widthInches: number,
  heightInches: number,
  number: number,
): Promise<number | null> {
  const { OPS } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const { fnArray, argsArray } = await orDamaged(page.getOperatorList(), number);
  const pictures = argsArray.filter((_, index) => fnArray[index] === OPS.paintImageXObject) as unknown[][];
  const [, widthPx, heightPx] = pictures[0] ?? [];
  if (pictures.length !== 1 || typeof widthPx !== 'number' || typeof heightPx !== 'number') return null;
  const [across, down] = page.rotate % 180 === 0 ? [widthPx, heightPx] : [heightPx, widthPx];
  const isWholePage = Math.abs((across / down) * (heightInches / widthInches) - 1) < 0.03;
  const dpi = Math.round(across / widthInches);
  return isWholePage && dpi >= LEAST_DPI ? Math.min(dpi, MOST_SCAN_DPI) : null;
}

export async function orDamaged<T>(work: Promise<T>, page: number): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new Failure('file-damaged', `page ${page}: ${firstLine(cause)}`, { cause });
  }
}
