/**
 * @file The stack as a grid of papers, of which only the rows on screen exist: three hundred pages cost what thirty cost.
 * Keeps the row with the focus alive, follows the newest page while it is in view, and tells which unread pages are seen.
 */
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { Page } from '../../../preload/types.ts';
import { fill, type Words } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { startDrag } from './dragging.ts';
import type { PageMark, PageTarget } from './page-actions.ts';
import { isUnread, rowsOf, type Paper, type Segment } from './papers.ts';
import { Thumbnail } from './thumbnail.tsx';
import classes from './workbench.module.css';

/** Width of a thumbnail in rem, from small to large. */
export const THUMB_SIZES: readonly number[] = [5, 6.5, 9, 13, 19];
/** Title, number line, word line and what lies around them, in rem. */
const AROUND_REM = 6.375;
const GAP_REM = 0.5;
const LEAST_ROW_REM = 11;
/** How much of the window a grid inside a page may take; the style sheet says the same. */
const INLINE_SHARE = 0.5;
const PORTRAIT = 1.3;
const OVERSCAN = 2;
const LOOK_MS = 250;
const NO_MARKS: readonly PageMark[] = [];

export interface PageGridProps {
  /** The whole stack, for numbers. */
  readonly pages: readonly Page[];
  /** As shown, hidden pages left out unless asked for. */
  readonly papers: readonly Paper[];
  readonly targets: readonly PageTarget[];
  readonly marks: ReadonlyMap<string, readonly PageMark[]> | undefined;
  readonly scope: readonly string[];
  readonly isChosen: boolean;
  readonly currentId: string | null;
  readonly isEditable: boolean;
  readonly label: string;
  readonly sizeRem: number;
  /** The grid has the height it is given, not that of its rows. */
  readonly isFilling: boolean;
  readonly onSelect: (pageId: string, mode: 'one' | 'toggle' | 'range') => void;
  readonly onKey: (event: KeyboardEvent, columns: number) => void;
  readonly onSelectPaper: (paper: Paper) => void;
  readonly onMove: (pageIds: readonly string[], beforeId: string | null) => void;
  readonly onSeen: (pageIds: readonly string[]) => void;
}

