/**
 * @file A draft as facts under keys. What arrived (pages, recognition) and what the officer decided (assignment, rotation,
 * form of a paper) are separate facts; everything the screen shows is derived from them in `project-draft.ts`. That makes
 * undo exact beside work that goes on meanwhile: it puts back the facts of one command and touches no others.
 */
import type { Applicant, Box, ChecklistItem, Dossier, Page, Procedure } from '../../preload/types.ts';
import type { RecognisedPage } from '../imaging/protocol.ts';

export interface ArrivedPageFact {
  readonly imageBlobId: string;
  readonly thumbnailBlobId: string | null;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
  /** Name of the deposit it came from: the same page handed in twice (an answer was lost) is one page. */
  readonly source: string;
  /** The page it was put behind when it came; without one it came at the end. */
  readonly after?: string;
  /** The page it was scanned anew for; whether it still stands in for it, `replaced:` says. */
  readonly replaces?: string;
}

/** The part of a page's recognition that rules look at; the whole of it is kept beside the draft. */
export interface RecognitionFact {
  readonly documentType: Page['documentType'];
  readonly rotation: Page['rotation'];
  readonly isBlank: boolean;
  /** Where the paper lies in the image, pixels; null = all of it. */
  readonly crop?: Box | null;
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
  /** The page that stands in for this one; while it does, this one is hidden. */
  readonly [replaced: `replaced:${string}`]: string;
  /** The officer's decision whether a paper begins with this page. */
  readonly [start: `start:${string}`]: boolean;
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

/**
 * Ids of all pages: in the officer's order; pages that came since stand behind the page they were put behind, the latest
 * nearest to it, else at the end in order of arrival.
 */
export function pageIdsInOrder(draft: DraftFacts): string[] {
  const present = Object.keys(draft)
    .filter((key) => key.startsWith('page:'))
    .map((key) => key.slice('page:'.length));
  const known = new Set(present);
  const ordered = new Set((draft.order ?? []).filter((id) => known.has(id)));
  const followers = new Map<string, string[]>();
  const roots = [...ordered];
  for (const id of present) {
    if (ordered.has(id)) continue;
    const page: ArrivedPageFact | undefined = draft[`page:${id}`];
    const after = page?.after;
    if (after === undefined || !known.has(after)) roots.push(id);
    else
      followers
        .set(after, followers.get(after) ?? [])
        .get(after)
        ?.push(id);
  }
  const result = new Set<string>();
  const waiting = roots.toReversed();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    result.add(id);
    // The last one pushed is taken next: the newest follower stands directly behind its page.
    waiting.push(...(followers.get(id) ?? []));
  }
  // Whatever the facts say of each other, no page drops out.
  return [...result, ...present.filter((id) => !result.has(id))];
}

/** The page that stands in for this one at the end of all replacements; the page itself when there is none. */
export function newestOf(draft: DraftFacts, pageId: string): string {
  const seen = new Set([pageId]);
  let id = pageId;
  for (;;) {
    const next: string | undefined = draft[`replaced:${id}`];
    if (next === undefined || seen.has(next)) return id;
    seen.add(next);
    id = next;
  }
}

/** The pages this one stands in for, the one directly before it first. */
export function predecessorsOf(draft: DraftFacts, pageId: string): string[] {
  const found: string[] = [];
  const seen = new Set([pageId]);
  let id = pageId;
  for (;;) {
    const page: ArrivedPageFact | undefined = draft[`page:${id}`];
    const before = page?.replaces;
    if (before === undefined || seen.has(before) || draft[`replaced:${before}`] !== id) return found;
    seen.add(before);
    found.push(before);
    id = before;
  }
}
