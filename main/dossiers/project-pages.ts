/**
 * @file The pages of a draft as the screen shows them: which are hidden, where a paper begins, and under which component each
 * lies. A stack is a row of papers; the pages of a paper stay together, wherever its first page goes.
 */
import type { Page, ProcedureComponent } from '../../preload/types.ts';
import {
  pageIdsInOrder,
  predecessorsOf,
  type ArrivedPageFact,
  type DraftFacts,
  type RecognitionFact,
} from './draft.ts';
import { separatorOf } from './separator.ts';
import { componentSorter, type ComponentSorter, type Suggestion } from './suggest-component.ts';

/** A continuation goes with its paper, but nothing on it says so. */
const CONTINUATION_CONFIDENCE = 40;
/** The officer laid a sheet before it that says where it goes. */
const SEPARATOR_CONFIDENCE = 100;

export function projectPages(draft: DraftFacts, components: readonly ProcedureComponent[]): Page[] {
  const stack = openStack(componentSorter(components));
  const known = new Set(components.map(({ id }) => id));
  return pageIdsInOrder(draft).flatMap((id): Page[] => {
    const arrived: ArrivedPageFact | undefined = draft[`page:${id}`];
    return arrived ? [projectPage(draft, id, arrived, known, stack)] : [];
  });
}

function projectPage(
  draft: DraftFacts,
  id: string,
  arrived: ArrivedPageFact,
  known: ReadonlySet<string>,
  stack: Stack,
): Page {
  const fact = recognitionOf(draft, id);
  const recognised = typeof fact === 'object' ? fact : null;
  const predecessors = predecessorsOf(draft, id);
  const heirs = [id, ...predecessors];
  const replacedById: string | null = draft[`replaced:${id}`] ?? null;
  const target = recognised && replacedById === null ? separatorOf(recognised.codes) : null;
  const isHidden =
    replacedById !== null || (draft[`hidden:${id}`] ?? (target !== null || (recognised?.isBlank ?? false)));
  const placed = firstOf(heirs, (one): { componentId: string | null } | undefined => draft[`assignment:${one}`]);
  // A decision about another procedure's component is no decision about this one's.
  const decision = placed && (placed.componentId === null || known.has(placed.componentId)) ? placed : undefined;
  const place = stack.put({
    sheet: target === null ? null : { target, keywords: recognised?.keywords ?? [] },
    isHidden,
    isBlank: recognised?.isBlank ?? false,
    // An image that says nothing yet, or nothing at all, is taken for what the image before it was.
    readable: firstOf(heirs, (one) => readableOf(draft, one)) ?? (recognised?.isBlank === false ? recognised : null),
    startDecision: firstOf(heirs, (one): boolean | undefined => draft[`start:${one}`]),
    decision,
  });
  const { source: _source, after: _after, replaces: _replaces, ...image } = arrived;
  return {
    id,
    ...image,
    rotation: draft[`rotation:${id}`] ?? recognised?.rotation ?? 0,
    crop: recognised?.crop ?? null,
    isHidden,
    isBlank: recognised?.isBlank ?? false,
    isSeparator: target !== null,
    replacedById,
    startsPaper: place.startsPaper,
    recognition: fact === undefined ? 'pending' : recognised ? 'done' : 'failed',
    documentType: recognised?.documentType ?? null,
    componentId: decision ? decision.componentId : (place.suggestion?.componentId ?? null),
    suggestion: place.suggestion,
    isAssignedByOfficer: decision !== undefined,
  };
}

interface PageInStack {
  /** What a separator sheet names; null for every other page. */
  readonly sheet: { readonly target: string; readonly keywords: readonly string[] } | null;
  readonly isHidden: boolean;
  readonly isBlank: boolean;
  readonly readable: RecognitionFact | null;
  readonly startDecision: boolean | undefined;
  readonly decision: { readonly componentId: string | null } | undefined;
}

interface Place {
  readonly startsPaper: boolean;
  readonly suggestion: Suggestion | null;
}

interface Stack {
  /** Takes the pages in order, hidden ones too. */
  readonly put: (page: PageInStack) => Place;
}

function openStack(sorter: ComponentSorter): Stack {
  /** What its title says the paper is, and where its first page lies. */
  let paper: { readonly title: string | null; readonly componentId: string | null } | null = null;
  /** Where the last sheet sends what comes behind it. */
  let lane: string | null = null;
  let isBehindSheet = false;

  return {
    put: ({ sheet, isHidden, isBlank, readable, startDecision, decision }) => {
      if (sheet !== null) {
        lane = sheet.target === '' ? null : sorter.componentOf(sheet.target, sheet.keywords);
        isBehindSheet = true;
        return { startsPaper: false, suggestion: null };
      }
      const own = readable === null ? null : sorter.suggest(readable);
      if (isHidden) return { startsPaper: false, suggestion: own };
      const title = readable?.documentType ? `${readable.documentType.code}\n${readable.documentType.title}` : null;
      const isOther =
        readable !== null &&
        (title === null
          ? isOtherHeading(sorter.suggestByHeading(readable), paper?.componentId ?? null)
          : title !== paper?.title);
      const startsPaper = paper === null || (startDecision ?? (isBehindSheet || isOther));
      isBehindSheet = false;
      const suggestion = suggestionFor();
      if (startsPaper)
        paper = { title, componentId: decision ? decision.componentId : (suggestion?.componentId ?? null) };
      return { startsPaper, suggestion };

      function suggestionFor(): Suggestion | null {
        if (lane !== null) return { componentId: lane, confidence: SEPARATOR_CONFIDENCE };
        if (startsPaper || paper === null || (own !== null && own.componentId === paper.componentId)) return own;
        // A picture without a word on it may be anything: only the officer puts it behind the paper before it.
        const goesAlong = startDecision === false || isBlank || (readable !== null && readable.head !== '');
        return goesAlong && paper.componentId !== null
          ? { componentId: paper.componentId, confidence: CONTINUATION_CONFIDENCE }
          : null;
      }
    },
  };
}

/** Running text names many papers; a heading at the top of a page names this one. */
function isOtherHeading(heading: Suggestion | null, componentId: string | null): boolean {
  return heading !== null && heading.componentId !== componentId;
}

function recognitionOf(draft: DraftFacts, id: string): RecognitionFact | 'failed' | undefined {
  return draft[`recognition:${id}`];
}

/** What a page says of itself: a title, or at least words. */
function readableOf(draft: DraftFacts, id: string): RecognitionFact | undefined {
  const fact = recognitionOf(draft, id);
  if (typeof fact !== 'object' || fact.isBlank) return undefined;
  return fact.documentType !== null || fact.head !== '' ? fact : undefined;
}

function firstOf<T>(ids: readonly string[], find: (id: string) => T | undefined): T | undefined {
  for (const id of ids) {
    const found = find(id);
    if (found !== undefined) return found;
  }
  return undefined;
}
