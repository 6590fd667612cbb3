/** @file The form after a signature: which entries changed, which fields came, which were filled in. */
import { isSameValue, type PdfDict, type PdfReference, type PdfValue } from '../../pdf/values.ts';
import { decodeText, listSignatureFields } from '../../pdf/signature-fields.ts';
import { listShownObjects } from '../../pdf/shown-objects.ts';
import type { Findings } from './findings.ts';
import { fullNameOf } from './field-names.ts';
import { differingKeys, isNamed, listOf, type RevisionPair } from './revision-pair.ts';
import { fieldShowsNothing, pageShareOf, showsNothing } from './signature-widgets.ts';

/** What filling in or signing a field writes. Its place, name, type and family stay. */
const FILLED_KEYS = ['V', 'AS', 'AP', 'M', 'F', 'Ff', 'DA', 'Q', 'MK', 'Type'];
/** A signature needs none; a script in its widget may show whatever it likes. */
const ACTIONS = ['A', 'AA'];

const NOT_ANEW: PdfValue = { kind: 'boolean', value: false };

/** @param isSignedSince whether the field with this number carries a right signature that is younger than the signed revision */
export function checkForm(pair: RevisionPair, findings: Findings, isSignedSince: (field: number) => boolean): void {
  const stored = pair.whole.catalog.entries.get('AcroForm');
  const oldForm = pair.signed.dictionary(pair.signed.catalog.entries.get('AcroForm'));
  const newForm = pair.whole.dictionary(stored);
  if (!newForm) {
    if (oldForm) findings.raise('other', 'Biểu mẫu chứa chữ ký đã bị gỡ sau khi ký.');
    return;
  }
  pair.explainHidden(stored, findings);
  if (newForm.hasDoubleKeys) findings.raise('other', 'Biểu mẫu có khóa lặp.');
  const oldFields = oldForm ? listOf(pair.signed, oldForm.entries.get('Fields')) : [];
  checkFormEntries(pair, oldForm, newForm, oldFields, findings);
  const list = newForm.entries.get('Fields');
  const newFields = listOf(pair.whole, list);
  if (!oldFields.every((field) => newFields.some((other) => isSameValue(field, other))))
    findings.raise('other', 'Danh sách trường của biểu mẫu đã bị sửa.');
  pair.explainHidden(list, findings);
  const added = newFields.filter((field) => !oldFields.some((other) => isSameValue(field, other)));
  for (const field of added) checkAddedField(pair, field, findings, isSignedSince);
  new FilledFields(pair, findings, isSignedSince).check(oldFields);
}

function checkFormEntries(
  pair: RevisionPair,
  oldForm: PdfDict | undefined,
  newForm: PdfDict,
  oldFields: readonly PdfValue[],
  findings: Findings,
): void {
  const hasPlainFields = oldFields.some((field) => !isNamed(pair.signed.dictionary(field)?.entries.get('FT'), 'Sig'));
  const drawing = newForm.entries.get('NeedAppearances');
  const isDrawnAnew = drawing !== undefined && !isSameValue(pair.whole.resolve(drawing), NOT_ANEW);
  for (const key of oldForm ? differingKeys(oldForm, newForm) : newForm.entries.keys()) {
    const reason = `Mục /${key} của biểu mẫu đã bị đổi sau khi ký.`;
    if (key === 'Fields' || key === 'SigFlags') continue;
    if (key === 'DR' && onlyAdds(pair, oldForm?.entries.get(key), newForm.entries.get(key))) {
      pair.explainNew(newForm.entries.get(key), findings);
      const fonts = 'Phông chữ được thêm vào biểu mẫu sau khi ký.';
      // Values that readers draw anew may ask for this very font, and its letters may look like others.
      if (hasPlainFields && isDrawnAnew) findings.doubt('form-filling', fonts);
      else findings.raise('form-filling', fonts);
    } else if (key === 'NeedAppearances' || key === 'DA' || key === 'Q' || key === 'DR') {
      pair.explainNew(newForm.entries.get(key), findings);
      // Readers draw the values anew by these: with plain fields there, something else may show than was signed.
      if (hasPlainFields) findings.doubt('form-filling', reason);
      else findings.raise('form-filling', reason);
    } else findings.raise('other', reason);
  }
}

