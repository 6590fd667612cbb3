/**
 * @file Known attacks on signed PDFs, each made from a file of our own by the few bytes that are the attack: universal signature
 * forgery, incremental saving, signature wrapping, shadow documents, evil annotations, sneaky signatures, forged byte ranges.
 */
import { createHash, sign } from 'node:crypto';
import { encodeSignedAttributes, encodeSignedData } from '../../main/signing/cms/encode-signed-data.ts';
import { PdfDocument } from '../../main/signing/pdf/document.ts';
import { listPages } from '../../main/signing/pdf/pages.ts';
import { appendUpdate, sourceObject, type NewObject } from '../../main/signing/pdf/update.ts';
import { array, reference, serialise, withEntries, type PdfValue } from '../../main/signing/pdf/values.ts';
import { plainPdf, type PlainPdfOptions } from './sample-pdfs.ts';
import type { PdfSigner } from './pdf-signer.ts';

export const PAGE_RECT = '[0 0 595 842]';
export const NO_RECT = '[0 0 0 0]';

/** One more section with these objects, as an honest writer appends it. */
export function appended(bytes: Buffer, objects: readonly NewObject[]): Buffer {
  return Buffer.concat([bytes, appendUpdate(new PdfDocument(bytes), objects, 'attack').bytes]);
}

/** Same length, so that every offset stays. */
export function exchanged(bytes: Buffer, from: string, to: string): Buffer {
  const text = bytes.toString('latin1');
  if (!text.includes(from) || from.length !== to.length) throw new Error(`cannot exchange ${from}`);
  return Buffer.from(text.replace(from, to), 'latin1');
}

