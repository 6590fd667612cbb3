/** @file Fields of a dossier from all its pages: one row per name and value, the best source first, the officer above all. */
import type { FieldSource, FieldValue, Page } from '../../preload/types.ts';
import type { DraftFacts, RecognitionFact } from './draft.ts';
import { foldText } from './fold-text.ts';

const TRUST: Readonly<Record<FieldSource, number>> = { typed: 6, population: 5, reuse: 4, qr: 3, mrz: 2, ocr: 1 };

/**
 * Same name and same value (diacritics aside) on several pages is one field; different values stay side by side, because
 * a contradiction between papers is something the officer must see.
 */
export function mergeFields(draft: DraftFacts, pages: readonly Page[]): FieldValue[] {
  const merged = new Map<string, FieldValue>();
  for (const page of pages) {
    const fact: RecognitionFact | 'failed' | undefined = draft[`recognition:${page.id}`];
    if (page.isHidden || typeof fact !== 'object') continue;
    for (const field of fact.fields) {
      const key = sameness(field);
      const earlier = merged.get(key);
      const isBetter =
        !earlier ||
        TRUST[field.source] > TRUST[earlier.source] ||
        (field.source === earlier.source && field.confidence > earlier.confidence);
      if (isBetter) {
        merged.set(key, { ...field, id: `${page.id}:${field.name}`, pageId: page.id, isConfirmed: false });
      }
    }
  }
  const seen = new Set<string>();
  return [...merged.values()].map((field) => withOfficersValue(draft, withOwnId(field, seen)));
}

type ReadField = RecognitionFact['fields'][number];
const samenesses = new WeakMap<ReadField, string>();

/** Equal for fields that say the same; remembered, because a thick dossier is merged anew after every decision. */
function sameness(field: ReadField): string {
  const known = samenesses.get(field) ?? `${field.name}\n${foldText(field.value)}`;
  samenesses.set(field, known);
  return known;
}

/** Two values of one name on one page: the second gets a number, so that each can be confirmed by itself. */
function withOwnId(field: FieldValue, seen: Set<string>): FieldValue {
  let id = field.id;
  for (let n = 2; seen.has(id); n++) id = `${field.id}:${n}`;
  seen.add(id);
  return { ...field, id };
}

function withOfficersValue(draft: DraftFacts, field: FieldValue): FieldValue {
  const value: string | undefined = draft[`field:${field.id}`];
  if (value === undefined) return field;
  if (value === field.value) return { ...field, isConfirmed: true };
  return { ...field, value, source: 'typed', confidence: 100, isConfirmed: true };
}
