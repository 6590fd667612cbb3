/** @file A series of old records: its rules as schemas, and how its records are numbered. */
import { z } from 'zod';

/** Short enough for a label on a folder, plain enough for a file name on every system. */
export const SeriesCode = z.string().regex(/^[A-Z][A-Z0-9]{0,9}$/);

export const SplitRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('separator') }),
  z.strictObject({ kind: z.literal('page-class') }),
  z.strictObject({ kind: z.literal('every'), pages: z.int().min(1).max(100) }),
  z.strictObject({ kind: z.literal('hand') }),
]);

export const IndexField = z.strictObject({
  name: z.string().regex(/^[a-z][A-Za-z0-9]{0,49}$/),
  kind: z.enum(['number', 'year', 'name', 'date', 'text']),
  isRequired: z.boolean(),
  readFrom: z.array(z.string().max(50)).max(10),
});

export const BacklogSeriesSchema = z.strictObject({
  code: SeriesCode,
  name: z.string().min(1).max(200),
  templateId: z.string().max(100),
  documentTypes: z.array(z.string().max(100)).max(20),
  fields: z.array(IndexField).min(1).max(20),
  split: SplitRule,
  total: z.int().min(1).max(100_000_000),
  targetPercent: z.number().min(1).max(100),
  targetDate: z.iso.date(),
});

/** What a person decides about a series; the rest comes from its template. */
export const SeriesChoice = z.strictObject({
  code: SeriesCode,
  name: z.string().trim().min(1).max(200),
  templateId: z.string().max(100),
  split: SplitRule,
  total: z.int().min(1).max(100_000_000),
  targetPercent: z.number().min(1).max(100),
  targetDate: z.iso.date(),
});
export type SeriesChoice = z.infer<typeof SeriesChoice>;

const DIGITS = 6;

/** `KS.000123`. The running number is the program's own; the number on the paper is an index field. */
export function formatRecordCode(seriesCode: string, sequence: number): string {
  return `${seriesCode}.${String(sequence).padStart(DIGITS, '0')}`;
}

/** The file of a record: a correction does not overwrite what an archive has taken over already. */
export function recordFileName(code: string, revision: number): string {
  return revision === 1 ? `${code}.pdf` : `${code}-r${revision}.pdf`;
}
