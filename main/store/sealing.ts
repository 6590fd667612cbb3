/**
 * @file Sealing: the moment a draft becomes a received dossier. Rules, code, register number, appointment, manifest, outbox
 * job and audit entry are one transaction; killed anywhere, the dossier is sealed once or still the whole draft.
 */
import { v7 as uuidv7 } from 'uuid';
import type { Deposit } from '../blobs/blob-file.ts';
import type { Dossier, DossierState } from '../../preload/types.ts';
import { dueDate } from '../deadlines/due-date.ts';
import { canMove } from '../dossiers/states.ts';
import { nationalRecord } from '../dossiers/national-record.ts';
import { missingOf, type DraftBody } from '../dossiers/project-draft.ts';
import { Failure } from '../rooms/failure.ts';
import type { Manifest } from '../sync/protocol.ts';
import { shelve } from './blob-shelf.ts';
import {
  appendAudit,
  auditHead,
  inTransaction,
  recordTimeMs,
  toLocal,
  toLocalDate,
  type StoreContext,
} from './context.ts';
import {
  bodyOf,
  listColumnsOf,
  readDocumentRows,
  readDossier,
  readDossierRow,
  type DocumentRow,
  type DossierRow,
} from './dossier-rows.ts';
import { insertDocument } from './documents.ts';
import { requireDraft } from './drafts.ts';
import { takeCode } from './numbers.ts';
import { requireOfficer } from './officers.ts';
import { enqueueJob } from './outbox.ts';
import { indexDossier } from './search.ts';
import { forgetSteps } from './undo-steps.ts';

/**
 * Repeating the call that sealed (its answer was lost) answers the sealed dossier.
 * @throws Failure `draft-incomplete` with the missing items as detail, `stale-revision`, `dossier-sealed`, `backdating`
 */
export function sealDossier(context: StoreContext, id: string, revision: number, officerId: string): Dossier {
  requireOfficer(context, officerId, 'counter');
  const existing = readDossierRow(context, id);
  if (existing.sealed_from_revision === revision && existing.officer_id === officerId) return readDossier(context, id);
  context.crashPoint('seal:before-transaction');
  inTransaction(context, () => {
    seal(context, requireDraft(context, id, revision), officerId);
    context.crashPoint('seal:before-commit');
  });
  context.crashPoint('seal:after-commit');
  context.onOutboxChanged();
  return readDossier(context, id);
}

function seal(context: StoreContext, row: DossierRow, officerId: string): void {
  const { crashPoint } = context;
  const body = bodyOf(context, row);
  const documents = componentDocuments(context, row.id, body);
  const missing = missingOf(body, (id) =>
    documents.some((document) => document.id === id && document.signatures !== '[]'),
  );
  if (missing.length > 0) throw new Failure('draft-incomplete', missing.map(({ kind }) => kind).join(', '));
  crashPoint('seal:after-rules');
  const atMs = recordTimeMs(context);
  const receivedAt = toLocal(context, atMs);
  const date = toLocalDate(context, atMs);
  const dueAt = appointmentOf(context, body, receivedAt);
  const { code, provisional } = takeCode(context, date);
  crashPoint('seal:after-code');
  const { year, book, number } = takeRegisterNumber(context, Number(date.slice(0, 4)));
  crashPoint('seal:after-register');
  const manifest = manifestOf(context, {
    dossierId: row.id,
    revision: 1,
    code,
    provisionalCode: provisional,
    officerId,
    body,
    documents,
    state: 'received',
    channel: row.channel,
    receivedAt,
    dueAt,
    sealedAt: receivedAt,
  });
  const manifestSha256 = enqueueJob(context, manifest, (sha256) => blobIdOf(documents, sha256), atMs);
  crashPoint('seal:after-job');
  context
    .sql(
      `UPDATE dossier SET state = 'received', revision = revision + 1, sealed_from_revision = ?, sealed_body = ?, officer_id = ?,
         code = ?, provisional_code = ?, received_at = ?, due_at = ?, receipt_year = ?, receipt_book = ?, receipt_number = ?,
         upload_revision = 1, applicant_name = ?, applicant_id_number = ?, procedure_name = ? WHERE id = ?`,
    )
    .run(
      row.revision,
      JSON.stringify(body),
      officerId,
      code,
      provisional,
      receivedAt,
      dueAt,
      year,
      book,
      number,
      ...listColumnsOf(body),
      row.id,
    );
  crashPoint('seal:after-dossier');
  forgetSteps(context, row.id);
  indexDossier(context, row.seq, { applicant: body.applicant, procedure: body.procedure, codes: [code, provisional] });
  crashPoint('seal:after-index');
  appendAudit(context, atMs, {
    kind: 'dossier-received',
    officerId,
    dossierId: row.id,
    data: { manifestSha256, code: code ?? provisional, receiptNumber: number, receiptBook: book, dueAt },
  });
  crashPoint('seal:after-audit');
}

