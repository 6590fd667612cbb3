/**
 * @file Stacks of old records. The pages of a stack are a draft like a dossier's: the same facts, the same commands with the
 * same way back, kept in the same rows; only what the pages are split into is the backlog's own.
 */
import { v7 as uuidv7 } from 'uuid';
import type { BacklogSeries, BacklogStack, OpenRecord, SplitRule, StackSummary } from '../../preload/backlog-types.ts';
import type { Dossier } from '../../preload/types.ts';
import { identityOf, indexRecord } from '../backlog/index-record.ts';
import { partName } from '../backlog/stack-parts.ts';
import { splitStack, type StackPage } from '../backlog/split-stack.ts';
import { EMPTY_DRAFT, type DraftFacts } from '../dossiers/draft.ts';
import { Failure } from '../rooms/failure.ts';
import { duplicateOf } from './backlog-identity.ts';
import { readSeries } from './backlog-series.ts';
import { appendAudit, inTransaction, nowMs, recordTimeMs, toLocal, toLocalDate, type StoreContext } from './context.ts';
import { bodyOf, draftOf, officerNameOf, readDossierRow, toDossier, type DossierRow } from './dossier-rows.ts';
import { requireDraft } from './drafts.ts';
import { requireOfficer } from './officers.ts';

interface StackRow {
  readonly id: string;
  readonly series_code: string;
  readonly name: string;
  readonly split: string;
}

/** @throws Failure `not-found` for an unknown series */
export function createStack(
  context: StoreContext,
  choice: { seriesCode: string; name: string; officerId: string; reuse: boolean },
): BacklogStack {
  const { seriesCode, officerId, reuse } = choice;
  requireOfficer(context, officerId, 'counter');
  const series = readSeries(context, seriesCode);
  const name = choice.name.normalize('NFC').trim();
  const known = stackOfName(context, seriesCode, name);
  if (reuse && known !== null) return readStack(context, known);
  const id = uuidv7();
  inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    context
      .sql(
        `INSERT INTO dossier (id, kind, state, revision, channel, officer_id, created_at, draft)
         VALUES (?, 'stack', 'draft', 1, 'counter', ?, ?, ?)`,
      )
      .run(id, officerId, toLocal(context, atMs), JSON.stringify(EMPTY_DRAFT));
    context
      .sql('INSERT INTO backlog_stack (id, series_code, name, split) VALUES (?, ?, ?, ?)')
      .run(id, seriesCode, name, JSON.stringify(series.split));
    appendAudit(context, atMs, {
      kind: 'backlog-stack-created',
      officerId,
      dossierId: id,
      data: { series: seriesCode },
    });
  });
  return readStack(context, id);
}

/** The stacks of a folder that are there, in the order they were filled. */
export function stackParts(
  context: StoreContext,
  { seriesCode, name }: { readonly seriesCode: string; readonly name: string },
): string[] {
  const ids: string[] = [];
  for (;;) {
    const id = stackOfName(
      context,
      seriesCode,
      partName(name, ids.length + 1)
        .normalize('NFC')
        .trim(),
    );
    if (id === null) return ids;
    ids.push(id);
  }
}

function stackOfName(context: StoreContext, seriesCode: string, name: string): string | null {
  const found = context
    .sql('SELECT id FROM backlog_stack WHERE series_code = ? AND name = ? ORDER BY id LIMIT 1')
    .get(seriesCode, name) as { id: string } | undefined;
  return found?.id ?? null;
}

/** @throws Failure `not-found` for an id that is no stack's */
export function readStack(context: StoreContext, id: string): BacklogStack {
  const { stack, row } = readStackRows(context, id);
  return toStack(context, stack, row);
}

export function readStackRows(
  context: StoreContext,
  id: string,
): { readonly stack: StackRow; readonly row: DossierRow } {
  const stack = context.sql('SELECT * FROM backlog_stack WHERE id = ?').get(id) as StackRow | undefined;
  if (!stack) throw new Failure('not-found', `stack ${id}`);
  return { stack, row: readDossierRow(context, id) };
}

/** @throws Failure `stale-revision` */
export function setSplit(
  context: StoreContext,
  question: { id: string; revision: number; split: SplitRule; officerId: string },
): BacklogStack {
  const { id, revision, split, officerId } = question;
  requireOfficer(context, officerId, 'counter');
  readStackRows(context, id);
  requireDraft(context, id, revision);
  inTransaction(context, () => {
    context.sql('UPDATE backlog_stack SET split = ? WHERE id = ?').run(JSON.stringify(split), id);
    context.sql('UPDATE dossier SET revision = revision + 1 WHERE id = ?').run(id);
    appendAudit(context, nowMs(context), {
      kind: 'backlog-split-changed',
      officerId,
      dossierId: id,
      data: { split: split.kind, ...(split.kind === 'every' ? { pages: split.pages } : {}) },
    });
  });
  return readStack(context, id);
}

