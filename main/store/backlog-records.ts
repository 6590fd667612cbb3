/**
 * @file Records of the backlog. Confirming freezes what the officer saw: pages with their order, rotation and crop, and the
 * values; the PDF is made from exactly that, now or after a restart. A correction is a further revision, with its reason.
 */
import { v7 as uuidv7 } from 'uuid';
import type { BacklogRecord, BacklogSeries, BacklogStack, OpenRecord } from '../../preload/backlog-types.ts';
import type { Page } from '../../preload/types.ts';
import { identityOf, missingFields } from '../backlog/index-record.ts';
import { recordIdentity } from '../backlog/record-number.ts';
import { formatRecordCode } from '../backlog/series.ts';
import { foldedWords, foldText } from '../dossiers/fold-text.ts';
import { Failure } from '../rooms/failure.ts';
import { duplicateOf, freeIdentity, takeIdentity } from './backlog-identity.ts';
import { readSeries } from './backlog-series.ts';
import { readStack, thisYear } from './backlog-stacks.ts';
import { appendAudit, inTransaction, recordTimeMs, toLocal, type StoreContext } from './context.ts';
import { requireOfficer } from './officers.ts';

export interface RecordRow {
  readonly id: string;
  readonly series_code: string;
  readonly sequence: number;
  readonly stack_id: string;
  readonly revision: number;
  readonly finished_on: string | null;
  readonly number: string | null;
  readonly year: number | null;
  readonly name: string;
  readonly fields: string;
  readonly pages: string;
  readonly confirmed_at: string;
  readonly reason: string | null;
  readonly duplicate_of: string | null;
  readonly blob_id: string | null;
  readonly page_count: number;
  readonly signatures: string;
  readonly sha256: string | null;
  readonly size_bytes: number | null;
  readonly officer_name: string;
}

const CURRENT = `
  SELECT backlog_record.*, number, year, backlog_revision.name, fields, pages, confirmed_at, reason, duplicate_of, blob_id,
         page_count, signatures, blob.sha256, blob.size_bytes, officer.name AS officer_name
  FROM backlog_record
  JOIN backlog_revision ON record_id = backlog_record.id AND backlog_revision.revision = backlog_record.revision
  JOIN officer ON officer.id = backlog_revision.officer_id
  LEFT JOIN blob ON blob.id = blob_id`;

/** @throws Failure `not-found` */
export function readRecordRow(context: StoreContext, id: string): RecordRow {
  const row = context.sql(`${CURRENT} WHERE backlog_record.id = ?`).get(id) as RecordRow | undefined;
  if (!row) throw new Failure('not-found', `record ${id}`);
  return row;
}

/** What was confirmed and has no PDF yet, the oldest first. */
export function composingRows(
  context: StoreContext,
  limit: number,
  after: { readonly confirmedAt: string; readonly recordId: string } | null,
): readonly RecordRow[] {
  return context
    .sql(
      `${CURRENT} WHERE blob_id IS NULL AND (confirmed_at, backlog_record.id) > (?, ?)
       ORDER BY confirmed_at, backlog_record.id LIMIT ?`,
    )
    .all(after?.confirmedAt ?? '', after?.recordId ?? '', limit) as RecordRow[];
}

export function readRecord(context: StoreContext, id: string): BacklogRecord {
  return toRecord(readRecordRow(context, id));
}

/** Words match anywhere in number, year, name or code; the newest first. */
export function listRecords(
  context: StoreContext,
  question: { seriesCode: string; text: string; limit: number; offset: number },
): { total: number; items: BacklogRecord[] } {
  const words = foldedWords(question.text);
  if (words.length === 0 && question.text.trim() !== '') return { total: 0, items: [] };
  const conditions = ['series_code = ?', ...words.map(() => 'instr(words, ?) > 0')].join(' AND ');
  const values = [question.seriesCode, ...words];
  const rows = context
    .sql(`${CURRENT} WHERE ${conditions} ORDER BY sequence DESC LIMIT ? OFFSET ?`)
    .all(...values, question.limit, question.offset) as RecordRow[];
  const { total } = context
    .sql(
      `SELECT count(*) AS total FROM backlog_record
       JOIN backlog_revision ON record_id = id AND backlog_revision.revision = backlog_record.revision WHERE ${conditions}`,
    )
    .get(...values) as { total: number };
  return { total, items: rows.map(toRecord) };
}

