/**
 * @file The document security store (`/DSS`, EN 319 142-1, 5.4.2; ISO 32000-2, 12.8.4.3): certificates, OCSP answers and revocation
 * lists added for later readers. Exactly that shape and nothing else passes as validation data.
 */
import type { PdfDocument } from '../../pdf/document.ts';
import type { PdfValue } from '../../pdf/values.ts';
import type { Findings } from './findings.ts';
import type { RevisionPair } from './revision-pair.ts';

const STORE_LISTS = ['Certs', 'OCSPs', 'CRLs'];
const RECORD_LISTS = ['Cert', 'OCSP', 'CRL'];
const MAX_ITEMS = 20_000;

export function checkValidationStore(
  pair: RevisionPair,
  before: PdfValue | undefined,
  after: PdfValue | undefined,
  findings: Findings,
): void {
  if (!after) {
    if (before) findings.raise('other', 'Dữ liệu xác minh (DSS) đã bị gỡ sau khi ký.');
    return;
  }
  const objects = collectStore(pair.whole, after);
  if (typeof objects === 'string') {
    if (pair.isTouched(after, before)) findings.raise('other', objects);
    return;
  }
  let isChanged = pair.isTouched(after, before);
  for (const number of objects) {
    if (!pair.changed.has(number)) continue;
    isChanged = true;
    pair.explainHidden({ kind: 'reference', number, generation: 0 }, findings);
  }
  if (isChanged) findings.raise('validation-data', 'Dữ liệu xác minh (DSS) được thêm sau khi ký.');
}

/** Numbers of the objects a store consists of, or what is wrong with it. */
function collectStore(document: PdfDocument, store: PdfValue): ReadonlySet<number> | string {
  const objects = new Set<number>();
  const note = (value: PdfValue | undefined): PdfValue => {
    if (value?.kind === 'reference') objects.add(value.number);
    return document.resolve(value);
  };
  const wrong = 'Dữ liệu xác minh (DSS) được thêm sau khi ký có phần lạ.';
  const isListOfStreams = (value: PdfValue | undefined): boolean => {
    const list = note(value);
    return list.kind === 'array' && list.items.every((item) => isDataStream(document, note(item)));
  };
  const dict = note(store);
  if (dict.kind !== 'dict' || dict.hasDoubleKeys) return wrong;
  for (const [key, value] of dict.entries) {
    if (key === 'Type') continue;
    if (STORE_LISTS.includes(key)) {
      if (!isListOfStreams(value)) return wrong;
      continue;
    }
    const records = note(value);
    if (key !== 'VRI' || records.kind !== 'dict') return wrong;
    for (const stored of records.entries.values()) {
      const record = note(stored);
      if (stored.kind === 'name') continue;
      if (record.kind !== 'dict') return wrong;
      for (const [part, content] of record.entries) {
        if (RECORD_LISTS.includes(part)) {
          if (!isListOfStreams(content)) return wrong;
        } else if (part === 'TS') {
          if (!isDataStream(document, note(content))) return wrong;
        } else if (part === 'TU') note(content);
        else if (part !== 'Type') return wrong;
      }
    }
    if (objects.size > MAX_ITEMS) return wrong;
  }
  return objects;
}

/** A stream that carries bytes alone: no subtype that a reader might draw. */
function isDataStream(document: PdfDocument, value: PdfValue): boolean {
  if (value.kind !== 'stream') return false;
  const subtype = document.entry(value.dict, 'Subtype');
  return subtype.kind === 'null' || (subtype.kind === 'name' && !['Image', 'Form'].includes(subtype.name));
}