/** `<` of the newest `/Contents` and the byte after its `>`. */
export function gapOf(bytes: Buffer): readonly [number, number] {
  const found = [...bytes.toString('latin1').matchAll(/\/ByteRange \[0 +(\d+) +(\d+)/g)].at(-1);
  if (!found) throw new Error('no signature');
  return [Number(found[1]), Number(found[2])];
}

/** Objects 4 (content) and 3 (font) of `plainPdf`, showing something else. */
export const OTHER_CONTENT = '<</Length 38>>\nstream\nBT /F1 24 Tf 72 700 Td (Tra tien) Tj ET\nendstream';

export function catalogWith(bytes: Buffer, entries: string): NewObject {
  const document = new PdfDocument(bytes);
  const root = document.trailer.entries.get('Root');
  if (root?.kind !== 'reference') throw new Error('no catalog');
  const source = serialise(document.catalog).toString('latin1');
  return sourceObject(root.number, Buffer.from(source.replace(/>>$/, `${entries}>>`), 'latin1'));
}

/** A widget as the newest field of the form and the topmost thing on page 1, with the objects it names. */
export function withField(bytes: Buffer, widget: (next: number) => string, objects: readonly string[] = []): Buffer {
  const document = new PdfDocument(bytes);
  const [page] = listPages(document);
  const form = document.catalog.entries.get('AcroForm');
  const dict = document.dictionary(form);
  if (!page || !dict) throw new Error('no page or no form');
  const own = reference(document.size);
  const longer = (list: PdfValue): PdfValue => array([...(list.kind === 'array' ? list.items : []), own]);
  const fields = withEntries(dict, { Fields: longer(document.entry(dict, 'Fields')) });
  const annots = withEntries(page.dict, { Annots: longer(document.entry(page.dict, 'Annots')) });
  return appended(bytes, [
    form?.kind === 'reference'
      ? sourceObject(form.number, fields)
      : sourceObject(1, withEntries(document.catalog, { AcroForm: fields })),
    sourceObject(page.reference.number, annots),
    sourceObject(own.number, widget(own.number + 1)),
    ...objects.map((body, index) => sourceObject(own.number + 1 + index, body)),
  ]);
}

/** An annotation on page 1 that is no field. */
export function withAnnotation(bytes: Buffer, annotation: string): Buffer {
  const document = new PdfDocument(bytes);
  const [page] = listPages(document);
  if (!page) throw new Error('no page');
  const list = document.entry(page.dict, 'Annots');
  const longer = array([...(list.kind === 'array' ? list.items : []), reference(document.size)]);
  return appended(bytes, [
    sourceObject(page.reference.number, withEntries(page.dict, { Annots: longer })),
    sourceObject(document.size, annotation),
  ]);
}

/** A form XObject that paints the whole page white. */
export function paint(rect = PAGE_RECT): string {
  const drawing = '1 g 0 0 595 842 re f';
  return `<</Type /XObject /Subtype /Form /BBox ${rect} /Length ${drawing.length}>>\nstream\n${drawing}\nendstream`;
}

/** The number of the object that holds the signature dictionary. */
export function signatureNumber(bytes: Buffer): number {
  const document = new PdfDocument(bytes);
  const found = [...document.entries.keys()].find((key) =>
    document.dictionary(reference(key))?.entries.has('ByteRange'),
  );
  if (found === undefined) throw new Error('no signature');
  return found;
}

export interface HandMade extends PlainPdfOptions {
  /** Entries of the signature dictionary beside what every one has. */
  readonly signature?: string;
  readonly subFilter?: string;
  readonly rect?: string;
  /** Entries of the field. */
  readonly field?: string;
}

const ROOM = 12_000;

/**
 * A page with a signature written by hand in one piece, certifications included: the field is object 10, its value 11, further
 * objects follow. `cms` answers the CMS over the covered bytes.
 */
export function handSigned(options: HandMade, cms: (covered: Buffer) => Buffer): Buffer {
  const { signature = '', subFilter = 'ETSI.CAdES.detached', rect = NO_RECT, field = '', ...page } = options;
  const value = `<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /${subFilter} ${signature} /ByteRange [0 1111111111 2222222222 3333333333] /Contents <${'0'.repeat(ROOM)}>>>`;
  const widget = `<</Type /Annot /Subtype /Widget /FT /Sig /T (Ky) /V 11 0 R /Rect ${rect} /F 132 ${field}>>`;
  const fields = page.catalog?.includes('/AcroForm') ? '' : '/AcroForm <</Fields [10 0 R] /SigFlags 3>>';
  const blank = plainPdf({
    ...page,
    catalog: `${fields} ${page.catalog ?? ''}`,
    page: page.page ?? '/Annots [10 0 R]',
    objects: [widget, value, ...(page.objects ?? [])],
  });
  const gapStart = blank.lastIndexOf('/Contents <0') + '/Contents '.length;
  const gapEnd = gapStart + ROOM + 2;
  const numbers = [gapStart, gapEnd, blank.length - gapEnd].map((number) => String(number).padStart(10)).join(' ');
  const bytes = exchanged(blank, '1111111111 2222222222 3333333333', numbers);
  const covered = Buffer.concat([bytes.subarray(0, gapStart), bytes.subarray(gapEnd)]);
  bytes.write(cms(covered).toString('hex'), gapStart + 1, 'latin1');
  return bytes;
}

/** PAdES B-B by the program's own encoder. */
export function cadesBy(signer: PdfSigner): (covered: Buffer) => Buffer {
  return (covered) => {
    const [certificate] = signer.certificates;
    if (!certificate) throw new Error('a signer has a certificate');
    const attributes = encodeSignedAttributes(createHash('sha256').update(covered).digest(), certificate);
    return encodeSignedData(signer.certificates, attributes, sign('sha256', attributes, signer.key));
  };
}

/** `/Reference` and `/Perms` of a certification at a level. */
export function certified(level: 1 | 2 | 3): HandMade {
  const parameters = `<</Type /TransformParams /V /1.2 /P ${level}>>`;
  const transform = `<</Type /SigRef /TransformMethod /DocMDP /TransformParams ${parameters}>>`;
  return { signature: `/Reference [${transform}]`, catalog: '/Perms <</DocMDP 11 0 R>>' };
}

// ---------------------------------------------------------------------------------------------------------------------
// Incremental saving (ISA): new objects after the signature, with ever less around them.

export function incrementalSaving(signed: Buffer, variant: 1 | 2 | 3 | 4): Buffer {
  const document = new PdfDocument(signed);
  const body = Buffer.from(`4 0 obj\n${OTHER_CONTENT}\nendobj\n`, 'latin1');
  const { size } = document;
  const trailer = `trailer\n<</Size ${size} /Root 1 0 R /Prev ${document.startXref}>>\n`;
  const at = signed.length + body.length;
  switch (variant) {
    case 1:
      return appended(signed, [sourceObject(4, OTHER_CONTENT)]);
    case 2: // a trailer without a table
      return Buffer.concat([signed, body, Buffer.from(`${trailer}startxref\n${at}\n%%EOF\n`)]);
    case 3: // nothing but the object
      return Buffer.concat([signed, body]);
    case 4: {
      // a table that leaves the new object out, and a trailer that names the old one
      const table = 'xref\n0 1\n0000000000 65535 f \n';
      return Buffer.concat([signed, body, Buffer.from(`${table}${trailer}startxref\n${at}\n%%EOF\n`)]);
    }
  }
}

/**
 * Signature wrapping (SWA): the covered rest is moved back, a second `/ByteRange` in the unused room of the gap says so, and
 * what stands between is the attacker's, down to the table that the moved `startxref` still points at.
 */
export function signatureWrapping(signed: Buffer): Buffer {
  const [gapStart, gapEnd] = gapOf(signed);
  const document = new PdfDocument(signed);
  const [newest] = document.sections;
  const previous = newest?.trailer.entries.get('Prev');
  if (!newest || previous?.kind !== 'number') throw new Error('a signature is a revision of its own');
  const body = Buffer.from(`4 0 obj\n${OTHER_CONTENT}\nendobj\n`, 'latin1');
  const tableWith = (insertedBytes: number): string => {
    const offsets = new Map(
      [...newest.entries].flatMap(([number, entry]) =>
        entry.kind === 'plain' ? [[number, entry.offset] as const] : [],
      ),
    );
    for (const [number, offset] of offsets) if (offset > gapEnd) offsets.set(number, offset + insertedBytes);
    offsets.set(4, gapEnd);
    const rows = [...offsets].map(([number, offset]) => `${number} 1\n${String(offset).padStart(10, '0')} 00000 n \n`);
    return `xref\n${rows.join('')}trailer\n<</Size ${document.size} /Root 1 0 R /Prev ${previous.source}>>\n`;
  };
  const before = document.startXref - gapEnd;
  const insertedBytes = before + tableWith(0).length;
  const inserted = Buffer.alloc(insertedBytes, ' ');
  body.copy(inserted);
  inserted.write(tableWith(insertedBytes), before, 'latin1');
  const second = `> /ByteRange [0 ${gapStart} ${gapEnd + insertedBytes} ${signed.length - gapEnd}] >> endobj`.padEnd(
    70,
  );
  const gap = Buffer.from(signed.subarray(gapStart, gapEnd));
  gap.write(second, gap.length - second.length, 'latin1');
  return Buffer.concat([signed.subarray(0, gapStart), gap, inserted, signed.subarray(gapEnd)]);
}

/** The same without a second key: the value in the gap is cut short and followed by objects of the attacker. */
export function widenedGap(signed: Buffer): Buffer {
  const [, gapEnd] = gapOf(signed);
  const changed = Buffer.from(signed);
  const smuggled = '> /Reason (Dong y) /X <';
  changed.write(smuggled, gapEnd - 200, 'latin1');
  return changed;
}

/** The reason for signing is exchanged by writing the signature dictionary anew, its value copied (spoofed reason). */
export function spoofedReason(signed: Buffer): Buffer {
  const number = signatureNumber(signed);
  const value = new PdfDocument(signed).object(number);
  if (value.kind !== 'dict') throw new Error('no signature');
  const source = serialise(value).toString('latin1');
  return appended(signed, [sourceObject(number, source.replace(/>>$/, '/Reason (Dong y tra tien)>>'))]);
}

/** The covered bytes end before the file does, though there was no later revision (uncovered tail). */
export function uncoveredTail(signer: PdfSigner): Buffer {
  const room = 40;
  return handSignedWithRange(signer, (numbers, length) => [0, numbers[0], numbers[1], length - numbers[1] - room]);
}

/** The second part begins before the first one ends, or inside the gap. */
export function overlappingRange(signer: PdfSigner): Buffer {
  return handSignedWithRange(signer, ([gapStart, gapEnd], length) => [0, gapStart, gapStart - 100, length - gapEnd]);
}

export function laterStart(signer: PdfSigner): Buffer {
  return handSignedWithRange(signer, ([gapStart, gapEnd], length) => [9, gapStart - 9, gapEnd, length - gapEnd]);
}

export function tooWideRange(signer: PdfSigner): Buffer {
  return handSignedWithRange(signer, ([gapStart, gapEnd], length) => [0, gapStart - 60, gapEnd, length - gapEnd]);
}

/** A signature that is right over the bytes its own, forged range names. */
function handSignedWithRange(
  signer: PdfSigner,
  forge: (gap: readonly [number, number], length: number) => readonly [number, number, number, number],
): Buffer {
  const blank = handSigned({}, () => Buffer.alloc(0));
  const gap = gapOf(blank);
  const numbers = forge(gap, blank.length);
  const written = /\/ByteRange \[[^\]]*\]/.exec(blank.toString('latin1'))?.[0] ?? '';
  const range = `/ByteRange [${numbers[0]} ${numbers.slice(1).join(' ')}`;
  const bytes = exchanged(blank, written, `${range.padEnd(written.length - 1)}]`);
  const [start, length, from, rest] = numbers;
  const covered = Buffer.concat([bytes.subarray(start, start + length), bytes.subarray(from, from + rest)]);
  bytes.write(cadesBy(signer)(covered).toString('hex'), gap[0] + 1, 'latin1');
  return bytes;
}

