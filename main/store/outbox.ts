/**
 * @file The outbox: jobs written with the dossier they send, handed to sync one at a time, moved by its reports. Nothing
 * here is ever deleted; `received` needs a receipt that verifies here, whatever sync says.
 */
import type { BlobAccess } from '../blobs/blob-file.ts';
import { toCanonicalJson } from '../audit/chain.ts';
import { isOfficialCode } from '../dossiers/dossier-code.ts';
import { Failure } from '../rooms/failure.ts';
import { hashManifest } from '../sync/manifest.ts';
import type { Manifest, UploadJob, UploadStep } from '../sync/protocol.ts';
import { v7 as uuidv7 } from 'uuid';
import { blobAccess } from './blob-shelf.ts';
import { appendAudit, inTransaction, nowMs, toLocal, toLocalDate, type StoreContext } from './context.ts';
import { bodyOf, readDossierRow } from './dossier-rows.ts';
import { indexDossier } from './search.ts';
import { requireOfficer } from './officers.ts';
import { nextUploadState, releasedUploadState, type JobState } from './upload-states.ts';

/** Sync works on one job at a time; the lease only keeps a job that ended without a report from coming back at once. */
const LEASE_MS = 5_000;
/** Sync never waits longer: a later time was written by a clock that has been set back since. */
const FARTHEST_WAIT_MS = 8 * 3_600_000;

interface JobRow {
  readonly id: string;
  readonly dossier_id: string;
  readonly revision: number;
  readonly state: JobState;
  readonly reason: string | null;
  readonly attempts: number;
  readonly manifest: string;
  readonly manifest_sha256: string;
  readonly receipt: string | null;
}

interface JobFileRow {
  readonly sha256: string;
  readonly blob_id: string;
  readonly size_bytes: number;
  readonly upload_url: string | null;
  readonly confirmed_offset: number;
}

