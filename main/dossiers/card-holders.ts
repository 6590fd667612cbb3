/** @file Whose cards lie in the stack, what they say of the applicant, and where they contradict each other. */
import type {
  Applicant,
  ApplicantField,
  FieldSource,
  FieldValue,
  IdentityDoubt,
  IdentityReading,
  Page,
} from '../../preload/types.ts';
import { parseIdentityCode, faultOfPersonalNumber } from '../people/identity-code.ts';
import {
  bringTogether,
  type CardReading,
  type IdentifiedPerson,
  type IdentityField,
  type IdentityMismatch,
} from '../people/identity-sources.ts';
import { Failure } from '../rooms/failure.ts';
import type { DraftFacts, RecognitionFact } from './draft.ts';

export type CardHolder = IdentifiedPerson<string>;

export const CARD_TYPE = 'the-can-cuoc';
const APPLICANT_FIELDS = ['idNumber', 'oldIdNumber', 'fullName', 'birthDate', 'sex', 'address', 'idIssuedOn'] as const;

/** The people whose cards are on the visible pages, in order of the pages. */
export function cardHolders(draft: DraftFacts, pages: readonly Page[]): CardHolder[] {
  return bringTogether(
    pages.flatMap((page) => {
      const fact: RecognitionFact | 'failed' | undefined = draft[`recognition:${page.id}`];
      return page.isHidden || typeof fact !== 'object' ? [] : [cardReadings(page.id, fact)];
    }),
  );
}

/**
 * What a page says of card holders: codes and zones wherever they are; print only where the page is a card, because a form
 * names other people.
 * @param place what the readings say where they stand
 */
export function cardReadings(
  place: string,
  { documentType, fields, codes }: Pick<RecognitionFact, 'documentType' | 'fields' | 'codes'>,
): CardReading<string>[] {
  const isCard = documentType?.code === CARD_TYPE;
  const readings = fields.flatMap(({ name, value, source, confidence, box }): CardReading<string>[] =>
    source === 'ocr' && !isCard ? [] : [{ name, value, source, confidence, box, place }],
  );
  return readings.some(({ source }) => source === 'qr') ? readings : [...decoded(place, codes), ...readings];
}

function decoded(place: string, codes: readonly string[]): CardReading<string>[] {
  return codes.flatMap((text) => {
    const person = tryParse(text);
    return APPLICANT_FIELDS.flatMap((name): CardReading<string>[] => {
      const value = person?.[name];
      return value ? [{ name, value, source: 'qr', confidence: 100, box: null, place }] : [];
    });
  });
}

function tryParse(text: string): Applicant | null {
  try {
    return parseIdentityCode(text);
  } catch (thrown) {
    if (thrown instanceof Failure) return null; // most codes on papers are not ID cards
    throw thrown;
  }
}

/** Print alone is believed when its number is one and nothing read beside it contradicts it. */
const LEAST_CONFIDENCE = 70;

/** The holder as an applicant; null when nothing but doubtful print speaks of him. */
export function applicantOf({ values, mismatches }: CardHolder): Applicant | null {
  const number = values.idNumber;
  if (!number) return null;
  const isDoubtful =
    number.source === 'ocr' &&
    (number.confidence < LEAST_CONFIDENCE ||
      faultOfPersonalNumber(number.value) !== null ||
      mismatches.some(({ fault }) => fault !== null));
  if (isDoubtful) return null;
  const sources: Partial<Record<ApplicantField, FieldSource>> = {};
  const take = (field: (typeof APPLICANT_FIELDS)[number]): string | null => {
    const reading = values[field];
    // A zone writes names without their marks: that is no name to put on a receipt.
    if (!reading || (field === 'fullName' && reading.source === 'mrz')) return null;
    sources[field] = reading.source;
    return field === 'fullName' ? asWritten(reading.value) : reading.value;
  };
  const sex = take('sex');
  return {
    kind: 'person',
    fullName: take('fullName') ?? '',
    idNumber: take('idNumber'),
    oldIdNumber: take('oldIdNumber'),
    birthDate: take('birthDate'),
    sex: sex === 'male' || sex === 'female' ? sex : null,
    address: take('address'),
    phone: null,
    email: null,
    idIssuedOn: take('idIssuedOn'),
    sources,
  };
}

/** Cards print names in capitals, codes write them as names. */
function asWritten(name: string): string {
  if (name !== name.toUpperCase()) return name;
  return name.toLowerCase().replaceAll(/(^|\s)\p{L}/gu, (letter) => letter.toUpperCase());
}

/**
 * What the officer should look at, until she has decided: whose cards these are when there are several people's, then where
 * the sources about the applicant differ. Nothing here keeps a dossier from being sealed.
 */
export function identityDoubts(
  holders: readonly CardHolder[],
  applicant: Applicant | null,
  fields: readonly FieldValue[],
): IdentityDoubt[] {
  const own = holders.find(({ values }) => values.idNumber?.value === applicant?.idNumber);
  if (holders.length > 1 && !own && applicant?.sources.idNumber === undefined) return [whoseCards(holders)];
  const [only] = holders;
  const holder = own ?? (holders.length === 1 && applicant?.idNumber == null ? only : undefined);
  return (holder?.mismatches ?? []).flatMap((mismatch) => {
    const doubt = doubtOf(mismatch, fields);
    const isDecided =
      (mismatch.field !== 'expiresOn' && applicant?.sources[mismatch.field] === 'typed') ||
      doubt.readings.some(({ fieldId }) => fields.some(({ id, isConfirmed }) => id === fieldId && isConfirmed));
    return isDecided ? [] : [doubt];
  });
}

function whoseCards(holders: readonly CardHolder[]): IdentityDoubt {
  return {
    kind: 'people',
    people: holders.map((holder) => {
      const { values } = holder;
      const name = values.fullName;
      return {
        name: name?.source === 'mrz' ? name.value : asWritten(name?.value ?? ''),
        idNumber: values.idNumber?.value ?? '',
        applicant: applicantOf(holder),
        pageId: values.idNumber?.place ?? null,
      };
    }),
  };
}

function doubtOf(
  { field, readings, fault }: IdentityMismatch<string>,
  fields: readonly FieldValue[],
): Extract<IdentityDoubt, { kind: 'value' }> {
  return {
    kind: 'value',
    field,
    isAgainstNumber: fault !== null,
    readings: readings.map((reading): IdentityReading => {
      const { value, source, confidence, place, box } = reading;
      return { fieldId: fieldIdOf(reading, field, fields), value, source, confidence, pageId: place, box };
    }),
  };
}

/** The field of the dossier that stands for a reading: of its page when that has one of its own. */
function fieldIdOf(reading: CardReading<string>, field: IdentityField, fields: readonly FieldValue[]): string | null {
  const same = fields.filter(
    ({ name, value }) => name === reading.name && (field === 'sex' ? sexOf(value) : value) === reading.value,
  );
  return (same.find(({ pageId }) => pageId === reading.place) ?? same[0])?.id ?? null;
}

function sexOf(value: string): string {
  return /^(nam|male)$/i.test(value) ? 'male' : 'female';
}
