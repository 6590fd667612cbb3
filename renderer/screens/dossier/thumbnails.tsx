/** @file The scanned pages: choose with arrows, sort with one key or by dragging, turn, hide, reorder. */
import { IconEyeOff } from '@tabler/icons-react';
import { useEffect, useRef, type DragEvent, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import type { Dossier, Page } from '../../../preload/types.ts';
import { blobUrl } from '../../app/bridge.ts';
import { fill, type Words } from '../../language/words.ts';
import { assignPages, movePages, setPagesHidden, turnPage } from '../../state/actions.ts';
import { showPage, useDesk } from '../../state/desk.ts';
import { useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { componentKeys } from './component-keys.ts';
import classes from './papers.module.css';

/** What a drag carries: page ids, and nothing that another program would take. */
export const DRAG_TYPE = 'application/x-counter-pages';

export function draggedPages(event: DragEvent): readonly string[] {
  const text = event.dataTransfer.getData(DRAG_TYPE);
  return text === '' ? [] : text.split(' ');
}

export function Thumbnails({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const { selectedPageIds, showsHiddenPages } = useDesk();
  const list = useRef<HTMLUListElement>(null);
  const hiddenCount = dossier.pages.filter((page) => page.isHidden).length;
  const pages = dossier.pages.filter((page) => showsHiddenPages || !page.isHidden);
  const keys = componentKeys(dossier.checklist);
  const selected = selectedPageIds.filter((id) => dossier.pages.some((page) => page.id === id));
  const canAct = isEditable && selected.length > 0;

  useShortcut(
    canAct && keys.size > 0,
    [...keys.values()],
    words.keys.assign,
    (key) => {
      const componentId = [...keys].find(([, one]) => one === key)?.[0];
      if (componentId !== undefined) void assignPages(selected, componentId);
    },
    [...keys.values()].length > 1 ? `0–${[...keys.values()].at(-1)?.toUpperCase()}` : '0–1',
  );
  useShortcut(canAct, ['0'], null, () => void assignPages(selected, null));
  useShortcut(canAct, ['r'], words.keys.turn, () => selected.forEach((id) => void turnPage(id)), 'R');
  useShortcut(
    canAct,
    ['h', 'Delete'],
    words.keys.hide,
    () => {
      const first = dossier.pages.find((page) => page.id === selected[0]);
      if (first !== undefined) void setPagesHidden(selected, !first.isHidden);
    },
    'H',
  );

  // A scanned stack is worked on at once: the first page without a place is selected by itself.
  const firstOpen = dossier.pages.find((page) => page.componentId === null && !page.isHidden) ?? pages[0];
  const hasSelection = selected.length > 0;
  useEffect(() => {
    if (isEditable && !hasSelection && firstOpen !== undefined) useDesk.setState({ selectedPageIds: [firstOpen.id] });
  }, [isEditable, hasSelection, firstOpen]);

  function select(page: Page, mode: 'one' | 'toggle' | 'range'): void {
    const ids = pages.map((one) => one.id);
    const from = ids.indexOf(selected.at(-1) ?? page.id);
    const to = ids.indexOf(page.id);
    const range = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
    const next =
      mode === 'one'
        ? [page.id]
        : mode === 'range'
          ? range
          : selected.includes(page.id)
            ? selected.filter((id) => id !== page.id)
            : [...selected, page.id];
    useDesk.setState({ selectedPageIds: next });
    showPage(page.id);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const at = pages.findIndex((page) => page.id === selected.at(-1));
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const target = pages[Math.min(pages.length - 1, Math.max(0, at + step))];
    if (target === undefined) return;
    if (event.altKey && isEditable) {
      const before = step === 1 ? pages[at + 2]?.id : pages[at - 1]?.id;
      const moved = pages[at];
      if (moved !== undefined && target.id !== moved.id) void movePages([moved.id], before ?? null);
      return;
    }
    select(target, event.shiftKey ? 'range' : 'one');
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-page="${CSS.escape(target.id)}"]`)?.focus(),
    );
  }

  const current = selected.at(-1) ?? pages[0]?.id;
  return (
    <div>
      {isEditable ? <p className={classes['help']}>{words.papers.help}</p> : null}
      <ul ref={list} className={classes['pages']} aria-label={words.papers.pages} onKeyDown={onKeyDown}>
        {pages.map((page) => (
          <Thumbnail
            key={page.id}
            page={page}
            dossier={dossier}
            isSelected={selected.includes(page.id)}
            isCurrent={page.id === current}
            isEditable={isEditable}
            dragIds={selected.includes(page.id) ? selected : [page.id]}
            onSelect={(event) => select(page, event.shiftKey ? 'range' : event.ctrlKey ? 'toggle' : 'one')}
          />
        ))}
      </ul>
      {hiddenCount === 0 ? null : (
        <button
          type="button"
          className={classes['hiddenToggle']}
          onClick={() => useDesk.setState({ showsHiddenPages: !showsHiddenPages })}
          data-testid="hidden-pages"
        >
          <IconEyeOff size="1.125rem" stroke={1.5} aria-hidden />{' '}
          {showsHiddenPages ? words.papers.hideHidden : fill(words.papers.showHidden, { count: hiddenCount })}
        </button>
      )}
    </div>
  );
}

interface ThumbnailProps {
  readonly page: Page;
  readonly dossier: Dossier;
  readonly isSelected: boolean;
  readonly isCurrent: boolean;
  readonly isEditable: boolean;
  readonly dragIds: readonly string[];
  readonly onSelect: (event: MouseEvent) => void;
}

/** Where a page stands, in words: hidden, being read, sorted by machine or by hand. */
function pageWord(page: Page, words: Words): string {
  if (page.isHidden) return page.isBlank ? words.papers.pageBlank : words.papers.pageHidden;
  if (page.recognition === 'pending') return words.papers.pagePending;
  if (page.recognition === 'running') return words.papers.pageRunning;
  if (page.componentId === null)
    return page.recognition === 'failed' ? words.papers.pageFailed : words.papers.pageUnassigned;
  return page.isAssignedByOfficer ? '' : words.papers.pageSuggested;
}

function Thumbnail({ page, dossier, isSelected, isCurrent, isEditable, dragIds, onSelect }: ThumbnailProps): ReactNode {
  const words = useWords();
  const number = dossier.pages.indexOf(page) + 1;
  const key = componentKeys(dossier.checklist).get(page.componentId ?? '');
  const componentName = dossier.checklist.find((item) => item.component.id === page.componentId)?.component.name;
  const name = fill(words.papers.page, { n: number });
  const word = pageWord(page, words);
  const place = componentName === undefined ? '' : fill(words.papers.pageIn, { name: componentName });
  return (
    <li
      onDragOver={(event) => event.dataTransfer.types.includes(DRAG_TYPE) && event.preventDefault()}
      onDrop={(event) => {
        const ids = draggedPages(event);
        if (isEditable && ids.length > 0 && !ids.includes(page.id)) void movePages(ids, page.id);
      }}
    >
      <button
        type="button"
        className={classes['page']}
        data-page={page.id}
        data-testid={`page-${number}`}
        data-hidden={page.isHidden}
        data-open={page.componentId === null && !page.isHidden}
        aria-pressed={isSelected}
        title={[name, page.documentType?.title, place, word].filter(Boolean).join('\n')}
        tabIndex={isCurrent ? 0 : -1}
        draggable={isEditable}
        onDragStart={(event) => {
          event.dataTransfer.setData(DRAG_TYPE, dragIds.join(' '));
          event.dataTransfer.effectAllowed = 'move';
        }}
        onClick={onSelect}
      >
        <span className={classes['thumb']}>
          <img
            src={blobUrl(page.thumbnailBlobId ?? page.imageBlobId)}
            alt=""
            loading="lazy"
            draggable={false}
            style={{ transform: `rotate(${page.rotation}deg)` }}
          />
        </span>
        <span className={classes['pageLine']}>
          <span>
            <span className="visually-hidden">{fill(words.papers.page, { n: '' })}</span>
            {number}
          </span>
          {key === undefined ? null : (
            <span className={classes['pageKey']} aria-hidden>
              → {key.toUpperCase()}
            </span>
          )}
        </span>
        <span className="visually-hidden">{place}</span>
        <span className={classes['pageWord']}>{word}</span>
      </button>
    </li>
  );
}
