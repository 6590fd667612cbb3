/** @file Where the signature goes on a PDF from outside: found in its own text, else the usual place of its last page. */
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { Failure } from '../../rooms/failure.ts';
import { usualSignatureRoom, type Place } from '../../signing/appearance/placement.ts';
import { openPdf } from '../import/pdf-pages.ts';
import { findSignatureRoom, type FoundBy } from './signature-room.ts';
import { readSegments } from './text-segments.ts';

/** Annexes follow the signature; further than this from the end nobody signs. */
const LAST_PAGES = 40;

export interface SignaturePlace {
  /** From 1. */
  readonly page: number;
  readonly rect: Place;
  readonly foundBy: FoundBy;
}

export interface PlaceQuestion {
  readonly password?: string | undefined;
  readonly signerName: string;
  /** Titles to look for beside the usual ones, as the officer's record has them. */
  readonly titles: readonly string[];
}

/**
 * A name below a title anywhere beats a name alone, and that a title alone.
 * @throws Failure `pdf-password`, `file-damaged`
 */
export async function findSignaturePlace(
  bytes: Uint8Array,
  question: PlaceQuestion,
  signal: AbortSignal,
): Promise<SignaturePlace> {
  const pdf = await openPdf(bytes, question.password);
  try {
    let best: SignaturePlace | null = null;
    for (let page = pdf.numPages; page >= Math.max(1, pdf.numPages - LAST_PAGES + 1); page--) {
      signal.throwIfAborted();
      const found = await findOnPage(pdf, page, question);
      if (found?.foundBy === 'name-and-title') return found;
      if (found && (best === null || (found.foundBy === 'name' && best.foundBy === 'title'))) best = found;
    }
    return best ?? { page: pdf.numPages, rect: await usualPlace(pdf), foundBy: 'none' };
  } catch (cause) {
    if (cause instanceof Failure || signal.aborted) throw cause;
    throw new Failure('file-damaged', cause instanceof Error ? cause.message : String(cause), { cause });
  } finally {
    await pdf.loadingTask.destroy();
  }
}

async function findOnPage(
  pdf: PDFDocumentProxy,
  number: number,
  { signerName, titles }: PlaceQuestion,
): Promise<SignaturePlace | null> {
  const page = await pdf.getPage(number);
  try {
    const { width, height } = page.getViewport({ scale: 1 });
    const room = findSignatureRoom(await readSegments(page), { width, height }, signerName, titles);
    return room && { page: number, ...room };
  } finally {
    page.cleanup();
  }
}

async function usualPlace(pdf: PDFDocumentProxy): Promise<Place> {
  const page = await pdf.getPage(pdf.numPages);
  const { width, height } = page.getViewport({ scale: 1 });
  return usualSignatureRoom({ width, height });
}
