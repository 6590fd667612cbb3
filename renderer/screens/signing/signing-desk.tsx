/** @file The signing officer's desk: results waiting on the left, the PDF in the middle, one PIN for all that are chosen. */
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconCertificate, IconFilter, IconWritingSign } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { WaitingResult } from '../../../preload/types.ts';
import { Empty, Key, StateWord } from '../../components/marks.tsx';
import { foldText, formatDateTime } from '../../language/format.ts';
import { fill, type Words } from '../../language/words.ts';
import { signResults } from '../../state/actions.ts';
import { useResults } from '../../state/lists.ts';
import { useHasRole, useSession, useWords } from '../../state/session.ts';
import { Outcomes } from './outcomes.tsx';
import { ResultPreview } from './result-preview.tsx';
import classes from './signing.module.css';

const ROW_REM = 5.5;

export function SigningDesk(): ReactNode {
  const words = useWords();
  const { waiting, shownId } = useResults();
  const shown = waiting?.find((result) => result.documentId === shownId);
  return (
    <div className={classes['desk']}>
      <main className={classes['list']} aria-label={words.regions.results}>
        <h2>{words.signing.title}</h2>
        {waiting === null ? (
          <p className="muted">{words.app.loading}</p>
        ) : waiting.length === 0 ? (
          <Empty icon={<IconCertificate size="3rem" stroke={1.25} aria-hidden />}>{words.signing.empty}</Empty>
        ) : (
          <Waiting results={waiting} />
        )}
        <Outcomes />
      </main>
      <aside className={classes['preview']} aria-label={words.regions.paper}>
        {shown === undefined ? (
          <Empty>{words.signing.preview}</Empty>
        ) : (
          <ResultPreview key={shown.documentId} result={shown} />
        )}
      </aside>
    </div>
  );
}

function matches(result: WaitingResult, folded: string): boolean {
  return foldText(
    [result.title, result.applicantName, result.procedureName, result.dossierCode ?? ''].join(' '),
  ).includes(folded);
}