// ---------------------------------------------------------------------------------------------------------------------
// Shadow documents: the author prepares what shows after signing.

/** Hide: a picture over the text is signed, and taken away afterwards. */
export function shadowHide(cms: (covered: Buffer) => Buffer): { readonly signed: Buffer; readonly attacked: Buffer } {
  const signed = handSigned(
    {
      page: '/Annots [10 0 R 12 0 R]',
      objects: [`<</Type /Annot /Subtype /Stamp /Rect ${PAGE_RECT} /AP <</N 13 0 R>>>>`, paint()],
    },
    cms,
  );
  const document = new PdfDocument(signed);
  const [page] = listPages(document);
  if (!page) throw new Error('no page');
  const attacked = appended(signed, [
    sourceObject(page.reference.number, withEntries(page.dict, { Annots: array([reference(10)]) })),
  ]);
  return { signed, attacked };
}

/** Hide by the object itself: the stream that covers is written anew as an empty one. */
export function shadowHideStream(cms: (covered: Buffer) => Buffer): {
  readonly signed: Buffer;
  readonly attacked: Buffer;
} {
  const { signed } = shadowHide(cms);
  const empty = `<</Type /XObject /Subtype /Form /BBox ${PAGE_RECT} /Length 0>>\nstream\n\nendstream`;
  return { signed, attacked: appended(signed, [sourceObject(13, empty)]) };
}

