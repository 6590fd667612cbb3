/**
 * @file Sign first, stamp later: every signed result that is to reach a long-term level has a job here, written with the
 * signature in one transaction. It stays until it is reached or cannot be, and either way says so. What comes back is
 * believed only after it was compared with what is in place.
 */
import { readBlob, type BlobAccess, type Deposit } from '../blobs/blob-file.ts';
import type { SignatureInfo } from '../../preload/types.ts';
import { Failure } from '../rooms/failure.ts';
import { isAtLeast } from '../signing/augmentation/levels.ts';
import { whyNotProlonged } from '../signing/augmentation/same-document.ts';
import { blobAccess, keepBlob, shelve } from './blob-shelf.ts';
import { appendAudit, inTransaction, nowMs, readSetting, toLocal, writeSetting, type StoreContext } from './context.ts';
import { readDocumentRow, readDossierRow, type DocumentRow } from './dossier-rows.ts';
import { claimResult, requireUnusedResult } from './result-files.ts';
import { stampingOf, type StampJobRow } from './stamp-rows.ts';
import { enqueueRevision, lastSender } from './upload-revisions.ts';

type Level = SignatureInfo['level'];

/** Longer than the longest call that works on a job. Ends with the process, whose successor looks again at once. */
const LEASE_MS = 15 * 60_000;
/** Nobody waits longer: a later time was written by a clock that has been set back since. */
const FARTHEST_WAIT_MS = 60 * 60_000;
const SETTINGS = 'stamping-settings';

/** Inside the transaction that takes the signature. Nothing for level B-B: that is what it has. */
export function enqueueStamp(context: StoreContext, documentId: string, atMs: number): void {
  const level = context.settings.resultLevel;
  if (level === 'B-B') return;
  context
    .sql(`INSERT INTO stamp_job (document_id, level, state, queued_at) VALUES (?, ?, 'waiting', ?)`)
    .run(documentId, level, toLocal(context, atMs));
}

export interface StampJob {
  readonly documentId: string;
  readonly access: BlobAccess;
  /** Of the file that is to be stamped; the report names it again. */
  readonly sha256: string;
  readonly level: Level;
  readonly attempts: number;
}

export interface DueStamps {
  readonly jobs: readonly StampJob[];
  /** Milliseconds until the next one is due; null when none waits. */
  readonly nextInMs: number | null;
}

/** Takes up to `limit` jobs that are due, those signed first first. */
export function nextStampJobs(context: StoreContext, limit: number): DueStamps {
  const now = nowMs(context);
  const due = context
    .sql(
      `SELECT * FROM stamp_job
       WHERE (state = 'waiting' AND (not_before_ms <= ? OR not_before_ms > ?))
          OR (state = 'working' AND (lease_until_ms <= ? OR lease_boot <> ?))
       ORDER BY queued_at, document_id LIMIT ?`,
    )
    .all(now, now + FARTHEST_WAIT_MS, now, context.bootId, limit) as StampJobRow[];
  const jobs = inTransaction(context, () => due.flatMap((row) => take(context, row, now)));
  const next = context.sql(`SELECT min(not_before_ms) AS at FROM stamp_job WHERE state = 'waiting'`).get() as {
    at: number | null;
  };
  for (const { document_id } of due) changed(context, readDocumentRow(context, document_id).dossier_id);
  return { jobs, nextInMs: next.at === null ? null : Math.max(0, next.at - now) };
}

/** Nothing for a file that cannot be opened any more: one damaged row must not stop the others. */
function take(context: StoreContext, row: StampJobRow, now: number): StampJob[] {
  const { document_id: documentId, level, attempts } = row;
  const document = readDocumentRow(context, documentId);
  try {
    const access = blobAccess(context, document.blob_id);
    context
      .sql(`UPDATE stamp_job SET state = 'working', lease_boot = ?, lease_until_ms = ? WHERE document_id = ?`)
      .run(context.bootId, now + LEASE_MS, documentId);
    return [{ documentId, access, sha256: document.sha256, level, attempts }];
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    const { code, detail = null } = thrown;
    const nothing = { documentId, sha256: document.sha256, pdf: null, notBefore: null } as const;
    settle(context, document, { ...nothing, reached: levelOf(document.signatures), code, detail });
    return [];
  }
}

export interface StampReport {
  readonly documentId: string;
  /** The file that was worked on. */
  readonly sha256: string;
  /** Null when nothing was added to it. */
  readonly pdf: Deposit | null;
  readonly reached: Level;
  /** Why it went no further. */
  readonly code: string | null;
  readonly detail: string | null;
  /** ISO 8601: when to try again; null when trying again is of no use. */
  readonly notBefore: string | null;
}

/**
 * The stamped file takes the place of the signed one, and a dossier that the province has is sent to it again. Repeating a
 * report changes nothing.
 * @throws Failure `not-found`, `stale-revision` for work on a file that is not in place any more, `result-mismatch` for a
 *   file that is not the one in place prolonged: the job then counts as failed
 */
