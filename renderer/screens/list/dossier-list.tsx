/** @file Left: every dossier of this officer with its state in words; filter by typing; only the rows on screen are drawn. */
import { TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconFilter, IconPlus } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { DossierState, DossierSummary } from '../../../preload/types.ts';
import { Empty, Key, StateWord, type Tone } from '../../components/marks.tsx';
import { formatDateTime } from '../../language/format.ts';
import { uploadMark, uploadShort } from '../../language/upload-words.ts';
import { fill } from '../../language/words.ts';
import { startDossier } from '../../state/actions.ts';
import { useDesk, type ListFilter } from '../../state/desk.ts';
import { openDossier } from '../../state/dossier.ts';
import { loadDossiers, loadMoreDossiers, useDossierList } from '../../state/lists.ts';
import { useHasRole, useSession, useWords } from '../../state/session.ts';
import classes from './dossier-list.module.css';

const FILTERS: readonly ListFilter[] = ['all', 'drafts', 'open', 'done'];
const TYPING_MS = 120;
const ROW_REM = 5;

const UPLOAD_TONES: Readonly<Record<ReturnType<typeof uploadMark>, Tone>> = {
  local: 'quiet',
  moving: 'moving',
  waiting: 'warn',
  held: 'wrong',
  received: 'good',
};

export const STATE_TONES: Readonly<Record<DossierState, Tone>> = {
  draft: 'quiet',
  received: 'good',
  denied: 'wrong',
  processing: 'busy',
  'supplement-requested': 'warn',
  'payment-requested': 'warn',
  withdrawn: 'quiet',
  stopped: 'quiet',
  completed: 'good',
  returned: 'good',
};

export function DossierList(): ReactNode {
  const words = useWords();
  const isCounter = useHasRole('counter');
  const { items, total, isLoaded } = useDossierList();
  const filter = useDesk((view) => view.listFilter);
  const text = useDesk((view) => view.listText);

  return (
    <nav className={classes['list']} aria-label={words.regions.list}>
      <header>
        <h2>{words.list.title}</h2>
        {isCounter ? (
          <button
            type="button"
            className={classes['new']}
            onClick={() => void startDossier()}
            data-testid="new-dossier"
          >
            <IconPlus size="1.125rem" aria-hidden /> {words.keys.newDossier} <Key>F3</Key>
          </button>
        ) : null}
      </header>
      <ListFilterBox />
      <div role="group" aria-label={words.list.states} className={classes['filters']}>
        {FILTERS.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={filter === name}
            data-testid={`filter-${name}`}
            onClick={() => {
              useDesk.setState({ listFilter: name });
              void loadDossiers();
            }}
          >
            {words.list[name]}
          </button>
        ))}
      </div>
      {isLoaded && items.length === 0 ? (
        <Empty>
          {text !== '' || filter !== 'all'
            ? words.list.emptyFilter
            : isCounter
              ? words.list.empty
              : words.list.emptyReader}
        </Empty>
      ) : (
        <Rows items={items} total={total} />
      )}
      <p className={classes['count']} role="status">
        {isLoaded ? fill(words.list.counter, { shown: items.length, total }) : words.app.loading}
      </p>
    </nav>
  );
}

function ListFilterBox(): ReactNode {
  const words = useWords();
  const [text, setText] = useState(useDesk.getState().listText);
  useEffect(() => {
    if (text === useDesk.getState().listText) return undefined;
    const timer = setTimeout(() => {
      useDesk.setState({ listText: text });
      void loadDossiers();
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <TextInput
      aria-label={words.list.filter}
      placeholder={words.list.filter}
      leftSection={<IconFilter size="1.125rem" stroke={1.5} aria-hidden />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      data-testid="list-filter"
    />
  );
}

function Rows({ items, total }: { readonly items: readonly DossierSummary[]; readonly total: number }): ReactNode {
  const words = useWords();
  const textPercent = useSession((view) => view.textPercent);
  const dossierId = useDesk((view) => view.dossierId);
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = (ROW_REM * 16 * textPercent) / 100;
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
  });
  useEffect(() => rows.measure(), [rows, rowPx]);
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (items.length > 0 && last >= items.length - 20) void loadMoreDossiers();
  }, [items.length, last]);

  const currentIndex = items.findIndex((item) => item.id === dossierId);

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    const at = items.findIndex(
      (item) => item.id === (document.activeElement as HTMLElement | null)?.dataset['dossier'],
    );
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    const item = to === undefined ? undefined : items[to];
    if (to === undefined || item === undefined) return;
    event.preventDefault();
    rows.scrollToIndex(to);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-dossier="${CSS.escape(item.id)}"]`)?.focus(),
    );
  }

  return (
    <div ref={scroller} className={classes['scroller']} onKeyDown={onKeyDown}>
      <ul style={{ height: rows.getTotalSize() }}>
        {shown.map((row) => {
          const item = items[row.index];
          if (item === undefined) return null;
          return (
            <li
              key={row.key}
              style={{ height: row.size, transform: `translateY(${row.start}px)` }}
              aria-setsize={total}
              aria-posinset={row.index + 1}
            >
              <button
                type="button"
                className={classes['row']}
                data-dossier={item.id}
                data-testid={`dossier-${item.id}`}
                aria-current={item.id === dossierId ? 'true' : undefined}
                tabIndex={row.index === Math.max(0, currentIndex) ? 0 : -1}
                onClick={() => void openDossier(item.id)}
                title={[item.applicantName, item.procedureName, item.code].filter(Boolean).join('\n')}
              >
                <RowText item={item} />
              </button>
            </li>
          );
        })}
      </ul>
      <span className="visually-hidden">{words.regions.list}</span>
    </div>
  );
}

function RowText({ item }: { readonly item: DossierSummary }): ReactNode {
  const words = useWords();
  const upload = uploadShort(item.upload, words);
  return (
    <>
      <span className={classes['name']}>{item.applicantName === '' ? words.list.noName : item.applicantName}</span>
      <span className={classes['procedure']}>{item.procedureName ?? words.list.noProcedure}</span>
      <span className={classes['facts']}>
        <StateWord tone={STATE_TONES[item.state]}>{words.states[item.state]}</StateWord>
        {upload === null ? null : <StateWord tone={UPLOAD_TONES[uploadMark(item.upload)]}>{upload}</StateWord>}
        {item.state === 'draft' ? <span className="muted code">{formatDateTime(item.createdAt).slice(11)}</span> : null}
      </span>
    </>
  );
}