/** Resources by kind and name: all that was there is there still. */
function onlyAdds(pair: RevisionPair, before: PdfValue | undefined, after: PdfValue | undefined): boolean {
  const [old, now] = [pair.signed.dictionary(before), pair.whole.dictionary(after)];
  if (!now || now.hasDoubleKeys) return false;
  return [...(old?.entries ?? [])].every(([kind, resources]) => {
    if (isSameValue(resources, now.entries.get(kind))) return true;
    const [oldNames, newNames] = [pair.signed.dictionary(resources), pair.whole.dictionary(now.entries.get(kind))];
    if (!oldNames || !newNames || newNames.hasDoubleKeys) return false;
    return [...oldNames.entries].every(([name, value]) => isSameValue(value, newNames.entries.get(name)));
  });
}

function checkAddedField(
  pair: RevisionPair,
  field: PdfValue,
  findings: Findings,
  isSignedSince: (field: number) => boolean,
): void {
  const dict = pair.whole.dictionary(field);
  if (field.kind !== 'reference' || !pair.isSignatureField(field.number) || !dict || !isPlainSignature(pair, dict))
    return findings.raise('other', 'Trường không phải chữ ký được thêm sau khi ký.');
  const name = fullNameOf(pair.whole, field);
  if (pair.namesWhenSigned.has(name))
    return findings.raise('other', `Trường trùng tên "${name}" được thêm sau khi ký.`);
  // Its page was there before: only the widget's own parts are new.
  pair.explainNew(field, findings);
  raiseForSignature(pair, field, dict, findings, isSignedSince, true);
}

/** One field with its widget, or with widgets below it that are nothing else. */
function isPlainSignature(pair: RevisionPair, field: PdfDict): boolean {
  if (field.hasDoubleKeys || ACTIONS.some((key) => field.entries.has(key))) return false;
  return listOf(pair.whole, field.entries.get('Kids')).every((kid) => {
    const widget = pair.whole.dictionary(kid);
    if (kid.kind !== 'reference' || !pair.isNew(kid.number) || !widget || widget.hasDoubleKeys) return false;
    return !['T', 'FT', 'Kids', 'V', ...ACTIONS].some((key) => widget.entries.has(key));
  });
}

/** Only a signature that is right itself explains its field; any other field is what it shows: an annotation. */
function raiseForSignature(
  pair: RevisionPair,
  reference: PdfReference,
  field: PdfDict,
  findings: Findings,
  isSignedSince: (field: number) => boolean,
  isNewField: boolean,
): void {
  const { whole } = pair;
  const name = fullNameOf(whole, reference);
  const value = whole.dictionary(field.entries.get('V'));
  const isTimeStamp = value !== undefined && isNamed(whole.entry(value, 'SubFilter'), 'ETSI.RFC3161');
  if (isSignedSince(reference.number)) {
    const known = pair.signatureFields.find((candidate) => candidate.reference.number === reference.number);
    const pageShare = known ? pageShareOf(whole, known) : 1;
    findings.signedLater({ field: name, pageShare, isNewField });
    if (isTimeStamp && pageShare === 0)
      findings.raise('validation-data', 'Dấu thời gian tài liệu được thêm sau khi ký.');
    else if (isNewField) findings.raise('form-filling', `Một chữ ký khác ("${name}") được thêm sau chữ ký này.`);
    else findings.raise('form-filling', `Trường chữ ký trống "${name}" được ký sau chữ ký này.`);
    return;
  }
  if (!value) return findings.doubt('annotations', 'Trường chữ ký không có chữ ký được thêm hoặc đổi hình sau khi ký.');
  if (isTimeStamp && fieldShowsNothing(whole, field))
    return findings.raise('validation-data', 'Dấu thời gian tài liệu được thêm sau khi ký, không xác minh được.');
  findings.doubt('annotations', 'Chữ ký hoặc dấu thời gian không xác minh được được thêm sau khi ký.');
}

/** Fields that were there: an empty signature that is now signed, or a value somebody filled in. */
class FilledFields {
  readonly #pair: RevisionPair;
  readonly #findings: Findings;
  readonly #isSignedSince: (field: number) => boolean;
  readonly #signatureFields: ReadonlySet<number>;

  constructor(pair: RevisionPair, findings: Findings, isSignedSince: (field: number) => boolean) {
    this.#pair = pair;
    this.#findings = findings;
    this.#isSignedSince = isSignedSince;
    this.#signatureFields = new Set(listSignatureFields(pair.signed).map(({ reference }) => reference.number));
  }

