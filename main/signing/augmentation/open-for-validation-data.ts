/**
 * @file Whether a file may take additions that are no person's signature: validation data and time-stamps of the document.
 */
import { Failure } from '../../rooms/failure.ts';
import { PdfDocument } from '../pdf/document.ts';
import { listPages, type Page } from '../pdf/pages.ts';
import { permittedChanges } from '../pdf/permissions.ts';
import { checkStructure } from '../pdf/signable.ts';
import { listSignatureFields } from '../pdf/signature-fields.ts';

/**
 * A file certified with "no changes at all" takes them only as PDF 2.0, which alone says that they are none (ISO 32000-2,
 * table 257). ISO 32000-1 knows no such exception, and readers that follow it call the certification broken.
 * @throws PdfDamaged; Failure `pdf-certified-no-changes`, `pdf-not-signable` (usage rights, XFA, portfolio), `pdf-password`
 */
export function openForValidationData(
  bytes: Buffer,
  password: string | undefined,
): { readonly document: PdfDocument; readonly pages: readonly Page[] } {
  const document = new PdfDocument(bytes, password);
  checkStructure(document);
  const permissions = document.dictionary(document.catalog.entries.get('Perms'));
  if (permissions?.entries.has('UR3') || permissions?.entries.has('UR'))
    throw new Failure('pdf-not-signable', 'usage rights of Adobe Reader');
  if (permittedChanges(document, listSignatureFields(document)) === 1 && !isVersion2(document))
    throw new Failure('pdf-certified-no-changes', 'certified with DocMDP 1 in a version before PDF 2.0');
  return { document, pages: listPages(document) };
}

/** The catalog's version counts when it is the later one (ISO 32000-2, 7.7.2). */
function isVersion2(document: PdfDocument): boolean {
  const stated = document.entry(document.catalog, 'Version');
  const header = document.bytes.toString('latin1', 5, 8);
  return header >= '2.0' || (stated.kind === 'name' && stated.name >= '2.0');
}