export interface ConfirmQuestion {
  readonly id: string;
  readonly revision: number;
  readonly key: string;
  readonly officerId: string;
  readonly duplicateReason: string | null;
}

/**
 * @throws Failure `stale-revision`; `record-incomplete` with the names of what is missing, `record-duplicate` with the code of
 *   the record that has this number and year, unless a reason says why both stand
 */
export function confirmRecord(
  context: StoreContext,
  question: ConfirmQuestion,
): { stack: BacklogStack; record: BacklogRecord } {
  const { id, revision, key, officerId, duplicateReason } = question;
  requireOfficer(context, officerId, 'counter');
  const stack = readStack(context, id);
  // Confirmed is what was seen: a page that came or was read meanwhile counts, too.
  if (stack.revision !== revision) throw new Failure('stale-revision', `decided on ${revision}, now ${stack.revision}`);
  const open = stack.records.find((record) => record.key === key);
  if (!open) throw new Failure('not-found', `record ${key}`);
  requireComplete(open);
  if (open.duplicateOf !== null && duplicateReason === null) throw new Failure('record-duplicate', open.duplicateOf);
  const recordId = uuidv7();
  const pages = open.pageIds.map((pageId) => pageOf(stack, pageId));
  const fields = open.fields.map(({ name, value }) => ({ name, value: value.trim() }));
  inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    const sequence = takeSequence(context, stack.seriesCode);
    context
      .sql('INSERT INTO backlog_record (id, series_code, sequence, stack_id, revision) VALUES (?, ?, ?, ?, 1)')
      .run(recordId, stack.seriesCode, sequence, id);
    context.crashPoint('backlog:after-record');
    const code = formatRecordCode(stack.seriesCode, sequence);
    insertRevision(context, stack.series, {
      recordId,
      revision: 1,
      code,
      fields,
      pages,
      officerId,
      atMs,
      reason: open.duplicateOf === null ? null : duplicateReason,
      duplicate: open.duplicateOf,
    });
    for (const { id: pageId } of pages)
      context.sql('INSERT INTO backlog_page (page_id, stack_id, record_id) VALUES (?, ?, ?)').run(pageId, id, recordId);
    context.sql('UPDATE dossier SET revision = revision + 1 WHERE id = ?').run(id);
    if (stack.records.length === 1)
      context.sql('UPDATE backlog_stack SET done_revision = ? WHERE id = ?').run(revision + 1, id);
    appendAudit(context, atMs, {
      kind: 'backlog-record-confirmed',
      officerId,
      dossierId: id,
      data: { record: code, pages: pages.length, ...(open.duplicateOf === null ? {} : { besides: open.duplicateOf }) },
    });
    context.crashPoint('backlog:before-commit');
  });
  return { stack: readStack(context, id), record: readRecord(context, recordId) };
}

export interface CorrectQuestion {
  readonly recordId: string;
  readonly revision: number;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly reason: string;
  readonly officerId: string;
}

