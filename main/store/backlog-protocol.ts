/** @file What the store does for the backlog of old records; part of the store room's methods. */
import { z } from 'zod';
import { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import {
  BacklogOverviewSchema,
  BacklogRecordSchema,
  BacklogStackSchema,
  FileContent,
  RecordFields,
} from '../backlog/schemas.ts';
import { SeriesChoice, SplitRule } from '../backlog/series.ts';
import { PageSchema, SignatureInfoSchema } from '../dossiers/schemas.ts';

const quick = 15_000;
const Reason = z.string().trim().min(1).max(500);

const ImportedFile = FileContent.extend({ stackId: z.string() });

export const backlogMethods = {
  backlogOverview: { params: z.strictObject({}), result: BacklogOverviewSchema, timeoutMs: quick },
  /** New, or with another target; the kind of records behind a code never changes. */
  saveBacklogSeries: {
    params: z.strictObject({ choice: SeriesChoice, officerId: z.string() }),
    result: BacklogOverviewSchema,
    timeoutMs: quick,
  },
  /** `reuse`: the stack of that name in the series when there is one. */
  createBacklogStack: {
    params: z.strictObject({
      seriesCode: z.string(),
      name: z.string().trim().min(1).max(200),
      officerId: z.string(),
      reuse: z.boolean(),
    }),
    result: BacklogStackSchema,
    timeoutMs: quick,
  },
  /** The stacks a folder was fed into, in their order; none for one that was never fed in. */
  backlogStackParts: {
    params: z.strictObject({ seriesCode: z.string(), name: z.string().trim().min(1).max(200) }),
    result: z.array(z.string()),
    timeoutMs: quick,
  },
  backlogStack: { params: z.strictObject({ id: z.string() }), result: BacklogStackSchema, timeoutMs: quick },
  setBacklogSplit: {
    params: z.strictObject({ id: z.string(), revision: z.int(), split: SplitRule, officerId: z.string() }),
    result: BacklogStackSchema,
    timeoutMs: quick,
  },
  /** The record as the officer saw it becomes final; its PDF follows. */
  confirmBacklogRecord: {
    params: z.strictObject({
      id: z.string(),
      revision: z.int(),
      key: z.string(),
      officerId: z.string(),
      /** Why it is another record in spite of the same number and year. */
      duplicateReason: Reason.nullable(),
    }),
    result: z.strictObject({ stack: BacklogStackSchema, record: BacklogRecordSchema }),
    timeoutMs: quick,
  },
  /** Records whose PDF is still to be made, the oldest first; `after`: the last one handed out before. */
  backlogToCompose: {
    params: z.strictObject({
      limit: z.int().min(1).max(100),
      after: z.strictObject({ confirmedAt: z.string(), recordId: z.string() }).nullable(),
    }),
    result: z.array(
      z.strictObject({
        recordId: z.string(),
        revision: z.int(),
        confirmedAt: z.string(),
        code: z.string(),
        title: z.string(),
        /** For the XMP packet: property → value. */
        metadata: z.record(z.string(), z.string()),
        pages: z.array(PageSchema),
      }),
    ),
    timeoutMs: quick,
  },
  setBacklogPdf: {
    params: z.strictObject({ recordId: z.string(), revision: z.int(), pdf: Deposit, pageCount: z.int() }),
    result: BacklogRecordSchema,
    timeoutMs: quick,
  },
  backlogRecords: {
    params: z.strictObject({
      seriesCode: z.string(),
      text: z.string().max(500),
      limit: z.int().min(1).max(500),
      offset: z.int().min(0),
    }),
    result: z.strictObject({ total: z.int(), items: z.array(BacklogRecordSchema) }),
    timeoutMs: quick,
  },
  correctBacklogRecord: {
    params: z.strictObject({
      recordId: z.string(),
      revision: z.int(),
      fields: RecordFields,
      reason: Reason,
      officerId: z.string(),
    }),
    result: BacklogRecordSchema,
    timeoutMs: quick,
  },
  /** Finished, unsigned records, each once; all or nothing. */
  backlogToSign: {
    params: z.strictObject({ recordIds: z.array(z.string()).max(500) }),
    result: z.array(
      z.strictObject({
        recordId: z.string(),
        revision: z.int(),
        code: z.string(),
        title: z.string(),
        pageCount: z.int(),
        sha256: z.string(),
        access: BlobAccess,
      }),
    ),
    timeoutMs: quick,
  },
  signBacklogRecord: {
    params: z.strictObject({
      recordId: z.string(),
      revision: z.int(),
      officerId: z.string(),
      pdf: Deposit,
      pageCount: z.int(),
      signature: SignatureInfoSchema,
    }),
    result: BacklogRecordSchema,
    timeoutMs: quick,
  },
  /**
   * `skip`: pages of this file that came in before it was cut off; the rest goes behind `lastPageId`. `fullStackIds`: stacks of
   * the same folder, in which its files are known, too.
   */
  beginBacklogImport: {
    params: ImportedFile.extend({ fileName: z.string().max(500), fullStackIds: z.array(z.string()).max(1_000) }),
    result: z.strictObject({ isDone: z.boolean(), skip: z.int(), lastPageId: z.string().nullable() }),
    timeoutMs: quick,
  },
  endBacklogImport: { params: ImportedFile, result: z.null(), timeoutMs: quick },
};
