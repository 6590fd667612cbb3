/** @file Signature fields of the form, empty and signed (ISO 32000-2, 12.7). */
import type { PdfDocument } from './document.ts';
import { PdfDamaged, type PdfDict, type PdfReference, type PdfString, type PdfValue } from './values.ts';

export interface Widget {
  readonly reference: PdfReference;
  readonly dict: PdfDict;
}

export interface SignatureField {
  readonly reference: PdfReference;
  readonly dict: PdfDict;
  /** Where the field shows: usually itself, else its `/Kids`. */
  readonly widgets: readonly Widget[];
  readonly fullName: string;
  /** The value as stored: a reference to the signature dictionary, or the dictionary itself. Null when not signed. */
  readonly value: PdfValue | null;
  readonly lock: PdfDict | null;
  readonly seedValues: PdfDict | null;
}

const MAX_FIELDS = 50_000;
const MAX_DEPTH = 64;

/** In the order of the form's tree. */
export function listSignatureFields(document: PdfDocument): SignatureField[] {
  const form = document.dictionary(document.catalog.entries.get('AcroForm'));
  const roots = form ? document.entry(form, 'Fields') : undefined;
  const found: SignatureField[] = [];
  const seen = new Set<number>();
  const visit = (value: PdfValue, parentName: string, inheritedType: string | undefined, depth: number): void => {
    if (value.kind !== 'reference') return;
    if (seen.has(value.number) || depth > MAX_DEPTH || seen.size > MAX_FIELDS)
      throw new PdfDamaged('form fields are not a tree');
    seen.add(value.number);
    const field = document.resolve(value);
    if (field.kind !== 'dict') return;
    const title = document.entry(field, 'T');
    const ownName = title.kind === 'string' ? decodeText(title) : '';
    const fullName = parentName && ownName ? `${parentName}.${ownName}` : parentName || ownName;
    const type = document.entry(field, 'FT');
    const fieldType = type.kind === 'name' ? type.name : inheritedType;
    const kids = document.entry(field, 'Kids');
    const children =
      kids.kind === 'array' ? kids.items.filter((kid) => document.dictionary(kid)?.entries.has('T')) : [];
    if (children.length > 0) {
      for (const child of children) visit(child, fullName, fieldType, depth + 1);
    } else if (fieldType === 'Sig') {
      found.push({
        reference: value,
        dict: field,
        widgets: kids.kind === 'array' ? widgetsOf(document, kids.items) : [{ reference: value, dict: field }],
        fullName,
        value: document.entry(field, 'V').kind === 'null' ? null : (field.entries.get('V') ?? null),
        lock: document.dictionary(field.entries.get('Lock')) ?? null,
        seedValues: document.dictionary(field.entries.get('SV')) ?? null,
      });
    }
  };
  if (roots?.kind === 'array') for (const root of roots.items) visit(root, '', undefined, 0);
  return found;
}

function widgetsOf(document: PdfDocument, kids: readonly PdfValue[]): Widget[] {
  return kids.flatMap((kid) => {
    const dict = document.resolve(kid);
    return kid.kind === 'reference' && dict.kind === 'dict' ? [{ reference: kid, dict }] : [];
  });
}

/** A text string: UTF-16BE, UTF-8 or PDFDocEncoding taken as Latin-1 (7.9.2.2). */
export function decodeText(text: PdfString): string {
  const { bytes } = text;
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString('utf8', 3);
  return bytes.toString('latin1');
}
