/** @file Dossiers between rows and the contract's shape. */
import type { Dossier, DossierDocument, DossierState, DossierSummary, Procedure, Upload } from '../../preload/types.ts';
import type { DraftFacts } from '../dossiers/draft.ts';
import { missingOf, type DraftBody } from '../dossiers/project-draft.ts';
import { Failure } from '../rooms/failure.ts';
import type { StoreContext } from './context.ts';
import { openDraft } from './open-drafts.ts';
import { stampingOf } from './stamp-rows.ts';
import { canStep } from './undo-steps.ts';

export interface DossierRow {
  readonly seq: number;
  readonly id: string;
  /** A stack of old records keeps its pages the same way; no list of dossiers shows it. */
  readonly kind: 'dossier' | 'stack';
  readonly state: DossierState;
  readonly revision: number;
  /** The newest revision that a decision made, and not work beside the officer. */
  readonly decided_revision: number;
  readonly channel: Dossier['channel'];
  readonly officer_id: string;
  readonly created_at: string;
  readonly draft: string;
  readonly sealed_body: string | null;
  readonly sealed_from_revision: number | null;
  readonly code: string | null;
  readonly provisional_code: string | null;
  readonly applicant_name: string;
  readonly applicant_id_number: string | null;
  readonly procedure_name: string | null;
  readonly received_at: string | null;
  readonly due_at: string | null;
  readonly receipt_year: number | null;
  readonly receipt_book: number | null;
  readonly receipt_number: number | null;
  readonly upload_revision: number;
}

export interface DocumentRow {
  readonly id: string;
  readonly dossier_id: string;
  readonly kind: DossierDocument['kind'];
  readonly component_id: string | null;
  readonly title: string;
  readonly blob_id: string;
  readonly page_count: number;
  readonly signatures: string;
  readonly size_bytes: number;
  readonly sha256: string;
}

const DOCUMENT_COLUMNS = `document.*, blob.size_bytes, blob.sha256 FROM document JOIN blob ON blob.id = document.blob_id`;

/** @throws Failure `not-found` */
export function readDossierRow(context: StoreContext, id: string): DossierRow {
  const row = context.sql('SELECT * FROM dossier WHERE id = ?').get(id) as DossierRow | undefined;
  if (!row) throw new Failure('not-found', `dossier ${id}`);
  return row;
}

/** @throws Failure `not-found` */
export function readDocumentRow(context: StoreContext, id: string): DocumentRow {
  const row = context.sql(`SELECT ${DOCUMENT_COLUMNS} WHERE document.id = ?`).get(id) as DocumentRow | undefined;
  if (!row) throw new Failure('not-found', `document ${id}`);
  return row;
}

export function readDocumentRows(context: StoreContext, dossierId: string): DocumentRow[] {
  return context
    .sql(`SELECT ${DOCUMENT_COLUMNS} WHERE document.dossier_id = ? ORDER BY document.added_at, document.id`)
    .all(dossierId) as DocumentRow[];
}

export function draftOf(context: StoreContext, row: DossierRow): DraftFacts {
  return openDraft(context, row).facts;
}

/** What a dossier contains: frozen since sealing, derived before. */
export function bodyOf(context: StoreContext, row: DossierRow): DraftBody {
  if (row.sealed_body === null) return openDraft(context, row).body;
  const sealed = JSON.parse(row.sealed_body) as DraftBody;
  // Older programs sealed dossiers without doubts.
  return {
    ...sealed,
    identityDoubts: sealed.identityDoubts ?? [],
    pages: sealed.pages.map((page) => ({ ...UNKNOWN_THEN, ...page })),
  };
}

/** What pages did not say yet when older programs sealed them. */
const UNKNOWN_THEN = { isSeparator: false, replacedById: null, startsPaper: false, crop: null } as const;

export function readDossier(context: StoreContext, id: string): Dossier {
  return toDossier(context, readDossierRow(context, id));
}

