/**
 * @file The PDF half of a signature: adds a signature, in a new field or an empty one, with an empty `/Contents` as one new
 * section. Touches the page's `/Annots`, AcroForm `/Fields` and `/SigFlags`, nothing else.
 */
import { pdfDate, pdfNumbers, pdfText } from '../../pdf/objects.ts';
import { Failure } from '../../rooms/failure.ts';
import { toVietnamTime } from '../vietnam-time.ts';
import type { PdfDocument } from './document.ts';
import type { DrawnAppearance } from './drawn-appearance.ts';
import { freeFieldName } from './field-choice.ts';
import type { Page } from './pages.ts';
import { parseSource } from './parser.ts';
import type { SigningTerms } from './seed-values.ts';
import { leaveGap, openGap, type OpenedGap } from './signature-gap.ts';
import { listSignatureFields, type SignatureField, type Widget } from './signature-fields.ts';
import { appendUpdate, sourceObject, type NewObject } from './update.ts';
import {
  array,
  dict,
  integer,
  name,
  reference,
  withEntries,
  type PdfDict,
  type PdfReference,
  type PdfValue,
} from './values.ts';

export interface DraftRequest {
  /** Of the signature dictionary, without `/ByteRange` and `/Contents`. */
  readonly entries: PdfDict;
  /** Where a new field goes. */
  readonly page: Page;
  readonly appearance: DrawnAppearance | null;
  /** An empty field to fill; null makes a new one. */
  readonly field: SignatureField | null;
  /** The widget of `field` that gets the appearance. */
  readonly widget: Widget | null;
  /** Room for the CMS, bytes. */
  readonly reservedBytes: number;
  /** Makes the new `/ID` differ from that of another signature of the same bytes. */
  readonly seed: string;
}

export interface Draft extends OpenedGap {
  readonly fieldName: string;
}

const PRINT_AND_LOCKED = 4 + 128;

/** @param signedAt ISO 8601 */
export function signatureEntries(
  document: PdfDocument,
  terms: SigningTerms,
  signedAt: string,
  signerName: string,
  field: SignatureField | null,
): PdfDict {
  const entries: [string, PdfValue][] = [
    ['Type', name('Sig')],
    ['Filter', name('Adobe.PPKLite')],
    ['SubFilter', name(terms.subFilter)],
    ['M', parseSource(pdfDate(toVietnamTime(signedAt)))],
    ['Name', parseSource(pdfText(signerName))],
  ];
  if (terms.reason !== null) entries.push(['Reason', parseSource(pdfText(terms.reason))]);
  if (field?.lock) entries.push(['Reference', lockTransforms(document, field.lock)]);
  return dict(entries);
}

/** A time-stamp of the document (ISO 32000-2, 12.8.5). */
export function timeStampEntries(): PdfDict {
  return dict([
    ['Type', name('DocTimeStamp')],
    ['Filter', name('Adobe.PPKLite')],
    ['SubFilter', name('ETSI.RFC3161')],
  ]);
}

export function writeDraft(document: PdfDocument, request: DraftRequest): Draft {
  const objects: NewObject[] = [];
  let next = document.size;
  const reserve = (): number => next++;

  const gap = leaveGap(document, reserve(), request.entries, request.reservedBytes);
  const signature = reference(gap.object.number);
  objects.push(gap.object);

  let appearance: PdfDict | undefined;
  if (request.appearance) {
    const drawn = request.appearance.objects(next);
    next += drawn.length;
    for (const object of drawn) objects.push(sourceObject(object.number, object.body));
    appearance = dict([['N', reference(drawn[0]?.number ?? 0)]]);
  }

  const { field } = request;
  const fieldName = field ? field.fullName : freeFieldName(document);
  if (field) {
    objects.push(...filledField(field, request.widget, signature, appearance));
    objects.push(...markSignatures(document, null, reserve));
  } else {
    const widget = reference(reserve());
    objects.push(sourceObject(widget.number, newField(request, fieldName, signature, appearance)));
    objects.push(withAnnotation(document, request.page, widget));
    objects.push(...markSignatures(document, widget, reserve));
  }
  const update = appendUpdate(document, objects, request.seed);
  return { ...openGap(document, update, gap), fieldName };
}

/**
 * What the field's `/Lock` asks for, as transforms of this signature: FieldMDP for the fields (12.8.2.4), and where the lock
 * narrows what may still be done to the document, DocMDP without an entry in the catalog (Table 236, `/P`).
 */
function lockTransforms(document: PdfDocument, lock: PdfDict): PdfValue {
  const root = document.trailer.entries.get('Root') ?? reference(0);
  const transform = (method: string, parameters: [string, PdfValue][]): PdfDict =>
    dict([
      ['Type', name('SigRef')],
      ['TransformMethod', name(method)],
      ['DigestMethod', name('SHA256')],
      ['Data', root],
      ['TransformParams', dict([['Type', name('TransformParams')], ['V', name('1.2')], ...parameters])],
    ]);
  const fields = ['Action', 'Fields'].flatMap((key): [string, PdfValue][] => {
    const value = document.entry(lock, key);
    return value.kind === 'null' ? [] : [[key, value]];
  });
  const level = document.entry(lock, 'P');
  return array([
    transform('FieldMDP', fields),
    ...(level.kind === 'number' ? [transform('DocMDP', [['P', integer(level.value)]])] : []),
  ]);
}

