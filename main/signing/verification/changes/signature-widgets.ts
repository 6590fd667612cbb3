/** @file What a signature field shows on its pages: its widgets, and how much of a page they cover. */
import type { PdfDocument } from '../../pdf/document.ts';
import { listPages } from '../../pdf/pages.ts';
import type { SignatureField } from '../../pdf/signature-fields.ts';
import { isPlainNumber, type PdfDict } from '../../pdf/values.ts';

/** By number of the widget: the number of its signature field. A field without kids is its own widget. */
export function ownersOfWidgets(document: PdfDocument, fields: readonly SignatureField[]): ReadonlyMap<number, number> {
  const owners = new Map<number, number>();
  for (const field of fields) {
    owners.set(field.reference.number, field.reference.number);
    const kids = document.entry(field.dict, 'Kids');
    for (const kid of kids.kind === 'array' ? kids.items : []) {
      if (kid.kind === 'reference') owners.set(kid.number, field.reference.number);
    }
  }
  return owners;
}

/** No appearance and a rectangle without area; one that cannot be read counts as shown. */
export function showsNothing(document: PdfDocument, widget: PdfDict): boolean {
  if (document.entry(widget, 'AP').kind !== 'null') return false;
  return document.entry(widget, 'Rect').kind === 'null' || areaOf(document, widget) === 0;
}

/** The field's own widget or those below it, all of them showing nothing. */
export function fieldShowsNothing(document: PdfDocument, field: PdfDict): boolean {
  const kids = document.entry(field, 'Kids');
  const widgets = (kids.kind === 'array' ? kids.items : []).map((kid) => document.dictionary(kid));
  return [field, ...widgets].every((widget) => widget !== undefined && showsNothing(document, widget));
}

/** The largest part of a page that a widget of the field covers, 0 to 1; 1 when it cannot be told. */
export function pageShareOf(document: PdfDocument, field: SignatureField): number {
  const owners = ownersOfWidgets(document, [field]);
  let largest = 0;
  for (const page of listPages(document)) {
    const annotations = document.entry(page.dict, 'Annots');
    for (const item of annotations.kind === 'array' ? annotations.items : []) {
      if (item.kind !== 'reference' || !owners.has(item.number)) continue;
      const widget = document.dictionary(item);
      const [left, bottom, right, top] = page.cropBox;
      const pageArea = (right - left) * (top - bottom);
      const area = widget ? areaOf(document, widget) : Number.NaN;
      largest = Math.max(largest, Number.isFinite(area) && pageArea > 0 ? Math.min(1, area / pageArea) : 1);
    }
  }
  return largest;
}

/** Of the rectangle, square points; NaN when it is none. */
function areaOf(document: PdfDocument, widget: PdfDict): number {
  const stored = document.entry(widget, 'Rect');
  const corners = (stored.kind === 'array' ? stored.items : []).map((item) => document.resolve(item));
  const [left, bottom, right, top] = corners.map((corner) =>
    corner.kind === 'number' && isPlainNumber(corner) ? corner.value : Number.NaN,
  );
  if (corners.length !== 4) return Number.NaN;
  return Math.abs(((right ?? Number.NaN) - (left ?? Number.NaN)) * ((top ?? Number.NaN) - (bottom ?? Number.NaN)));
}
