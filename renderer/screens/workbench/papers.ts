/** @file Papers: runs of pages that begin where `startsPaper` says so, and the rows of a grid they are drawn in. Pure. */
import type { Page } from '../../../preload/types.ts';

export interface Paper {
  /** Id of its first page. */
  readonly id: string;
  readonly pages: readonly Page[];
  /** As recognition named it, from the first page that has a name. */
  readonly title: string | null;
  /** Null: none of its pages has a place. */
  readonly targetId: string | null;
  /** Its pages lie under different targets, or some have none. */
  readonly isMixed: boolean;
}

/** A stretch of one paper within one row of the grid. */
export interface Segment {
  readonly paper: Paper;
  readonly pages: readonly Page[];
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** The stack as papers. A hidden page that began one leaves the beginning to the page behind it. */
export function papersOf(pages: readonly Page[], showsHidden: boolean): readonly Paper[] {
  const runs: Page[][] = [];
  let isBeginning = true;
  for (const page of pages) {
    isBeginning ||= page.startsPaper;
    if (page.isHidden && !showsHidden) continue;
    const run = runs.at(-1);
    if (isBeginning || run === undefined) runs.push([page]);
    else run.push(page);
    isBeginning = false;
  }
  return runs.flatMap((run) => {
    const [first] = run;
    return first === undefined ? [] : [paperOf(first, run)];
  });
}

function paperOf(first: Page, pages: readonly Page[]): Paper {
  const visible = pages.filter((page) => !page.isHidden);
  const targetIds = new Set((visible.length > 0 ? visible : pages).map((page) => page.componentId));
  return {
    id: first.id,
    pages,
    title: pages.find((page) => page.documentType !== null)?.documentType?.title ?? null,
    targetId: [...targetIds].find((id) => id !== null) ?? null,
    isMixed: targetIds.size > 1,
  };
}

/** Fills rows of `columns` pages each; a paper goes on in the next row where it does not fit. */
export function rowsOf(papers: readonly Paper[], columns: number): readonly (readonly Segment[])[] {
  const rows: Segment[][] = [];
  let free = 0;
  for (const paper of papers) {
    for (let at = 0; at < paper.pages.length;) {
      if (free === 0) {
        rows.push([]);
        free = columns;
      }
      const pages = paper.pages.slice(at, at + free);
      const end = at + pages.length;
      rows.at(-1)?.push({ paper, pages, isFirst: at === 0, isLast: end === paper.pages.length });
      free -= pages.length;
      at = end;
    }
  }
  return rows;
}

/**
 * What a command for the selection means: the pages picked, or the whole paper of the current page. A page that is still
 * being read stands for itself: until its title is known nobody can say which paper it belongs to.
 */
export function scopeOf(papers: readonly Paper[], pageIds: readonly string[], isChosen: boolean): readonly string[] {
  const here = new Set(papers.flatMap((paper) => paper.pages.map((page) => page.id)));
  const known = pageIds.filter((id) => here.has(id));
  if (isChosen || known.length > 1) return known;
  const paper = papers.find((one) => one.pages.some((page) => page.id === known[0]));
  const whole = (paper?.pages ?? []).filter((page) => !page.isHidden && !isUnread(page)).map((page) => page.id);
  return whole.includes(known[0] ?? '') ? whole : known;
}

export function isUnread(page: Page): boolean {
  return page.recognition === 'pending' || page.recognition === 'running';
}

/** The page to look at after `done` found their place: the next one without, from there on and then from the top. */
export function nextOpenPage(pages: readonly Page[], done: readonly string[]): Page | undefined {
  const last = Math.max(-1, ...done.map((id) => pages.findIndex((page) => page.id === id)));
  const isOpen = (page: Page): boolean => page.componentId === null && !page.isHidden && !done.includes(page.id);
  return pages.find((page, index) => index > last && isOpen(page)) ?? pages.find(isOpen);
}

/** Numbers in words' shortest form: `1–3, 5`. */
export function ranges(numbers: readonly number[]): string {
  return runsOf(numbers)
    .map(([first, last]) => (first === last ? String(first) : `${first}–${last}`))
    .join(', ');
}

/** Consecutive numbers as runs, ascending. */
export function runsOf(numbers: readonly number[]): readonly (readonly [first: number, last: number])[] {
  const runs: [number, number][] = [];
  for (const number of [...new Set(numbers)].toSorted((one, other) => one - other)) {
    const run = runs.at(-1);
    if (run?.[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

/**
 * Where pages go when they are moved one step: the id they stand before afterwards, null for the end,
 * `undefined` when there is no way further. Several pages move as one block. Whole papers step over whole papers,
 * since a paper put down in the middle of another one would tear it in two.
 */
export function stepBefore(
  papers: readonly Paper[],
  moved: readonly string[],
  step: 1 | -1,
): string | null | undefined {
  const whole = papers.filter((paper) => paper.pages.every((page) => moved.includes(page.id)));
  const isPapers = whole.reduce((sum, paper) => sum + paper.pages.length, 0) === moved.length;
  return isPapers
    ? before(
        papers.map((paper) => paper.id),
        whole.map((paper) => paper.id),
        step,
      )
    : before(
        papers.flatMap((paper) => paper.pages.map((page) => page.id)),
        moved,
        step,
      );
}

function before(ids: readonly string[], moved: readonly string[], step: 1 | -1): string | null | undefined {
  const at = moved.map((id) => ids.indexOf(id)).filter((index) => index >= 0);
  if (at.length === 0) return undefined;
  const first = Math.min(...at);
  const last = Math.max(...at);
  const isBlock = last - first + 1 === at.length;
  // What lies apart comes together first, where the first of it stands.
  if (!isBlock) return ids.slice(first).find((id) => !moved.includes(id)) ?? null;
  if (step === -1) return first === 0 ? undefined : ids[first - 1];
  return last === ids.length - 1 ? undefined : (ids[last + 2] ?? null);
}