export async function setReceiptPdf(
  context: StoreContext,
  id: string,
  pdf: Deposit,
  pageCount: number,
): Promise<Dossier> {
  const row = readDossierRow(context, id);
  if (row.receipt_number === null) throw new Failure('transition-not-allowed', 'a draft has no receipt');
  const earlier = readDocumentRows(context, id).find(
    (document) => document.kind === 'receipt' && document.sha256 === pdf.sha256,
  );
  if (earlier) return readDossier(context, id);
  const blob = await shelve(context, pdf);
  inTransaction(context, () => {
    insertDocument(context, {
      id: uuidv7(),
      dossierId: id,
      kind: 'receipt',
      componentId: null,
      title: 'Giấy tiếp nhận hồ sơ và hẹn trả kết quả',
      blob,
      pageCount,
      signatures: [],
    });
    context.sql('UPDATE dossier SET revision = revision + 1 WHERE id = ?').run(id);
  });
  return readDossier(context, id);
}

export interface ManifestFacts {
  readonly dossierId: string;
  readonly revision: number;
  readonly code: string | null;
  readonly provisionalCode: string | null;
  readonly officerId: string;
  readonly body: DraftBody;
  /** Component PDFs, then results. */
  readonly documents: readonly DocumentRow[];
  readonly state: Exclude<DossierState, 'draft'>;
  readonly channel: Dossier['channel'];
  readonly receivedAt: string;
  readonly dueAt: string;
  readonly sealedAt: string;
}

export function manifestOf(context: StoreContext, facts: ManifestFacts): Manifest {
  const { agencyCode, counterId } = context.settings;
  const results = facts.documents.filter(({ kind }) => kind === 'result');
  return {
    dossierId: facts.dossierId,
    revision: facts.revision,
    code: facts.code,
    provisionalCode: facts.provisionalCode,
    agencyCode,
    counterId,
    officerId: facts.officerId,
    record: nationalRecord({ ...facts, agencyCode, results }),
    files: facts.documents.map((document) => ({
      sha256: document.sha256,
      sizeBytes: document.size_bytes,
      mediaType: 'application/pdf',
      kind: document.kind === 'result' ? ('result' as const) : ('component' as const),
      componentId: document.component_id,
      title: document.title,
    })),
    auditHead: auditHead(context).hash,
    sealedAt: facts.sealedAt,
  };
}

/** The component PDFs that belong to the body, in the order of its checklist. */
export function componentDocuments(context: StoreContext, dossierId: string, body: DraftBody): DocumentRow[] {
  const rows = readDocumentRows(context, dossierId);
  return body.checklist.flatMap(({ component }) => rows.filter(({ id }) => id === body.documentIds[component.id]));
}

export function blobIdOf(documents: readonly DocumentRow[], sha256: string): string {
  const document = documents.find((candidate) => candidate.sha256 === sha256);
  if (!document) throw new Error(`the manifest names a file that is no document: ${sha256}`);
  return document.blob_id;
}

/** @throws Failure `transition-not-allowed` */
export function requireMove(from: DossierState, to: DossierState): void {
  if (!canMove(from, to)) throw new Failure('transition-not-allowed', `${from} → ${to}`);
}

function appointmentOf(context: StoreContext, body: DraftBody, receivedAt: string): string {
  const time = body.procedure?.time;
  if (!time) throw new Failure('draft-incomplete', 'the procedure has no published processing time');
  return dueDate({ receivedAt, value: time.value, unit: time.unit, cutoff: time.cutoff, calendar: context.calendar })
    .dueAt;
}

/** The register is opened each year and numbered on from 01 (TT 01/2018 Đ10; Mẫu 07). */
function takeRegisterNumber(context: StoreContext, year: number): { year: number; book: number; number: number } {
  context.sql('INSERT OR IGNORE INTO register (year, book, last_number) VALUES (?, 1, 0)').run(year);
  context.sql('UPDATE register SET last_number = last_number + 1 WHERE year = ?').run(year);
  const row = context.sql('SELECT book, last_number FROM register WHERE year = ?').get(year) as {
    book: number;
    last_number: number;
  };
  return { year, book: row.book, number: row.last_number };
}
