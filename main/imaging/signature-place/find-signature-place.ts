/** @file Where the signature goes on a PDF from outside: found in its own text, else the usual place of its last page. */
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { Failure } from '../../rooms/failure.ts';
import { besideSignature, usualSignatureRoom, type Place, type Size } from '../../signing/appearance/placement.ts';
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
  /** Points. With it the place is the seal's: beside the newest visible signature, or beside the room for one. */
  readonly seal: Size | null;
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
    const { seal } = question;
    const room = (seal && (await findNewestSignature(pdf, signal))) ?? (await findRoom(pdf, question, signal));
    if (!seal) return room;
    return { ...room, rect: besideSignature(seal, room.rect, await shownSize(pdf, room.page)) };
  } catch (cause) {
    if (cause instanceof Failure || signal.aborted) throw cause;
    throw new Failure('file-damaged', cause instanceof Error ? cause.message : String(cause), { cause });
  } finally {
    await pdf.loadingTask.destroy();
  }
}

function* lastPages(pdf: PDFDocumentProxy): Generator<number> {
  for (let page = pdf.numPages; page >= Math.max(1, pdf.numPages - LAST_PAGES + 1); page--) yield page;
}

async function findRoom(pdf: PDFDocumentProxy, question: PlaceQuestion, signal: AbortSignal): Promise<SignaturePlace> {
  let best: SignaturePlace | null = null;
  for (const page of lastPages(pdf)) {
    signal.throwIfAborted();
    const found = await findOnPage(pdf, page, question);
    if (found?.foundBy === 'name-and-title') return found;
    if (found && (best === null || (found.foundBy === 'name' && best.foundBy === 'title'))) best = found;
  }
  if (best) return best;
  return { page: pdf.numPages, rect: usualSignatureRoom(await shownSize(pdf, pdf.numPages)), foundBy: 'none' };
}

/** A signed widget that shows something; the last one of the last page that has one. */
async function findNewestSignature(pdf: PDFDocumentProxy, signal: AbortSignal): Promise<SignaturePlace | null> {
  for (const number of lastPages(pdf)) {
    signal.throwIfAborted();
    const page = await pdf.getPage(number);
    const viewport = page.getViewport({ scale: 1 });
    const annotations = (await page.getAnnotations()) as {
      fieldType?: string;
      rect: number[];
      hasAppearance?: boolean;
    }[];
    page.cleanup();
    const signature = annotations.findLast(
      ({ fieldType, hasAppearance, rect: [left = 0, bottom = 0, right = 0, top = 0] }) =>
        fieldType === 'Sig' && hasAppearance === true && right > left && top > bottom,
    );
    if (!signature) continue;
    const [left = 0, bottom = 0, right = 0, top = 0] = signature.rect;
    const [x = 0, y = 0] = viewport.convertToViewportPoint(left, bottom) as number[];
    const [x2 = 0, y2 = 0] = viewport.convertToViewportPoint(right, top) as number[];
    const rect = [Math.min(x, x2), viewport.height - Math.max(y, y2), Math.abs(x2 - x), Math.abs(y2 - y)] as const;
    return { page: number, rect, foundBy: 'name' };
  }
  return null;
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

async function shownSize(pdf: PDFDocumentProxy, number: number): Promise<Size> {
  const { width, height } = (await pdf.getPage(number)).getViewport({ scale: 1 });
  return { width, height };
}
