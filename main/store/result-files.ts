/** @file Which file is the result of which dossier: one file is one dossier's for ever (regulations 3.5.2). */
import { Failure } from '../rooms/failure.ts';
import type { StoreContext } from './context.ts';

/**
 * @returns the document that already holds this file for this dossier, if one does
 * @throws Failure `result-of-another-dossier`, `result-mismatch`
 */
export function requireUnusedResult(context: StoreContext, dossierId: string, sha256: string): string | null {
  const used = context.sql('SELECT dossier_id, document_id FROM result_file WHERE sha256 = ?').get(sha256) as
    { dossier_id: string; document_id: string } | undefined;
  if (used && used.dossier_id !== dossierId) throw new Failure('result-of-another-dossier', used.dossier_id);
  if (used) return used.document_id;
  const handedIn = context
    .sql(
      `SELECT 1 FROM document JOIN blob ON blob.id = document.blob_id WHERE document.kind <> 'result' AND blob.sha256 = ?`,
    )
    .get(sha256);
  if (handedIn) throw new Failure('result-mismatch', 'this file is a paper that was handed in, or a receipt');
  return null;
}

/** Inside a transaction. */
export function claimResult(context: StoreContext, sha256: string, dossierId: string, documentId: string): void {
  context
    .sql('INSERT OR IGNORE INTO result_file (sha256, dossier_id, document_id) VALUES (?, ?, ?)')
    .run(sha256, dossierId, documentId);
}