function Waiting({ results }: { readonly results: readonly WaitingResult[] }): ReactNode {
  const words = useWords();
  const isSigner = useHasRole('signer');
  const { selectedIds, shownId, isSigning } = useResults();
  const [text, setText] = useState('');
  const folded = foldText(text.trim());
  const shown = folded === '' ? results : results.filter((result) => matches(result, folded));
  const shownIds = ofOneStep(shown, shownId).map((result) => result.documentId);
  const allChosen = shownIds.length > 0 && shownIds.every((id) => selectedIds.includes(id));
  const someChosen = shownIds.some((id) => selectedIds.includes(id));

  function chooseAll(): void {
    const others = selectedIds.filter((id) => !shownIds.includes(id));
    useResults.setState({ selectedIds: allChosen ? others : [...others, ...shownIds] });
  }

  return (
    <>
      <p className="muted">{words.signing.help}</p>
      <TextInput
        aria-label={words.signing.filter}
        placeholder={words.signing.filter}
        leftSection={<IconFilter size="1.125rem" stroke={1.5} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-testid="results-filter"
      />
      <div className={classes['allLine']}>
        <Checkbox
          label={words.signing.selectAll}
          checked={allChosen}
          indeterminate={someChosen && !allChosen}
          onChange={chooseAll}
          data-testid="results-all"
        />
        <span className="muted code" role="status">
          {fill(words.signing.selected, { count: selectedIds.length, total: results.length })}
        </span>
      </div>
      <ResultRows results={shown} />
      {isSigner ? (
        <Button
          size="md"
          disabled={selectedIds.length === 0}
          loading={isSigning}
          leftSection={<IconWritingSign size="1.25rem" stroke={1.5} aria-hidden />}
          rightSection={<Key>F4</Key>}
          onClick={() => void signResults()}
          data-testid="results-sign"
        >
          {selectedIds.length === 0 ? words.signing.signNone : fill(words.signing.sign, { count: selectedIds.length })}
        </Button>
      ) : null}
    </>
  );
}

function toggle(id: string): void {
  useResults.setState(({ selectedIds }) => ({
    selectedIds: selectedIds.includes(id) ? selectedIds.filter((one) => one !== id) : [...selectedIds, id],
  }));
}

/** All of one step: a list is signed with one certificate, which is the person's or the agency's. */
function ofOneStep(results: readonly WaitingResult[], shownId: string | null): readonly WaitingResult[] {
  const leading = results.find(({ documentId }) => documentId === shownId) ?? results[0];
  return results.filter(({ nextSignature }) => nextSignature === leading?.nextSignature);
}

function ResultRows({ results }: { readonly results: readonly WaitingResult[] }): ReactNode {
  const words = useWords();
  const { shownId, selectedIds } = useResults();
  const textPercent = useSession((view) => view.textPercent);
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = (ROW_REM * 16 * textPercent) / 100;
  const rows = useVirtualizer({
    count: results.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
  });
  useEffect(() => rows.measure(), [rows, rowPx]);

  function onKeyDown(event: KeyboardEvent): void {
    const at = results.findIndex((result) => result.documentId === shownId);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: results.length - 1 }[event.key];
    const next = to === undefined ? undefined : results[to];
    if (event.key === ' ' && !(event.target instanceof HTMLInputElement) && shownId !== null) {
      event.preventDefault();
      toggle(shownId);
    }
    if (to === undefined || next === undefined) return;
    event.preventDefault();
    useResults.setState({ shownId: next.documentId });
    rows.scrollToIndex(to);
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-result="${CSS.escape(next.documentId)}"] button`)?.focus(),
    );
  }

  return (
    <div ref={scroller} className={classes['rows']} onKeyDown={onKeyDown}>
      <ul style={{ height: rows.getTotalSize() }} aria-label={words.signing.title}>
        {rows.getVirtualItems().map((row) => {
          const result = results[row.index];
          if (result === undefined) return null;
          const isShown = result.documentId === shownId;
          return (
            <li
              key={result.documentId}
              data-result={result.documentId}
              data-shown={isShown}
              data-testid={`result-${result.documentId}`}
              style={{ height: row.size, transform: `translateY(${row.start}px)` }}
              aria-setsize={results.length}
              aria-posinset={row.index + 1}
            >
              <Checkbox
                aria-label={fill(words.signing.select, { title: result.title, name: result.applicantName })}
                checked={selectedIds.includes(result.documentId)}
                onChange={() => toggle(result.documentId)}
                tabIndex={isShown ? 0 : -1}
              />
              <button
                type="button"
                aria-current={isShown ? 'true' : undefined}
                tabIndex={isShown || (shownId === null && row.index === 0) ? 0 : -1}
                onClick={() => useResults.setState({ shownId: result.documentId })}
                title={`${result.title}\n${result.procedureName}`}
              >
                <span className={classes['title']}>{result.title}</span>
                <span className={classes['line']}>
                  {result.applicantName} · <span className="code">{result.dossierCode ?? words.list.noCode}</span>
                </span>
                {/* One line for either: rows are of one height, and whoever signed it knew the procedure. */}
                {result.signedBy.length === 0 ? (
                  <span className={classes['line']}>{result.procedureName}</span>
                ) : (
                  <StateWord tone="good">{stepOf(words, result)}</StateWord>
                )}
                {result.dueAt === null ? null : <DueWord dueAt={result.dueAt} />}
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

/** What a result that somebody signed already still waits for. */
function stepOf(words: Words, { signedBy, nextSignature }: WaitingResult): string {
  const next = nextSignature === 'agency' ? words.signing.nextAgency : words.signing.nextPerson;
  return fill(words.signing.signedSoFar, { names: signedBy.join(', '), next });
}

function DueWord({ dueAt }: { readonly dueAt: string }): ReactNode {
  const words = useWords();
  const due = fill(words.list.due, { time: formatDateTime(dueAt) });
  const isLate = new Date(dueAt).getTime() < Date.now();
  return (
    <StateWord tone={isLate ? 'wrong' : 'busy'}>
      {due}
      {isLate ? ` — ${words.signing.overdue}` : ''}
    </StateWord>
  );
}