export function toDossier(context: StoreContext, row: DossierRow): Dossier {
  const body = bodyOf(context, row);
  const current = new Set(Object.values(body.documentIds));
  const rows = readDocumentRows(context, row.id).filter(
    (document) => document.kind !== 'component' || current.has(document.id),
  );
  const signed = new Set(rows.filter((document) => document.signatures !== '[]').map(({ id }) => id));
  const { applicant, procedure, checklist, pages, fields, identityDoubts, feeVnd, returnMethod, note } = body;
  return {
    ...toSummary(context, row),
    applicantName: applicant?.fullName ?? '',
    applicantIdNumber: applicant?.idNumber ?? null,
    procedureName: procedure?.name ?? null,
    revision: row.revision,
    channel: row.channel,
    applicant,
    procedure,
    checklist,
    pages,
    fields,
    identityDoubts,
    feeVnd,
    returnMethod,
    note,
    documents: rows.map((document) => toDocument(context, document)),
    officerName: officerNameOf(context, row.officer_id),
    missing: row.state === 'draft' ? missingOf(body, (id) => signed.has(id)) : [],
    canUndo: row.state === 'draft' && canStep(context, 'undo', row.id),
    canRedo: row.state === 'draft' && canStep(context, 'redo', row.id),
    receipt: receiptOf(row, rows),
  };
}

export function toSummary(context: StoreContext, row: DossierRow): DossierSummary {
  return {
    id: row.id,
    code: row.code ?? row.provisional_code,
    isCodeProvisional: row.code === null && row.provisional_code !== null,
    state: row.state,
    applicantName: row.applicant_name,
    applicantIdNumber: row.applicant_id_number,
    procedureName: row.procedure_name,
    createdAt: row.created_at,
    receivedAt: row.received_at,
    dueAt: row.due_at,
    upload: uploadOf(context, row.id),
  };
}

/** Columns that lists and search read, kept equal to the body in the same statement that changes it. */
export function listColumnsOf(body: {
  applicant: DraftBody['applicant'];
  procedure: Procedure | null;
}): [string, string | null, string | null] {
  return [body.applicant?.fullName ?? '', body.applicant?.idNumber ?? null, body.procedure?.name ?? null];
}

export function officerNameOf(context: StoreContext, officerId: string): string {
  const row = context.sql('SELECT name FROM officer WHERE id = ?').get(officerId) as { name: string } | undefined;
  return row?.name ?? '';
}

function toDocument(context: StoreContext, row: DocumentRow): DossierDocument {
  return {
    id: row.id,
    kind: row.kind,
    componentId: row.component_id,
    title: row.title,
    blobId: row.blob_id,
    sizeBytes: row.size_bytes,
    pageCount: row.page_count,
    signatures: JSON.parse(row.signatures) as DossierDocument['signatures'],
    stamping: stampingOf(context, row.id),
  };
}

function receiptOf(row: DossierRow, documents: readonly DocumentRow[]): Dossier['receipt'] {
  const { receipt_number: number, receipt_book: book, received_at: receivedAt, due_at: dueAt } = row;
  if (number === null || book === null || receivedAt === null || dueAt === null) return null;
  const documentId = documents.findLast((document) => document.kind === 'receipt')?.id ?? null;
  return { number, book, documentId, receivedAt, dueAt };
}

interface UploadRow {
  readonly state: Upload['state'];
  readonly reason: Upload['reason'];
  readonly detail: string | null;
  readonly attempts: number;
  readonly not_before_ms: number;
  readonly received_at: string | null;
  readonly sent: number | null;
  readonly total: number | null;
}

const NOTHING_TO_UPLOAD: Upload = {
  state: 'none',
  reason: null,
  detail: null,
  attempts: 0,
  sentBytes: 0,
  totalBytes: 0,
  nextAttemptAt: null,
  receivedAt: null,
};

/** The newest revision's upload; an earlier one that is still on its way comes first. */
function uploadOf(context: StoreContext, dossierId: string): Upload {
  const row = context
    .sql(
      `SELECT job.*, (SELECT sum(confirmed_offset) FROM job_file WHERE job_id = job.id) AS sent,
              (SELECT sum(size_bytes) FROM job_file WHERE job_id = job.id) AS total
       FROM job WHERE dossier_id = ? ORDER BY state = 'received', CASE WHEN state = 'received' THEN -revision ELSE revision END LIMIT 1`,
    )
    .get(dossierId) as UploadRow | undefined;
  if (!row) return NOTHING_TO_UPLOAD;
  const isWaiting = row.state === 'waiting';
  return {
    state: row.state,
    reason: row.reason,
    detail: row.detail,
    attempts: row.attempts,
    sentBytes: row.state === 'received' ? (row.total ?? 0) : (row.sent ?? 0),
    totalBytes: row.total ?? 0,
    nextAttemptAt: isWaiting ? new Date(row.not_before_ms).toISOString() : null,
    receivedAt: row.received_at,
  };
}