function newField(
  request: DraftRequest,
  fieldName: string,
  signature: PdfReference,
  appearance: PdfDict | undefined,
): PdfDict {
  const rect = request.appearance?.rect ?? [0, 0, 0, 0];
  return dict([
    ['Type', name('Annot')],
    ['Subtype', name('Widget')],
    ['FT', name('Sig')],
    ['T', parseSource(pdfText(fieldName))],
    ['V', signature],
    ['Rect', parseSource(`[${pdfNumbers(...rect)}]`)],
    ['F', integer(PRINT_AND_LOCKED)],
    ['P', request.page.reference],
    ...(appearance ? [['AP', appearance] as const] : []),
  ]);
}

/** The field gets its value, its widget the appearance: one object when they are one. */
function filledField(
  field: SignatureField,
  widget: Widget | null,
  signature: PdfReference,
  appearance: PdfDict | undefined,
): NewObject[] {
  const shown = appearance ? { AP: appearance } : {};
  const isOne = widget !== null && widget.reference.number === field.reference.number;
  const filled = withEntries(field.dict, { V: signature, ...(isOne ? shown : {}) });
  const objects = [sourceObject(field.reference.number, filled, field.reference.generation)];
  if (widget && !isOne && appearance)
    objects.push(sourceObject(widget.reference.number, withEntries(widget.dict, shown), widget.reference.generation));
  return objects;
}

/** The new widget at the end of `/Annots`: the array alone when it is an object of its own, else the page. */
function withAnnotation(document: PdfDocument, page: Page, widget: PdfReference): NewObject {
  const stored = page.dict.entries.get('Annots');
  const annotations = document.resolve(stored);
  if (annotations.kind !== 'array' && annotations.kind !== 'null')
    throw new Failure('pdf-not-signable', '/Annots is not an array');
  const longer = array([...(annotations.kind === 'array' ? annotations.items : []), widget]);
  if (stored?.kind === 'reference' && annotations.kind === 'array')
    return sourceObject(stored.number, longer, stored.generation);
  return sourceObject(page.reference.number, withEntries(page.dict, { Annots: longer }), page.reference.generation);
}

/** `/Fields` gets the field, `/SigFlags` becomes 3 (signatures exist, append only); each only where it changes. */
function markSignatures(document: PdfDocument, field: PdfReference | null, reserve: () => number): NewObject[] {
  const rootReference = document.trailer.entries.get('Root');
  if (rootReference?.kind !== 'reference') throw new Failure('pdf-not-signable', '/Root is not a reference');
  const stored = document.catalog.entries.get('AcroForm');
  const form = document.resolve(stored);
  if (form.kind !== 'dict') {
    if (form.kind !== 'null') throw new Failure('pdf-not-signable', '/AcroForm is not a dictionary');
    const number = reserve();
    const fresh = dict([
      ['Fields', array(field ? [field] : [])],
      ['SigFlags', integer(3)],
    ]);
    const catalog = withEntries(document.catalog, { AcroForm: reference(number) });
    return [sourceObject(number, fresh), sourceObject(rootReference.number, catalog, rootReference.generation)];
  }
  const objects: NewObject[] = [];
  const changes: Record<string, PdfValue> = {};
  const storedFields = form.entries.get('Fields');
  const fields = document.resolve(storedFields);
  if (field) {
    if (fields.kind !== 'array' && fields.kind !== 'null')
      throw new Failure('pdf-not-signable', '/Fields is not an array');
    const longer = array([...(fields.kind === 'array' ? fields.items : []), field]);
    if (storedFields?.kind === 'reference' && fields.kind === 'array')
      objects.push(sourceObject(storedFields.number, longer, storedFields.generation));
    else changes.Fields = longer;
  }
  const flags = neededFlags(document, form);
  if (flags !== null) changes.SigFlags = integer(flags);
  if (Object.keys(changes).length === 0) return objects;
  const changed = withEntries(form, changes);
  if (stored?.kind === 'reference') objects.push(sourceObject(stored.number, changed, stored.generation));
  else
    objects.push(
      sourceObject(
        rootReference.number,
        withEntries(document.catalog, { AcroForm: changed }),
        rootReference.generation,
      ),
    );
  return objects;
}

/**
 * Signatures exist (1) and the file may only grow (2), said by the first signature. What the form says after that stays: some
 * validators call the second bit, added later, a change of the form. Null when nothing has to be written.
 */
function neededFlags(document: PdfDocument, form: PdfDict): number | null {
  const stored = document.entry(form, 'SigFlags');
  const flags = stored.kind === 'number' ? stored.value : 0;
  const isSigned = listSignatureFields(document).some((field) => field.value !== null);
  const saysEnough = isSigned ? (flags & 1) !== 0 : (flags & 3) === 3;
  return saysEnough ? null : flags | 3;
}
