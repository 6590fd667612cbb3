/** @file What each draft command changes, as facts. Pure: blobs are adopted and ids are made before a command comes here. */
import type { Applicant, ChecklistItem, Page, Procedure } from '../../preload/types.ts';
import type { RecognisedPage } from '../imaging/protocol.ts';
import { Failure } from '../rooms/failure.ts';
import {
  newestOf,
  pageIdsInOrder,
  type ArrivedPageFact,
  type DetailsFact,
  type DraftFacts,
  type DraftPatch,
  type RecognitionFact,
} from './draft.ts';
import { foldText } from './fold-text.ts';
import { applicableComponents } from './project-draft.ts';

/** The commands of the protocol with everything looked up that rules need. Undo and redo are the store's, no changes by themselves. */
export type PreparedCommand =
  | { readonly kind: 'set-applicant'; readonly applicant: Applicant }
  | { readonly kind: 'set-procedure'; readonly procedure: Procedure }
  | {
      readonly kind: 'set-checklist-item';
      readonly componentId: string;
      readonly form: ChecklistItem['form'];
      readonly quantity: number;
      readonly note: string | null;
    }
  | { readonly kind: 'add-page'; readonly pageId: string; readonly page: ArrivedPageFact }
  | {
      readonly kind: 'set-recognition';
      readonly pageId: string;
      readonly recognised: RecognisedPage | null;
      readonly keywords?: readonly string[];
    }
  | { readonly kind: 'assign-pages'; readonly pageIds: readonly string[]; readonly componentId: string | null }
  | { readonly kind: 'arrange-pages'; readonly pageIds: readonly string[] }
  | { readonly kind: 'turn-pages'; readonly rotations: Readonly<Record<string, Page['rotation']>> }
  | { readonly kind: 'hide-pages'; readonly pageIds: readonly string[]; readonly isHidden: boolean }
  | { readonly kind: 'set-paper-start'; readonly pageId: string; readonly startsPaper: boolean }
  | { readonly kind: 'set-field'; readonly fieldId: string; readonly value: string }
  | ({ readonly kind: 'set-details' } & DetailsFact)
  | {
      readonly kind: 'set-component-pdf';
      readonly componentId: string;
      readonly documentId: string;
      readonly madeFrom: string;
    };

const HEAD_CHARACTERS = 1_500;
const COPIES: readonly ChecklistItem['form'][] = ['certified-copy', 'plain-copy'];

/**
 * @throws Failure `not-found` for an unknown page or field, `component-not-in-procedure`, and `component-not-digitised`
 *   when a paper that is only presented would be kept as pages or as a copy (regulations 3.5.6)
 */
export function patchOf(draft: DraftFacts, command: PreparedCommand): DraftPatch {
  switch (command.kind) {
    case 'set-applicant':
      return { applicant: normaliseApplicant(command.applicant) };
    case 'set-procedure':
      return { procedure: command.procedure };
    case 'set-checklist-item': {
      const component = findComponent(draft, command.componentId);
      if (component.kind === 'presented' && COPIES.includes(command.form)) {
        throw new Failure('component-not-digitised', `${component.id} is shown, not handed in`);
      }
      const { form, quantity, note } = command;
      return { [`checklist:${component.id}`]: { form, quantity, note: note?.normalize('NFC') ?? null } };
    }
    case 'add-page':
      return arrival(draft, command.pageId, command.page);
    case 'set-recognition':
      requirePages(draft, [command.pageId]);
      return {
        [`recognition:${command.pageId}`]:
          command.recognised === null ? 'failed' : digestRecognition(command.recognised, command.keywords ?? []),
      };
    case 'assign-pages': {
      requirePages(draft, command.pageIds);
      if (command.componentId !== null && findComponent(draft, command.componentId).kind !== 'submitted') {
        throw new Failure('component-not-digitised', command.componentId);
      }
      const decision = { componentId: command.componentId };
      return Object.fromEntries(command.pageIds.map((id) => [`assignment:${id}`, decision]));
    }
    case 'arrange-pages': {
      requirePages(draft, command.pageIds);
      const moved = new Set(command.pageIds);
      // A page that arrived since the screen drew its order keeps its place at the end; none can drop out.
      return { order: [...moved, ...pageIdsInOrder(draft).filter((id) => !moved.has(id))] };
    }
    case 'turn-pages':
      requirePages(draft, Object.keys(command.rotations));
      return Object.fromEntries(Object.entries(command.rotations).map(([id, turn]) => [`rotation:${id}`, turn]));
    case 'hide-pages':
      requirePages(draft, command.pageIds);
      return command.isHidden ? hiding(command.pageIds) : bringingBack(draft, command.pageIds);
    case 'set-paper-start':
      requirePages(draft, [command.pageId]);
      return { [`start:${command.pageId}`]: command.startsPaper };
    case 'set-field':
      return { [`field:${command.fieldId}`]: command.value.normalize('NFC') };
    case 'set-details':
      return {
        details: {
          returnMethod: command.returnMethod,
          feeVnd: command.feeVnd,
          note: command.note?.normalize('NFC') ?? null,
        },
      };
    case 'set-component-pdf':
      findComponent(draft, command.componentId);
      return { [`document:${command.componentId}`]: { documentId: command.documentId, madeFrom: command.madeFrom } };
  }
}