/** Inside the transaction that seals. The manifest's canonical text is what is kept, so its hash can never drift. */
export function enqueueJob(
  context: StoreContext,
  manifest: Manifest,
  blobIdOf: (sha256: string) => string,
  atMs: number,
): string {
  const jobId = uuidv7();
  const manifestSha256 = hashManifest(manifest);
  context
    .sql(
      'INSERT INTO job (id, dossier_id, revision, state, manifest, manifest_sha256, queued_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
    .run(
      jobId,
      manifest.dossierId,
      manifest.revision,
      'queued',
      toCanonicalJson(manifest),
      manifestSha256,
      toLocal(context, atMs),
    );
  for (const file of manifest.files) {
    context
      .sql('INSERT OR IGNORE INTO job_file (job_id, sha256, blob_id, size_bytes) VALUES (?, ?, ?, ?)')
      .run(jobId, file.sha256, blobIdOf(file.sha256), file.sizeBytes);
  }
  return manifestSha256;
}

/**
 * The next due job. Dossiers the province has not heard of come first (an officer sees numbers confirmed early), then the
 * smallest rest. A job in trouble waits by itself and is passed over; a revision waits for the one before it.
 */
export function nextJob(context: StoreContext): UploadJob | null {
  const now = nowMs(context);
  const due = context
    .sql(
      `SELECT job.* FROM job
       WHERE state IN ('queued', 'announced', 'uploading', 'committing', 'waiting') AND (not_before_ms <= ? OR not_before_ms > ?)
         AND (lease_until_ms <= ? OR lease_boot <> ?)
         AND NOT EXISTS (SELECT 1 FROM job AS earlier
           WHERE earlier.dossier_id = job.dossier_id AND earlier.revision < job.revision AND earlier.state <> 'received')
       ORDER BY state <> 'queued', (SELECT sum(size_bytes - confirmed_offset) FROM job_file WHERE job_id = job.id), queued_at, id`,
    )
    .all(now, now + FARTHEST_WAIT_MS, now, context.bootId) as JobRow[];
  for (const row of due) {
    const files = readJobFiles(context, row.id);
    const accesses = accessAll(context, files);
    if (accesses === null) {
      hold(context, row, 'key', 'a file of this dossier cannot be opened');
      continue;
    }
    context
      .sql('UPDATE job SET lease_boot = ?, lease_until_ms = ? WHERE id = ?')
      .run(context.bootId, now + LEASE_MS, row.id);
    return {
      jobId: row.id,
      manifest: JSON.parse(row.manifest) as Manifest,
      manifestSha256: row.manifest_sha256,
      attempts: row.attempts,
      files: files.map((file, index) => ({
        sha256: file.sha256,
        sizeBytes: file.size_bytes,
        access: accesses[index] as BlobAccess,
        uploadUrl: file.upload_url,
        confirmedOffset: file.confirmed_offset,
      })),
    };
  }
  return null;
}

/**
 * @throws Failure `not-found`, `transition-not-allowed`, `bad-request` for an offset beyond the file, and `receipt-invalid`,
 *   after which the job is held for a person to look at
 */
export async function reportStep(context: StoreContext, jobId: string, step: UploadStep): Promise<null> {
  const row = readJobRow(context, jobId);
  if (step.kind === 'received') return receive(context, row, step.receipt);
  inTransaction(context, () => {
    const state = nextUploadState(readJobRow(context, jobId).state, step.kind);
    const lease = nowMs(context) + LEASE_MS;
    switch (step.kind) {
      case 'announced':
      case 'committing':
        context
          .sql('UPDATE job SET state = ?, reason = NULL, detail = NULL, lease_until_ms = ? WHERE id = ?')
          .run(state, lease, jobId);
        return;
      case 'progress': {
        const moved = confirmOffset(context, jobId, step);
        context
          .sql(
            `UPDATE job SET state = ?, reason = NULL, detail = NULL, lease_until_ms = ?, attempts = CASE WHEN ? THEN 0 ELSE attempts END WHERE id = ?`,
          )
          .run(state, lease, moved ? 1 : 0, jobId);
        return;
      }
      case 'waiting':
        context
          .sql(
            'UPDATE job SET state = ?, reason = ?, detail = ?, attempts = attempts + 1, not_before_ms = ?, lease_until_ms = 0 WHERE id = ?',
          )
          .run(state, step.reason, step.detail, parseMoment(step.notBefore), jobId);
        return;
      case 'held':
        hold(context, row, step.reason, step.detail);
        return;
    }
  });
  changed(context, row);
  return null;
}

/**
 * Held uploads of the dossier go on from what the province confirmed: the cause was removed, or was not the dossier's.
 * @returns how many
 * @throws Failure `not-found`, `not-allowed` for whoever works neither at the counter nor as its administrator
 */
export function releaseHeld(context: StoreContext, dossierId: string, officerId: string): number {
  requireOfficer(context, officerId, 'counter', 'admin');
  readDossierRow(context, dossierId);
  const held = context
    .sql(`SELECT * FROM job WHERE dossier_id = ? AND state = 'held' ORDER BY revision`)
    .all(dossierId) as JobRow[];
  inTransaction(context, () => {
    for (const row of held) {
      context
        .sql(
          'UPDATE job SET state = ?, reason = NULL, detail = NULL, attempts = 0, not_before_ms = 0, lease_until_ms = 0 WHERE id = ?',
        )
        .run(releasedUploadState(row.state), row.id);
      appendAudit(context, nowMs(context), {
        kind: 'upload-released',
        officerId,
        dossierId,
        data: { revision: row.revision, reason: row.reason },
      });
    }
  });
  const [first] = held;
  if (first) changed(context, first);
  return held.length;
}

export interface OutboxCounts {
  readonly queued: number;
  readonly uploading: number;
  readonly waiting: number;
  readonly held: number;
  readonly receivedToday: number;
}

export function countOutbox(context: StoreContext): OutboxCounts {
  const rows = context.sql(`SELECT state, count(*) AS n FROM job WHERE state <> 'received' GROUP BY state`).all() as {
    state: JobState;
    n: number;
  }[];
  const of = (...states: JobState[]): number =>
    rows.filter(({ state }) => states.includes(state)).reduce((sum, { n }) => sum + n, 0);
  const today = toLocalDate(context, nowMs(context));
  const received = context
    .sql(`SELECT count(*) AS n FROM job WHERE state = 'received' AND received_local_date = ?`)
    .get(today) as { n: number };
  return {
    queued: of('queued'),
    uploading: of('announced', 'uploading', 'committing'),
    waiting: of('waiting'),
    held: of('held'),
    receivedToday: received.n,
  };
}

/** The newest receipt of the dossier, as the province signed it. */
export function readReceipt(context: StoreContext, dossierId: string): string | null {
  readDossierRow(context, dossierId);
  const row = context
    .sql('SELECT receipt FROM job WHERE dossier_id = ? AND receipt IS NOT NULL ORDER BY revision DESC LIMIT 1')
    .get(dossierId) as { receipt: string } | undefined;
  return row?.receipt ?? null;
}

/** The real code takes the place of a provisional one, which stays readable. Inside a transaction. */
export function adoptOfficialCode(context: StoreContext, dossierId: string, code: string | null, atMs: number): void {
  const dossier = readDossierRow(context, dossierId);
  if (code === null || dossier.code === code) return;
  const isUsable =
    dossier.code === null && isOfficialCode(code) && !context.sql('SELECT 1 FROM dossier WHERE code = ?').get(code);
  appendAudit(context, atMs, {
    kind: isUsable ? 'code-assigned' : 'code-refused',
    dossierId,
    data: { code, had: dossier.code ?? dossier.provisional_code },
  });
  if (!isUsable) return;
  context.sql('UPDATE dossier SET code = ? WHERE id = ?').run(code, dossierId);
  const { applicant, procedure } = bodyOf(context, dossier);
  indexDossier(context, dossier.seq, { applicant, procedure, codes: [code, dossier.provisional_code] });
}

async function receive(context: StoreContext, row: JobRow, receipt: string): Promise<null> {
  if (row.state === 'received' && row.receipt === receipt) return null;
  let number: string | null;
  try {
    ({ number } = await context.verifyReceipt(receipt, JSON.parse(row.manifest) as Manifest, row.manifest_sha256));
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'receipt-invalid') throw thrown;
    // A dossier that was received stays received: its own receipt verified.
    if (row.state !== 'received')
      inTransaction(context, () => hold(context, row, 'security', thrown.detail ?? 'receipt-invalid'));
    changed(context, row);
    throw thrown;
  }
  if (row.state === 'received') return null;
  inTransaction(context, () => {
    const atMs = nowMs(context);
    context
      .sql(
        `UPDATE job SET state = ?, reason = NULL, detail = NULL, receipt = ?, received_at = ?, received_local_date = ?, lease_until_ms = 0 WHERE id = ?`,
      )
      .run(nextUploadState(row.state, 'received'), receipt, toLocal(context, atMs), toLocalDate(context, atMs), row.id);
    context.sql('UPDATE job_file SET confirmed_offset = size_bytes WHERE job_id = ?').run(row.id);
    appendAudit(context, atMs, {
      kind: 'province-received',
      dossierId: row.dossier_id,
      data: { revision: row.revision, manifestSha256: row.manifest_sha256 },
    });
    adoptOfficialCode(context, row.dossier_id, number, atMs);
  });
  changed(context, row);
  return null;
}

