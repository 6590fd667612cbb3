/**
 * @file Whether and how a PDF may take one more signature. What cannot be signed without harm is refused with a reason;
 * damaged files are never mended on the way.
 */
import { Failure } from '../../rooms/failure.ts';
import { isWhitespace } from './parser.ts';
import { PdfDocument } from './document.ts';
import { listPages, type Page } from './pages.ts';
import { listSignatureFields, type SignatureField } from './signature-fields.ts';
import { PdfDamaged, type PdfDict } from './values.ts';

/** Above this a file is held in memory too often; scans of the counter stay far below. */
const MAX_PDF_BYTES = 512 * 1024 * 1024;

export interface SignablePdf {
  readonly document: PdfDocument;
  readonly pages: readonly Page[];
  /** The one empty signature field, when there is exactly one: that is where the author wants it. */
  readonly emptyField: SignatureField | null;
}

/**
 * @throws Failure `pdf-not-signable` (damaged, XFA, portfolio, usage rights, mandatory seed values), `pdf-password`,
 *   `pdf-certified-no-changes`, `file-too-large`, `file-empty`
 */
export function openForSigning(bytes: Buffer, isVisible: boolean): SignablePdf {
  return refusingDamage(() => {
    const document = openWhole(bytes);
    if (document.isEncrypted) throw new Failure('pdf-password');
    const pages = listPages(document);
    const emptyField = chooseField(document);
    checkPermissions(document, isVisible, emptyField);
    return { document, pages, emptyField };
  });
}

/**
 * For additions that are no person's signature: validation data and document time-stamps. A file certified with "no changes
 * at all" takes them only as PDF 2.0, which alone says that they are none (ISO 32000-2, table 257; ISO 32000-1 does not).
 * @throws Failure as {@link openForSigning}
 */
export function openForValidationData(bytes: Buffer): Omit<SignablePdf, 'emptyField'> {
  return refusingDamage(() => {
    const document = openWhole(bytes);
    if (document.isEncrypted) throw new Failure('pdf-password');
    const permissions = document.dictionary(document.catalog.entries.get('Perms'));
    refuseUsageRights(permissions);
    if (certificationLevel(document, permissions) === 1 && !isVersion2(document))
      throw new Failure('pdf-certified-no-changes', 'certified with DocMDP 1 in a version before PDF 2.0');
    return { document, pages: listPages(document) };
  });
}

function refusingDamage<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof PdfDamaged) throw new Failure('pdf-not-signable', cause.message, { cause });
    throw cause;
  }
}

function openWhole(bytes: Buffer): PdfDocument {
  if (bytes.length === 0) throw new Failure('file-empty');
  if (bytes.length > MAX_PDF_BYTES) throw new Failure('file-too-large', `${bytes.length} bytes`);
  const document = new PdfDocument(bytes);
  checkStructure(document);
  return document;
}

/** The catalog's version counts when it is the later one (ISO 32000-2, 7.7.2). */
export function isVersion2(document: PdfDocument): boolean {
  const stated = document.entry(document.catalog, 'Version');
  const header = document.bytes.toString('latin1', 5, 8);
  return header >= '2.0' || (stated.kind === 'name' && stated.name >= '2.0');
}

function checkStructure(document: PdfDocument): void {
  for (let position = document.structureEnd; position < document.bytes.length; position++) {
    if (!isWhitespace(document.bytes[position])) throw new PdfDamaged('data after the end of the document');
  }
  for (const [number, entry] of document.entries) {
    if (entry.kind === 'plain') checkHeader(document.bytes, entry.offset, number, entry.generation);
  }
  const catalog = document.catalog;
  if (catalog.hasDoubleKeys) throw new PdfDamaged('the catalog has a key twice');
  if (catalog.entries.has('Collection')) throw new Failure('pdf-not-signable', 'a portfolio (collection of files)');
  const form = document.dictionary(catalog.entries.get('AcroForm'));
  if (form?.entries.has('XFA')) throw new Failure('pdf-not-signable', 'an XFA form');
}

/** Cheap enough for every object: a table that is wrong anywhere belongs to a file that must be mended first. */
function checkHeader(bytes: Buffer, offset: number, number: number, generation: number): void {
  const header = bytes.toString('latin1', offset, offset + 40);
  const match = /^[\0\t\n\f\r ]*(\d+)[\0\t\n\f\r ]+(\d+)[\0\t\n\f\r ]+obj/.exec(header);
  if (!match || Number(match[1]) !== number || Number(match[2]) !== generation)
    throw new PdfDamaged(`object ${number} is not at byte ${offset}`);
}

function chooseField(document: PdfDocument): SignatureField | null {
  const empty = listSignatureFields(document).filter((field) => field.value === null);
  const only = empty.length === 1 ? empty[0] : undefined;
  // A field whose widgets are separate objects needs its appearance there: left for a person with a form program.
  if (!only || only.dict.entries.has('Kids') || only.dict.hasDoubleKeys) return null;
  const flags = only.seedValues ? document.entry(only.seedValues, 'Ff') : undefined;
  if (flags?.kind === 'number' && flags.value !== 0)
    throw new Failure('pdf-not-signable', `field ${only.fullName} has mandatory seed values`);
  if (only.lock?.entries.has('P'))
    throw new Failure('pdf-not-signable', `field ${only.fullName} would certify the document`);
  return only;
}

/** DocMDP (ISO 32000-2, 12.8.2.2): 1 allows nothing, 2 filling in and signing, 3 annotations too. UR3: usage rights. */
function checkPermissions(document: PdfDocument, isVisible: boolean, emptyField: SignatureField | null): void {
  const permissions = document.dictionary(document.catalog.entries.get('Perms'));
  if (!permissions) return;
  refuseUsageRights(permissions);
  const level = certificationLevel(document, permissions);
  if (level === 1) throw new Failure('pdf-certified-no-changes');
  if (level === 2 && isVisible && !emptyField)
    throw new Failure('pdf-certified-no-changes', 'only an existing field may be signed visibly');
}

function refuseUsageRights(permissions: PdfDict | undefined): void {
  if (permissions?.entries.has('UR3') || permissions?.entries.has('UR'))
    throw new Failure('pdf-not-signable', 'usage rights of Adobe Reader');
}

/** 1–3 when the document is certified, else undefined. */
export function certificationLevel(document: PdfDocument, permissions: PdfDict | undefined): 1 | 2 | 3 | undefined {
  const signature = permissions ? document.dictionary(permissions.entries.get('DocMDP')) : undefined;
  if (!signature) return undefined;
  const references = document.entry(signature, 'Reference');
  for (const item of references.kind === 'array' ? references.items : []) {
    const found = document.dictionary(item);
    const method = found ? document.entry(found, 'TransformMethod') : undefined;
    if (!found || method?.kind !== 'name' || method.name !== 'DocMDP') continue;
    const parameters = document.dictionary(found.entries.get('TransformParams'));
    const level = parameters ? document.entry(parameters, 'P') : undefined;
    return level?.kind === 'number' && (level.value === 1 || level.value === 3) ? level.value : 2;
  }
  return 2;
}
