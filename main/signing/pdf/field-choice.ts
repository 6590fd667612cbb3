/** @file Which signature field is signed: the one that was named, the only empty one, or a new one. */
import { Failure } from '../../rooms/failure.ts';
import type { PdfDocument } from './document.ts';
import { readBox, toDisplaySpace, type Page } from './pages.ts';
import { isLockedBefore } from './permissions.ts';
import { decodeText, listSignatureFields, type SignatureField, type Widget } from './signature-fields.ts';
import { PdfDamaged } from './values.ts';

/** Where an existing field shows its signature. */
export interface FieldPlace {
  readonly widget: Widget;
  readonly page: Page;
  /** Points of the page as displayed: left, bottom, width, height. */
  readonly rect: readonly [number, number, number, number];
}

/**
 * Without a name: the only empty field that no earlier signature locked, because that is where the author wants it. With
 * several nobody but the signer can know which is his: a new field, and the others stay empty.
 * @returns null for a new field
 * @throws Failure `signature-field-missing` when the named field does not exist or is signed
 */
export function chooseField(document: PdfDocument, fieldName: string | undefined): SignatureField | null {
  const fields = listSignatureFields(document);
  if (fieldName !== undefined) {
    const named = fields.find((field) => field.fullName === fieldName);
    if (!named) throw new Failure('signature-field-missing', fieldName);
    if (named.value !== null) throw new Failure('signature-field-missing', `${fieldName}: signed already`);
    return checked(named);
  }
  const empty = fields.filter(
    (field) => field.value === null && field.fullName !== '' && !isLockedBefore(document, fields, field.fullName),
  );
  return empty.length === 1 && empty[0] ? checked(empty[0]) : null;
}

function checked(field: SignatureField): SignatureField {
  if (field.dict.hasDoubleKeys || field.widgets.some((widget) => widget.dict.hasDoubleKeys))
    throw new PdfDamaged(`field ${field.fullName} has a key twice`);
  return field;
}

/** The first widget with an area on a page; null for a field that is meant to be signed invisibly. */
export function placeOf(document: PdfDocument, pages: readonly Page[], field: SignatureField): FieldPlace | null {
  for (const widget of field.widgets) {
    const rect = readBox(document, widget.dict.entries.get('Rect'));
    if (!rect || rect[0] >= rect[2] || rect[1] >= rect[3]) continue;
    const page = pages.find((candidate) => isOn(document, candidate, widget));
    if (page) return { widget, page, rect: toDisplaySpace(page, rect) };
  }
  return null;
}

/** By the page's own list of annotations: `/P` is only a hint (ISO 32000-2, table 166). */
function isOn(document: PdfDocument, page: Page, widget: Widget): boolean {
  const annotations = document.entry(page.dict, 'Annots');
  return (
    annotations.kind === 'array' &&
    annotations.items.some((item) => item.kind === 'reference' && item.number === widget.reference.number)
  );
}

/** `Signature1`, `Signature2`…: not the name of any field at the root of the form. */
export function freeFieldName(document: PdfDocument): string {
  const taken = new Set(listSignatureFields(document).map((field) => field.fullName));
  const form = document.dictionary(document.catalog.entries.get('AcroForm'));
  const fields = form ? document.entry(form, 'Fields') : undefined;
  for (const item of fields?.kind === 'array' ? fields.items : []) {
    const dict = document.dictionary(item);
    const title = dict ? document.entry(dict, 'T') : undefined;
    if (title?.kind === 'string') taken.add(decodeText(title));
  }
  let number = 1;
  while (taken.has(`Signature${number}`)) number++;
  return `Signature${number}`;
}
