/**
 * @file Opening a stored PDF with pdf.js: its worker is a file of our own origin, it runs no wasm and fetches nothing but its
 * fonts and decoders beside the page (`pdfjs/`, put there by the build).
 */
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

let hasWorker = false;
/** One worker for all PDFs of a document. Given as a port, so that pdf.js compares no origins. */
function startWorker(): void {
  if (hasWorker) return;
  GlobalWorkerOptions.workerPort = new Worker(workerUrl, { type: 'module' });
  hasWorker = true;
}

function besidePage(folder: string): string {
  return new URL(`pdfjs/${folder}/`, document.baseURI).href;
}

/** @throws when the file cannot be fetched or is no PDF. */
export async function openPdf(url: string, signal?: AbortSignal): Promise<PDFDocumentProxy> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (!response.ok) throw new Error(`The PDF answered ${response.status}`);
  const data = new Uint8Array(await response.arrayBuffer());
  startWorker();
  return getDocument({
    data,
    useWasm: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    enableXfa: false,
    standardFontDataUrl: besidePage('standard_fonts'),
    wasmUrl: besidePage('wasm'),
  }).promise;
}
