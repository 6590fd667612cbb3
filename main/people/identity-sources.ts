/**
 * @file What the QR code, the machine-readable zone and the print of cards say about each person, brought together: which
 * value is taken (code over zone over print) and where they disagree, side by side. It never blocks and never guesses whose
 * card is whose (regulations 8.5): the officer sees both and chooses.
 */
import type { Box } from '../../preload/types.ts';
import { faultOfPersonalNumber } from './identity-code.ts';
import { distance, sameAddress, sameAsZoneName, sameDate, sameName } from './identity-names.ts';

export type CardSource = 'qr' | 'mrz' | 'ocr';
export const IDENTITY_FIELDS = [
  'idNumber',
  'oldIdNumber',
  'fullName',
  'birthDate',
  'sex',
  'address',
  'idIssuedOn',
  'expiresOn',
] as const;
export type IdentityField = (typeof IDENTITY_FIELDS)[number];

/** One value as it was read somewhere. */
export interface CardReading<Place = unknown> {
  /** As recognition names it: `plainName` of a zone, `permanentAddress` of the print. */
  readonly name: string;
  readonly value: string;
  readonly source: CardSource;
  /** 0–100. */
  readonly confidence: number;
  /** Whatever the caller wants back: the page, usually. */
  readonly place: Place;
  /** Pixels of the stored page. */
  readonly box: Box | null;
}

export interface IdentityMismatch<Place = unknown> {
  readonly field: IdentityField;
  /** Every different value once, the one that is taken first. */
  readonly readings: readonly CardReading<Place>[];
  /** Why one reading by itself is doubtful: it contradicts the personal number. */
  readonly fault: string | null;
}

export interface IdentifiedPerson<Place = unknown> {
  readonly values: Readonly<Partial<Record<IdentityField, CardReading<Place>>>>;
  readonly mismatches: readonly IdentityMismatch<Place>[];
}

const FIELD_OF: Readonly<Record<string, IdentityField>> = {
  ...Object.fromEntries(IDENTITY_FIELDS.map((field) => [field, field])),
  plainName: 'fullName',
  permanentAddress: 'address',
};
const RANK: Readonly<Record<CardSource, number>> = { qr: 0, mrz: 1, ocr: 2 };
/** So many digits misread in print are the same number misread; more are another person. */
const MISREAD_DIGITS = 2;

/**
 * @param pages readings of card pages, in order; within a page in the order of its cards
 * @returns the people, in order of appearance
 */
export function bringTogether<Place>(pages: readonly (readonly CardReading<Place>[])[]): IdentifiedPerson<Place>[] {
  const people: CardReading<Place>[][] = [];
  const nameless: { readings: readonly CardReading<Place>[]; onPage: CardReading<Place>[][] }[] = [];
  for (const page of pages) {
    const onPage: CardReading<Place>[][] = [];
    for (const card of cardsOf(page.map(normalise).filter((reading) => reading !== null))) {
      for (const holder of holdersOf(card)) {
        if (numberOf(holder) === undefined) {
          nameless.push({ readings: holder, onPage });
          continue;
        }
        const known = people.find((person) => isSamePerson(person, holder));
        if (known) known.push(...holder);
        else people.push([...holder]);
        onPage.push(known ?? (people.at(-1) as CardReading<Place>[]));
      }
    }
  }
  // A side without a number belongs to the one person it can belong to, or to nobody.
  for (const { readings, onPage } of nameless) {
    const near = new Set(onPage.length > 0 ? onPage : people);
    const [only] = near;
    if (only && near.size === 1) only.push(...readings);
  }
  return people.map(judge);
}

/** Values as they are compared and kept: sex as a word of the contract; what is no value is dropped. */
function normalise<Place>(reading: CardReading<Place>): CardReading<Place> | null {
  const field = FIELD_OF[reading.name];
  const value = reading.value.normalize('NFC').trim().replace(/\s+/g, ' ');
  if (field === undefined || value === '') return null;
  if (field === 'sex') {
    const word = value.toLowerCase();
    const sex = /^(nam|male)$/.test(word) ? 'male' : /^(nữ|nu|female)$/.test(word) ? 'female' : null;
    return sex && { ...reading, value: sex };
  }
  // Print that is no number of a card is a misreading of one, or another number.
  if (field === 'idNumber' && !/^\d{9}(\d{3})?$/.test(value)) return null;
  return { ...reading, value };
}

/** Cards stand one after the other; on each, code, zone, print. A value that comes again from the same source is the next card's. */
function cardsOf<Place>(readings: readonly CardReading<Place>[]): CardReading<Place>[][] {
  const cards: CardReading<Place>[][] = [];
  for (const reading of readings) {
    const card = cards.at(-1);
    const last = card?.at(-1);
    const isNext =
      !card ||
      !last ||
      RANK[reading.source] < RANK[last.source] ||
      card.some(
        ({ name, source, value }) => name === reading.name && source === reading.source && value !== reading.value,
      );
    if (isNext) cards.push([reading]);
    else card.push(reading);
  }
  return cards;
}

