/** @file The reference dictionaries of a signature: which transforms it states, and with what (ISO 32000-2, 12.8.2.1). */
import type { PdfDocument } from './document.ts';
import { dict, type PdfDict } from './values.ts';

/** Parameters of the signature's references with this transform; an empty dictionary where a reference has none. */
export function transformParameters(
  document: PdfDocument,
  signature: PdfDict,
  method: 'DocMDP' | 'FieldMDP',
): readonly PdfDict[] {
  const references = document.entry(signature, 'Reference');
  const found: PdfDict[] = [];
  for (const item of references.kind === 'array' ? references.items : []) {
    const reference = document.dictionary(item);
    const stated = reference ? document.entry(reference, 'TransformMethod') : undefined;
    if (!reference || stated?.kind !== 'name' || stated.name !== method) continue;
    found.push(document.dictionary(reference.entries.get('TransformParams')) ?? dict([]));
  }
  return found;
}
