/** @file Two revisions of one file, and the questions every rule asks of them: what changed, what is new, what is shown. */
import { isSameEntry, type Entry } from '../../pdf/cross-references.ts';
import type { PdfDocument } from '../../pdf/document.ts';
import { listSignatureFields, type SignatureField } from '../../pdf/signature-fields.ts';
import { listShownObjects } from '../../pdf/shown-objects.ts';
import { isSameValue, PdfDamaged, type PdfDict, type PdfValue } from '../../pdf/values.ts';
import { allFieldNames } from './field-names.ts';
import type { Findings } from './findings.ts';

export class RevisionPair {
  readonly signed: PdfDocument;
  readonly whole: PdfDocument;
  /** Numbers of objects that mean something else now, are new or are gone. */
  readonly changed: ReadonlySet<number>;
  /** What a page of the signed document may show. Nothing of it may pass for data that is not shown. */
  readonly shown: ReadonlySet<number>;
  readonly signatureFields: readonly SignatureField[];
  /** Full names of all fields of the signed revision. */
  readonly namesWhenSigned: ReadonlySet<string>;
  readonly #signatureNumbers: ReadonlySet<number>;

  constructor(signed: PdfDocument, whole: PdfDocument) {
    this.signed = signed;
    this.whole = whole;
    this.changed = changedObjects(signed, whole);
    this.shown = listShownObjects(signed);
    this.namesWhenSigned = allFieldNames(signed);
    this.signatureFields = listSignatureFields(whole);
    this.#signatureNumbers = new Set(this.signatureFields.map((field) => field.reference.number));
  }

  isSignatureField(number: number): boolean {
    return this.#signatureNumbers.has(number);
  }

  isNew(number: number): boolean {
    const before = this.signed.entries.get(number);
    return !before || before.kind === 'free';
  }

  isUsed(number: number): boolean {
    const entry = this.whole.entries.get(number);
    return entry !== undefined && entry.kind !== 'free';
  }

  /** Whether a value is another one, or names an object that means something else now. */
  isTouched(after: PdfValue, before: PdfValue | undefined): boolean {
    return !isSameValue(after, before) || (after.kind === 'reference' && this.changed.has(after.number));
  }

  /** An object that holds what is not shown; left unexplained when a page uses it for something else too. */
  explainHidden(value: PdfValue | undefined, findings: Findings): void {
    if (value?.kind === 'reference' && !this.shown.has(value.number)) findings.explained.add(value.number);
  }

  /** Explains an object and what hangs below it, as far as it is new. */
  explainNew(value: PdfValue | undefined, findings: Findings): void {
    this.explainBelow(value, findings, (number) => this.isNew(number));
  }

  /** Explains changed objects that hang below a value, as far as `mayChange` says; unchanged ones end the way. */
  explainBelow(value: PdfValue | undefined, findings: Findings, mayChange: (number: number) => boolean): void {
    const pending: (PdfValue | undefined)[] = [value];
    while (pending.length > 0) {
      const next = pending.pop();
      if (!next) continue;
      if (next.kind === 'reference') {
        if (findings.explained.has(next.number) || !this.changed.has(next.number) || !mayChange(next.number)) continue;
        findings.explained.add(next.number);
        pending.push(this.whole.resolve(next));
      } else if (next.kind === 'array') pending.push(...next.items);
      else if (next.kind === 'dict') pending.push(...next.entries.values());
      else if (next.kind === 'stream') pending.push(...next.dict.entries.values());
    }
  }
}

/** Objects written again word for word are not changes: many programs repeat what they do not touch. */
function changedObjects(signed: PdfDocument, whole: PdfDocument): Set<number> {
  const moved = new Set<number>();
  for (const [number, entry] of whole.entries) {
    if (!isSameEntry(entry, signed.entries.get(number))) moved.add(number);
  }
  for (const number of signed.entries.keys()) if (!whole.entries.has(number)) moved.add(number);
  for (const [number, entry] of whole.entries) {
    if (entry.kind === 'packed' && moved.has(entry.container)) moved.add(number);
  }
  return new Set([...moved].filter((number) => !isRepeated(signed, whole, number)));
}

function isRepeated(signed: PdfDocument, whole: PdfDocument, number: number): boolean {
  const [before, after] = [signed.entries.get(number), whole.entries.get(number)];
  if (!before || !after || before.kind === 'free' || after.kind === 'free') return false;
  if (generationOf(before) !== generationOf(after)) return false;
  try {
    return isSameValue(signed.object(number), whole.object(number));
  } catch (cause) {
    if (cause instanceof PdfDamaged) return false;
    throw cause;
  }
}

function generationOf(entry: Entry): number {
  return entry.kind === 'plain' ? entry.generation : 0;
}

export function differingKeys(before: PdfDict, after: PdfDict): string[] {
  const keys = new Set([...before.entries.keys(), ...after.entries.keys()]);
  return [...keys].filter((key) => !isSameValue(before.entries.get(key), after.entries.get(key)));
}

export function listOf(document: PdfDocument, value: PdfValue | undefined): readonly PdfValue[] {
  const list = document.resolve(value);
  if (list.kind === 'array') return list.items;
  if (list.kind === 'null') return [];
  throw new PdfDamaged('a list is not an array');
}

export function isNamed(value: PdfValue | undefined, expected: string): boolean {
  return value?.kind === 'name' && value.name === expected;
}
