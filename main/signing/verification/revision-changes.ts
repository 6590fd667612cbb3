/**
 * @file What happened to a document after a signature: the objects of the signed revision against those of the whole
 * file. Only changes that have an innocent explanation are named; everything else is `other`. (The attacks: incremental
 * saving, signature wrapping, shadow documents.)
 */
import type { PdfDocument } from '../pdf/document.ts';
import type { Entry } from '../pdf/cross-references.ts';
import { isWhitespace, PdfParser } from '../pdf/parser.ts';
import { listPages } from '../pdf/pages.ts';
import { decodeText, listSignatureFields } from '../pdf/signature-fields.ts';
import { listShownObjects } from '../pdf/shown-objects.ts';
import { isSameValue, PdfDamaged, type PdfDict, type PdfReference, type PdfValue } from '../pdf/values.ts';

export type ChangeKind = 'none' | 'validation-data' | 'form-filling' | 'annotations' | 'other';

export interface Changes {
  readonly kind: ChangeKind;
  /** A field other than a signature got another value: allowed by the format, not by a reader's expectation. */
  readonly changesValues: boolean;
  readonly reasons: readonly string[];
}

const RANK: readonly ChangeKind[] = ['none', 'validation-data', 'form-filling', 'annotations', 'other'];

/**
 * @param signed the document as it stood when signed
 * @param whole the same bytes and all that follows
 * @param signedEnds by number of the field: where the bytes end that its own signature covers, for fields whose signature
 *   was checked and is right. All others prove nothing: anybody can add a field that only looks like a signature.
 */
export function compareRevisions(
  signed: PdfDocument,
  whole: PdfDocument,
  signedEnds: ReadonlyMap<number, number>,
): Changes {
  const unaccounted = findUnaccountedBytes(whole, signed.bytes.length);
  if (unaccounted !== undefined) {
    return {
      kind: 'other',
      changesValues: false,
      reasons: [`Có dữ liệu lạ được chèn sau chữ ký (byte ${unaccounted}).`],
    };
  }
  if (!whole.sections.some((section) => section.start < signed.bytes.length)) {
    return { kind: 'other', changesValues: false, reasons: ['Phần thêm sau chữ ký không tiếp nối tài liệu đã ký.'] };
  }
  return new Comparison(signed, whole, signedEnds).run();
}

class Comparison {
  readonly #signed: PdfDocument;
  readonly #whole: PdfDocument;
  readonly #signedEnds: ReadonlyMap<number, number>;
  readonly #changed: ReadonlySet<number>;
  /** What a page may show. Nothing of it may pass for data that is not shown. */
  readonly #shown: ReadonlySet<number>;
  readonly #explained = new Set<number>();
  readonly #reasons: string[] = [];
  #kind: ChangeKind = 'none';
  #changesValues = false;

  constructor(signed: PdfDocument, whole: PdfDocument, signedEnds: ReadonlyMap<number, number>) {
    this.#signed = signed;
    this.#whole = whole;
    this.#signedEnds = signedEnds;
    this.#changed = changedObjects(signed, whole);
    this.#shown = listShownObjects(signed);
  }

