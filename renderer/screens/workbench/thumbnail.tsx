/** @file One page in the grid: its picture as it will be kept, its number, where it goes, and how it stands in words. */
import { IconAlertTriangle, IconCheck, IconCopy, IconQrcode } from '@tabler/icons-react';
import { memo, useState, type DragEvent, type MouseEvent, type ReactNode } from 'react';
import type { Page } from '../../../preload/types.ts';
import { blobUrl } from '../../app/bridge.ts';
import { fill, type Words } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { carriesPages, draggedPages, startDrag } from './dragging.ts';
import type { PageMark } from './page-actions.ts';
import classes from './workbench.module.css';

export interface ThumbnailProps {
  readonly page: Page;
  /** From 1, in the whole stack. */
  readonly number: number;
  /** `2 / 3` of its paper, in words for the screen reader. */
  readonly placeInPaper: string;
  /** False where there is nowhere to put pages: then none is missing its place. */
  readonly hasTargets: boolean;
  readonly targetKey: string | null;
  readonly targetName: string | null;
  readonly isCurrent: boolean;
  readonly isInScope: boolean;
  readonly isChosen: boolean;
  readonly isEditable: boolean;
  readonly marks: readonly PageMark[];
  readonly onSelect: (pageId: string, mode: 'one' | 'toggle' | 'range') => void;
  /** What a drag that begins here takes along. */
  readonly dragged: (pageId: string) => readonly string[];
  readonly onDrop: (pageIds: readonly string[], pageId: string, isBehind: boolean) => void;
}

/** Where a page stands, in words: hidden, being read, sorted by machine or by hand. */
function pageWord(page: Page, hasTargets: boolean, words: Words): string {
  if (page.replacedById !== null) return words.workbench.replaced;
  if (page.isSeparator) return words.workbench.separator;
  if (page.isHidden) return page.isBlank ? words.papers.pageBlank : words.papers.pageHidden;
  if (page.recognition === 'pending') return words.papers.pagePending;
  if (page.recognition === 'running') return words.papers.pageRunning;
  if (page.recognition === 'failed') return words.papers.pageFailed;
  if (page.componentId === null) return hasTargets ? words.papers.pageUnassigned : '';
  return page.isAssignedByOfficer ? '' : words.papers.pageSuggested;
}

function toneOf(page: Page, hasTargets: boolean): string {
  if (page.isHidden) return 'quiet';
  if (page.recognition === 'failed') return 'wrong';
  if (page.recognition !== 'done') return 'busy';
  return page.componentId === null && hasTargets ? 'open' : 'placed';
}

export const Thumbnail = memo(function Thumbnail(props: ThumbnailProps): ReactNode {
  const { page, number, isCurrent, isInScope, isChosen, isEditable, targetKey, targetName } = props;
  const words = useWords();
  const [side, setSide] = useState<'before' | 'behind' | null>(null);
  const word = pageWord(page, props.hasTargets, words);
  const markWords = props.marks.map((mark) => MARKS[mark].word(words));
  const spoken = [
    fill(words.papers.page, { n: number }),
    props.placeInPaper,
    targetName === null ? '' : fill(words.papers.pageIn, { name: targetName }),
    word,
    ...markWords,
    isChosen ? words.workbench.chosen : '',
  ].filter((part) => part !== '');

  function sideOf(event: DragEvent): 'before' | 'behind' {
    const box = event.currentTarget.getBoundingClientRect();
    return event.clientX > box.left + box.width / 2 ? 'behind' : 'before';
  }

  return (
    <button
      type="button"
      className={classes['page']}
      data-page={page.id}
      data-testid={`page-${number}`}
      data-tone={toneOf(page, props.hasTargets)}
      data-scope={isInScope}
      data-current={isCurrent}
      data-side={side}
      aria-pressed={isCurrent || isChosen}
      title={spoken.join('\n')}
      tabIndex={isCurrent ? 0 : -1}
      draggable={isEditable}
      onDragStart={(event) => startDrag(event, props.dragged(page.id))}
      onDragOver={(event) => {
        if (!isEditable || !carriesPages(event)) return;
        event.preventDefault();
        setSide(sideOf(event));
      }}
      onDragLeave={() => setSide(null)}
      onDrop={(event) => {
        setSide(null);
        const ids = draggedPages(event);
        if (isEditable && ids.length > 0 && !ids.includes(page.id))
          props.onDrop(ids, page.id, sideOf(event) === 'behind');
      }}
      onClick={(event: MouseEvent) =>
        props.onSelect(page.id, event.shiftKey ? 'range' : event.ctrlKey || event.metaKey ? 'toggle' : 'one')
      }
    >
      <span className="visually-hidden">{spoken.join(', ')}</span>
      <span className={classes['thumb']}>
        <PagePicture page={page} />
        {isChosen ? (
          <span className={classes['picked']}>
            <IconCheck size="1rem" stroke={2.5} aria-hidden />
          </span>
        ) : null}
        {props.marks.length === 0 ? null : (
          <span className={classes['marks']}>
            {props.marks.map((mark) => {
              const { icon: Icon } = MARKS[mark];
              return (
                <span key={mark} className={classes['mark']} data-mark={mark}>
                  <Icon size="1rem" stroke={2} aria-hidden />
                </span>
              );
            })}
          </span>
        )}
      </span>
      <span className={classes['pageLine']} aria-hidden>
        <span>{number}</span>
        {targetKey === null ? null : <span className={classes['pageKey']}>→ {targetKey.toUpperCase()}</span>}
      </span>
      <span className={classes['pageWord']} aria-hidden>
        {word}
      </span>
    </button>
  );
});

const MARKS: Readonly<Record<PageMark, { icon: typeof IconQrcode; word: (words: Words) => string }>> = {
  code: { icon: IconQrcode, word: (words) => words.workbench.markCode },
  doubt: { icon: IconAlertTriangle, word: (words) => words.workbench.markDoubt },
  duplicate: { icon: IconCopy, word: (words) => words.workbench.markDuplicate },
};

/** The small picture, turned; what lies outside the crop is dimmed. Boxes are pixels of the stored image and turn with it. */
function PagePicture({ page }: { readonly page: Page }): ReactNode {
  const { widthPx, heightPx, rotation, crop } = page;
  const isSideways = rotation % 180 !== 0;
  const [width, height] = isSideways ? [heightPx, widthPx] : [widthPx, heightPx];
  const turn = `translate(${width / 2} ${height / 2}) rotate(${rotation}) translate(${-widthPx / 2} ${-heightPx / 2})`;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={classes['picture']} aria-hidden>
      <rect width={width} height={height} className={classes['blank']} />
      <g transform={turn}>
        <image href={blobUrl(page.thumbnailBlobId ?? page.imageBlobId)} width={widthPx} height={heightPx} />
        {crop === null ? null : (
          <path
            className={classes['outside']}
            fillRule="evenodd"
            d={`M0 0H${widthPx}V${heightPx}H0ZM${crop[0]} ${crop[1]}h${crop[2]}v${crop[3]}h${-crop[2]}Z`}
          />
        )}
      </g>
    </svg>
  );
}
