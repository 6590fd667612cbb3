/** @file The PDF of a record: made once from what was confirmed, then signed; and files that were fed in, told by their content. */
import { beginsWithBlob } from '../blobs/begins-with.ts';
import type { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import type { BacklogRecord } from '../../preload/backlog-types.ts';
import type { Page, SignatureInfo } from '../../preload/types.ts';
import type { FileContent } from '../backlog/schemas.ts';
import { formatRecordCode } from '../backlog/series.ts';
import { Failure } from '../rooms/failure.ts';
import { composingRows, readRecord, readRecordRow, type RecordRow } from './backlog-records.ts';
import { readSeries } from './backlog-series.ts';
import { readStackRows } from './backlog-stacks.ts';
import { blobAccess, keepBlob, shelve } from './blob-shelf.ts';
import { appendAudit, inTransaction, recordTimeMs, toLocalDate, type StoreContext } from './context.ts';
import { requireOfficer } from './officers.ts';
import { requireSignedFile } from './signed-files.ts';

export interface RecordToCompose {
  readonly recordId: string;
  readonly revision: number;
  readonly confirmedAt: string;
  readonly code: string;
  readonly title: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly pages: readonly Page[];
}

/** @param after the last one that was handed out: those that could not be made stay behind it and hold up nobody */
export function recordsToCompose(
  context: StoreContext,
  limit: number,
  after: Pick<RecordToCompose, 'confirmedAt' | 'recordId'> | null,
): RecordToCompose[] {
  return composingRows(context, limit, after).map((row) => ({
    recordId: row.id,
    revision: row.revision,
    confirmedAt: row.confirmed_at,
    code: codeOf(row),
    title: titleOf(context, row),
    metadata: metadataOf(context, row),
    pages: JSON.parse(row.pages) as Page[],
  }));
}

/** May be repeated. @throws Failure `stale-revision` when the record was corrected meanwhile: its next PDF is due already */
export async function setRecordPdf(
  context: StoreContext,
  question: { recordId: string; revision: number; pdf: Deposit; pageCount: number },
): Promise<BacklogRecord> {
  const { recordId, revision, pdf, pageCount } = question;
  const row = requireRevision(context, recordId, revision);
  if (row.blob_id !== null) return readRecord(context, recordId);
  if (pageCount !== row.page_count)
    throw new Failure('stale-revision', `${pageCount} pages in the file, ${row.page_count} in the record`);
  const blob = await shelve(context, pdf);
  inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    keepBlob(context, blob, row.stack_id);
    context
      .sql('UPDATE backlog_revision SET blob_id = ? WHERE record_id = ? AND revision = ?')
      .run(blob.id, recordId, revision);
    context
      .sql('UPDATE backlog_record SET finished_on = coalesce(finished_on, ?) WHERE id = ?')
      .run(toLocalDate(context, atMs), recordId);
    appendAudit(context, atMs, {
      kind: 'backlog-record-finished',
      dossierId: row.stack_id,
      data: { record: codeOf(row), revision, sha256: pdf.sha256 },
    });
  });
  return readRecord(context, recordId);
}

export interface RecordToSign {
  readonly recordId: string;
  readonly revision: number;
  readonly code: string;
  readonly title: string;
  readonly pageCount: number;
  readonly sha256: string;
  readonly access: BlobAccess;
}

/** @throws Failure `transition-not-allowed` for one that is signed already, named twice, or has no PDF yet */
export function recordsToSign(context: StoreContext, recordIds: readonly string[]): RecordToSign[] {
  if (new Set(recordIds).size !== recordIds.length)
    throw new Failure('transition-not-allowed', 'a record is signed once');
  return recordIds.map((recordId) => {
    const row = readRecordRow(context, recordId);
    requireUnsigned(row);
    return {
      recordId,
      revision: row.revision,
      code: codeOf(row),
      title: titleOf(context, row),
      pageCount: row.page_count,
      sha256: row.sha256 ?? '',
      access: blobAccess(context, row.blob_id ?? ''),
    };
  });
}

/**
 * The signed file takes the place of the one it continues. May be repeated.
 * @throws Failure `stale-revision` when it continues another file, `signature-does-not-verify` when what was added is not this
 *   signature, right and alone
 */