/** Replace: the value of a text field that lies over the text. */
export function shadowReplace(cms: (covered: Buffer) => Buffer): {
  readonly signed: Buffer;
  readonly attacked: Buffer;
} {
  const field = '<</Type /Annot /Subtype /Widget /FT /Tx /T (SoTien) /V (100) /Rect [9 9 90 30] /F 4>>';
  const options = { catalog: '/AcroForm <</Fields [10 0 R 12 0 R] /SigFlags 3>>', page: '/Annots [10 0 R 12 0 R]' };
  const signed = handSigned({ ...options, objects: [field] }, cms);
  return { signed, attacked: appended(signed, [sourceObject(12, field.replace('(100)', '(900)'))]) };
}

/** Replace: the font by one whose glyphs are others. */
export function shadowFont(signed: Buffer): Buffer {
  return appended(signed, [sourceObject(3, '<</Type /Font /Subtype /Type3 /FontBBox [0 0 1 1]>>')]);
}

/** Hide and replace: a second document lies unused among the signed objects until a later table shows it. */
export function shadowHideAndReplace(
  cms: (covered: Buffer) => Buffer,
  way: 'root' | 'pages' | 'kid',
): { readonly signed: Buffer; readonly attacked: Buffer } {
  const hiddenPages = '<</Type /Pages /Kids [14 0 R] /Count 1 /MediaBox [0 0 595 842]>>';
  const hiddenPage =
    '<</Type /Page /Parent 13 0 R /Resources <</Font <</F1 3 0 R>>>> /Contents 15 0 R /Annots [10 0 R]>>';
  const hiddenCatalog = '<</Type /Catalog /Pages 13 0 R /AcroForm <</Fields [10 0 R] /SigFlags 3>>>>';
  const signed = handSigned({ objects: [hiddenCatalog, hiddenPages, hiddenPage, OTHER_CONTENT] }, cms);
  const document = new PdfDocument(signed);
  if (way === 'root') {
    const table = `xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size ${document.size} /Root 12 0 R /Prev ${document.startXref}>>\n`;
    return { signed, attacked: Buffer.concat([signed, Buffer.from(`${table}startxref\n${signed.length}\n%%EOF\n`)]) };
  }
  if (way === 'pages') {
    const catalog = withEntries(document.catalog, { Pages: reference(13) });
    return { signed, attacked: appended(signed, [sourceObject(1, catalog)]) };
  }
  const tree = '<</Type /Pages /Kids [14 0 R] /Count 1 /MediaBox [0 0 595 842]>>';
  return { signed, attacked: appended(signed, [sourceObject(2, tree)]) };
}

