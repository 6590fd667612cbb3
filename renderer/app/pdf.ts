/**
 * @file Opening a stored PDF with pdf.js: its worker is a file of our own origin, it runs no wasm and fetches nothing but its
 * fonts and decoders beside the page (`pdfjs/`, put there by the build).
 */
import { getDocument, PDFWorker, type PDFDocumentProxy } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

interface SharedWorker {
  readonly worker: PDFWorker;
  /** Rejects when the worker cannot be loaded or ends. */
  readonly failure: Promise<never>;
}

let started: SharedWorker | null = null;
/**
 * One worker for all PDFs of a document. Given as a port, so that pdf.js compares no origins; and made here, because a worker
 * that pdf.js makes or finds itself ends with the first PDF that is closed, under the next one that is being opened.
 */
function sharedWorker(): SharedWorker {
  started ??= startWorker();
  return started;
}

function startWorker(): SharedWorker {
  const port = new Worker(workerUrl, { type: 'module' });
  const failure = new Promise<never>((_, reject) => {
    port.addEventListener('error', (event) => {
      started = null; // the next PDF tries a new one
      reject(new Error(`The PDF worker failed: ${event.message}`));
    });
  });
  failure.catch(() => undefined); // those who wait for a PDF are told
  return { worker: PDFWorker.create({ port }), failure };
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
  const { worker, failure } = sharedWorker();
  const loading = getDocument({
    data,
    worker,
    useWasm: false,
    useWorkerFetch: false,
    useSystemFonts: false,
    enableXfa: false,
    standardFontDataUrl: besidePage('standard_fonts'),
    wasmUrl: besidePage('wasm'),
  });
  // Nobody waits for the end of what was closed.
  signal?.addEventListener('abort', () => void loading.destroy().catch(() => undefined), { once: true });
  return Promise.race([loading.promise, failure]);
}