function hold(context: StoreContext, row: JobRow, reason: string, detail: string): void {
  context
    .sql(`UPDATE job SET state = 'held', reason = ?, detail = ?, lease_until_ms = 0 WHERE id = ?`)
    .run(reason, detail, row.id);
  appendAudit(context, nowMs(context), {
    kind: 'upload-held',
    dossierId: row.dossier_id,
    data: { revision: row.revision, reason },
  });
}

/** @returns whether the province confirmed more than before */
function confirmOffset(context: StoreContext, jobId: string, step: Extract<UploadStep, { kind: 'progress' }>): boolean {
  const file = readJobFiles(context, jobId).find(({ sha256 }) => sha256 === step.sha256);
  if (!file) throw new Failure('not-found', `file ${step.sha256} of job ${jobId}`);
  if (step.confirmedOffset < 0 || step.confirmedOffset > file.size_bytes) {
    throw new Failure('bad-request', `offset ${step.confirmedOffset} of ${file.size_bytes} bytes`);
  }
  context
    .sql('UPDATE job_file SET upload_url = ?, confirmed_offset = ? WHERE job_id = ? AND sha256 = ?')
    .run(step.uploadUrl, step.confirmedOffset, jobId, step.sha256);
  return step.confirmedOffset > file.confirmed_offset;
}

function accessAll(context: StoreContext, files: readonly JobFileRow[]): BlobAccess[] | null {
  try {
    return files.map((file) => blobAccess(context, file.blob_id));
  } catch (thrown) {
    if (thrown instanceof Failure) return null; // one damaged row must not stop the others
    throw thrown;
  }
}

function parseMoment(iso: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw new Failure('bad-request', `not a moment: ${iso}`);
  return ms;
}

function changed(context: StoreContext, row: JobRow): void {
  context.onDossierChanged(row.dossier_id);
  context.onOutboxChanged();
}

function readJobRow(context: StoreContext, jobId: string): JobRow {
  const row = context.sql('SELECT * FROM job WHERE id = ?').get(jobId) as JobRow | undefined;
  if (!row) throw new Failure('not-found', `job ${jobId}`);
  return row;
}

function readJobFiles(context: StoreContext, jobId: string): JobFileRow[] {
  return context.sql('SELECT * FROM job_file WHERE job_id = ? ORDER BY size_bytes, sha256').all(jobId) as JobFileRow[];
}
