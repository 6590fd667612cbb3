/**
 * @file Results: attached to a dossier that was received, signed, and only then completing it. A file that is the result of
 * one dossier can never become another's, and nothing the citizen handed in can be passed off as a result (regulations 3.5.1–2).
 */
import { v7 as uuidv7 } from 'uuid';
import { beginsWithBlob } from '../blobs/begins-with.ts';
import type { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import type { Dossier, DossierState, ResultSignature, SignatureInfo, WaitingResult } from '../../preload/types.ts';
import type { ResultReading } from '../dossiers/result-check.ts';
import { DossierState as DossierStates } from '../dossiers/schemas.ts';
import { canMove } from '../dossiers/states.ts';
import { Failure } from '../rooms/failure.ts';
import { blobAccess, keepBlob, shelve } from './blob-shelf.ts';
import { appendAudit, inTransaction, recordTimeMs, type StoreContext } from './context.ts';
import {
  readDocumentRow,
  readDocumentRows,
  readDossier,
  readDossierRow,
  type DocumentRow,
  type DossierRow,
} from './dossier-rows.ts';
import { insertDocument } from './documents.ts';
import { findOfficer, requireOfficer } from './officers.ts';
import { claimResult, requireUnusedResult } from './result-files.ts';
import { claimIdentity, requireOwnResult } from './result-ownership.ts';
import { requireMove } from './sealing.ts';
import { requireSignedFile } from './signed-files.ts';
import { enqueueStamp } from './stamping.ts';
import { enqueueRevision } from './upload-revisions.ts';

const PRACTICE_DEPARTMENT = 'practice-office';

export interface AttachQuestion {
  readonly dossierId: string;
  readonly officerId: string;
  readonly title: string;
  readonly pdf: Deposit;
  readonly pageCount: number;
  readonly reading: ResultReading;
  /** Why the officer attaches it in spite of differences; null when there are none. */
  readonly reason: string | null;
}

/** @throws Failure `transition-not-allowed`, `result-of-another-dossier`, `result-unconfirmed`, `result-mismatch` */
export async function attachResult(context: StoreContext, question: AttachQuestion): Promise<WaitingResult> {
  const { dossierId, officerId, title, pdf, pageCount, reading, reason } = question;
  requireSource(context, officerId);
  const row = readDossierRow(context, dossierId);
  if (row.state !== 'received' && row.state !== 'processing')
    throw new Failure('transition-not-allowed', `a result for a dossier that is ${row.state}`);
  const used = requireUnusedResult(context, dossierId, pdf.sha256);
  if (used) return toWaiting(context, readDocumentRow(context, used), row);
  requireOwnResult(context, dossierId, reading, reason);
  const blob = await shelve(context, pdf);
  const documentId = uuidv7();
  inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    insertDocument(context, {
      id: documentId,
      dossierId,
      kind: 'result',
      componentId: null,
      title: title.normalize('NFC'),
      blob,
      pageCount,
      signatures: [],
    });
    claimResult(context, pdf.sha256, dossierId, documentId);
    claimIdentity(context, dossierId, documentId, reading);
    context.sql('UPDATE dossier SET revision = revision + 1 WHERE id = ?').run(dossierId);
    appendAudit(context, atMs, {
      kind: 'result-attached',
      officerId,
      dossierId,
      data: { documentId, sha256: pdf.sha256, ...(reason === null ? {} : { reason }) },
    });
  });
  return toWaiting(context, readDocumentRow(context, documentId), row);
}

/** Results that want a signature now, those due first; one whose dossier waits for a supplement comes back with it. */
export function waitingResults(context: StoreContext): WaitingResult[] {
  const states = DossierStates.options.filter(canComplete);
  const rows = context
    .sql(
      `SELECT document.*, blob.size_bytes, blob.sha256 FROM dossier JOIN document ON document.dossier_id = dossier.id
         JOIN blob ON blob.id = document.blob_id
       WHERE dossier.state IN (${states.map(() => '?').join()}) AND document.kind = 'result'
         AND json_array_length(document.signatures) < ?
       ORDER BY dossier.due_at, document.added_at, document.id`,
    )
    .all(...states, context.settings.resultSignatures.length) as DocumentRow[];
  return rows.map((row) => toWaiting(context, row, readDossierRow(context, row.dossier_id)));
}

export interface ResultToSign {
  readonly documentId: string;
  readonly access: BlobAccess;
  readonly sha256: string;
  readonly title: string;
  readonly dossierId: string;
  readonly dossierCode: string | null;
  readonly pageCount: number;
  readonly signedBy: readonly string[];
  readonly nextSignature: ResultSignature;
}

/**
 * What the results desk may sign: waiting results of dossiers that can be completed, each once, in the order asked for. All
 * or nothing, so that what is confirmed with the PIN is what was chosen.
 * @throws Failure `not-found` for anything that is no result, `transition-not-allowed` for a result that is signed already
 *   or named twice, or whose dossier may not be completed now
 */
export function resultsToSign(context: StoreContext, documentIds: readonly string[]): ResultToSign[] {
  if (new Set(documentIds).size !== documentIds.length)
    throw new Failure('transition-not-allowed', 'a result is signed once');
  return documentIds.map((documentId) => {
    const document = readDocumentRow(context, documentId);
    if (document.kind !== 'result') throw new Failure('not-found', `result ${documentId}`);
    requireWaiting(context, document);
    const row = readDossierRow(context, document.dossier_id);
    requireCompletable(row.state);
    return {
      ...signaturesOf(context, document),
      documentId,
      access: blobAccess(context, document.blob_id),
      sha256: document.sha256,
      title: document.title,
      dossierId: row.id,
      dossierCode: row.code ?? row.provisional_code,
      pageCount: document.page_count,
    };
  });
}

