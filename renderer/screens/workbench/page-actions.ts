/** @file What a stack of pages can be asked for, and by whom it is kept: a dossier or a backlog stack. Free of both. */
import type { ReactNode } from 'react';
import type { Page } from '../../../preload/types.ts';

/** Where pages can be put: a component of the procedure, a record of the backlog. */
export interface PageTarget {
  readonly id: string;
  readonly name: string;
  /** One printable key in lower case that puts pages here; null when the keys ran out (drag or button instead). */
  readonly key: string | null;
}

/** Where a new page comes from. */
export type PageSource = 'scanner' | 'file';

/**
 * What the workbench asks of whoever keeps the pages. Every call is one step of undo; the keeper tells failures itself
 * and hands the changed pages back through `Workbench`'s `pages`.
 */
export interface PageActions {
  /** Puts pages under a target; null takes them out. */
  readonly assign: (pageIds: readonly string[], targetId: string | null) => void;
  /** A quarter clockwise. */
  readonly turn: (pageIds: readonly string[]) => void;
  readonly setHidden: (pageIds: readonly string[], isHidden: boolean) => void;
  /** Puts pages before another one, in the order given; last when `beforeId` is null. */
  readonly move: (pageIds: readonly string[], beforeId: string | null) => void;
  /** True: a paper begins at this page (split). False: the page goes on with the paper before it (merge). */
  readonly setPaperStart: (pageId: string, startsPaper: boolean) => void;
  readonly replace: (pageId: string, from: PageSource) => void;
  /** Pages on screen, newest first: read before the others. Called when what is visible has settled. */
  readonly lookAt: (pageIds: readonly string[]) => void;
  readonly undo: () => void;
  readonly redo: () => void;
  /** New pages behind this one. Left out where the keeper cannot: the key and the button go. */
  readonly insertAfter?: (pageId: string, from: PageSource) => void;
  /** Prints separator sheets, one for each target. Left out where there are none. */
  readonly printSeparators?: () => void;
}

/** The officer's choice of pages, kept outside so that the paper beside it and the checklist follow it. */
export interface PageSelection {
  /** In the order chosen; the last one is the current page. */
  readonly pageIds: readonly string[];
  /** True: exactly these pages were picked. False: the current page stands for its whole paper. */
  readonly isChosen: boolean;
  readonly select: (pageIds: readonly string[], isChosen: boolean) => void;
}

/** What is worth knowing of a page beyond its own fields. */
export type PageMark = 'code' | 'doubt' | 'duplicate';

export interface WorkbenchProps {
  readonly pages: readonly Page[];
  readonly targets: readonly PageTarget[];
  readonly actions: PageActions;
  readonly isEditable: boolean;
  /** What a screen reader calls the stack. */
  readonly label: string;
  readonly canUndo?: boolean;
  readonly canRedo?: boolean;
  /** Left out, the workbench keeps its own. */
  readonly selection?: PageSelection;
  /** Page id → marks. */
  readonly marks?: ReadonlyMap<string, readonly PageMark[]>;
  /** `inline`: a grid of its own height inside a page. `full`: fills its place, targets on the left, the current page large on the right. */
  readonly layout?: 'inline' | 'full';
  /** Between the tools and the grid: how a running scan goes. */
  readonly above?: ReactNode;
  /** Goes to the other layout; left out, there is only one. */
  readonly onLayout?: () => void;
}