  check(roots: readonly PdfValue[]): void {
    const filled = this.#collect(roots);
    if (filled.length === 0) return;
    // What their old appearances alone consist of may be written over, as some programs do.
    const apart = new Map(filled.map(({ reference }) => [reference.number, ['AP', 'V']]));
    const shownElsewhere = listShownObjects(this.#pair.signed, apart);
    for (const field of filled) {
      this.#findings.explained.add(field.reference.number);
      for (const value of field.after.entries.values())
        this.#pair.explainBelow(
          value,
          this.#findings,
          (number) => this.#pair.isNew(number) || !shownElsewhere.has(number),
        );
      this.#judge(field);
    }
  }

  #collect(roots: readonly PdfValue[]): FilledField[] {
    const { signed, whole, changed } = this.#pair;
    const found: FilledField[] = [];
    // Widgets below a signature field have no name and no value of their own: the field above answers for them.
    const pending = roots.map((field) => ({ field, above: undefined as PdfReference | undefined }));
    const seen = new Set<number>();
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { field: reference } = next;
      if (reference.kind !== 'reference' || seen.has(reference.number)) continue;
      seen.add(reference.number);
      const [before, after] = [signed.dictionary(reference), whole.dictionary(reference)];
      if (!before || !after) continue;
      const owner = this.#signatureFields.has(reference.number) ? reference : next.above;
      for (const kid of listOf(whole, before.entries.get('Kids'))) pending.push({ field: kid, above: owner });
      if (!changed.has(reference.number) && !this.#isStoredValueChanged(before, after)) continue;
      if (after.hasDoubleKeys || differingKeys(before, after).some((key) => !this.#mayDiffer(key, before, after)))
        continue;
      const oldOwner = signed.dictionary(owner);
      const wasSigned = oldOwner !== undefined && signed.entry(oldOwner, 'V').kind !== 'null';
      if (wasSigned) continue; // a signature that is exchanged or looks different now is left unexplained
      found.push({ reference, before, after, owner });
    }
    return found;
  }

  /** The value as an object of its own, written anew while the field stayed. */
  #isStoredValueChanged(before: PdfDict, after: PdfDict): boolean {
    const stored = after.entries.get('V');
    return (
      stored?.kind === 'reference' &&
      this.#pair.changed.has(stored.number) &&
      !isSameValue(this.#pair.signed.entry(before, 'V'), this.#pair.whole.entry(after, 'V'))
    );
  }

  /** `/P` may be added where it says what is so already: on which page the widget stands. */
  #mayDiffer(key: string, before: PdfDict, after: PdfDict): boolean {
    return FILLED_KEYS.includes(key) || (key === 'P' && !before.entries.has('P') && after.entries.has('P'));
  }

  #judge({ reference, before, after, owner }: FilledField): void {
    const { whole, signed } = this.#pair;
    const name = fullNameOf(whole, reference);
    this.#findings.touched(name);
    if (!owner) {
      this.#findings.fieldChanged({
        field: name,
        before: show(signed.entry(before, 'V')),
        after: show(whole.entry(after, 'V')),
      });
      return;
    }
    const holder = owner === reference ? after : (whole.dictionary(owner) ?? after);
    raiseForSignature(this.#pair, owner, holder, this.#findings, this.#isSignedSince, false);
    if (owner !== reference && !this.#isSignedSince(owner.number) && !showsNothing(whole, after))
      this.#findings.doubt('annotations', 'Hình của một trường chữ ký chưa ký được đổi sau khi ký.');
  }
}

interface FilledField {
  readonly reference: PdfReference;
  readonly before: PdfDict;
  readonly after: PdfDict;
  /** The signature field it is or belongs to; undefined for other fields. */
  readonly owner: PdfReference | undefined;
}

function show(value: PdfValue): string {
  switch (value.kind) {
    case 'null':
      return '';
    case 'string':
      return decodeText(value).slice(0, 80);
    case 'name':
      return value.name;
    case 'array':
      return value.items.slice(0, 10).map(show).join(', ').slice(0, 80);
    case 'stream':
      return value.bytes.toString('latin1', 0, 80);
    case 'boolean':
      return value.value ? 'true' : 'false';
    case 'number':
      return value.source;
    default:
      return value.kind;
  }
}
