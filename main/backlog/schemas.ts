/** @file The backlog as data: zod schemas that the compiler proves equal to the contract's types. */
import { z } from 'zod';
import type * as t from '../../preload/backlog-types.ts';
import { FieldValueSchema, PageSchema, SignatureInfoSchema } from '../dossiers/schemas.ts';
import { BacklogSeriesSchema, SplitRule } from './series.ts';
import { SeriesTemplateSchema } from './templates.ts';
import { proves, type Mutable, type Same } from '../dossiers/same-type.ts';

/** A file that was fed in, by its content; `occurrence` tells files of the same content apart, from 0. */
export const FileContent = z.strictObject({
  sha256: z.string().length(64),
  occurrence: z.int().min(0).max(100_000),
});
export type FileContent = z.infer<typeof FileContent>;

export const RecordFields = z.array(z.strictObject({ name: z.string().max(50), value: z.string().max(2_000) })).max(20);

const BacklogProgressSchema = z.strictObject({
  total: z.int(),
  target: z.int(),
  done: z.int(),
  composing: z.int(),
  signed: z.int(),
  remaining: z.int(),
  workingDays: z.int().nullable(),
  perDay: z.int().nullable(),
  recentPerDay: z.number().nullable(),
  state: z.enum(['reached', 'open', 'overdue']),
});

const StackSummarySchema = z.strictObject({
  id: z.string(),
  seriesCode: z.string(),
  name: z.string(),
  createdAt: z.string(),
  officerName: z.string(),
  pageCount: z.int(),
  openRecords: z.int(),
  filedRecords: z.int(),
});

export const BacklogOverviewSchema = z.strictObject({
  series: z.array(
    z.strictObject({
      series: BacklogSeriesSchema,
      progress: BacklogProgressSchema,
      stacks: z.array(StackSummarySchema),
    }),
  ),
  templates: z.array(SeriesTemplateSchema),
});

export const BacklogStackSchema = StackSummarySchema.extend({
  revision: z.int(),
  series: BacklogSeriesSchema,
  split: SplitRule,
  pages: z.array(PageSchema),
  records: z.array(
    z.strictObject({
      key: z.string(),
      pageIds: z.array(z.string()),
      fields: z.array(FieldValueSchema),
      missing: z.array(z.string()),
      duplicateOf: z.string().nullable(),
      isRead: z.boolean(),
    }),
  ),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
});

export const BacklogRecordSchema = z.strictObject({
  id: z.string(),
  seriesCode: z.string(),
  code: z.string(),
  number: z.string().nullable(),
  year: z.int().nullable(),
  name: z.string(),
  revision: z.int(),
  state: z.enum(['composing', 'finished']),
  fields: RecordFields,
  pageCount: z.int(),
  blobId: z.string().nullable(),
  sha256: z.string().nullable(),
  sizeBytes: z.int().nullable(),
  signatures: z.array(SignatureInfoSchema),
  confirmedAt: z.string(),
  confirmedBy: z.string(),
  reason: z.string().nullable(),
  duplicateOf: z.string().nullable(),
});

proves<Same<z.infer<typeof BacklogOverviewSchema>, Mutable<t.BacklogOverview>>>();
proves<Same<z.infer<typeof BacklogStackSchema>, Mutable<t.BacklogStack>>>();
proves<Same<z.infer<typeof BacklogRecordSchema>, Mutable<t.BacklogRecord>>>();
