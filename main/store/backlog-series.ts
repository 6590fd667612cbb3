/** @file Series of old records: their targets, and how far each is. */
import type { BacklogProgress, BacklogSeries } from '../../preload/backlog-types.ts';
import { firstRecentDay, progressOf } from '../backlog/progress.ts';
import type { SeriesChoice } from '../backlog/series.ts';
import { Failure } from '../rooms/failure.ts';
import { appendAudit, inTransaction, nowMs, recordTimeMs, toLocalDate, type StoreContext } from './context.ts';
import { findOfficer } from './officers.ts';

/** In practice mode there is one small series to try at once. */
const PRACTICE_SERIES = { code: 'KS', templateId: 'khai-sinh', total: 20, targetPercent: 30, days: 30 } as const;

/** @throws Failure `not-found` */
export function readSeries(context: StoreContext, code: string): BacklogSeries {
  const row = context.sql('SELECT body FROM backlog_series WHERE code = ?').get(code) as { body: string } | undefined;
  if (!row) throw new Failure('not-found', `series ${code}`);
  return JSON.parse(row.body) as BacklogSeries;
}

export function listSeries(context: StoreContext): readonly BacklogSeries[] {
  const rows = context.sql('SELECT body FROM backlog_series ORDER BY code').all() as { body: string }[];
  return rows.map(({ body }) => JSON.parse(body) as BacklogSeries);
}

/**
 * @throws Failure `not-allowed` for a stranger, `not-found` for an unknown kind of records, `bad-request` when a code that has
 *   records of one kind would get another
 */
export function saveSeries(context: StoreContext, choice: SeriesChoice, officerId: string): void {
  if (!findOfficer(context, officerId)) throw new Failure('not-allowed', officerId);
  const known = context.sql('SELECT body FROM backlog_series WHERE code = ?').get(choice.code) as
    { body: string } | undefined;
  const earlier = known ? (JSON.parse(known.body) as BacklogSeries) : null;
  if (earlier && earlier.templateId !== choice.templateId)
    throw new Failure('bad-request', `series ${choice.code} is of ${earlier.templateId}`);
  const series = earlier ? { ...earlier, ...tidy(choice) } : seriesFrom(context, choice);
  inTransaction(context, () => {
    writeSeries(context, series);
    appendAudit(context, recordTimeMs(context), {
      kind: 'backlog-series-saved',
      officerId,
      data: {
        series: series.code,
        total: series.total,
        targetPercent: series.targetPercent,
        targetDate: series.targetDate,
      },
    });
  });
}

export function seedPracticeSeries(context: StoreContext): void {
  const { days, ...series } = PRACTICE_SERIES;
  const isThere = context.sql('SELECT 1 FROM backlog_series WHERE code = ?').get(series.code) !== undefined;
  const template = context.seriesTemplates.find(({ id }) => id === series.templateId);
  if (isThere || !template) return;
  writeSeries(
    context,
    seriesFrom(context, {
      ...series,
      name: template.name,
      split: template.split,
      targetDate: toLocalDate(context, nowMs(context) + days * 86_400_000),
    }),
  );
}

function seriesFrom(context: StoreContext, choice: SeriesChoice): BacklogSeries {
  const template = context.seriesTemplates.find(({ id }) => id === choice.templateId);
  if (!template) throw new Failure('not-found', `kind of records ${choice.templateId}`);
  // What a record of this series is found by stays as it was when the first one was confirmed, whatever later data say.
  return { ...tidy(choice), documentTypes: template.documentTypes, fields: template.fields };
}

function tidy(choice: SeriesChoice): SeriesChoice {
  return { ...choice, name: choice.name.normalize('NFC').trim() };
}

function writeSeries(context: StoreContext, series: BacklogSeries): void {
  context
    .sql('INSERT INTO backlog_series (code, body) VALUES (?, ?) ON CONFLICT (code) DO UPDATE SET body = excluded.body')
    .run(series.code, JSON.stringify(series));
}

export function seriesProgress(context: StoreContext, series: BacklogSeries): BacklogProgress {
  const today = toLocalDate(context, nowMs(context));
  const counts = context
    .sql(
      `SELECT count(*) AS records, count(finished_on) AS done, coalesce(sum(backlog_revision.signatures <> '[]'), 0) AS signed
       FROM backlog_record JOIN backlog_revision ON record_id = id AND backlog_revision.revision = backlog_record.revision
       WHERE series_code = ?`,
    )
    .get(series.code) as { records: number; done: number; signed: number };
  const days = context
    .sql(
      'SELECT finished_on AS day, count(*) AS done FROM backlog_record WHERE series_code = ? AND finished_on >= ? GROUP BY day',
    )
    .all(series.code, firstRecentDay(today)) as { day: string; done: number }[];
  return progressOf(
    {
      total: series.total,
      targetPercent: series.targetPercent,
      targetDate: series.targetDate,
      done: counts.done,
      composing: counts.records - counts.done,
      signed: counts.signed,
      doneByDay: new Map(days.map(({ day, done }) => [day, done])),
    },
    today,
    context.calendar,
  );
}
