/** @file Whose papers these are, as the codes and the machine-readable zones of the cards among them say, side by side. */
import { foldText } from '../dossiers/fold-text.ts';
import type { ReadPage } from './read-pages.ts';

/** What one card says about its holder, by field name. */
interface Card {
  readonly source: 'qr' | 'mrz';
  readonly page: number;
  readonly values: Readonly<Record<string, string>>;
}

export interface Mismatch {
  readonly field: string;
  readonly qr: { readonly value: string; readonly page: number };
  readonly mrz: { readonly value: string; readonly page: number };
}

export interface IdentityReport {
  readonly kind: 'person';
  readonly [field: string]: unknown;
  readonly sources: Readonly<Record<string, 'qr' | 'mrz'>>;
  /** Where the two sources of one person differ: both values, for a person to decide. */
  readonly mismatches: readonly Mismatch[];
}

const COMPARED = ['idNumber', 'birthDate', 'sex'] as const;

/** The holder of the first card; null when no page shows one. */
export function identityOf(pages: readonly ReadPage[]): IdentityReport | null {
  const cards = pages.flatMap(({ read }, index) => cardsOn(read.fields, index + 1));
  const qr = cards.find(({ source }) => source === 'qr');
  const zones = cards.filter(({ source }) => source === 'mrz');
  // With several people's cards the zone of this one is the one with the same number.
  const mrz = (qr && zones.find(({ values }) => values['idNumber'] === qr.values['idNumber'])) ?? zones[0];
  if (!qr && !mrz) return null;
  const sources: Record<string, 'qr' | 'mrz'> = {};
  for (const card of [mrz, qr])
    for (const name of Object.keys(card?.values ?? {})) sources[name] = card?.source ?? 'qr';
  return { kind: 'person', ...mrz?.values, ...qr?.values, sources, mismatches: qr && mrz ? compare(qr, mrz) : [] };
}

function cardsOn(fields: ReadPage['read']['fields'], page: number): Card[] {
  return (['qr', 'mrz'] as const).flatMap((source) => {
    const own = fields.filter((field) => field.source === source);
    // The first of each name: a page with two cards belongs to the person of the first.
    const values = Object.fromEntries(own.toReversed().map(({ name, value }) => [name, value]));
    return own.length === 0 ? [] : [{ source, page, values }];
  });
}

function compare(qr: Card, mrz: Card): Mismatch[] {
  const differs = (field: string, fromQr: string | undefined, fromMrz: string | undefined): Mismatch[] =>
    fromQr === undefined || fromMrz === undefined || foldText(fromQr) === foldText(fromMrz)
      ? []
      : [{ field, qr: { value: fromQr, page: qr.page }, mrz: { value: fromMrz, page: mrz.page } }];
  return [
    ...COMPARED.flatMap((field) => differs(field, qr.values[field], mrz.values[field])),
    ...differs('fullName', qr.values['fullName'], mrz.values['plainName']),
  ];
}