export interface CompleteQuestion {
  readonly documentId: string;
  readonly officerId: string;
  readonly pdf: Deposit;
  readonly pageCount: number;
  readonly signature: SignatureInfo;
}

/**
 * The signed file takes the place of the one that waited. With the last signature that a result needs, the dossier is completed
 * and its next revision queued. Repeating it changes nothing.
 * @throws Failure `result-mismatch` when the signed file does not begin with the very bytes that waited for a signature,
 *   `signature-does-not-verify` when what comes after them is not this signature, right and alone
 */
export async function completeResult(context: StoreContext, question: CompleteQuestion): Promise<Dossier> {
  const { documentId, officerId, pdf, pageCount, signature } = question;
  requireOfficer(context, officerId, 'signer');
  const document = readDocumentRow(context, documentId);
  if (document.kind !== 'result') throw new Failure('result-missing', documentId);
  if (document.signatures !== '[]' && document.sha256 === pdf.sha256) return readDossier(context, document.dossier_id);
  requireWaiting(context, document);
  const earlier = JSON.parse(document.signatures) as SignatureInfo[];
  if (earlier.some(({ certificateSerial }) => certificateSerial === signature.certificateSerial))
    throw new Failure('result-signed-already', signature.signerName);
  const row = readDossierRow(context, document.dossier_id);
  requireCompletable(row.state);
  requireUnusedResult(context, row.id, pdf.sha256);
  const blob = await shelve(context, pdf);
  if (!(await beginsWithBlob(blob.access, blobAccess(context, document.blob_id)))) {
    throw new Failure('result-mismatch', 'the signed file is not the one that waited for a signature');
  }
  await requireSignedFile(blob.access, blobAccess(context, document.blob_id), signature);
  inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    keepBlob(context, blob, row.id);
    context
      .sql('UPDATE document SET blob_id = ?, page_count = ?, signatures = ? WHERE id = ?')
      .run(blob.id, pageCount, JSON.stringify([...earlier, signature]), documentId);
    claimResult(context, pdf.sha256, row.id, documentId);
    appendAudit(context, atMs, {
      kind: 'result-signed',
      officerId,
      dossierId: row.id,
      data: { documentId, sha256: pdf.sha256, certificate: signature.certificateSerial },
    });
    if (!isWaiting(context, readDocumentRow(context, documentId))) enqueueStamp(context, documentId, atMs);
    complete(context, row, officerId, atMs);
  });
  context.onOutboxChanged();
  return readDossier(context, row.id);
}

/** A result waits until it has as many signatures as the agency's rules name. */
export function isWaiting(context: StoreContext, { signatures }: Pick<DocumentRow, 'signatures'>): boolean {
  return (JSON.parse(signatures) as unknown[]).length < context.settings.resultSignatures.length;
}

function signaturesOf(context: StoreContext, document: DocumentRow): Pick<WaitingResult, 'signedBy' | 'nextSignature'> {
  const signedBy = (JSON.parse(document.signatures) as SignatureInfo[]).map(({ signerName }) => signerName);
  const { resultSignatures } = context.settings;
  return { signedBy, nextSignature: resultSignatures[signedBy.length] ?? 'personal' };
}

function requireWaiting(context: StoreContext, document: DocumentRow): void {
  if (!isWaiting(context, document)) throw new Failure('transition-not-allowed', 'this result is signed already');
}

/** A dossier just received passes through processing on its way. */
function requireCompletable(state: DossierState): void {
  if (state === 'received') requireMove('received', 'processing');
  requireMove(state === 'received' ? 'processing' : state, 'completed');
}

function canComplete(state: DossierState): boolean {
  return state === 'received' || canMove(state, 'completed');
}

/** Completes the dossier with its last waiting result; until then it stays in processing. */
function complete(context: StoreContext, row: DossierRow, officerId: string, atMs: number): void {
  const results = readDocumentRows(context, row.id).filter(({ kind }) => kind === 'result');
  if (results.length === 0) throw new Failure('result-missing', row.id);
  if (results.some((result) => isWaiting(context, result))) {
    context.sql('UPDATE dossier SET revision = revision + 1 WHERE id = ?').run(row.id);
    return;
  }
  const manifestSha256 = enqueueRevision(context, row, 'completed', officerId, atMs);
  if (row.state === 'received')
    appendAudit(context, atMs, {
      kind: 'state-changed',
      officerId,
      dossierId: row.id,
      data: { from: 'received', to: 'processing' },
    });
  appendAudit(context, atMs, {
    kind: 'state-changed',
    officerId,
    dossierId: row.id,
    data: { from: 'processing', to: 'completed', manifestSha256 },
  });
}

/** Results come from officers; in practice mode also from the make-believe specialist department. */
function requireSource(context: StoreContext, officerId: string): void {
  if (context.settings.isPractice && officerId === PRACTICE_DEPARTMENT) return;
  if (!findOfficer(context, officerId)) throw new Failure('not-allowed', officerId);
}

function toWaiting(context: StoreContext, document: DocumentRow, dossier: DossierRow): WaitingResult {
  return {
    documentId: document.id,
    dossierId: dossier.id,
    dossierCode: dossier.code ?? dossier.provisional_code,
    applicantName: dossier.applicant_name,
    procedureName: dossier.procedure_name ?? '',
    title: document.title,
    blobId: document.blob_id,
    pageCount: document.page_count,
    sizeBytes: document.size_bytes,
    dueAt: dossier.due_at,
    ...signaturesOf(context, document),
  };
}