/** Object numbers stay, but a later table points them at other places inside the signed bytes. */
export function redirectedTable(cms: (covered: Buffer) => Buffer): Buffer {
  const hidden = `4 0 obj\n${OTHER_CONTENT}\nendobj`;
  const signed = handSigned({ objects: [`<</Length ${hidden.length}>>\nstream\n${hidden}\nendstream`] }, cms);
  const document = new PdfDocument(signed);
  const offset = String(signed.indexOf(hidden)).padStart(10, '0');
  const trailer = `trailer\n<</Size ${document.size} /Root 1 0 R /Prev ${document.startXref}>>\n`;
  const section = `xref\n4 1\n${offset} 00000 n \n${trailer}startxref\n${signed.length}\n%%EOF\n`;
  return Buffer.concat([signed, Buffer.from(section, 'latin1')]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Universal signature forgery (USF): the signature is there for the eye and checked by nobody.

export function forgedSignatures(signed: Buffer): readonly (readonly [string, Buffer])[] {
  const text = signed.toString('latin1');
  const range = /\/ByteRange \[[^\]]*\]/.exec(text)?.[0] ?? '';
  const [gapStart, gapEnd] = gapOf(signed);
  const contents = text.slice(gapStart, gapEnd);
  const withRange = (value: string): Buffer => exchanged(signed, range, `/ByteRange ${value}`.padEnd(range.length));
  const withContents = (value: string): Buffer => exchanged(signed, contents, value.padEnd(contents.length));
  return [
    ['no ByteRange', exchanged(signed, '/ByteRange', '/ByteXange')],
    ['ByteRange null', withRange('null')],
    ['an empty ByteRange', withRange('[]')],
    ['ByteRange of zeros', withRange('[0 0 0 0]')],
    ['a negative ByteRange', withRange('[-1 -1 -1 -1]')],
    ['ByteRange of one part', withRange(`[0 ${signed.length}]`)],
    ['ByteRange of three numbers', withRange(`[0 ${gapStart} ${gapEnd}]`)],
    ['ByteRange beyond the file', withRange(`[0 ${gapStart} ${gapEnd} 99999999]`)],
    ['ByteRange of fractions', withRange(`[0 ${gapStart}.5 ${gapEnd} 9]`)],
    ['ByteRange of words', withRange('[/a /b /c /d]')],
    ['no Contents', exchanged(signed, '/Contents <30', '/Xontents <30')],
    ['Contents null', withContents('null')],
    ['empty Contents', withContents('<>')],
    ['Contents of one zero byte', withContents('<00>')],
    ['Contents of zeros', withContents(`<${'0'.repeat(contents.length - 2)}>`)],
    ['Contents that are words', withContents('(abc)')],
    ['no SubFilter', exchanged(signed, '/SubFilter', '/SubXilter')],
  ];
}
