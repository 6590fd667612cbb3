/** @file The validation data a file carries in its document security store (`/DSS`, ISO 32000-2, 12.8.4.3). */
import type { PdfDocument } from '../pdf/document.ts';
import { PdfDamaged, type PdfDict, type PdfValue } from '../pdf/values.ts';
import { NO_EVIDENCE, type Evidence } from '../validation/evidence.ts';

/** More values than this belong to no chain of a counter's documents. */
const MAX_VALUES = 2_000;

/** What the store lists; the records by signature (`/VRI`) only repeat it. Streams that cannot be read are left out. */
export function readStore(document: PdfDocument): Evidence {
  const store = document.dictionary(document.catalog.entries.get('DSS'));
  if (!store) return NO_EVIDENCE;
  return {
    certificates: streamsOf(document, store, 'Certs'),
    ocspResponses: streamsOf(document, store, 'OCSPs'),
    revocationLists: streamsOf(document, store, 'CRLs'),
  };
}

export function hasStore(document: PdfDocument): boolean {
  return document.dictionary(document.catalog.entries.get('DSS')) !== undefined;
}

export function mergeEvidence(...parts: readonly Evidence[]): Evidence {
  return {
    certificates: parts.flatMap((part) => part.certificates),
    ocspResponses: parts.flatMap((part) => part.ocspResponses),
    revocationLists: parts.flatMap((part) => part.revocationLists),
  };
}

function streamsOf(document: PdfDocument, store: PdfDict, key: string): Buffer[] {
  const list = document.entry(store, key);
  const items = list.kind === 'array' ? list.items.slice(0, MAX_VALUES) : [];
  return items.flatMap((item) => {
    const bytes = streamBytes(document, item);
    return bytes ? [bytes] : [];
  });
}

function streamBytes(document: PdfDocument, value: PdfValue): Buffer | undefined {
  try {
    const stream = document.resolve(value);
    return stream.kind === 'stream' ? document.decode(stream) : undefined;
  } catch (cause) {
    if (cause instanceof PdfDamaged) return undefined;
    throw cause;
  }
}