export async function signRecord(
  context: StoreContext,
  question: {
    recordId: string;
    revision: number;
    officerId: string;
    pdf: Deposit;
    pageCount: number;
    signature: SignatureInfo;
  },
): Promise<BacklogRecord> {
  const { recordId, revision, officerId, pdf, signature } = question;
  requireOfficer(context, officerId, 'signer');
  const row = requireRevision(context, recordId, revision);
  if (row.signatures !== '[]' && row.sha256 === pdf.sha256) return readRecord(context, recordId);
  requireUnsigned(row);
  const blob = await shelve(context, pdf);
  const unsigned = blobAccess(context, row.blob_id ?? '');
  if (!(await beginsWithBlob(blob.access, unsigned)))
    throw new Failure('stale-revision', 'what was signed is not the PDF in place');
  await requireSignedFile(blob.access, unsigned, signature);
  inTransaction(context, () => {
    keepBlob(context, blob, row.stack_id);
    context
      .sql('UPDATE backlog_revision SET blob_id = ?, signatures = ? WHERE record_id = ? AND revision = ?')
      .run(blob.id, JSON.stringify([signature]), recordId, revision);
    appendAudit(context, recordTimeMs(context), {
      kind: 'backlog-record-signed',
      officerId,
      dossierId: row.stack_id,
      data: { record: codeOf(row), revision, sha256: pdf.sha256, certificate: signature.certificateSerial },
    });
  });
  return readRecord(context, recordId);
}

export type ImportedFile = FileContent & { readonly stackId: string };

/**
 * A file is known by its content within the stacks of its folder: fed in again, it is done; cut off half-way, its own pages that came in are
 * counted (with each of them, see `stack-rules.ts`) and it goes on behind the last, whatever came into the stack since.
 */
export function beginImport(
  context: StoreContext,
  question: ImportedFile & { readonly fileName: string; readonly fullStackIds: readonly string[] },
): { isDone: boolean; skip: number; lastPageId: string | null } {
  const { stackId, sha256, occurrence, fileName, fullStackIds } = question;
  readStackRows(context, stackId);
  const here = importRow(context, { stackId, sha256, occurrence });
  const before = fullStackIds.map((id) => importRow(context, { stackId: id, sha256, occurrence }));
  const rows = [here, ...before].filter((row) => row !== undefined);
  const isDone = rows.some((row) => row.is_done === 1);
  if (!here && !isDone)
    context
      .sql('INSERT INTO backlog_import (stack_id, sha256, occurrence, file_name) VALUES (?, ?, ?, ?)')
      .run(stackId, sha256, occurrence, fileName.normalize('NFC'));
  const skip = rows.reduce((sum, row) => sum + row.pages_in, 0);
  return { isDone, skip, lastPageId: here?.last_page_id ?? null };
}

interface ImportRow {
  readonly pages_in: number;
  readonly last_page_id: string | null;
  readonly is_done: number;
}

function importRow(context: StoreContext, { stackId, sha256, occurrence }: ImportedFile): ImportRow | undefined {
  return context
    .sql(
      'SELECT pages_in, last_page_id, is_done FROM backlog_import WHERE stack_id = ? AND sha256 = ? AND occurrence = ?',
    )
    .get(stackId, sha256, occurrence) as ImportRow | undefined;
}

export function endImport(context: StoreContext, { stackId, sha256, occurrence }: ImportedFile): null {
  context
    .sql('UPDATE backlog_import SET is_done = 1 WHERE stack_id = ? AND sha256 = ? AND occurrence = ?')
    .run(stackId, sha256, occurrence);
  return null;
}

function requireRevision(context: StoreContext, recordId: string, revision: number): RecordRow {
  const row = readRecordRow(context, recordId);
  if (row.revision !== revision) throw new Failure('stale-revision', `made for ${revision}, now ${row.revision}`);
  return row;
}

function requireUnsigned(row: RecordRow): void {
  if (row.blob_id === null) throw new Failure('transition-not-allowed', `${codeOf(row)} has no file yet`);
  if (row.signatures !== '[]') throw new Failure('transition-not-allowed', `${codeOf(row)} is signed already`);
}

function codeOf(row: RecordRow): string {
  return formatRecordCode(row.series_code, row.sequence);
}

function titleOf(context: StoreContext, row: RecordRow): string {
  const series = readSeries(context, row.series_code);
  return [series.name, row.number, row.name].filter(Boolean).join(' — ');
}

/** Side record of the digitised paper (regulations 6.1); the writer puts it into the XMP packet. */
function metadataOf(context: StoreContext, row: RecordRow): Record<string, string> {
  const series = readSeries(context, row.series_code);
  const fields = (JSON.parse(row.fields) as BacklogRecord['fields']).filter(({ value }) => value !== '');
  return {
    recordCode: codeOf(row),
    recordRevision: String(row.revision),
    seriesCode: series.code,
    seriesName: series.name,
    agencyCode: context.settings.agencyCode,
    pageCount: String(row.page_count),
    digitisedBy: row.officer_name,
    digitisedAt: row.confirmed_at,
    ...Object.fromEntries(fields.map(({ name, value }) => [name, value])),
  };
}
