/**
 * @file Looks at a PDF from outside before it may become part of a dossier. Nothing is repaired: a file whose own
 * cross-reference does not stand where it says is refused, because every reader would mend it in its own way.
 */
import { open, readFile } from 'node:fs/promises';
import { asDiskFailure } from '../../blobs/blob-file.ts';
import { Failure } from '../../rooms/failure.ts';

export interface PdfFacts {
  readonly pageCount: number;
  /** True also when the file opens without a password but restricts printing or copying. */
  readonly isEncrypted: boolean;
  /** Signatures and document time stamps present in the bytes; says nothing about their validity. */
  readonly signatureCount: number;
}

export const MAX_PDF_BYTES = 100 * 1024 * 1024;
export const MAX_PDF_PAGES = 500;

/** Bytes of a file the officer chose, within the size limit. @throws Failure `not-found`, `file-empty`, `file-too-large`, … */
export async function readChosenFile(path: string, maxBytes = MAX_PDF_BYTES): Promise<Buffer> {
  try {
    const handle = await open(path, 'r');
    try {
      const facts = await handle.stat();
      if (!facts.isFile()) throw new Failure('file-not-supported', `${path} is not a file`);
      if (facts.size === 0) throw new Failure('file-empty', path);
      if (facts.size > maxBytes) throw new Failure('file-too-large', `${facts.size} bytes`);
      return await readFile(handle);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new Failure('not-found', path, { cause });
    throw asDiskFailure(cause);
  }
}

/**
 * @throws Failure `file-empty`, `file-too-large`, `file-not-supported` (not a PDF), `file-damaged`, `pdf-password`,
 * `pdf-too-many-pages`
 */
export async function readPdfFacts(bytes: Uint8Array): Promise<PdfFacts> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length === 0) throw new Failure('file-empty');
  if (file.length > MAX_PDF_BYTES) throw new Failure('file-too-large', `${file.length} bytes`);
  if (!file.subarray(0, 1024).includes('%PDF-')) throw new Failure('file-not-supported', 'no PDF header');
  requireCrossReference(file);
  const { pageCount, isEncrypted } = await openWithReader(file);
  return { pageCount, isEncrypted, signatureCount: countSignatures(file) };
}

/** `startxref` near the end must point at a table or at a cross-reference stream (ISO 32000-1, 7.5.5). */
function requireCrossReference(file: Buffer): void {
  const tailStart = Math.max(0, file.length - 2048);
  const tail = file.toString('latin1', tailStart);
  const found = [...tail.matchAll(/startxref\s+(\d+)\s+%%EOF/g)].at(-1);
  if (!found) throw new Failure('file-damaged', 'the end of the file is missing');
  const headerAt = file.indexOf('%PDF-');
  const place = [Number(found[1]), Number(found[1]) + headerAt].find((at) =>
    /^\s*(xref\s|\d+\s+\d+\s+obj\b)/.test(file.toString('latin1', at, at + 64)),
  );
  if (place === undefined) throw new Failure('file-damaged', 'the cross-reference is not where the file says');
  const lost = findLostObject(file, place, place - Number(found[1]));
  if (lost !== null) throw new Failure('file-damaged', `object ${lost} is not where the cross-reference says`);
}

/** Number of an object that the newest table names at a wrong place; streams are left to the reader. */
function findLostObject(file: Buffer, place: number, shift: number): number | null {
  const table = file.toString('latin1', place, Math.min(file.length, place + 4 * 1024 * 1024));
  const section = /^\s*xref\s+([^]*?)trailer/.exec(table)?.[1] ?? '';
  let number = 0;
  for (const line of section.split(/[\r\n]+/)) {
    const [first = '', second = '', kind] = line.trim().split(/\s+/);
    if (kind === undefined) {
      if (second !== '') number = Number(first);
      continue;
    }
    const at = Number(first) + shift;
    if (kind === 'n' && !new RegExp(`^\\s*${number}\\s+\\d+\\s+obj\\b`).test(file.toString('latin1', at, at + 32)))
      return number;
    number++;
  }
  return null;
}

async function openWithReader(file: Buffer): Promise<{ pageCount: number; isEncrypted: boolean }> {
  // Here and not above: it takes a fifth of a second that no scan needs.
  const pdfjs = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = pdfjs.getDocument({
    // The reader takes the buffer away, and the caller still deposits it.
    data: Uint8Array.from(file),
    verbosity: pdfjs.VerbosityLevel.ERRORS,
    stopAtErrors: true,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
  });
  try {
    const document = await task.promise;
    if (document.numPages > MAX_PDF_PAGES) throw new Failure('pdf-too-many-pages', `${document.numPages} pages`);
    for (let number = 1; number <= document.numPages; number++) {
      const page = await document.getPage(number);
      page.cleanup();
    }
    const { info } = await document.getMetadata();
    return {
      pageCount: document.numPages,
      isEncrypted: Boolean((info as { EncryptFilterName?: unknown }).EncryptFilterName),
    };
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    if (cause instanceof pdfjs.PasswordException) throw new Failure('pdf-password', cause.message, { cause });
    if (cause instanceof pdfjs.InvalidPDFException) throw new Failure('file-damaged', cause.message, { cause });
    throw new Failure('file-damaged', cause instanceof Error ? cause.message : String(cause), { cause });
  } finally {
    await task.destroy();
  }
}

/** Signature dictionaries are never inside compressed streams: their byte ranges count bytes of the file. */
function countSignatures(file: Buffer): number {
  let count = 0;
  for (let at = file.indexOf('/ByteRange'); at >= 0; at = file.indexOf('/ByteRange', at + 1)) {
    if (/^\/ByteRange\s*\[\s*\d+\s+\d+\s+\d+\s+\d+\s*\]/.test(file.toString('latin1', at, at + 128))) count++;
  }
  return count;
}