export async function reportStamp(context: StoreContext, report: StampReport): Promise<null> {
  const document = readDocumentRow(context, report.documentId);
  if (!stampingOf(context, report.documentId)) throw new Failure('not-found', `stamp job ${report.documentId}`);
  const isInPlace = report.pdf !== null && report.pdf.sha256 === document.sha256;
  if (!isInPlace && report.sha256 !== document.sha256)
    throw new Failure('stale-revision', 'another file is in place than the one that was stamped');
  try {
    if (report.pdf && !isInPlace) await replace(context, document, report, report.pdf);
    else inTransaction(context, () => settle(context, document, report));
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'result-mismatch') {
      const { code, detail = null } = thrown;
      const { signatures } = document;
      inTransaction(context, () =>
        settle(context, document, { ...report, reached: levelOf(signatures), code, detail, notBefore: null }),
      );
    }
    throw thrown;
  } finally {
    changed(context, document.dossier_id);
  }
  return null;
}

async function replace(context: StoreContext, document: DocumentRow, report: StampReport, pdf: Deposit): Promise<void> {
  requireUnusedResult(context, document.dossier_id, pdf.sha256);
  const blob = await shelve(context, pdf);
  context.crashPoint('stamp:after-shelve');
  const [before, after] = [await readBlob(blobAccess(context, document.blob_id)), await readBlob(blob.access)];
  const problem = whyNotProlonged(before, after);
  if (problem !== null) throw new Failure('result-mismatch', problem);
  context.crashPoint('stamp:after-check');
  inTransaction(context, () => {
    const atMs = nowMs(context);
    const row = readDossierRow(context, document.dossier_id);
    keepBlob(context, blob, row.id);
    context
      .sql('UPDATE document SET blob_id = ?, signatures = ? WHERE id = ?')
      .run(blob.id, withLevel(document.signatures, report.reached), document.id);
    claimResult(context, pdf.sha256, row.id, document.id);
    appendAudit(context, atMs, {
      kind: 'result-stamped',
      dossierId: row.id,
      data: { documentId: document.id, level: report.reached, sha256: pdf.sha256, before: document.sha256 },
    });
    // Until its last result is signed nothing of this was sent; afterwards the province has the earlier file.
    if (row.state === 'completed' || row.state === 'returned')
      enqueueRevision(context, row, row.state, lastSender(context, row), atMs);
    else context.sql('UPDATE dossier SET revision = revision + 1 WHERE id = ?').run(row.id);
    context.crashPoint('stamp:before-settle');
    settle(context, document, report);
    context.crashPoint('stamp:before-commit');
  });
  context.crashPoint('stamp:after-commit');
  context.onOutboxChanged();
}

/** Inside a transaction. */
function settle(context: StoreContext, document: DocumentRow, report: StampReport): void {
  const wanted = stampingOf(context, document.id)?.level ?? report.reached;
  const isReached = isAtLeast(report.reached, wanted);
  const state = isReached ? 'reached' : report.notBefore === null ? 'failed' : 'waiting';
  context
    .sql(
      `UPDATE stamp_job SET state = ?, code = ?, detail = ?, attempts = attempts + 1, not_before_ms = ?, lease_until_ms = 0
       WHERE document_id = ?`,
    )
    .run(
      state,
      isReached ? null : report.code,
      isReached ? null : report.detail,
      report.notBefore === null ? 0 : parseMoment(report.notBefore),
      document.id,
    );
  if (state === 'failed')
    appendAudit(context, nowMs(context), {
      kind: 'result-not-stamped',
      dossierId: document.dossier_id,
      data: { documentId: document.id, level: wanted, reached: report.reached, code: report.code },
    });
}

/**
 * Makes what waits due at once: the network is back, or a person wants it. With other settings than last time what had
 * failed is tried again, too: another authority or another root may make it possible.
 * @param settings fingerprint of what decides about stamping; null when nothing but time has passed
 */
export function wakeStamps(context: StoreContext, settings: string | null): null {
  inTransaction(context, () => {
    context.sql(`UPDATE stamp_job SET not_before_ms = 0 WHERE state = 'waiting'`).run();
    if (settings === null || settings === readSetting(context, SETTINGS)) return;
    writeSetting(context, SETTINGS, settings);
    context.sql(`UPDATE stamp_job SET state = 'waiting', not_before_ms = 0, attempts = 0 WHERE state = 'failed'`).run();
  });
  return null;
}

function withLevel(signatures: string, level: Level): string {
  const infos = JSON.parse(signatures) as SignatureInfo[];
  const last = infos.at(-1);
  if (!last) throw new Error('a stamped result is signed');
  return JSON.stringify([...infos.slice(0, -1), { ...last, level: isAtLeast(last.level, level) ? last.level : level }]);
}

function levelOf(signatures: string): Level {
  return (JSON.parse(signatures) as SignatureInfo[]).at(-1)?.level ?? 'B-B';
}

function parseMoment(iso: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw new Failure('bad-request', `not a moment: ${iso}`);
  return ms;
}

function changed(context: StoreContext, dossierId: string): void {
  context.onDossierChanged(dossierId);
}
