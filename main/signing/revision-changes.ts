/**
 * @file What happened to a document after a signature: the objects of the signed revision against those of the whole
 * file. Only changes that have an innocent explanation are named; everything else is `other`. (The attacks: incremental
 * saving, signature wrapping, shadow documents.)
 */
import type { PdfDocument } from './pdf/document.ts';
import type { Entry } from './pdf/cross-references.ts';
import { isWhitespace, PdfParser } from './pdf/parser.ts';
import { listPages } from './pdf/pages.ts';
import { decodeText, listSignatureFields } from './pdf/signature-fields.ts';
import { isSameValue, PdfDamaged, type PdfDict, type PdfValue } from './pdf/values.ts';

export type ChangeKind = 'none' | 'validation-data' | 'form-filling' | 'annotations' | 'other';

export interface Changes {
  readonly kind: ChangeKind;
  /** A field other than a signature got another value: allowed by the format, not by a reader's expectation. */
  readonly changesValues: boolean;
  readonly reasons: readonly string[];
}

const RANK: readonly ChangeKind[] = ['none', 'validation-data', 'form-filling', 'annotations', 'other'];

/** @param signed the document as it stood when signed @param whole the same bytes and all that follows */
export function compareRevisions(signed: PdfDocument, whole: PdfDocument): Changes {
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
  return new Comparison(signed, whole).run();
}

class Comparison {
  readonly #signed: PdfDocument;
  readonly #whole: PdfDocument;
  readonly #changed: ReadonlySet<number>;
  readonly #explained = new Set<number>();
  readonly #reasons: string[] = [];
  #kind: ChangeKind = 'none';
  #changesValues = false;

  constructor(signed: PdfDocument, whole: PdfDocument) {
    this.#signed = signed;
    this.#whole = whole;
    this.#changed = changedObjects(signed, whole);
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
      if (this.#explained.has(number) || !this.#signed.entries.has(number)) continue;
      if (this.#signed.entries.get(number)?.kind === 'free' && !this.#isUsed(number)) continue;
      this.#raise('other', `Đối tượng ${number} đã bị sửa sau khi ký.`);
      break;
    }
    return { kind: this.#kind, changesValues: this.#changesValues, reasons: this.#reasons };
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
        const isNew = !this.#signed.entries.has(next.number) || this.#signed.entries.get(next.number)?.kind === 'free';
        if (!isNew || this.#explained.has(next.number) || !this.#changed.has(next.number)) continue;
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
      if (metadata.kind === 'reference') this.#explained.add(metadata.number);
      this.#raise('form-filling', 'Siêu dữ liệu (không hiển thị) được cập nhật sau khi ký.');
    }
    this.#form(before, after);
  }

  /** The store may be written anew as a whole; nothing on the pages refers to it. */
  #explainStore(store: PdfValue): void {
    if (store.kind === 'reference') this.#explained.add(store.number);
    const dict = this.#whole.dictionary(store);
    for (const value of dict?.entries.values() ?? []) {
      if (value.kind === 'reference' && this.#changed.has(value.number) && isStoreList(this.#whole.resolve(value)))
        this.#explained.add(value.number);
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
    if (stored?.kind === 'reference') this.#explained.add(stored.number);
    for (const key of oldForm ? differingKeys(oldForm, newForm) : newForm.entries.keys()) {
      if (key !== 'Fields' && key !== 'SigFlags')
        this.#raise('other', `Mục /${key} của biểu mẫu đã bị đổi sau khi ký.`);
    }
    const oldFields = oldForm ? listOf(this.#signed, oldForm.entries.get('Fields')) : [];
    const newFields = listOf(this.#whole, newForm.entries.get('Fields'));
    if (!oldFields.every((field, index) => isSameValue(field, newFields[index])))
      this.#raise('other', 'Danh sách trường của biểu mẫu đã bị sửa.');
    const list = newForm.entries.get('Fields');
    if (list?.kind === 'reference') this.#explained.add(list.number);
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
      const value = this.#whole.dictionary(dict.entries.get('V'));
      const type = value ? this.#whole.entry(value, 'Type') : undefined;
      if (type?.kind === 'name' && type.name === 'DocTimeStamp')
        this.#raise('validation-data', 'Dấu thời gian tài liệu được thêm sau khi ký.');
      else this.#raise('form-filling', 'Một chữ ký khác được thêm sau chữ ký này.');
    }
  }

  /** Fields that were there: an empty signature that is now signed, or a value somebody filled in. */
  #filledFields(fields: readonly PdfValue[]): void {
    const pending = [...fields];
    const seen = new Set<number>();
    for (let field = pending.pop(); field !== undefined; field = pending.pop()) {
      if (field.kind !== 'reference' || seen.has(field.number)) continue;
      seen.add(field.number);
      const before = this.#signed.dictionary(field);
      const after = this.#whole.dictionary(field);
      if (!before || !after) continue;
      pending.push(...listOf(this.#whole, before.entries.get('Kids')));
      if (!this.#changed.has(field.number)) continue;
      const keys = differingKeys(before, after);
      if (after.hasDoubleKeys || keys.some((key) => !['V', 'AS', 'AP', 'M'].includes(key))) continue;
      const isSignature = isNamed(this.#whole.entry(after, 'FT'), 'Sig');
      const wasSigned = this.#signed.entry(before, 'V').kind !== 'null';
      if (isSignature && wasSigned) continue; // a signature that is exchanged is left unexplained
      this.#explained.add(field.number);
      this.#explainNew(after);
      if (isSignature) this.#raise('form-filling', 'Một trường chữ ký trống được ký sau chữ ký này.');
      else {
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
      if (isListChanged) this.#explained.add(list.number);
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
      this.#explained.add(information.number);
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
