/**
 * @file The PDF half of a signature: adds a signature field with an empty `/Contents` as one new section, and later puts
 * the CMS in. Touches the page's `/Annots`, AcroForm `/Fields` and `/SigFlags`, nothing else.
 */
import { createHash } from 'node:crypto';
import { pdfDate, pdfNumbers, pdfText } from '../../pdf/objects.ts';
import { Failure } from '../../rooms/failure.ts';
import type { DrawnAppearance } from '../appearance/draw-appearance.ts';
import type { PdfDocument } from './document.ts';
import { listSignatureFields, type SignatureField } from './signature-fields.ts';
import { appendUpdate, sourceObject, type NewObject } from './update.ts';
import {
  array,
  integer,
  isSameValue,
  name,
  reference,
  serialise,
  withEntries,
  dict,
  type PdfDict,
  type PdfReference,
  type PdfValue,
} from './values.ts';
import type { Page } from './pages.ts';
import { toVietnamTime } from '../vietnam-time.ts';

export interface DraftRequest {
  /** `time-stamp`: a document time-stamp (ISO 32000-2, 12.8.5); names nobody and shows nothing. */
  readonly kind?: 'signature' | 'time-stamp';
  readonly signedAt: string;
  readonly signerName: string;
  readonly reason: string | null;
  readonly page: Page;
  readonly appearance: DrawnAppearance | null;
  /** An empty field to fill; null makes a new one. */
  readonly field: SignatureField | null;
  /** Room for the CMS, bytes. */
  readonly reservedBytes: number;
}

export interface Draft {
  readonly bytes: Buffer;
  readonly fieldName: string;
  /** `[0, start of <, after >, rest]`. */
  readonly byteRange: readonly [0, number, number, number];
  /** SHA-256 over both parts. */
  readonly digest: Buffer;
}

const BYTE_RANGE_WIDTH = 10;
const PRINT_AND_LOCKED = 4 + 128;

export function writeDraft(document: PdfDocument, request: DraftRequest): Draft {
  const objects: NewObject[] = [];
  let next = document.size;
  const reserve = (): number => next++;

  const signature = signatureDictionary(request);
  const signatureNumber = reserve();
  objects.push(sourceObject(signatureNumber, signature.body));

  let appearance = '';
  if (request.appearance) {
    const drawn = request.appearance.objects(next);
    next += drawn.length;
    for (const object of drawn) objects.push(sourceObject(object.number, object.body));
    appearance = ` /AP <</N ${drawn[0]?.number ?? 0} 0 R>>`;
  }

  const fieldName = request.field ? request.field.fullName : freeFieldName(document);
  if (request.field) {
    objects.push(filledField(request.field, signatureNumber, appearance));
    objects.push(...markSignatures(document, null, reserve));
  } else {
    const rect = request.appearance?.rect ?? [0, 0, 0, 0];
    const widget =
      `<</Type /Annot /Subtype /Widget /FT /Sig /T ${pdfText(fieldName)} /V ${signatureNumber} 0 R ` +
      `/Rect [${pdfNumbers(...rect)}] /F ${PRINT_AND_LOCKED} /P ${request.page.reference.number} ${request.page.reference.generation} R${appearance}>>`;
    const fieldNumber = reserve();
    objects.push(sourceObject(fieldNumber, widget));
    objects.push(withAnnotation(document, request.page, reference(fieldNumber)));
    objects.push(...markSignatures(document, reference(fieldNumber), reserve));
  }

  const update = appendUpdate(document, objects, `${request.signedAt}\n${request.signerName}`);
  const bytes = Buffer.concat([document.bytes, update.bytes]);
  const bodyStart = update.bodyOffsets.get(signatureNumber) ?? 0;
  const gapStart = bodyStart + signature.contentsStart;
  const gapEnd = gapStart + 2 + request.reservedBytes * 2;
  const byteRange = [0, gapStart, gapEnd, bytes.length - gapEnd] as const;
  const written = byteRange
    .slice(1)
    .map((value) => String(value).padStart(BYTE_RANGE_WIDTH))
    .join(' ');
  bytes.write(written, bodyStart + signature.byteRangeStart, 'latin1');
  const digest = createHash('sha256').update(bytes.subarray(0, gapStart)).update(bytes.subarray(gapEnd)).digest();
  return { bytes, fieldName, byteRange, digest };
}

/** Puts the CMS into the gap, in place. @throws Failure when it does not fit. */
export function fillContents(bytes: Buffer, byteRange: Draft['byteRange'], cms: Buffer): void {
  const [, gapStart, gapEnd] = byteRange;
  if (cms.length * 2 > gapEnd - gapStart - 2)
    throw new Failure('pdf-not-signable', `signature of ${cms.length} bytes does not fit its place`);
  bytes.write(cms.toString('hex'), gapStart + 1, 'latin1');
}

function signatureDictionary(request: DraftRequest): { body: string; byteRangeStart: number; contentsStart: number } {
  const lock = request.field?.lock;
  const isTimeStamp = request.kind === 'time-stamp';
  let body = isTimeStamp
    ? '<</Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161'
    : '<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached';
  if (!isTimeStamp) body += ` /M ${pdfDate(toVietnamTime(request.signedAt))} /Name ${pdfText(request.signerName)}`;
  if (request.reason !== null) body += ` /Reason ${pdfText(request.reason)}`;
  if (lock)
    body += ` /Reference [<</Type /SigRef /TransformMethod /FieldMDP /DigestMethod /SHA256 /TransformParams ${fieldMdp(lock)}>>]`;
  body += ' /ByteRange [0 ';
  const byteRangeStart = body.length;
  body += `${' '.repeat(3 * BYTE_RANGE_WIDTH + 2)}] /Contents `;
  const contentsStart = body.length;
  body += `<${'0'.repeat(request.reservedBytes * 2)}>>>`;
  return { body, byteRangeStart, contentsStart };
}

/** What the field's `/Lock` asks for, as the transform of this signature (ISO 32000-2, 12.8.2.4). */
function fieldMdp(lock: PdfDict): string {
  const entries: [string, PdfValue][] = [
    ['Type', name('TransformParams')],
    ['V', name('1.2')],
  ];
  for (const key of ['Action', 'Fields']) {
    const value = lock.entries.get(key);
    if (value) entries.push([key, value]);
  }
  return serialise(dict(entries)).toString('latin1');
}

function filledField(field: SignatureField, signatureNumber: number, appearance: string): NewObject {
  const filled = serialise(
    withEntries(field.dict, { V: reference(signatureNumber), ...(appearance ? { AP: undefined } : {}) }),
  );
  const body = Buffer.concat([filled.subarray(0, filled.length - 2), Buffer.from(`${appearance}>>`, 'latin1')]);
  return sourceObject(field.reference.number, body, field.reference.generation);
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
  if (!isSameValue(document.entry(form, 'SigFlags'), integer(3))) changes.SigFlags = integer(3);
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

function freeFieldName(document: PdfDocument): string {
  const taken = new Set(listSignatureFields(document).map((field) => field.fullName));
  const form = document.dictionary(document.catalog.entries.get('AcroForm'));
  const fields = form ? document.entry(form, 'Fields') : undefined;
  for (const item of fields?.kind === 'array' ? fields.items : []) {
    const title = document.dictionary(item)?.entries.get('T');
    if (title?.kind === 'string') taken.add(title.bytes.toString('latin1'));
  }
  let number = 1;
  while (taken.has(`Signature${number}`)) number++;
  return `Signature${number}`;
}
