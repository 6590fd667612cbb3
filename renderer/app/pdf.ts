/**
 * @file Opening a stored PDF with pdf.js: its worker is a file of our own origin, it runs no wasm and fetches nothing but its
 * fonts and decoders beside the page (`pdfjs/`, put there by the build).
 */
import { getDocument, PDFWorker, type PDFDocumentProxy } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

let started: PDFWorker | null = null;
/**
 * One worker for all PDFs of a document. Given as a port, so that pdf.js compares no origins; and made here, because a worker
 * that pdf.js makes or finds itself ends with the first PDF that is closed, under the next one that is being opened.
 */
function sharedWorker(): PDFWorker {
  started ??= PDFWorker.create({ port: new Worker(workerUrl, { type: 'module' }) });
  return started;
}

function besidePage(folder: string): string {
  return new URL(`pdfjs/${folder}/`, document.baseURI).href;
}

/**
 * @param signal closes the PDF when it is aborted, opened or not
 * @throws when the file cannot be fetched, is no PDF, or was closed meanwhile
 */
export async function openPdf(url: string, signal?: AbortSignal): Promise<PDFDocumentProxy> {
  const response = await fetch(url, signal === undefined ? {} : { signal });
  if (!response.ok) throw new Error(`The PDF answered ${response.status}`);
  const data = new Uint8Array(await response.arrayBuffer());
  signal?.throwIfAborted();
  const loading = getDocument({
    data,
    worker: sharedWorker(),
    useWasm: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    enableXfa: false,
    standardFontDataUrl: besidePage('standard_fonts'),
    wasmUrl: besidePage('wasm'),
  });
  signal?.addEventListener('abort', () => void loading.destroy(), { once: true });
  return loading.promise;
}
