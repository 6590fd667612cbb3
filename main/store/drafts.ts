/** @file Drafts: created, changed by commands with a way back, discarded. One command is one transaction. */
import { rmSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import type { Dossier } from '../../preload/types.ts';
import { patchOf, wayBackOf, type PreparedCommand } from '../dossiers/apply-command.ts';
import { applyPatch, EMPTY_DRAFT, type ArrivedPageFact, type DraftFacts, type DraftPatch } from '../dossiers/draft.ts';
import { projectDraft, type DraftBody } from '../dossiers/project-draft.ts';
import { separatorOf } from '../dossiers/separator.ts';
import { Failure } from '../rooms/failure.ts';
import { dropUnusedBlobs, keepBlob, shelve } from './blob-shelf.ts';
import { isComponentPdfInPlace, prepareComponentPdf } from './component-pdfs.ts';
import { appendAudit, inTransaction, nowMs, recordTimeMs, toLocal, type StoreContext } from './context.ts';
import { bodyOf, draftOf, listColumnsOf, readDossier, readDossierRow, type DossierRow } from './dossier-rows.ts';
import { requireOfficer } from './officers.ts';
import type { DraftCommand } from './protocol.ts';
import { indexDossier, searchWords, unindexDossier } from './search.ts';
import { countPageOfFile, requireFitsStack, requireNoRecords } from './stack-rules.ts';
import { factsWithoutReadings, forgetDraft, keepDraft, writeReadings } from './open-drafts.ts';
import { newestStep, recordDecision, takeStep, type Direction } from './undo-steps.ts';

type Command = DraftCommand;
type Change = Exclude<Command, { kind: Direction }>;

export function createDraft(context: StoreContext, officerId: string): Dossier {
  requireOfficer(context, officerId, 'counter');
  const id = uuidv7();
  inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    context
      .sql(
        'INSERT INTO dossier (id, state, revision, channel, officer_id, created_at, draft) VALUES (?, ?, 1, ?, ?, ?, ?)',
      )
      .run(id, 'draft', 'counter', officerId, toLocal(context, atMs), JSON.stringify(EMPTY_DRAFT));
    appendAudit(context, atMs, { kind: 'draft-created', officerId, dossierId: id });
  });
  return readDossier(context, id);
}

export interface EditQuestion {
  readonly id: string;
  /** Null = whatever is current: scanning and recognition run beside the officer. */
  readonly revision: number | null;
  readonly officerId: string;
  readonly command: Command;
}

/**
 * Commands that name a revision are the officer's and can be undone; those that do not are work beside the officer, stay
 * out of the way of undo, and are never taken back by it. A decision must know the decisions before it, not the pages and
 * readings that came in meanwhile: it names what it changes by id, and a running feeder would else outdate every one.
 */
export async function editDraft(context: StoreContext, question: EditQuestion): Promise<Dossier> {
  const { id, revision, officerId, command } = question;
  requireOfficer(context, officerId, 'counter');
  const row = requireDraft(context, id, null);
  if (revision !== null && (revision < row.decided_revision || revision > row.revision))
    throw new Failure('stale-revision', `decided on ${revision}, the last decision made ${row.decided_revision}`);
  requireFitsStack(row, command);
  if (command.kind === 'undo' || command.kind === 'redo') return step(context, row, command.kind, officerId, revision);
  if (isAlreadyDone(context, row, command)) return readDossier(context, id);
  const prepared = await prepare(context, row, command);
  const before = draftOf(context, row);
  const patch = patchOf(before, prepared.command);
  const { draft, inverse } = applyPatch(before, patch);
  const wayBack = wayBackOf(prepared.command, inverse, revision !== null);
  const body = inTransaction(context, () => {
    prepared.write(id);
    if (wayBack) recordDecision(context, id, wayBack);
    noteChange(context, row, officerId, command.kind);
    return saveDraft(context, row, { draft, patch, isDecision: wayBack !== null });
  });
  keepDraft(context, { id, revision: row.revision + 1, facts: draft, body });
  return readDossier(context, id);
}

function noteChange(context: StoreContext, row: DossierRow, officerId: string, command: string): void {
  appendAudit(context, nowMs(context), {
    kind: 'draft-changed',
    officerId,
    dossierId: row.id,
    data: { command, revision: row.revision + 1 },
  });
}

/** @throws Failure `dossier-sealed`: what was received is never discarded */
export function discardDraft(context: StoreContext, id: string, revision: number, officerId: string): null {
  requireOfficer(context, officerId, 'counter');
  const row = requireDraft(context, id, revision);
  requireNoRecords(context, id);
  const files = inTransaction(context, () => {
    unindexDossier(context, row.seq);
    context.sql('DELETE FROM document WHERE dossier_id = ?').run(id);
    context.sql('DELETE FROM dossier WHERE id = ?').run(id);
    appendAudit(context, nowMs(context), { kind: 'draft-discarded', officerId, dossierId: id, data: { revision } });
    return dropUnusedBlobs(context);
  });
  forgetDraft(context, id);
  for (const file of files) rmSync(file, { force: true });
  return null;
}

/** @throws Failure `not-found`, `dossier-sealed`, `stale-revision` */
export function requireDraft(context: StoreContext, id: string, revision: number | null): DossierRow {
  const row = readDossierRow(context, id);
  if (row.state !== 'draft') throw new Failure('dossier-sealed', id);
  if (revision !== null && revision !== row.revision)
    throw new Failure('stale-revision', `decided on ${revision}, now ${row.revision}`);
  return row;
}

