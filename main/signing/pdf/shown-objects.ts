/**
 * @file Which objects a document's pages and interactive parts use. An update after a signature may not fill, empty or
 * exchange any of them under the name of data that no reader shows (shadow attacks: what is signed names what comes later).
 */
import type { PdfDocument } from './document.ts';
import { listPages } from './pages.ts';
import type { PdfValue } from './values.ts';

/** Validation data, metadata, tagging and what the file says about itself: no reader draws them. */
const NOT_SHOWN: readonly string[] = ['DSS', 'Metadata', 'Extensions', 'Version', 'MarkInfo', 'StructTreeRoot'];

/**
 * Numbers of all objects that the catalog leads to, those included that do not exist. Left out, unless something else
 * refers to them too: validation data, metadata, and the objects that are only the form, its list of fields, or a page's
 * list of annotations, because signing once more writes those anew.
 * @param apart keys of single objects that are not followed: what is in the answer then is used by something else too
 * @throws PdfDamaged when an object cannot be read: what it refers to is then unknown
 */
export function listShownObjects(
  document: PdfDocument,
  apart: ReadonlyMap<number, readonly string[]> = new Map(),
): ReadonlySet<number> {
  const pending: PdfValue[] = [];
  const pages = new Set(listPages(document).map((page) => page.reference.number));
  const add = (values: Iterable<PdfValue>): void => {
    for (const value of values) {
      if (value.kind === 'reference' || value.kind === 'array' || value.kind === 'dict') pending.push(value);
    }
  };
  /** The value's parts, but not the object itself. */
  const addParts = (value: PdfValue | undefined, skipped?: string, ignored: readonly string[] = []): void => {
    const found = document.resolve(value);
    if (found.kind === 'array') add(found.items);
    if (found.kind !== 'dict' && found.kind !== 'stream') return;
    const entries = found.kind === 'dict' ? found.entries : found.dict.entries;
    for (const [key, entry] of entries) {
      if (ignored.includes(key)) continue;
      if (key !== skipped) add([entry]);
      else if (entry.kind === 'reference') addParts(entry);
      else add([entry]);
    }
  };
  for (const [key, value] of document.catalog.entries) {
    if (key === 'AcroForm') addParts(value, 'Fields');
    else if (!NOT_SHOWN.includes(key)) add([value]);
  }
  const shown = new Set<number>();
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (value.kind === 'array') add(value.items);
    else if (value.kind === 'dict') add(value.entries.values());
    else if (value.kind === 'reference' && !shown.has(value.number)) {
      shown.add(value.number);
      addParts(value, pages.has(value.number) ? 'Annots' : undefined, apart.get(value.number));
    }
  }
  return shown;
}