/** Stacks in which something is left to do, the newest first. */
export function stackSummaries(context: StoreContext): readonly StackSummary[] {
  const rows = context
    .sql(
      `SELECT backlog_stack.* FROM backlog_stack JOIN dossier ON dossier.id = backlog_stack.id
       WHERE dossier.revision IS NOT done_revision ORDER BY backlog_stack.id DESC`,
    )
    .all() as StackRow[];
  return rows
    .map((stack) => summarise(context, stack, readDossierRow(context, stack.id)))
    .filter(({ openRecords, pageCount, filedRecords }) => openRecords > 0 || (pageCount === 0 && filedRecords === 0));
}

export function thisYear(context: StoreContext): number {
  return Number(toLocalDate(context, nowMs(context)).slice(0, 4));
}

function toStack(context: StoreContext, stack: StackRow, row: DossierRow): BacklogStack {
  const series = readSeries(context, stack.series_code);
  const dossier = toDossier(context, row);
  const filed = filedPages(context, stack.id);
  const split = JSON.parse(stack.split) as SplitRule;
  const records = indexRecords(context, series, split, draftOf(context, row), dossier.pages, filed);
  const firstPages = new Set(records.map(({ pageIds }) => pageIds[0]));
  return {
    ...summaryOf(context, stack, row, dossier.pages.length, records.length),
    revision: row.revision,
    series,
    split,
    // A paper of a stack is a record: what begins one here is decided by the split, not by every title.
    pages: dossier.pages
      .filter(({ id }) => !filed.has(id))
      .map((page) => ({ ...page, startsPaper: firstPages.has(page.id) })),
    records,
    canUndo: dossier.canUndo,
    canRedo: dossier.canRedo,
  };
}

function indexRecords(
  context: StoreContext,
  series: BacklogSeries,
  split: SplitRule,
  draft: DraftFacts,
  pages: Dossier['pages'],
  filed: ReadonlySet<string>,
): readonly OpenRecord[] {
  const year = thisYear(context);
  return splitStack(stackPages(draft, pages, filed), split, series.documentTypes).map((record) => {
    const indexed = indexRecord(draft, record, series, year);
    const { identity } = identityOf(series.fields, indexed.fields);
    return { ...indexed, duplicateOf: duplicateOf(context, series.code, identity) };
  });
}

function stackPages(draft: DraftFacts, pages: Dossier['pages'], filed: ReadonlySet<string>): readonly StackPage[] {
  return pages.map((page) => {
    const decision: boolean | undefined = draft[`start:${page.id}`];
    return {
      id: page.id,
      isHidden: page.isHidden,
      isBlank: page.isBlank,
      isSeparator: page.isSeparator,
      documentType: page.documentType?.code ?? null,
      decision: decision ?? null,
      isFiled: filed.has(page.id),
    };
  });
}

function filedPages(context: StoreContext, stackId: string): ReadonlySet<string> {
  const rows = context.sql('SELECT page_id FROM backlog_page WHERE stack_id = ?').all(stackId) as { page_id: string }[];
  return new Set(rows.map(({ page_id }) => page_id));
}

/** Counts without reading any field: lists show many stacks. */
function summarise(context: StoreContext, stack: StackRow, row: DossierRow): StackSummary {
  const series = readSeries(context, stack.series_code);
  const draft = draftOf(context, row);
  const { pages } = bodyOf(context, row);
  const split = JSON.parse(stack.split) as SplitRule;
  const open = splitStack(stackPages(draft, pages, filedPages(context, stack.id)), split, series.documentTypes);
  return summaryOf(context, stack, row, pages.length, open.length);
}

function summaryOf(
  context: StoreContext,
  stack: StackRow,
  row: DossierRow,
  pageCount: number,
  openRecords: number,
): StackSummary {
  const { filed } = context.sql('SELECT count(*) AS filed FROM backlog_record WHERE stack_id = ?').get(stack.id) as {
    filed: number;
  };
  return {
    id: stack.id,
    seriesCode: stack.series_code,
    name: stack.name,
    createdAt: row.created_at,
    officerName: officerNameOf(context, row.officer_id),
    pageCount,
    openRecords,
    filedRecords: filed,
  };
}
