/**
 * @file Entry of the thread that draws the pages of one foreign PDF. A page may be made to draw for ever or to eat all memory:
 * the thread can be ended at any moment, and the room with its scanner and its other pages does not notice.
 */
import { parentPort } from 'node:worker_threads';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import sharp from 'sharp';
import { Failure, toRefusal } from '../../rooms/failure.ts';
import { drawPage, openPdf, orDamaged } from './pdf-pages.ts';
import type { ThreadAnswer, ThreadQuestion } from './pdf-reader.ts';

sharp.cache(false);
sharp.concurrency(1);

/** pdf.js leaves a picture out that is too large and only says so on the console: the page would be missing its content. */
const LEFT_OUT = /Image exceeded maximum allowed size/;
let hasLeftOut = false;
const listen = (...said: readonly unknown[]): void => {
  if (said.some((text) => LEFT_OUT.test(String(text)))) hasLeftOut = true;
};
Object.assign(globalThis.console, { log: listen, warn: listen });

let pdf: PDFDocumentProxy | undefined;

async function answer(question: ThreadQuestion): Promise<ThreadAnswer> {
  if (question.kind === 'open') {
    pdf = await openPdf(question.bytes, question.password, 'warnings');
    return { kind: 'opened', pages: pdf.numPages };
  }
  if (!pdf) throw new Error('a page was asked for before the file was opened');
  const { number } = question;
  hasLeftOut = false;
  const page = await drawPage(await orDamaged(pdf.getPage(number), number), number);
  if (hasLeftOut) throw new Failure('image-too-large', `a picture on page ${number}`);
  return { kind: 'page', page };
}

parentPort?.on('message', (question: ThreadQuestion) => {
  answer(question).then(
    (value) => parentPort?.postMessage(value),
    (thrown: unknown) =>
      parentPort?.postMessage({ kind: 'refused', refusal: toRefusal(thrown) } satisfies ThreadAnswer),
  );
});
