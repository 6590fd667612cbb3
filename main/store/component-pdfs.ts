/**
 * @file The PDF of a component. It counts only for the pages it was made from, and a signed one only as the continuation of
 * the very file that was composed from them: pages may arrive while composing and signing go on.
 */
import { v7 as uuidv7 } from 'uuid';
import { beginsWithBlob } from '../blobs/begins-with.ts';
import type { DocumentFact } from '../dossiers/draft.ts';
import type { SignatureInfo } from '../../preload/types.ts';
import { fingerprintPages } from '../dossiers/project-draft.ts';
import { Failure } from '../rooms/failure.ts';
import { blobAccess, shelve, type ShelvedBlob } from './blob-shelf.ts';
import type { StoreContext } from './context.ts';
import { insertDocument } from './documents.ts';
import { bodyOf, draftOf, readDocumentRow, type DossierRow } from './dossier-rows.ts';
import type { Prepared } from './drafts.ts';
import { openDraft } from './open-drafts.ts';
import type { DraftCommand } from './protocol.ts';
import { requireSignedFile } from './signed-files.ts';

type SetComponentPdf = Extract<DraftCommand, { kind: 'set-component-pdf' }>;

/**
 * @throws Failure `component-not-in-procedure`; `stale-revision` when the file has another number of pages than the
 *   component now, or is a signature over another file than the one in place, or over none; `signature-does-not-verify`
 */
export async function prepareComponentPdf(
  context: StoreContext,
  row: DossierRow,
  command: SetComponentPdf,
): Promise<Prepared> {
  const { componentId, pageCount, signature } = command;
  const { facts: draft, body } = openDraft(context, row);
  const item = body.checklist.find(({ component }) => component.id === componentId);
  if (!item) throw new Failure('component-not-in-procedure', componentId);
  const inPlace: DocumentFact | undefined = draft[`document:${componentId}`];
  // A signed copy vouches for pages the store saw composed; without them it could be of anything.
  if (signature && !inPlace) throw new Failure('stale-revision', 'a signature, but no PDF in place to continue');
  const blob = await shelve(context, command.pdf);
  let madeFrom = command.madeFrom ?? fingerprintPages(body.pages, componentId);
  if (signature && inPlace) {
    await requireContinuation(context, inPlace, blob, signature);
    madeFrom = inPlace.madeFrom;
  } else if (command.madeFrom === undefined && item.pageIds.length > 0 && item.pageIds.length !== pageCount) {
    throw new Failure('stale-revision', `${pageCount} pages in the file, ${item.pageIds.length} in the component`);
  }
  const documentId = uuidv7();
  return {
    command: { kind: 'set-component-pdf', componentId, documentId, madeFrom },
    write: (dossierId) =>
      insertDocument(context, {
        id: documentId,
        dossierId,
        kind: 'component',
        componentId,
        title: item.component.name,
        blob,
        pageCount,
        signatures: signature ? [signature] : [],
      }),
  };
}

/** Handed in again after its answer was lost. */
export function isComponentPdfInPlace(context: StoreContext, row: DossierRow, command: SetComponentPdf): boolean {
  const inPlace: DocumentFact | undefined = draftOf(context, row)[`document:${command.componentId}`];
  if (!inPlace) return false;
  const document = readDocumentRow(context, inPlace.documentId);
  const isSigned = document.signatures !== '[]';
  if (document.sha256 !== command.pdf.sha256 || isSigned !== (command.signature !== null)) return false;
  const { pages } = bodyOf(context, row);
  return inPlace.madeFrom === (command.madeFrom ?? fingerprintPages(pages, command.componentId));
}

async function requireContinuation(
  context: StoreContext,
  inPlace: DocumentFact,
  signed: ShelvedBlob,
  signature: SignatureInfo,
): Promise<void> {
  const { blob_id } = readDocumentRow(context, inPlace.documentId);
  const unsigned = blobAccess(context, blob_id);
  if (!(await beginsWithBlob(signed.access, unsigned))) {
    throw new Failure('stale-revision', 'what was signed is not the PDF in place');
  }
  await requireSignedFile(signed.access, unsigned, signature);
}