/** Other values, the same pages: the next revision, unsigned, with a PDF of its own. The earlier one stays on record. */
export function correctRecord(context: StoreContext, question: CorrectQuestion): BacklogRecord {
  const { recordId, revision, officerId, reason } = question;
  requireOfficer(context, officerId, 'counter');
  const row = readRecordRow(context, recordId);
  if (row.revision !== revision) throw new Failure('stale-revision', `decided on ${revision}, now ${row.revision}`);
  const series = readSeries(context, row.series_code);
  const given = new Map(question.fields.map(({ name, value }) => [name, value.normalize('NFC').trim()]));
  const fields = series.fields.map(({ name }) => ({ name, value: given.get(name) ?? '' }));
  const missing = missingFields(series.fields, fields, thisYear(context));
  if (missing.length > 0) throw new Failure('record-incomplete', missing.join(', '));
  const { identity } = identityOf(series.fields, fields);
  const code = formatRecordCode(row.series_code, row.sequence);
  inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    if (identity !== recordIdentity(row.number, row.year)) freeIdentity(context, row);
    context.sql('UPDATE backlog_record SET revision = revision + 1 WHERE id = ?').run(recordId);
    insertRevision(context, series, {
      recordId,
      revision: revision + 1,
      code,
      fields,
      pages: JSON.parse(row.pages) as Page[],
      officerId,
      atMs,
      reason: reason.normalize('NFC').trim(),
      duplicate: duplicateOf(context, row.series_code, identity, recordId),
    });
    appendAudit(context, atMs, {
      kind: 'backlog-record-corrected',
      officerId,
      dossierId: row.stack_id,
      data: { record: code, revision: revision + 1, reason },
    });
  });
  return readRecord(context, recordId);
}

function insertRevision(
  context: StoreContext,
  series: BacklogSeries,
  entry: {
    readonly recordId: string;
    readonly revision: number;
    readonly code: string;
    readonly fields: readonly { readonly name: string; readonly value: string }[];
    readonly pages: readonly Page[];
    readonly officerId: string;
    readonly atMs: number;
    readonly reason: string | null;
    readonly duplicate: string | null;
  },
): void {
  const { number, year, identity } = identityOf(series.fields, entry.fields);
  const name = nameOf(series, entry.fields);
  const words = foldText([entry.code, number ?? '', year ?? '', ...entry.fields.map(({ value }) => value)].join(' '));
  context
    .sql(
      `INSERT INTO backlog_revision (record_id, revision, number, year, name, words, fields, pages, officer_id, confirmed_at,
         reason, duplicate_of, page_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      entry.recordId,
      entry.revision,
      number,
      year,
      name,
      words,
      JSON.stringify(entry.fields),
      JSON.stringify(entry.pages),
      entry.officerId,
      toLocal(context, entry.atMs),
      entry.reason,
      entry.duplicate,
      entry.pages.length,
    );
  takeIdentity(context, series.code, identity, entry.recordId);
}

function nameOf(series: BacklogSeries, fields: readonly { readonly name: string; readonly value: string }[]): string {
  const names = series.fields.filter(({ kind }) => kind === 'name').map(({ name }) => name);
  return fields
    .filter(({ name, value }) => names.includes(name) && value !== '')
    .map(({ value }) => value)
    .join(', ');
}

function requireComplete(open: OpenRecord): void {
  if (!open.isRead) throw new Failure('record-incomplete', 'pages are still being read');
  if (open.missing.length > 0) throw new Failure('record-incomplete', open.missing.join(', '));
}

function pageOf(stack: BacklogStack, pageId: string): Page {
  const page = stack.pages.find(({ id }) => id === pageId);
  if (!page) throw new Failure('not-found', `page ${pageId}`);
  return page;
}

function takeSequence(context: StoreContext, seriesCode: string): number {
  const row = context
    .sql(
      'UPDATE backlog_series SET next_sequence = next_sequence + 1 WHERE code = ? RETURNING next_sequence - 1 AS taken',
    )
    .get(seriesCode) as { taken: number };
  return row.taken;
}

function toRecord(row: RecordRow): BacklogRecord {
  return {
    id: row.id,
    seriesCode: row.series_code,
    code: formatRecordCode(row.series_code, row.sequence),
    number: row.number,
    year: row.year,
    name: row.name,
    revision: row.revision,
    state: row.blob_id === null ? 'composing' : 'finished',
    fields: JSON.parse(row.fields) as BacklogRecord['fields'],
    pageCount: row.page_count,
    blobId: row.blob_id,
    sha256: row.sha256,
    sizeBytes: row.size_bytes,
    signatures: JSON.parse(row.signatures) as BacklogRecord['signatures'],
    confirmedAt: row.confirmed_at,
    confirmedBy: row.officer_name,
    reason: row.reason,
    duplicateOf: row.duplicate_of,
  };
}
