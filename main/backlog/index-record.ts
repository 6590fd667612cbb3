/** @file The values a record is found by: what was read on its pages, what the officer typed, and what is still missing. */
import type { BacklogSeries, IndexField, OpenRecord } from '../../preload/backlog-types.ts';
import type { FieldSource, FieldValue } from '../../preload/types.ts';
import type { DraftFacts, RecognitionFact } from '../dossiers/draft.ts';
import type { StackRecord } from './split-stack.ts';
import { normaliseNumber, recordIdentity, yearIn } from './record-number.ts';

const TRUST: Readonly<Record<FieldSource, number>> = { typed: 6, population: 5, reuse: 4, qr: 3, mrz: 2, ocr: 1 };
/** A day, a month or a year, ISO 8601: old papers do not always know the day. */
const DATE = /^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/;

/** Under this name the officer's value is a fact of the stack, and goes back with undo like every other. */
export function recordFieldId(key: string, name: string): string {
  return `record:${key}:${name}`;
}

export function indexRecord(
  draft: DraftFacts,
  record: StackRecord,
  series: Pick<BacklogSeries, 'fields'>,
  thisYear: number,
): Pick<OpenRecord, 'key' | 'pageIds' | 'fields' | 'missing' | 'isRead'> {
  const facts = record.pageIds.map((pageId) => ({ pageId, fact: draft[`recognition:${pageId}`] }));
  const fields = series.fields.map((field) => valueOf(draft, record.key, field, facts, thisYear));
  return {
    ...record,
    fields,
    missing: missingFields(series.fields, fields, thisYear),
    isRead: facts.every(({ fact }) => fact !== undefined),
  };
}

/** Names of required fields without a value and of fields whose value cannot be right. */
export function missingFields(
  defined: readonly IndexField[],
  values: readonly { readonly name: string; readonly value: string }[],
  thisYear: number,
): string[] {
  const byName = new Map(values.map(({ name, value }) => [name, value.trim()]));
  return defined
    .filter((field) => {
      const value = byName.get(field.name) ?? '';
      return value === '' ? field.isRequired : !isPossible(field.kind, value, thisYear);
    })
    .map(({ name }) => name);
}

/** Number and year of a record's values, for comparing it with the others of its series. */
export function identityOf(
  defined: readonly IndexField[],
  values: readonly { readonly name: string; readonly value: string }[],
): { readonly number: string | null; readonly year: number | null; readonly identity: string | null } {
  const valueOfKind = (kind: IndexField['kind']): string | null => {
    const name = defined.find((field) => field.kind === kind)?.name;
    return values.find((value) => value.name === name)?.value.trim() || null;
  };
  const number = valueOfKind('number');
  const yearText = valueOfKind('year');
  const year = yearText === null ? null : Number(yearText);
  return { number, year, identity: recordIdentity(number, year) };
}

function isPossible(kind: IndexField['kind'], value: string, thisYear: number): boolean {
  switch (kind) {
    case 'year':
      return /^\d{4}$/.test(value) && yearIn(value, thisYear) !== null;
    case 'date':
      return DATE.test(value);
    case 'number':
      return normaliseNumber(value) !== '';
    case 'name':
    case 'text':
      return true;
  }
}

function valueOf(
  draft: DraftFacts,
  key: string,
  field: IndexField,
  facts: readonly { readonly pageId: string; readonly fact: RecognitionFact | 'failed' | undefined }[],
  thisYear: number,
): FieldValue {
  const id = recordFieldId(key, field.name);
  const read = bestReading(field, facts, thisYear);
  const empty = { name: field.name, value: '', confidence: 0, source: 'ocr' as const, pageId: null, box: null };
  const shown: FieldValue = { ...(read ?? empty), id, isConfirmed: false };
  const typed: string | undefined = draft[`field:${id}`];
  if (typed === undefined) return shown;
  if (typed === shown.value) return { ...shown, isConfirmed: true };
  return { ...shown, value: typed, source: 'typed', confidence: 100, isConfirmed: true };
}

/** The field named first in `readFrom` wins; among its readings the better source, then the surer one, then the earlier page. */
function bestReading(
  field: IndexField,
  facts: readonly { readonly pageId: string; readonly fact: RecognitionFact | 'failed' | undefined }[],
  thisYear: number,
): Omit<FieldValue, 'id' | 'isConfirmed'> | null {
  for (const name of field.readFrom) {
    const readings = facts.flatMap(({ pageId, fact }) =>
      typeof fact === 'object' ? fact.fields.filter((one) => one.name === name).map((one) => ({ ...one, pageId })) : [],
    );
    const ranked = readings
      .map((reading) => ({ ...reading, name: field.name, value: readAs(field.kind, reading.value, thisYear) }))
      .filter(({ value }) => value !== '')
      .sort((a, b) => TRUST[b.source] - TRUST[a.source] || b.confidence - a.confidence);
    const [best] = ranked;
    if (best) {
      const { value, confidence, source, pageId, box } = best;
      return { name: field.name, value, confidence, source, pageId, box };
    }
  }
  return null;
}

function readAs(kind: IndexField['kind'], value: string, thisYear: number): string {
  if (kind === 'year') return String(yearIn(value, thisYear) ?? '');
  return value.normalize('NFC').trim();
}
