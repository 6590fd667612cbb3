/**
 * @file A draft as facts under keys. What arrived (pages, recognition) and what the officer decided (assignment, rotation,
 * form of a paper) are separate facts; everything the screen shows is derived from them in `project-draft.ts`. That makes
 * undo exact beside work that goes on meanwhile: it puts back the facts of one command and touches no others.
 */
import type { Applicant, ChecklistItem, Dossier, Page, Procedure } from '../../preload/types.ts';
import type { RecognisedPage } from '../imaging/protocol.ts';

export interface ArrivedPageFact {
  readonly imageBlobId: string;
  readonly thumbnailBlobId: string | null;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
  /** Name of the deposit it came from: the same page handed in twice (an answer was lost) is one page. */
  readonly source: string;
}

/** The part of a page's recognition that rules look at; the whole of it is kept beside the draft. */
export interface RecognitionFact {
  readonly documentType: Page['documentType'];
  readonly rotation: Page['rotation'];
  readonly isBlank: boolean;
  readonly fields: RecognisedPage['fields'];
  /** Texts of QR codes on the page. */
  readonly codes: readonly string[];
  /** Folded beginning of the page's text: titles and headings stand there. */
  readonly head: string;
  /** Folded words by which a component may ask for this type of paper (`resources/document-types`). */
  readonly keywords?: readonly string[];
}

export interface DocumentFact {
  readonly documentId: string;
  /** Fingerprint of the pages it was made from; a PDF of other pages does not count. */
  readonly madeFrom: string;
}

export interface ChecklistFact {
  readonly form: ChecklistItem['form'];
  readonly quantity: number;
  readonly note: string | null;
}

export interface DetailsFact {
  readonly returnMethod: Dossier['returnMethod'];
  readonly feeVnd: number | null;
  readonly note: string | null;
}

export interface DraftFacts {
  readonly applicant?: Applicant;
  /** The version in force when it was chosen (regulations 3.5.3): later catalogues do not change a dossier in hand. */
  readonly procedure?: Procedure;
  readonly details?: DetailsFact;
  readonly order?: readonly string[];
  readonly [page: `page:${string}`]: ArrivedPageFact;
  readonly [recognition: `recognition:${string}`]: RecognitionFact | 'failed';
  /** The officer's decision; null = belongs to none. */
  readonly [assignment: `assignment:${string}`]: { readonly componentId: string | null };
  readonly [rotation: `rotation:${string}`]: Page['rotation'];
  readonly [hidden: `hidden:${string}`]: boolean;
  readonly [checklist: `checklist:${string}`]: ChecklistFact;
  /** The officer's value of a field; equal to the recognised one when only confirmed. */
  readonly [field: `field:${string}`]: string;
  readonly [document: `document:${string}`]: DocumentFact;
}

/** Facts to set; null takes one away. */
export type DraftPatch = Readonly<Record<string, unknown>>;

export const EMPTY_DRAFT: DraftFacts = {};

/** The draft after a patch, and the patch that leads back. */
export function applyPatch(
  draft: DraftFacts,
  patch: DraftPatch,
): { readonly draft: DraftFacts; readonly inverse: DraftPatch } {
  const before = draft as Readonly<Record<string, unknown>>;
  const after: Record<string, unknown> = { ...before };
  const inverse: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(patch)) {
    inverse[key] = before[key] ?? null;
    if (value === null || value === undefined) delete after[key];
    else after[key] = value;
  }
  return { draft: after as DraftFacts, inverse };
}

/** Ids of the pages in the officer's order; pages that arrived since stand at the end, in order of arrival. */
export function pageIdsInOrder(draft: DraftFacts): string[] {
  const present = Object.keys(draft)
    .filter((key) => key.startsWith('page:'))
    .map((key) => key.slice('page:'.length));
  const known = new Set(present);
  const ordered = (draft.order ?? []).filter((id) => known.has(id));
  const placed = new Set(ordered);
  return [...ordered, ...present.filter((id) => !placed.has(id))];
}