/** One step back or forth; the dossier unchanged when there is none. */
function step(
  context: StoreContext,
  row: DossierRow,
  direction: Direction,
  officerId: string,
  revision: number | null,
): Dossier {
  if (revision === null) throw new Failure('bad-request', `${direction} names the revision it was decided on`);
  const newest = newestStep(context, direction, row.id);
  if (!newest) return readDossier(context, row.id);
  const { draft, inverse } = applyPatch(draftOf(context, row), newest.patch);
  const body = inTransaction(context, () => {
    takeStep(context, direction, row.id, newest, inverse);
    noteChange(context, row, officerId, direction);
    return saveDraft(context, row, { draft, patch: newest.patch, isDecision: true });
  });
  keepDraft(context, { id: row.id, revision: row.revision + 1, facts: draft, body });
  return readDossier(context, row.id);
}

interface SavedDraft {
  readonly draft: DraftFacts;
  /** What led to it. */
  readonly patch: DraftPatch;
  readonly isDecision: boolean;
}

/** @returns what the draft shows now */
function saveDraft(context: StoreContext, row: DossierRow, { draft, patch, isDecision }: SavedDraft): DraftBody {
  const body = projectDraft(draft, row.channel);
  const { applicant, procedure } = body;
  const before = bodyOf(context, row);
  const columns = listColumnsOf(body);
  context
    .sql(
      `UPDATE dossier SET draft = ?, revision = revision + 1, decided_revision = ?,
         applicant_name = ?, applicant_id_number = ?, procedure_name = ? WHERE id = ?`,
    )
    .run(factsWithoutReadings(draft), isDecision ? row.revision + 1 : row.decided_revision, ...columns, row.id);
  writeReadings(context, row.id, patch);
  // A stack is found through its series, and has no citizen. Most decisions change no word by which a dossier is found.
  const isNew = searchWords({ applicant, procedure, codes: [] }) !== searchWords({ ...before, codes: [] });
  if (row.kind === 'dossier' && isNew) indexDossier(context, row.seq, { applicant, procedure, codes: [] });
  return body;
}

export interface Prepared {
  readonly command: PreparedCommand;
  /** Rows beside the draft; inside its transaction. */
  readonly write: (dossierId: string) => void;
}

/** Looks up and shelves what a command brings, before the transaction. */
async function prepare(context: StoreContext, row: DossierRow, command: Change): Promise<Prepared> {
  const nothing = (): void => {};
  switch (command.kind) {
    case 'set-procedure': {
      const procedure = context.catalogue.get(command.code);
      if (!procedure) throw new Failure('procedure-unknown', command.code);
      return { command: { kind: 'set-procedure', procedure }, write: nothing };
    }
    case 'add-page':
      return prepareAddPage(context, command);
    case 'set-recognition':
      return {
        command: {
          ...command,
          keywords: context.documentKeywords.get(documentTypeNamedBy(command.recognised)) ?? [],
        },
        write: (dossierId) => writeRecognition(context, dossierId, command),
      };
    case 'set-component-pdf':
      return prepareComponentPdf(context, row, command);
    default:
      return { command, write: nothing };
  }
}

/** What its title says it is; of a separator sheet, what it says of the pages behind it. */
function documentTypeNamedBy(recognised: Extract<Change, { kind: 'set-recognition' }>['recognised']): string {
  if (recognised === null) return '';
  return separatorOf(recognised.codes.map(({ text }) => text)) ?? recognised.documentType?.code ?? '';
}

async function prepareAddPage(
  context: StoreContext,
  command: Extract<Change, { kind: 'add-page' }>,
): Promise<Prepared> {
  const image = await shelve(context, command.image);
  const thumbnail =
    command.thumbnail && command.thumbnail.sha256 !== command.image.sha256
      ? await shelve(context, command.thumbnail)
      : null;
  const { widthPx, heightPx, dpi, place, file } = command;
  const pageId = command.pageId ?? uuidv7();
  const thumbnailBlobId = thumbnail?.id ?? (command.thumbnail ? image.id : null);
  const page: ArrivedPageFact = {
    imageBlobId: image.id,
    thumbnailBlobId,
    widthPx,
    heightPx,
    dpi,
    source: command.image.file,
  };
  return {
    command: {
      kind: 'add-page',
      pageId,
      page: {
        ...page,
        ...(place?.kind === 'after' ? { after: place.pageId } : {}),
        ...(place?.kind === 'replace' ? { replaces: place.pageId } : {}),
      },
    },
    write: (dossierId) => {
      keepBlob(context, image, dossierId);
      if (thumbnail) keepBlob(context, thumbnail, dossierId);
      if (file) countPageOfFile(context, dossierId, file, pageId);
    },
  };
}

function writeRecognition(
  context: StoreContext,
  dossierId: string,
  command: Extract<Change, { kind: 'set-recognition' }>,
): void {
  if (command.recognised === null) return;
  context
    .sql(
      'INSERT INTO recognition (page_id, dossier_id, recognised) VALUES (?, ?, ?) ON CONFLICT (page_id) DO UPDATE SET recognised = excluded.recognised',
    )
    .run(command.pageId, dossierId, JSON.stringify(command.recognised));
}

/** What was handed in before its answer was lost is in already when it is handed in again. */
function isAlreadyDone(context: StoreContext, row: DossierRow, command: Command): boolean {
  if (command.kind === 'set-component-pdf') return isComponentPdfInPlace(context, row, command);
  if (command.kind !== 'add-page') return false;
  return Object.entries(draftOf(context, row)).some(
    ([key, value]) => key.startsWith('page:') && (value as { source?: string }).source === command.image.file,
  );
}
