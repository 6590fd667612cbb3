/** @file What the officer is looking at: view state of the desk, nothing that must outlive the window. */
import { create } from 'zustand';
import type { DossierState } from '../../preload/types.ts';

export type DeskName = 'counter' | 'signing' | 'backlog';
export type PanelName = 'scanner' | 'token' | 'sync' | 'practice' | 'devices' | 'verification';
export type SectionName = 'applicant' | 'procedure' | 'papers' | 'fee' | 'finish';
export type ListFilter = 'all' | 'drafts' | 'open' | 'done';

export const LIST_STATES: Readonly<Record<ListFilter, readonly DossierState[]>> = {
  all: [],
  drafts: ['draft'],
  open: ['received', 'processing', 'supplement-requested', 'payment-requested'],
  done: ['completed', 'returned', 'denied', 'withdrawn', 'stopped'],
};

export type ShownPaper =
  | { readonly kind: 'page'; readonly pageId: string; readonly fieldId: string | null }
  | { readonly kind: 'document'; readonly documentId: string };

interface DeskView {
  readonly desk: DeskName;
  readonly dossierId: string | null;
  readonly listText: string;
  readonly listFilter: ListFilter;
  readonly panel: PanelName | null;
  readonly shown: ShownPaper | null;
  readonly selectedPageIds: readonly string[];
  /** These pages were picked one by one; otherwise the last one stands for its whole paper. */
  readonly arePagesChosen: boolean;
  /** The pages fill the desk. */
  readonly isWorkbenchOpen: boolean;
  readonly zoom: number;
  /** Sections the officer opened or folded by hand; the others follow completeness. */
  readonly folds: Readonly<Partial<Record<SectionName, boolean>>>;
  readonly isDiscarding: boolean;
}

const FRESH = {
  shown: null,
  selectedPageIds: [],
  arePagesChosen: false,
  isWorkbenchOpen: false,
  zoom: 1,
  folds: {},
  isDiscarding: false,
} as const;

export const useDesk = create<DeskView>(() => ({
  desk: 'counter',
  dossierId: null,
  listText: '',
  listFilter: 'all',
  panel: null,
  ...FRESH,
}));

export function lookAt(dossierId: string | null): void {
  if (useDesk.getState().dossierId === dossierId) return;
  useDesk.setState({ dossierId, ...FRESH });
}

export function showPage(pageId: string, fieldId: string | null = null): void {
  useDesk.setState((view) => ({
    shown: { kind: 'page', pageId, fieldId },
    zoom: view.shown?.kind === 'page' && view.shown.pageId === pageId ? view.zoom : 1,
  }));
}

export function selectPages(pageIds: readonly string[], areChosen: boolean): void {
  useDesk.setState({ selectedPageIds: pageIds, arePagesChosen: areChosen });
}

/** Opens or closes the pages at full size; the page in hand keeps the focus. */
export function openWorkbench(isOpen: boolean): void {
  useDesk.setState({ isWorkbenchOpen: isOpen });
  focusCurrentPage(FRAMES_TO_DRAW);
}

/** The grid is drawn when it knows its width, a few frames from now. */
const FRAMES_TO_DRAW = 30;
function focusCurrentPage(framesLeft: number): void {
  requestAnimationFrame(() => {
    const page = document.querySelector<HTMLElement>('[data-page][data-current="true"]');
    if (page !== null) page.focus();
    else if (framesLeft > 0) focusCurrentPage(framesLeft - 1);
  });
}

export function showDocument(documentId: string): void {
  useDesk.setState({ shown: { kind: 'document', documentId }, zoom: 1 });
}

export function zoomBy(factor: number): void {
  useDesk.setState((view) => ({ zoom: Math.min(6, Math.max(0.5, view.zoom * factor)) }));
}

export function openPanel(panel: PanelName | null): void {
  useDesk.setState({ panel });
}

export function foldSection(section: SectionName, isOpen: boolean | undefined): void {
  useDesk.setState((view) => {
    const { [section]: _previous, ...rest } = view.folds;
    return { folds: isOpen === undefined ? rest : { ...rest, [section]: isOpen } };
  });
}

/** Moves the focus to where a section begins, once it is on screen. */
export function focusSection(section: SectionName): void {
  foldSection(section, true);
  requestAnimationFrame(() => {
    const region = document.querySelector<HTMLElement>(`[data-section="${section}"]`);
    const first =
      region?.querySelector<HTMLElement>('[data-section-first]') ?? region?.querySelector<HTMLElement>('input, button');
    first?.focus();
    // Leaving the last section folds it and moves this one: look again when that has been laid out.
    requestAnimationFrame(() => requestAnimationFrame(() => region?.scrollIntoView({ block: 'nearest' })));
  });
}
