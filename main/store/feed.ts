/**
 * @file Status changes from the province. A page of the feed and its cursor are one transaction. An item that may not be
 * applied (unknown dossier, no legal way, "done" before every result here is signed and queued) is recorded and passed
 * over: one bad item must not stop the feed.
 */
import { canMove, needsResult, stateOfStatus } from '../dossiers/states.ts';
import type { FeedItem } from '../sync/protocol.ts';
import { appendAudit, inTransaction, nowMs, readSetting, writeSetting, type StoreContext } from './context.ts';
import { readDocumentRows, type DossierRow } from './dossier-rows.ts';
import { adoptOfficialCode } from './outbox.ts';
import { isWaiting } from './results.ts';

const CURSOR = 'feed-cursor';

export function feedCursor(context: StoreContext): string | null {
  return readSetting(context, CURSOR);
}

export function applyFeed(context: StoreContext, items: readonly FeedItem[], cursor: string): null {
  const changed = new Set<string>();
  inTransaction(context, () => {
    for (const item of items.toSorted((a, b) => a.seq - b.seq)) {
      if (applyItem(context, item)) changed.add(item.dossierId);
    }
    writeSetting(context, CURSOR, cursor);
  });
  for (const id of changed) context.onDossierChanged(id);
  return null;
}

/** @returns whether the dossier is different now */
function applyItem(context: StoreContext, item: FeedItem): boolean {
  const row = context.sql('SELECT * FROM dossier WHERE id = ?').get(item.dossierId) as DossierRow | undefined;
  // Another counter of the agency, or a draft that an earlier copy of this store had sealed: nothing to move here.
  if (!row || row.state === 'draft') return false;
  const atMs = nowMs(context);
  const hadCode = row.code;
  adoptOfficialCode(context, row.id, item.code, atMs);
  const isRenamed = hadCode === null && item.code !== null;
  const state = stateOfStatus(item.status);
  if (state === null || state === row.state) return isRenamed;
  const refusal = refusalOf(context, row, state);
  const data = { seq: item.seq, from: row.state, to: state };
  if (refusal) {
    appendAudit(context, atMs, { kind: 'feed-refused', dossierId: row.id, data: { ...data, refusal } });
    return isRenamed;
  }
  context.sql('UPDATE dossier SET state = ?, revision = revision + 1 WHERE id = ?').run(state, row.id);
  appendAudit(context, atMs, { kind: 'state-changed', dossierId: row.id, data });
  return true;
}

function refusalOf(context: StoreContext, row: DossierRow, state: DossierRow['state']): string | null {
  if (!canMove(row.state, state)) return 'transition-not-allowed';
  if (!needsResult(state)) return null;
  const results = readDocumentRows(context, row.id).filter(({ kind }) => kind === 'result');
  if (results.length === 0) return 'result-missing';
  // A dossier that is done takes no more signatures and sends nothing more: an unsigned result would stay so for ever.
  if (results.some((result) => isWaiting(context, result))) return 'result-unsigned';
  return results.every(({ sha256 }) => isQueued(context, row, sha256)) ? null : 'result-not-queued';
}

/** Whether the newest revision, the one with the results, carries this file. */
function isQueued(context: StoreContext, row: DossierRow, sha256: string): boolean {
  const found = context
    .sql(
      'SELECT 1 FROM job JOIN job_file ON job_file.job_id = job.id WHERE job.dossier_id = ? AND job.revision = ? AND job_file.sha256 = ?',
    )
    .get(row.id, row.upload_revision, sha256);
  return found !== undefined;
}
