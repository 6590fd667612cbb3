/**
 * @file Whether and how a PDF may take one more signature. What cannot be signed without harm is refused with a reason;
 * damaged files are never mended on the way.
 */
import { Failure } from '../../rooms/failure.ts';
import { isWhitespace } from './parser.ts';
import { PdfDocument } from './document.ts';
import { listPages, type Page } from './pages.ts';
import { chooseField, placeOf, type FieldPlace } from './field-choice.ts';
import { checkPermissions } from './permissions.ts';
import type { SignatureField } from './signature-fields.ts';
import { PdfDamaged } from './values.ts';

/** Above this a file is held in memory too often; scans of the counter stay far below. */
export const MAX_PDF_BYTES = 512 * 1024 * 1024;

const MAX_RUBBISH_BYTES = 1024;

export interface SigningPlace {
  /** For an encrypted file: the user's or the owner's. */
  readonly password?: string | undefined;
  /** Full name of an empty field. */
  readonly fieldName?: string | undefined;
  readonly isVisible: boolean;
}

export interface SignablePdf {
  readonly document: PdfDocument;
  readonly pages: readonly Page[];
  /** The empty field to sign; null for a new one. */
  readonly field: SignatureField | null;
  /** Where that field shows; null when it does not, or is new. */
  readonly place: FieldPlace | null;
}

/**
 * @throws Failure `pdf-not-signable` (XFA, portfolio, usage rights, foreign encryption), `pdf-damaged`, `pdf-password`,
 *   `pdf-certified-no-changes`, `pdf-not-permitted`, `file-too-large`, `file-empty`, `signature-field-missing`
 */
export function openForSigning(bytes: Buffer, { password, fieldName, isVisible }: SigningPlace): SignablePdf {
  return refusingDamage(() => {
    const document = openWhole(bytes, password);
    const field = chooseField(document, fieldName);
    checkPermissions(document, field, isVisible);
    const pages = listPages(document);
    return { document, pages, field, place: field && placeOf(document, pages, field) };
  });
}

function refusingDamage<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof PdfDamaged) throw new Failure('pdf-damaged', cause.message, { cause });
    throw cause;
  }
}

function openWhole(bytes: Buffer, password: string | undefined): PdfDocument {
  if (bytes.length === 0) throw new Failure('file-empty');
  if (bytes.length > MAX_PDF_BYTES) throw new Failure('file-too-large', `${bytes.length} bytes`);
  const document = new PdfDocument(bytes, password);
  checkStructure(document);
  return document;
}

/** What holds of every object before a section is added. @throws PdfDamaged; Failure `pdf-not-signable` */
export function checkStructure(document: PdfDocument): void {
  checkAfterEnd(document.bytes.subarray(document.structureEnd));
  for (const [number, entry] of document.entries) {
    if (entry.kind === 'plain') checkHeader(document.bytes, entry.offset, number, entry.generation);
  }
  if (document.sections.some(({ trailer, hasDoubleEntries }) => hasDoubleEntries || trailer.hasDoubleKeys))
    throw new PdfDamaged('cross-references that say two things of one object');
  const catalog = document.catalog;
  if (catalog.hasDoubleKeys) throw new PdfDamaged('the catalog has a key twice');
  if (catalog.entries.has('Collection')) throw new Failure('pdf-not-signable', 'a portfolio (collection of files)');
  const form = document.dictionary(catalog.entries.get('AcroForm'));
  if (form?.entries.has('XFA')) throw new Failure('pdf-not-signable', 'an XFA form');
}

/**
 * Padding of transports and a little rubbish after `%%EOF` change nothing: readers look for the end in the last kilobyte. What
 * may be the beginning of one more section is another matter: a reader that mends files would show it.
 */
function checkAfterEnd(rest: Buffer): void {
  let end = rest.length;
  while (end > 0 && isWhitespace(rest[end - 1])) end--;
  if (end > MAX_RUBBISH_BYTES || /\d\s+obj|xref|trailer|stream|%PDF-/.test(rest.toString('latin1', 0, end)))
    throw new PdfDamaged('data after the end of the document');
}

/** Cheap enough for every object: a table that is wrong anywhere belongs to a file that must be mended first. */
function checkHeader(bytes: Buffer, offset: number, number: number, generation: number): void {
  const header = bytes.toString('latin1', offset, offset + 40);
  const match = /^[\0\t\n\f\r ]*(\d+)[\0\t\n\f\r ]+(\d+)[\0\t\n\f\r ]+obj/.exec(header);
  if (!match || Number(match[1]) !== number || Number(match[2]) !== generation)
    throw new PdfDamaged(`object ${number} is not at byte ${offset}`);
}
