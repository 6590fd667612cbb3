/** @file The stack as the workbench sees it right now, and how the officer likes to look at stacks. */
import { create } from 'zustand';
import type { Page } from '../../../preload/types.ts';
import type { Paper } from './papers.ts';

/** How the officer likes to look at stacks; outlives the single stack. */
export const useWorkbenchView = create<{
  readonly showsHidden: boolean;
  readonly inlineSize: number;
  readonly fullSize: number;
}>(() => ({ showsHidden: false, inlineSize: 1, fullSize: 2 }));

/** What a command acts on and how it is done: shared by keys, buttons and the grid. */
export interface Stack {
  readonly all: readonly Page[];
  /** In view: hidden pages only when asked for. */
  readonly pages: readonly Page[];
  readonly papers: readonly Paper[];
  readonly current: Page | null;
  readonly currentPaper: Paper | null;
  /** Pages that placing means: those picked, or the whole paper. */
  readonly scope: readonly string[];
  /** Pages that turning, hiding and moving mean: those picked, or the current page alone. */
  readonly picked: readonly string[];
  readonly isChosen: boolean;
  readonly showOnly: (pageId: string) => void;
  /** Shows a page and gives it the focus. */
  readonly goTo: (pageId: string) => void;
  readonly choose: (pageIds: readonly string[]) => void;
  readonly toggle: (pageId: string) => void;
  readonly assign: (targetId: string | null) => void;
  readonly hide: () => void;
  readonly step: (step: 1 | -1) => void;
  readonly resize: (step: 1 | -1) => void;
}
