/**
 * @file The side record of a digitised component (regulations 6.1): what the archive must know of a paper without opening
 * its picture. The PDF writer adds what only it knows: pages, confidence of the text, hashes of the scans.
 */
import type { ChecklistItem, Dossier, FieldValue } from '../../preload/types.ts';

/** Names under which papers carry their own particulars, best first. */
const PAPER_FIELDS = {
  number: ['number', 'serialNumber', 'registrationNumber'],
  issuedOn: ['issuedOn', 'registeredOn', 'declaredOn'],
  issuedBy: ['authority', 'registeredAt', 'issuedBy'],
  validUntil: ['expiresOn', 'validUntil'],
} as const;
const OWNER_FIELDS = ['ownerIdNumber', 'idNumber'] as const;

export interface ReadField {
  readonly name: string;
  readonly value: string;
  readonly confidence: number;
}

/**
 * @param read what recognition found on the component's own pages; a value that the officer typed or confirmed goes first
 * @param digitisedAt ISO 8601 with offset
 */
export function describeComponent(
  dossier: Dossier,
  item: ChecklistItem,
  read: readonly ReadField[],
  digitisedAt: string,
): Record<string, string> {
  const pageIds = new Set(item.pageIds);
  const own = dossier.fields.filter((field) => field.pageId !== null && pageIds.has(field.pageId));
  const find = (names: readonly string[]): string | null => findValue(own, read, names);
  const known: Record<string, string | null | undefined> = {
    dossierId: dossier.id,
    dossierCode: dossier.code,
    procedureCode: dossier.procedure?.code,
    procedureName: dossier.procedure?.name,
    componentId: item.component.id,
    componentName: item.component.name,
    paperForm: item.form,
    number: find(PAPER_FIELDS.number),
    issuedOn: find(PAPER_FIELDS.issuedOn),
    issuedBy: find(PAPER_FIELDS.issuedBy),
    validUntil: find(PAPER_FIELDS.validUntil),
    ownerIdNumber: findOwner(dossier, own, read),
    digitisedBy: dossier.officerName,
    digitisedAt,
  };
  return Object.fromEntries(
    Object.entries(known).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''),
  );
}

/** The applicant, unless the paper names nobody but somebody else. */
function findOwner(dossier: Dossier, own: readonly FieldValue[], read: readonly ReadField[]): string | null {
  const named = [...own, ...read].filter((field) => OWNER_FIELDS.some((name) => name === field.name));
  const applicant = dossier.applicant?.idNumber ?? null;
  if (named.length === 0 || named.some((field) => field.value === applicant)) return applicant;
  return findValue(own, read, OWNER_FIELDS) ?? applicant;
}

function findValue(own: readonly FieldValue[], read: readonly ReadField[], names: readonly string[]): string | null {
  for (const name of names) {
    const trust = (field: FieldValue): number => (field.isConfirmed ? 1_000 : 0) + field.confidence;
    const [best] = own.filter((field) => field.name === name).sort((a, b) => trust(b) - trust(a));
    if (best) return best.value;
    // A value that stands on several papers is one field of the dossier and may name another page.
    const [seen] = read.filter((field) => field.name === name).sort((a, b) => b.confidence - a.confidence);
    if (seen) return seen.value;
  }
  return null;
}