/**
 * The facts by which a command is taken back, or null when it is not. Pages that came stay, whatever is taken back: undoing a
 * replacement shows the old page again and hides the new one.
 * @param inverse of the command's patch
 */
export function wayBackOf(command: PreparedCommand, inverse: DraftPatch, isOfficers: boolean): DraftPatch | null {
  if (command.kind !== 'add-page') return isOfficers ? inverse : null;
  const decisions = Object.entries(inverse).filter(([key]) => key.startsWith('replaced:'));
  return decisions.length === 0 ? null : { ...Object.fromEntries(decisions), [`hidden:${command.pageId}`]: true };
}

/** A page that is scanned anew once more is replaced where it stands now: in its newest image. */
function arrival(draft: DraftFacts, pageId: string, page: ArrivedPageFact): DraftPatch {
  if (page.after !== undefined) requirePages(draft, [page.after]);
  if (page.replaces === undefined) return { [`page:${pageId}`]: page };
  requirePages(draft, [page.replaces]);
  const replaced = newestOf(draft, page.replaces);
  return {
    [`page:${pageId}`]: { ...page, after: replaced, replaces: replaced },
    [`replaced:${replaced}`]: pageId,
  };
}

function hiding(pageIds: readonly string[]): DraftPatch {
  return Object.fromEntries(pageIds.map((id) => [`hidden:${id}`, true]));
}

/** A page that was replaced changes places with the one that stands in for it. */
function bringingBack(draft: DraftFacts, pageIds: readonly string[]): DraftPatch {
  const patch: Record<string, unknown> = {};
  for (const id of pageIds) {
    if (draft[`replaced:${id}`] === undefined) continue;
    patch[`replaced:${id}`] = null;
    patch[`hidden:${newestOf(draft, id)}`] = true;
  }
  for (const id of pageIds) patch[`hidden:${id}`] = false;
  return patch;
}

function digestRecognition(recognised: RecognisedPage, keywords: readonly string[]): RecognitionFact {
  const { documentType, rotation, isBlank, crop, fields, codes, text } = recognised;
  const head = foldText(text.slice(0, 2 * HEAD_CHARACTERS)).slice(0, HEAD_CHARACTERS);
  return {
    documentType,
    rotation,
    isBlank,
    crop,
    head,
    keywords,
    fields: fields.map((field) => ({ ...field, value: field.value.normalize('NFC') })),
    codes: codes.map((code) => code.text),
  };
}

function normaliseApplicant(applicant: Applicant): Applicant {
  const tidy = (value: string | null): string | null => value?.normalize('NFC').trim().replace(/\s+/g, ' ') || null;
  return {
    ...applicant,
    fullName: tidy(applicant.fullName) ?? '',
    idNumber: tidy(applicant.idNumber),
    oldIdNumber: tidy(applicant.oldIdNumber),
    address: tidy(applicant.address),
    phone: tidy(applicant.phone),
    email: tidy(applicant.email),
  };
}

function findComponent(draft: DraftFacts, componentId: string) {
  const component = applicableComponents(draft.procedure ?? null, 'counter').find(({ id }) => id === componentId);
  if (!component) throw new Failure('component-not-in-procedure', componentId);
  return component;
}

function requirePages(draft: DraftFacts, pageIds: readonly string[]): void {
  for (const id of pageIds) if (draft[`page:${id}`] === undefined) throw new Failure('not-found', `page ${id}`);
}
