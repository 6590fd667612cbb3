/**
 * @file The page workbench: a stack of scanned pages, sorted into papers and put where they belong, by keyboard or by hand.
 * Knows pages, targets and what can be asked (`page-actions.ts`); whose pages they are is the keeper's business.
 */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { FullWorkbench } from './full-workbench.tsx';
import { KeyHelp } from './key-help.tsx';
import type { PageSelection, WorkbenchProps } from './page-actions.ts';
import { PageGrid, THUMB_SIZES } from './page-grid.tsx';
import { nextOpenPage, papersOf, scopeOf, stepBefore } from './papers.ts';
import { ScopeLine } from './scope-line.tsx';
import { useWorkbenchView, type Stack } from './stack.ts';
import { WorkbenchTools } from './workbench-tools.tsx';
import { useWorkbenchKeys } from './use-workbench-keys.ts';
import classes from './workbench.module.css';

function useOwnSelection(): PageSelection {
  const [own, setOwn] = useState<{ pageIds: readonly string[]; isChosen: boolean }>({ pageIds: [], isChosen: false });
  return { ...own, select: (pageIds, isChosen) => setOwn({ pageIds, isChosen }) };
}

export function Workbench(props: WorkbenchProps): ReactNode {
  const { pages: all, targets, actions, isEditable, layout = 'inline', marks } = props;
  const own = useOwnSelection();
  const selection = props.selection ?? own;
  const { showsHidden, inlineSize, fullSize } = useWorkbenchView();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const region = useRef<HTMLDivElement>(null);
  const wantedFocus = useRef<string | null>(null);
  const jumpBox = useRef<HTMLInputElement>(null);

  const papers = useMemo(() => papersOf(all, showsHidden), [all, showsHidden]);
  const pages = useMemo(() => papers.flatMap((paper) => paper.pages), [papers]);
  // A scanned stack is worked on at once: the first page without a place is the current one by itself.
  const fallback = (isEditable ? nextOpenPage(pages, []) : undefined) ?? pages[0];
  const inView = useMemo(() => {
    const ids = new Set(pages.map((page) => page.id));
    return (id: string): boolean => ids.has(id);
  }, [pages]);
  const selected = useMemo(() => {
    // Where a page was scanned anew, the new one is meant.
    const newest = selection.pageIds.map((id) => all.find((page) => page.id === id)?.replacedById ?? id);
    const known = newest.map((id, at) => (showsHidden ? (selection.pageIds[at] ?? id) : id)).filter(inView);
    return known.length > 0 ? known : fallback === undefined ? [] : [fallback.id];
  }, [selection.pageIds, all, showsHidden, inView, fallback]);
  const currentId = selected.at(-1) ?? null;
  // What is current by itself is told outside too: the paper and the checklist follow it.
  const selectOutside = selection.select;
  const isUnknown = isEditable && currentId !== null && !selection.pageIds.includes(currentId);
  useEffect(() => {
    if (isUnknown && currentId !== null) selectOutside([currentId], false);
  }, [isUnknown, currentId, selectOutside]);
  const isChosen = selected.length > 1 || (selection.isChosen && selection.pageIds.includes(selected[0] ?? ''));
  const scope = useMemo(() => scopeOf(papers, selected, isChosen), [papers, selected, isChosen]);
  const current = pages.find((page) => page.id === currentId) ?? null;
  const currentPaper = papers.find((paper) => paper.pages.some((page) => page.id === currentId)) ?? null;

  /** At once, so that the next key goes on from there; and again when the page has been drawn anew, or for the first time. */
  function focus(pageId: string, doesScroll = false): void {
    wantedFocus.current = pageId;
    const apply = (): void => {
      const id = wantedFocus.current;
      if (id === null) return;
      const element = region.current?.querySelector<HTMLElement>(`[data-page="${CSS.escape(id)}"]`);
      element?.focus({ preventScroll: !doesScroll });
    };
    apply();
    const now = document.activeElement;
    requestAnimationFrame(() => {
      const then = document.activeElement;
      // Whoever has gone on to a tool or a field meanwhile stays there.
      if (then === now || then === document.body || hasFocus()) apply();
    });
  }
  const hasFocus = (): boolean => document.activeElement?.closest('[data-page]') != null;

  const stack: Stack = {
    all,
    pages,
    papers,
    current,
    currentPaper,
    scope,
    picked: isChosen ? selected : currentId === null ? [] : [currentId],
    isChosen,
    showOnly: (pageId) => {
      selection.select([pageId], false);
      if (hasFocus()) focus(pageId);
    },
    goTo: (pageId) => {
      selection.select([pageId], false);
      focus(pageId);
    },
    // The current page stays the current one, so that the focus has a place to be.
    choose: (pageIds) =>
      selection.select(
        currentId !== null && pageIds.includes(currentId)
          ? [...pageIds.filter((id) => id !== currentId), currentId]
          : pageIds,
        true,
      ),
    toggle: (pageId) => {
      const base = isChosen ? selected : [];
      const others = base.filter((id) => id !== pageId);
      if (base.includes(pageId)) selection.select(others.length > 0 ? others : [pageId], others.length > 0);
      else selection.select([...base, pageId], true);
    },
    assign: (targetId) => {
      if (scope.length === 0) return;
      actions.assign(scope, targetId);
      const next = targetId === null ? undefined : nextOpenPage(all, scope);
      if (next !== undefined) stack.showOnly(next.id);
    },
    hide: () => {
      const first = pages.find((page) => page.id === stack.picked[0]);
      if (first === undefined) return;
      actions.setHidden(stack.picked, !first.isHidden);
      if (first.isHidden || showsHidden) return;
      const at = pages.indexOf(first);
      const next = pages.slice(at).find((page) => !stack.picked.includes(page.id)) ?? pages[at - 1];
      if (next !== undefined) stack.showOnly(next.id);
    },
    step: (step) => {
      const moved = pages.filter((page) => stack.picked.includes(page.id)).map((page) => page.id);
      const beforeId = stepBefore(papers, moved, step);
      if (beforeId === undefined) return;
      actions.move(moved, beforeId);
      if (currentId !== null && hasFocus()) focus(currentId);
    },
    resize: (step) =>
      useWorkbenchView.setState((view) => {
        const clamp = (size: number): number => Math.min(THUMB_SIZES.length - 1, Math.max(0, size + step));
        return layout === 'full' ? { fullSize: clamp(view.fullSize) } : { inlineSize: clamp(view.inlineSize) };
      }),
  };

  function select(pageId: string, mode: 'one' | 'toggle' | 'range'): void {
    if (mode === 'toggle') stack.toggle(pageId);
    else if (mode === 'one') selection.select([pageId], false);
    else {
      const ids = pages.map((page) => page.id);
      const from = ids.indexOf(selected[0] ?? pageId);
      const to = ids.indexOf(pageId);
      const between = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
      // The page reached last is the current one; the one where the range began stays first.
      selection.select(from <= to ? between : between.toReversed(), true);
    }
    focus(pageId);
  }

  function onKey(event: KeyboardEvent, columns: number): void {
    if (event.nativeEvent.isComposing || event.metaKey || current === null) return;
    // The page with the focus; Ctrl and the arrows take the focus on while what was picked stays picked.
    const focused = pages.find((page) => page.id === (event.target as HTMLElement).dataset['page']) ?? current;
    if (event.key === ' ') {
      event.preventDefault();
      stack.toggle(focused.id);
      focus(focused.id);
      return;
    }
    const at = pages.indexOf(focused);
    const target = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: 0,
      End: pages.length - 1,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    if (event.altKey) {
      if (isEditable) stack.step(event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : -1);
      return;
    }
    // Below a short last row stands nothing: its last page is meant.
    const page = pages[Math.min(pages.length - 1, Math.max(0, target))];
    if (page === undefined) return;
    if (event.ctrlKey) focus(page.id, true);
    else select(page.id, event.shiftKey ? 'range' : 'one');
  }

  useWorkbenchKeys({ stack, props, jumpBox, openHelp: () => setIsHelpOpen(true) });

  const grid = (
    <PageGrid
      pages={all}
      papers={papers}
      targets={targets}
      marks={marks}
      scope={scope}
      isChosen={isChosen}
      currentId={currentId}
      isEditable={isEditable}
      label={props.label}
      isFilling={layout === 'full'}
      sizeRem={THUMB_SIZES[layout === 'full' ? fullSize : inlineSize] ?? 0}
      onSelect={select}
      onSelectPaper={(paper) => {
        stack.choose(paper.pages.map((page) => page.id));
        focus(paper.id);
      }}
      onKey={onKey}
      onMove={actions.move}
      onSeen={actions.lookAt}
    />
  );
  const tools = <WorkbenchTools stack={stack} props={props} jumpBox={jumpBox} openHelp={() => setIsHelpOpen(true)} />;
  const line = isEditable ? <ScopeLine stack={stack} targets={targets} marks={marks} /> : null;
  return (
    <div
      ref={region}
      className={classes['workbench']}
      data-layout={layout}
      data-targets={targets.length > 0}
      data-testid="workbench"
    >
      {layout === 'full' ? (
        <FullWorkbench stack={stack} props={props} tools={tools} line={line} grid={grid} />
      ) : (
        <>
          {tools}
          {line}
          {props.above}
          {grid}
        </>
      )}
      <KeyHelp isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
    </div>
  );
}
