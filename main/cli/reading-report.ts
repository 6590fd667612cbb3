/** @file The report of `motcua recognise` and `digitise`. Its keys are stable: they only grow. */
import { basename } from 'node:path';
import type { Reading } from './read-pages.ts';
import { identitiesOf } from './identity-report.ts';

/**
 * Boxes are pixels of the stored image, `[x, y, width, height]`; pages count from 1. A field that several pages have is the
 * first one's, unless a later one comes from a better source.
 */
export function reportOf({ pages, bad, isComplete }: Reading): Readonly<Record<string, unknown>> {
  const fields: Record<string, { readonly source: Source } & Readonly<Record<string, unknown>>> = {};
  for (const [index, { read }] of pages.entries()) {
    for (const { name, value, confidence, source, box, ...more } of read.fields) {
      const known = fields[name];
      if (known && SOURCES.indexOf(known.source) <= SOURCES.indexOf(source)) continue;
      fields[name] = { value, confidence, source, page: index + 1, box, ...more };
    }
  }
  const people = identitiesOf(pages);
  return {
    pages: pages.map(({ file, page, read }) => ({
      file: basename(file),
      pageOfFile: page.index + 1,
      text: read.text,
      words: read.lines.flatMap((line) => line.words),
      skewDeg: read.skewDeg,
      rotation: read.rotation,
      blank: read.isBlank,
      documentType: read.documentType,
      codes: read.codes,
      widthPx: read.widthPx,
      heightPx: read.heightPx,
      dpi: read.dpi,
      crop: read.crop,
      shape: read.shape,
    })),
    identity: people[0] ?? null,
    people,
    documentType: pages.find(({ read }) => read.documentType)?.read.documentType ?? null,
    fields,
    bad: bad.map(({ file, page, code }) => ({ file, page, code })),
    complete: isComplete,
  };
}

/** The most certain first. */
const SOURCES = ['qr', 'mrz', 'ocr'] as const;
type Source = (typeof SOURCES)[number];
