/** @file Full names of form fields: the partial names from the root of the form down, joined by full stops (ISO 32000-2, 12.7.4.2). */
import type { PdfDocument } from '../../pdf/document.ts';
import { decodeText } from '../../pdf/signature-fields.ts';
import type { PdfReference, PdfValue } from '../../pdf/values.ts';

const MAX_NAME_PARTS = 64;
const MAX_FIELDS = 50_000;

export function fullNameOf(document: PdfDocument, field: PdfReference): string {
  const parts: string[] = [];
  let dict = document.dictionary(field);
  for (let depth = 0; dict && depth < MAX_NAME_PARTS; depth++) {
    const title = document.entry(dict, 'T');
    if (title.kind === 'string') parts.unshift(decodeText(title));
    dict = document.dictionary(dict.entries.get('Parent'));
  }
  return parts.join('.');
}

/** Every name in the form, those of groups included: one more field of such a name would be the same field. */
export function allFieldNames(document: PdfDocument): ReadonlySet<string> {
  const names = new Set<string>();
  const form = document.dictionary(document.catalog.entries.get('AcroForm'));
  const seen = new Set<number>();
  const pending: PdfValue[] = form ? [document.entry(form, 'Fields')] : [];
  while (pending.length > 0 && seen.size < MAX_FIELDS) {
    const value = pending.pop();
    if (value?.kind === 'array') pending.push(...value.items);
    if (value?.kind !== 'reference' || seen.has(value.number)) continue;
    seen.add(value.number);
    const field = document.dictionary(value);
    if (!field) continue;
    if (field.entries.has('T')) names.add(fullNameOf(document, value));
    const kids = document.entry(field, 'Kids');
    if (kids.kind === 'array') pending.push(...kids.items);
  }
  return names;
}
