/** @file Whose papers these are, as codes, machine-readable zones and print of the cards among them say, side by side. */
import type { Applicant, Box } from '../../preload/types.ts';
import { applicantOf, cardReadings, type CardHolder } from '../dossiers/card-holders.ts';
import { bringTogether, type CardReading, type CardSource, type IdentityField } from '../people/identity-sources.ts';
import type { ReadPage } from './read-pages.ts';

interface Reading {
  readonly value: string;
  readonly source: CardSource;
  readonly confidence: number;
  readonly page: number;
  readonly box: Box | null;
}

/** Fields as an applicant has them (null where no card says anything), and each value with its source and place. */
export type Identity = Partial<Applicant> & {
  readonly values: Readonly<Partial<Record<IdentityField, Reading>>>;
  /** Where sources differ, or contradict the number: every value, for a person to decide. */
  readonly mismatches: readonly {
    readonly field: IdentityField;
    readonly readings: readonly Reading[];
    readonly fault: string | null;
  }[];
};

/** The people whose cards are on the pages, in their order. */
export function identitiesOf(pages: readonly ReadPage[]): readonly Identity[] {
  return bringTogether(
    pages.map(({ read }, index) =>
      cardReadings(String(index + 1), { ...read, codes: read.codes.map(({ text }) => text) }),
    ),
  ).map(describe);
}

function describe(holder: CardHolder): Identity {
  const values = Object.entries(holder.values).map(([field, reading]) => [field, toReading(reading)] as const);
  return {
    ...applicantOf(holder),
    values: Object.fromEntries(values),
    mismatches: holder.mismatches.map(({ field, readings, fault }) => ({
      field,
      readings: readings.map(toReading),
      fault,
    })),
  };
}

function toReading({ value, source, confidence, place, box }: CardReading<string>): Reading {
  return { value, source, confidence, page: Number(place), box };
}
