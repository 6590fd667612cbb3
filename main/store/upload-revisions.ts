/** @file A dossier whose results are all signed, as the province is to have it: the next revision of its upload. */
import type { DossierState } from '../../preload/types.ts';
import type { Manifest } from '../sync/protocol.ts';
import { toLocal, type StoreContext } from './context.ts';
import { bodyOf, readDocumentRows, type DossierRow } from './dossier-rows.ts';
import { enqueueJob } from './outbox.ts';
import { blobIdOf, componentDocuments, manifestOf } from './sealing.ts';

/**
 * Writes the job and counts the revision; inside the transaction of what changed.
 * @returns the manifest's hash
 */
export function enqueueRevision(
  context: StoreContext,
  row: DossierRow,
  state: Exclude<DossierState, 'draft'>,
  officerId: string,
  atMs: number,
): string {
  const body = bodyOf(context, row);
  const results = readDocumentRows(context, row.id).filter(({ kind }) => kind === 'result');
  const documents = [...componentDocuments(context, row.id, body), ...results];
  const revision = row.upload_revision + 1;
  const manifest = manifestOf(context, {
    dossierId: row.id,
    revision,
    code: row.code,
    provisionalCode: row.provisional_code,
    officerId,
    body,
    documents,
    state,
    channel: row.channel,
    receivedAt: row.received_at ?? '',
    dueAt: row.due_at ?? '',
    sealedAt: toLocal(context, atMs),
  });
  const manifestSha256 = enqueueJob(context, manifest, (sha256) => blobIdOf(documents, sha256), atMs);
  context
    .sql('UPDATE dossier SET state = ?, revision = revision + 1, upload_revision = ? WHERE id = ?')
    .run(state, revision, row.id);
  return manifestSha256;
}

/** Who answered for the newest revision the province was sent. */
export function lastSender(context: StoreContext, row: DossierRow): string {
  const job = context
    .sql('SELECT manifest FROM job WHERE dossier_id = ? ORDER BY revision DESC LIMIT 1')
    .get(row.id) as { manifest: string } | undefined;
  return job ? (JSON.parse(job.manifest) as Manifest).officerId : row.officer_id;
}