function remPx(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

export function PageGrid(props: PageGridProps): ReactNode {
  const { pages, papers, targets, marks, currentId, isEditable, sizeRem } = props;
  const words = useWords();
  const { ref: sized, width } = useElementSize<HTMLDivElement>();
  const { ref: framed, height } = useElementSize<HTMLDivElement>();
  const scroller = useRef<HTMLDivElement | null>(null);
  const rem = remPx();
  const columns = Math.max(1, Math.floor((width + GAP_REM * rem) / ((sizeRem + GAP_REM) * rem)));
  // Nothing is drawn, and nothing scrolled to, before the width is known.
  const isMeasured = width > 0;
  const rows = useMemo(() => (isMeasured ? rowsOf(papers, columns) : []), [papers, columns, isMeasured]);
  const currentRow = rows.findIndex((row) => row.some((one) => one.pages.some((page) => page.id === currentId)));
  // One row always fits, however large the text and however small the screen.
  const frame = props.isFilling ? height : window.innerHeight * INLINE_SHARE;
  const most = Math.max(LEAST_ROW_REM * rem, frame - GAP_REM * 2 * rem);
  const rowPx = Math.min((AROUND_REM + sizeRem * PORTRAIT) * rem, most);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: OVERSCAN,
    getItemKey: (index) => rows[index]?.[0]?.pages[0]?.id ?? index,
    // The current page stays in the document, or Tab and the focus would lose their place.
    rangeExtractor: (range) => {
      const shown = defaultRangeExtractor(range);
      return currentRow < 0 || shown.includes(currentRow)
        ? shown
        : [...shown, currentRow].toSorted((one, other) => one - other);
    },
  });
  useEffect(() => virtual.measure(), [virtual, rowPx]);

  const items = virtual.getVirtualItems();
  useFollow(virtual, rows.length, currentRow, `${currentId ?? ''} ${columns}`);
  useSeen(rows, items.at(0)?.index ?? 0, items.at(-1)?.index ?? -1, props.onSeen);

  const numbers = useMemo(() => new Map(pages.map((page, index) => [page.id, index + 1])), [pages]);
  const byTarget = useMemo(() => new Map(targets.map((target) => [target.id, target])), [targets]);
  const scope = useMemo(() => new Set(props.scope), [props.scope]);

  // Handed to every thumbnail: the same functions as long as the grid lives, so that a change redraws only what it touches.
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  const stable = useMemo(
    () => ({
      onSelect: (pageId: string, mode: 'one' | 'toggle' | 'range') => latest.current.onSelect(pageId, mode),
      dragged: (pageId: string): readonly string[] => {
        const { isChosen, scope: ids } = latest.current;
        return isChosen && ids.includes(pageId) ? ids : [pageId];
      },
      onDrop: (pageIds: readonly string[], pageId: string, isBehind: boolean): void => {
        const others = latest.current.pages.filter((page) => !pageIds.includes(page.id));
        const at = others.findIndex((page) => page.id === pageId);
        latest.current.onMove(pageIds, isBehind ? (others[at + 1]?.id ?? null) : pageId);
      },
    }),
    [],
  );

  return (
    <div
      ref={useMergedRef(scroller, framed)}
      className={classes['grid']}
      role="group"
      aria-label={props.label}
      data-testid="page-grid"
      onKeyDown={(event) => props.onKey(event, columns)}
    >
      <div ref={sized} style={{ height: virtual.getTotalSize() }} className={classes['rows']}>
        {items.map((item) => (
          <div
            key={item.key}
            className={classes['row']}
            style={{
              transform: `translateY(${item.start}px)`,
              height: rowPx,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {(rows[item.index] ?? []).map((segment) => (
              <SegmentBox
                key={segment.pages[0]?.id}
                segment={segment}
                target={byTarget.get(segment.paper.targetId ?? '')}
                isEditable={isEditable}
                isInScope={!props.isChosen && segment.pages.some((page) => scope.has(page.id))}
                onSelectPaper={props.onSelectPaper}
              >
                {segment.pages.map((page) => (
                  <Thumbnail
                    key={page.id}
                    page={page}
                    number={numbers.get(page.id) ?? 0}
                    placeInPaper={placeInPaper(segment.paper, page, words)}
                    hasTargets={targets.length > 0}
                    targetKey={byTarget.get(page.componentId ?? '')?.key ?? null}
                    targetName={byTarget.get(page.componentId ?? '')?.name ?? null}
                    isCurrent={page.id === currentId}
                    isInScope={scope.has(page.id)}
                    isChosen={props.isChosen && scope.has(page.id)}
                    isEditable={isEditable}
                    marks={marks?.get(page.id) ?? NO_MARKS}
                    {...stable}
                  />
                ))}
              </SegmentBox>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function placeInPaper(paper: Paper, page: Page, words: Words): string {
  const title = paper.title ?? words.workbench.untitled;
  return fill(words.workbench.pageOfPaper, { n: paper.pages.indexOf(page) + 1, total: paper.pages.length, title });
}

interface SegmentProps {
  readonly segment: Segment;
  readonly target: PageTarget | undefined;
  readonly isEditable: boolean;
  readonly isInScope: boolean;
  readonly onSelectPaper: (paper: Paper) => void;
  readonly children: ReactNode;
}

/** What of one paper lies in one row: a frame with its name, open at the side where it goes on. */
function SegmentBox({ segment, target, isEditable, isInScope, onSelectPaper, children }: SegmentProps): ReactNode {
  const words = useWords();
  const { paper, pages, isFirst, isLast } = segment;
  const title = paper.title ?? words.workbench.untitledShort;
  const count = fill(words.workbench.pagesShort, { count: paper.pages.length });
  const place = paper.isMixed ? words.workbench.mixed : (target?.key?.toUpperCase() ?? null);
  return (
    <div
      role="group"
      aria-label={fill(words.workbench.paper, {
        title: paper.title ?? words.workbench.untitled,
        count: paper.pages.length,
      })}
      className={classes['segment']}
      data-first={isFirst}
      data-last={isLast}
      data-scope={isInScope}
      style={{ gridColumn: `span ${pages.length}` }}
    >
      <button
        type="button"
        tabIndex={-1}
        className={classes['segmentHead']}
        title={[title, count, target?.name].filter(Boolean).join('\n')}
        draggable={isEditable}
        onDragStart={(event) =>
          startDrag(
            event,
            paper.pages.map((page) => page.id),
          )
        }
        onClick={() => onSelectPaper(paper)}
      >
        <span className={classes['segmentTitle']}>{isFirst ? title : `${words.workbench.goesOn}: ${title}`}</span>
        <span className={classes['segmentFacts']}>
          {place === null ? null : <span className={classes['pageKey']}>→ {place}</span>}
          <span>{count}</span>
        </span>
      </button>
      <div
        className={classes['segmentPages']}
        style={{ gridTemplateColumns: `repeat(${pages.length}, minmax(0, 1fr))` }}
      >
        {children}
      </div>
    </div>
  );
}

type Rows = Virtualizer<HTMLDivElement, Element>;

/** Brings the current page into view when it changes, and the newest row while the end was in view before it came. */
function useFollow(virtual: Rows, count: number, currentRow: number, key: string): void {
  const before = useRef({ count: 0, key: '' });
  useEffect(() => {
    const { range } = virtual;
    const grew = count > before.current.count && before.current.count > 0;
    const sawEnd = range !== null && range.endIndex >= before.current.count - 1;
    if (currentRow >= 0 && before.current.key !== key) virtual.scrollToIndex(currentRow, { align: 'auto' });
    else if (grew && sawEnd) virtual.scrollToIndex(count - 1, { align: 'end' });
    before.current = { count, key: currentRow >= 0 ? key : '' };
  }, [virtual, count, currentRow, key]);
}

/** Unread pages on screen, newest first, once scrolling has settled: the same ones are named only once. */
function useSeen(
  rows: readonly (readonly Segment[])[],
  first: number,
  last: number,
  onSeen: (pageIds: readonly string[]) => void,
): void {
  const named = useRef('');
  const latest = useRef(onSeen);
  useEffect(() => {
    latest.current = onSeen;
  });
  const unread = rows
    .slice(first, last + 1)
    .flatMap((row) => row.flatMap((segment) => segment.pages))
    .filter(isUnread)
    .map((page) => page.id)
    .toReversed();
  const joined = unread.join(' ');
  useEffect(() => {
    if (joined === '' || joined === named.current) return undefined;
    const timer = setTimeout(() => {
      named.current = joined;
      latest.current(joined.split(' '));
    }, LOOK_MS);
    return () => clearTimeout(timer);
  }, [joined]);
}