  run(): Changes {
    if (!isSameValue(this.#signed.trailer.entries.get('Root'), this.#whole.trailer.entries.get('Root')))
      this.#raise('other', 'Gốc của tài liệu (catalog) đã bị thay.');
    if (this.#whole.isEncrypted) this.#raise('other', 'Tài liệu bị mã hóa sau khi ký.');
    this.#catalog();
    this.#pages();
    this.#information();
    this.#structureStreams();
    for (const number of this.#changed) {
      if (this.#isNew(number) && this.#shown.has(number) && this.#isUsed(number)) {
        this.#raise('other', `Đối tượng ${number} còn trống trong bản đã ký được thêm nội dung sau khi ký.`);
        break;
      }
      if (this.#explained.has(number) || !this.#signed.entries.has(number)) continue;
      if (this.#signed.entries.get(number)?.kind === 'free' && !this.#isUsed(number)) continue;
      this.#raise('other', `Đối tượng ${number} đã bị sửa sau khi ký.`);
      break;
    }
    return { kind: this.#kind, changesValues: this.#changesValues, reasons: this.#reasons };
  }

  #isNew(number: number): boolean {
    return !this.#signed.entries.has(number) || this.#signed.entries.get(number)?.kind === 'free';
  }

  /** An object that holds what is not shown; left unexplained when a page uses it for something else too. */
  #explainHidden(value: PdfValue | undefined): void {
    if (value?.kind === 'reference' && !this.#shown.has(value.number)) this.#explained.add(value.number);
  }

  #isUsed(number: number): boolean {
    const entry = this.#whole.entries.get(number);
    return entry !== undefined && entry.kind !== 'free';
  }

  #raise(kind: ChangeKind, reason: string): void {
    if (RANK.indexOf(kind) > RANK.indexOf(this.#kind)) this.#kind = kind;
    if (!this.#reasons.includes(reason)) this.#reasons.push(reason);
  }

  /** Explains an object and what hangs below it, as far as it is new. */
  #explainNew(value: PdfValue | undefined): void {
    const pending: (PdfValue | undefined)[] = [value];
    for (let next = pending.pop(); next !== undefined || pending.length > 0; next = pending.pop()) {
      if (!next) continue;
      if (next.kind === 'reference') {
        if (!this.#isNew(next.number) || this.#explained.has(next.number) || !this.#changed.has(next.number)) continue;
        this.#explained.add(next.number);
        pending.push(this.#whole.resolve(next));
      } else if (next.kind === 'array') pending.push(...next.items);
      else if (next.kind === 'dict') pending.push(...next.entries.values());
      else if (next.kind === 'stream') pending.push(...next.dict.entries.values());
    }
  }

  #catalog(): void {
    const before = this.#signed.catalog;
    const after = this.#whole.catalog;
    const root = this.#whole.trailer.entries.get('Root');
    if (after.hasDoubleKeys) this.#raise('other', 'Catalog có khóa lặp.');
    for (const key of differingKeys(before, after)) {
      if (key !== 'AcroForm' && key !== 'DSS' && key !== 'Extensions' && key !== 'Metadata')
        this.#raise('other', `Mục /${key} của tài liệu đã bị đổi sau khi ký.`);
    }
    if (root?.kind === 'reference') this.#explained.add(root.number);
    const store = after.entries.get('DSS');
    if (store && this.#touches(store, before.entries.get('DSS'))) {
      this.#explainStore(store);
      this.#raise('validation-data', 'Dữ liệu xác minh (DSS) được thêm sau khi ký.');
    }
    this.#explainNew(after.entries.get('Extensions'));
    const metadata = after.entries.get('Metadata');
    if (metadata && this.#touches(metadata, before.entries.get('Metadata'))) {
      this.#explainHidden(metadata);
      this.#raise('form-filling', 'Siêu dữ liệu (không hiển thị) được cập nhật sau khi ký.');
    }
    this.#form(before, after);
  }

  /** The store may be written anew as a whole; nothing on the pages refers to it. */
  #explainStore(store: PdfValue): void {
    this.#explainHidden(store);
    const dict = this.#whole.dictionary(store);
    for (const value of dict?.entries.values() ?? []) {
      if (value.kind === 'reference' && this.#changed.has(value.number) && isStoreList(this.#whole.resolve(value)))
        this.#explainHidden(value);
      this.#explainNew(value);
      const list = this.#whole.resolve(value);
      this.#explainNew(list);
    }
    this.#explainNew(store);
  }

  #touches(after: PdfValue, before: PdfValue | undefined): boolean {
    return !isSameValue(after, before) || (after.kind === 'reference' && this.#changed.has(after.number));
  }

  #form(before: PdfDict, after: PdfDict): void {
    const stored = after.entries.get('AcroForm');
    const oldForm = this.#signed.dictionary(before.entries.get('AcroForm'));
    const newForm = this.#whole.dictionary(stored);
    if (!newForm) {
      if (oldForm) this.#raise('other', 'Biểu mẫu chứa chữ ký đã bị gỡ sau khi ký.');
      return;
    }
    this.#explainHidden(stored);
    for (const key of oldForm ? differingKeys(oldForm, newForm) : newForm.entries.keys()) {
      if (key !== 'Fields' && key !== 'SigFlags')
        this.#raise('other', `Mục /${key} của biểu mẫu đã bị đổi sau khi ký.`);
    }
    const oldFields = oldForm ? listOf(this.#signed, oldForm.entries.get('Fields')) : [];
    const newFields = listOf(this.#whole, newForm.entries.get('Fields'));
    if (!oldFields.every((field, index) => isSameValue(field, newFields[index])))
      this.#raise('other', 'Danh sách trường của biểu mẫu đã bị sửa.');
    const list = newForm.entries.get('Fields');
    this.#explainHidden(list);
    this.#signatureFields(newFields.slice(oldFields.length));
    this.#filledFields(oldFields);
  }

  #signatureFields(added: readonly PdfValue[]): void {
    const signatureFields = new Set(listSignatureFields(this.#whole).map((field) => field.reference.number));
    for (const field of added) {
      const dict = this.#whole.dictionary(field);
      if (
        field.kind !== 'reference' ||
        !signatureFields.has(field.number) ||
        !dict ||
        dict.entries.has('Kids') ||
        dict.hasDoubleKeys
      ) {
        this.#raise('other', 'Trường không phải chữ ký được thêm sau khi ký.');
        continue;
      }
      // Its page was there before: only the widget's own parts are new.
      this.#explainNew(field);
      this.#raiseForSignature(field.number, dict, 'Một chữ ký khác được thêm sau chữ ký này.');
    }
  }

  /** Only a signature that is right itself explains its field; any other field is what it shows: an annotation. */
  #raiseForSignature(fieldNumber: number, field: PdfDict, innocent: string): void {
    if (this.#isSignedSince(fieldNumber)) return this.#raise('form-filling', innocent);
    const value = this.#whole.dictionary(field.entries.get('V'));
    if (!value) return this.#raise('annotations', 'Trường chữ ký không có chữ ký được thêm hoặc đổi hình sau khi ký.');
    const isTimeStamp = isNamed(this.#whole.entry(value, 'SubFilter'), 'ETSI.RFC3161');
    if (isTimeStamp && this.#showsNothing(field))
      return this.#raise('validation-data', 'Dấu thời gian tài liệu được thêm sau khi ký, chưa được kiểm tra.');
    this.#raise('annotations', 'Chữ ký hoặc dấu thời gian không xác minh được được thêm sau khi ký.');
  }

  #isSignedSince(fieldNumber: number): boolean {
    return (this.#signedEnds.get(fieldNumber) ?? 0) > this.#signed.bytes.length;
  }

  /** No appearance and a rectangle without area; one that cannot be read counts as shown. */
  #showsNothing(field: PdfDict): boolean {
    if (this.#whole.entry(field, 'AP').kind !== 'null') return false;
    const stored = this.#whole.entry(field, 'Rect');
    if (stored.kind === 'null') return true;
    const corners = stored.kind === 'array' ? stored.items.map((item) => this.#whole.resolve(item)) : [];
    const [left, bottom, right, top] = corners.map((corner) => (corner.kind === 'number' ? corner.value : Number.NaN));
    return corners.length === 4 && (left === right || bottom === top);
  }

  /** Fields that were there: an empty signature that is now signed, or a value somebody filled in. */
  #filledFields(fields: readonly PdfValue[]): void {
    const signatureFields = new Set(listSignatureFields(this.#signed).map(({ reference }) => reference.number));
    // Widgets below a signature field have no name and no value of their own: the field above answers for them.
    const pending = fields.map((field) => ({ field, above: undefined as PdfReference | undefined }));
    const seen = new Set<number>();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { field } = next;
      if (field.kind !== 'reference' || seen.has(field.number)) continue;
      seen.add(field.number);
      const before = this.#signed.dictionary(field);
      const after = this.#whole.dictionary(field);
      if (!before || !after) continue;
      const owner = signatureFields.has(field.number) ? field : next.above;
      for (const kid of listOf(this.#whole, before.entries.get('Kids'))) pending.push({ field: kid, above: owner });
      if (!this.#changed.has(field.number)) continue;
      const keys = differingKeys(before, after);
      if (after.hasDoubleKeys || keys.some((key) => !['V', 'AS', 'AP', 'M'].includes(key))) continue;
      const oldOwner = this.#signed.dictionary(owner);
      const wasSigned = oldOwner !== undefined && this.#signed.entry(oldOwner, 'V').kind !== 'null';
      if (wasSigned) continue; // a signature that is exchanged or looks different now is left unexplained
      this.#explained.add(field.number);
      this.#explainNew(after);
      if (owner) {
        const holder = owner === field ? after : (this.#whole.dictionary(owner) ?? after);
        this.#raiseForSignature(owner.number, holder, 'Một trường chữ ký trống được ký sau chữ ký này.');
        if (owner !== field && !this.#isSignedSince(owner.number) && !this.#showsNothing(after))
          this.#raise('annotations', 'Hình của một trường chữ ký chưa ký được đổi sau khi ký.');
      } else {
        this.#changesValues = true;
        const [from, to] = [show(this.#signed.entry(before, 'V')), show(this.#whole.entry(after, 'V'))];
        this.#raise(
          'form-filling',
          `Giá trị biểu mẫu "${show(this.#whole.entry(after, 'T'))}" đổi sau khi ký: "${from}" thành "${to}".`,
        );
      }
    }
  }

  #pages(): void {
    const before = listPages(this.#signed);
    const after = listPages(this.#whole);
    if (before.length !== after.length) return this.#raise('other', 'Số trang đã thay đổi sau khi ký.');
    const signatures = new Set(listSignatureFields(this.#whole).map((field) => field.reference.number));
    before.forEach((page, index) => {
      const now = after[index];
      if (!now || now.reference.number !== page.reference.number)
        return this.#raise('other', `Trang ${index + 1} đã bị thay sau khi ký.`);
      const keys = differingKeys(page.dict, now.dict);
      if (now.dict.hasDoubleKeys || keys.some((key) => key !== 'Annots'))
        return this.#raise('other', `Nội dung trang ${index + 1} đã bị đổi sau khi ký.`);
      const list = now.dict.entries.get('Annots');
      const isListChanged = list?.kind === 'reference' && this.#changed.has(list.number);
      if (!this.#changed.has(page.reference.number) && !isListChanged) return;
      this.#explained.add(page.reference.number);
      if (isListChanged) this.#explainHidden(list);
      const oldList = listOf(this.#signed, page.dict.entries.get('Annots'));
      const newList = listOf(this.#whole, list);
      if (!oldList.every((item) => newList.some((other) => isSameValue(item, other))))
        return this.#raise('other', `Chú thích trên trang ${index + 1} đã bị gỡ sau khi ký.`);
      for (const item of newList) {
        if (oldList.some((other) => isSameValue(item, other))) continue;
        if (item.kind === 'reference' && signatures.has(item.number) && this.#explained.has(item.number)) continue;
        this.#explainNew(item);
        this.#raise('annotations', `Chú thích được thêm vào trang ${index + 1} sau khi ký.`);
      }
    });
  }

  #information(): void {
    const information = this.#whole.trailer.entries.get('Info');
    if (information?.kind === 'reference' && this.#changed.has(information.number)) {
      this.#explainHidden(information);
      this.#raise('form-filling', 'Thông tin tài liệu (không hiển thị) được cập nhật sau khi ký.');
    }
  }

  /** Cross-reference and object streams carry the other objects; those are compared one by one. */
  #structureStreams(): void {
    for (const number of this.#changed) {
      const entry = this.#whole.entries.get(number);
      const before = this.#signed.entries.get(number);
      if (entry?.kind !== 'plain' || (before && before.kind !== 'free')) continue;
      const dict = this.#whole.dictionary({ kind: 'reference', number, generation: entry.generation });
      if (dict && (isNamed(dict.entries.get('Type'), 'XRef') || isNamed(dict.entries.get('Type'), 'ObjStm')))
        this.#explained.add(number);
    }
  }
}

function changedObjects(signed: PdfDocument, whole: PdfDocument): Set<number> {
  const changed = new Set<number>();
  for (const [number, entry] of whole.entries) {
    if (!isSameEntry(entry, signed.entries.get(number))) changed.add(number);
  }
  for (const number of signed.entries.keys()) if (!whole.entries.has(number)) changed.add(number);
  for (const [number, entry] of whole.entries) {
    if (entry.kind === 'packed' && changed.has(entry.container)) changed.add(number);
  }
  return changed;
}

function isSameEntry(a: Entry, b: Entry | undefined): boolean {
  if (!b || a.kind !== b.kind) return false;
  if (a.kind === 'plain') return a.offset === (b as typeof a).offset && a.generation === (b as typeof a).generation;
  if (a.kind === 'packed') return a.container === (b as typeof a).container && a.index === (b as typeof a).index;
  return true;
}

/**
 * The first byte after `from` that belongs to no object, cross-reference or trailer of the chain; undefined when all do.
 * Readers that repair files find objects in such bytes that the cross-references do not show.
 */
export function findUnaccountedBytes(document: PdfDocument, from: number): number | undefined {
  const spans: [number, number][] = [];
  for (const section of document.sections) {
    if (section.start >= from) spans.push([section.start, section.end]);
    if (section.hybrid && section.hybrid.start >= from) spans.push([section.hybrid.start, section.hybrid.end]);
    for (const [number, entry] of section.entries) {
      if (entry.kind !== 'plain' || entry.offset < from) continue;
      const { start, end } = document.readAt(entry.offset, number, entry.generation);
      spans.push([start, end]);
    }
  }
  spans.sort((a, b) => a[0] - b[0]);
  let position = from;
  for (const [start, end] of [...spans, [document.bytes.length, document.bytes.length] as const]) {
    const foreign = foreignByte(document.bytes, position, start);
    if (foreign !== undefined) return foreign;
    position = Math.max(position, end);
  }
  return undefined;
}

/** Between the parts only white space, comments and `startxref` with its number may stand. */
function foreignByte(bytes: Buffer, from: number, to: number): number | undefined {
  const parser = new PdfParser(bytes, from, to);
  while (parser.position < to) {
    parser.skipWhitespace();
    if (parser.position >= to || isWhitespace(bytes[parser.position])) continue;
    if (!parser.takeKeyword('startxref')) return parser.position;
    parser.skipWhitespace();
    if (parser.takeInteger() === undefined) return parser.position;
  }
  return undefined;
}

function differingKeys(before: PdfDict, after: PdfDict): string[] {
  const keys = new Set([...before.entries.keys(), ...after.entries.keys()]);
  return [...keys].filter((key) => !isSameValue(before.entries.get(key), after.entries.get(key)));
}

function listOf(document: PdfDocument, value: PdfValue | undefined): readonly PdfValue[] {
  const list = document.resolve(value);
  if (list.kind === 'array') return list.items;
  if (list.kind === 'null') return [];
  throw new PdfDamaged('a list is not an array');
}

function isStoreList(value: PdfValue): boolean {
  return value.kind === 'array' || value.kind === 'dict';
}

function isNamed(value: PdfValue | undefined, expected: string): boolean {
  return value?.kind === 'name' && value.name === expected;
}

function show(value: PdfValue): string {
  if (value.kind === 'string') return decodeText(value).slice(0, 80);
  return value.kind === 'name' ? value.name : value.kind;
}
