/** @file Sheets that are printed for a dossier without being part of it (separators): the printer takes only what lies here. */
import type { Deposit } from '../blobs/blob-file.ts';
import { keepBlob, shelve } from './blob-shelf.ts';
import { inTransaction, type StoreContext } from './context.ts';
import { requireDraft } from './drafts.ts';
import { requireOfficer } from './officers.ts';

/** @throws Failure `not-found`, `dossier-sealed` */
export async function keepPrintout(
  context: StoreContext,
  dossierId: string,
  officerId: string,
  pdf: Deposit,
): Promise<{ blobId: string }> {
  requireOfficer(context, officerId, 'counter');
  requireDraft(context, dossierId, null);
  const blob = await shelve(context, pdf);
  inTransaction(context, () => keepBlob(context, blob, dossierId));
  return { blobId: blob.id };
}
