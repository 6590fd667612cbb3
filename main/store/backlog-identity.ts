/** @file Which record of a series has a number and year: the first one that got it, until it is corrected away. */
import { recordIdentity } from '../backlog/record-number.ts';
import { formatRecordCode } from '../backlog/series.ts';
import type { StoreContext } from './context.ts';

interface Numbered {
  readonly id: string;
  readonly series_code: string;
  readonly number: string | null;
  readonly year: number | null;
}

/** Code of the record that has this number and year already; `exceptId`: a record is no duplicate of itself. */
export function duplicateOf(
  context: StoreContext,
  seriesCode: string,
  identity: string | null,
  exceptId: string | null = null,
): string | null {
  if (identity === null) return null;
  const row = context
    .sql(
      `SELECT record_id, sequence FROM backlog_identity JOIN backlog_record ON backlog_record.id = record_id
       WHERE backlog_identity.series_code = ? AND identity = ?`,
    )
    .get(seriesCode, identity) as { record_id: string; sequence: number } | undefined;
  return row && row.record_id !== exceptId ? formatRecordCode(seriesCode, row.sequence) : null;
}

/** The number stays the first one's; a later record of the same number says whose it is. */
export function takeIdentity(
  context: StoreContext,
  seriesCode: string,
  identity: string | null,
  recordId: string,
): void {
  if (identity === null) return;
  context
    .sql('INSERT OR IGNORE INTO backlog_identity (series_code, identity, record_id) VALUES (?, ?, ?)')
    .run(seriesCode, identity, recordId);
}

/** The number of a record that gets another goes to the next record that has it, so that a third one is still noticed. */
export function freeIdentity(context: StoreContext, { id, series_code, number, year }: Numbered): void {
  const { changes } = context.sql('DELETE FROM backlog_identity WHERE record_id = ?').run(id);
  if (changes === 0) return;
  const identity = recordIdentity(number, year);
  const others = context
    .sql(
      `SELECT id, number, year FROM backlog_record
       JOIN backlog_revision ON record_id = id AND backlog_revision.revision = backlog_record.revision
       WHERE series_code = ? AND year IS ? AND duplicate_of IS NOT NULL AND id <> ? ORDER BY sequence`,
    )
    .all(series_code, year, id) as Pick<Numbered, 'id' | 'number' | 'year'>[];
  const heir = others.find((other) => recordIdentity(other.number, other.year) === identity);
  if (heir) takeIdentity(context, series_code, identity, heir.id);
}