/** A code and a zone that share neither number nor name are two people's, wherever they stand. */
function holdersOf<Place>(card: readonly CardReading<Place>[]): (readonly CardReading<Place>[])[] {
  const of = (source: CardSource, field: IdentityField): string | undefined =>
    card.find((reading) => reading.source === source && FIELD_OF[reading.name] === field)?.value;
  const [code, zone] = [of('qr', 'idNumber'), of('mrz', 'idNumber')];
  const [name, zoneName] = [of('qr', 'fullName'), of('mrz', 'fullName')];
  const isOne = code === undefined || zone === undefined || code === zone;
  if (isOne || (name !== undefined && zoneName !== undefined && sameAsZoneName(name, zoneName))) return [card];
  const printed = card.filter(({ source }) => source === 'ocr');
  const printedNumber = of('ocr', 'idNumber');
  const printIsZone = printedNumber !== undefined && distance(printedNumber, zone) < distance(printedNumber, code);
  const coded = card.filter(({ source }) => source === 'qr');
  const zoned = card.filter(({ source }) => source === 'mrz');
  return printIsZone ? [coded, [...zoned, ...printed]] : [[...coded, ...printed], zoned];
}

function numberOf<Place>(readings: readonly CardReading<Place>[]): CardReading<Place> | undefined {
  return readings.filter(({ name }) => name === 'idNumber').toSorted((a, b) => RANK[a.source] - RANK[b.source])[0];
}

function isSamePerson<Place>(person: readonly CardReading<Place>[], card: readonly CardReading<Place>[]): boolean {
  const [known, own] = [numberOf(person), numberOf(card)];
  if (!known || !own) return false;
  if (known.value === own.value) return true;
  // Two decoded numbers that differ are two people. A printed one may be misread by a digit or two.
  const isPrinted = known.source === 'ocr' || own.source === 'ocr';
  return isPrinted && known.value.length === own.value.length && distance(known.value, own.value) <= MISREAD_DIGITS;
}

function judge<Place>(readings: readonly CardReading<Place>[]): IdentifiedPerson<Place> {
  const values: Partial<Record<IdentityField, CardReading<Place>>> = {};
  const mismatches: IdentityMismatch<Place>[] = [];
  for (const field of IDENTITY_FIELDS) {
    const own = readings
      .filter((reading) => FIELD_OF[reading.name] === field)
      .toSorted((a, b) => RANK[a.source] - RANK[b.source] || b.confidence - a.confidence);
    const taken = field === 'fullName' ? bestName(own) : own[0];
    if (!taken) continue;
    values[field] = taken;
    const others = own.filter(
      (reading, index) =>
        !isSame(field, taken, reading) && own.findIndex((other) => isSame(field, other, reading)) === index,
    );
    if (others.length > 0) mismatches.push({ field, readings: [taken, ...others], fault: null });
  }
  return { values, mismatches: [...mismatches, ...contradictions(values, mismatches)] };
}

/** A name without marks is taken only when no other says the same name with them. */
function bestName<Place>(own: readonly CardReading<Place>[]): CardReading<Place> | undefined {
  const [best] = own;
  if (best?.source !== 'mrz') return best;
  return own.find(({ source, value }) => source === 'ocr' && sameAsZoneName(value, best.value)) ?? best;
}

function isSame<Place>(field: IdentityField, a: CardReading<Place>, b: CardReading<Place>): boolean {
  if (a.value === b.value) return true;
  const isPrinted = a.source === 'ocr' || b.source === 'ocr';
  switch (field) {
    case 'fullName': {
      const [zone, other] = a.source === 'mrz' ? [a, b] : [b, a];
      if (zone.source === 'mrz') return sameAsZoneName(other.value, zone.value);
      // Recognition loses tone marks before it loses letters.
      return sameName(a.value, b.value) || (isPrinted && sameAsZoneName(a.value, b.value));
    }
    case 'birthDate':
    case 'idIssuedOn':
    case 'expiresOn':
      return sameDate(a.value, b.value);
    case 'address':
      return isPrinted ? sameAddress(a.value, b.value) : sameName(a.value, b.value);
    default:
      return false;
  }
}

/** Year of birth and sex are written into the number (regulations 8.1): values that fit together by source may not fit each other. */
function contradictions<Place>(
  values: IdentifiedPerson<Place>['values'],
  known: readonly IdentityMismatch<Place>[],
): IdentityMismatch<Place>[] {
  const { idNumber } = values;
  if (idNumber?.value.length !== 12) return [];
  const found: IdentityMismatch<Place>[] = [];
  const add = (field: IdentityField, reading: CardReading<Place> | undefined, fault: string | null): void => {
    if (reading && fault !== null && !known.some((mismatch) => mismatch.field === field))
      found.push({ field, readings: [reading], fault });
  };
  const structure = faultOfPersonalNumber(idNumber.value);
  add('idNumber', idNumber, structure);
  if (structure !== null) return found;
  const { birthDate, sex } = values;
  if (birthDate) add('birthDate', birthDate, faultOfPersonalNumber(idNumber.value, { birthDate: birthDate.value }));
  if (sex) {
    const fault = faultOfPersonalNumber(idNumber.value, { sex: sex.value === 'male' ? 'male' : 'female' });
    add('sex', sex, fault);
  }
  return found;
}
