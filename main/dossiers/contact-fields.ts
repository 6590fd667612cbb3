/**
 * @file Telephone and e-mail stand on the form, not on the card. They are taken from a paper that carries the applicant's own
 * number, until the officer has decided otherwise: a field with any source, also an emptied one, is hers.
 */
import type { Applicant, FieldValue } from '../../preload/types.ts';

const CONTACTS = ['phone', 'email'] as const;
/** Below this the officer looks at the paper herself. */
const LEAST_CONFIDENCE = 85;

export function withContacts(applicant: Applicant | null, fields: readonly FieldValue[]): Applicant | null {
  if (applicant?.idNumber == null) return applicant;
  const ownPages = new Set(
    fields
      .filter((field) => field.name === 'idNumber' && field.value === applicant.idNumber && field.pageId !== null)
      .map((field) => field.pageId),
  );
  return CONTACTS.reduce((filled, name) => {
    if (filled[name] !== null || filled.sources[name] !== undefined) return filled;
    const read = fields.find(
      (field) => field.name === name && ownPages.has(field.pageId) && field.confidence >= LEAST_CONFIDENCE,
    );
    return read ? { ...filled, [name]: read.value, sources: { ...filled.sources, [name]: read.source } } : filled;
  }, applicant);
}
