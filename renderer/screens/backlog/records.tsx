/** @file Finished records of a series: found by number, year and name; chosen and signed together. */
import { Button, Checkbox, Group, TextInput } from '@mantine/core';
import { IconFilter, IconWritingSign } from '@tabler/icons-react';
import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { BacklogRecord } from '../../../preload/backlog-types.ts';
import { StateWord } from '../../components/marks.tsx';
import { fill, type Words } from '../../language/words.ts';
import { chooseRecords, loadRecords, signRecords, useBacklog } from '../../state/backlog.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import classes from './backlog.module.css';

const TYPING_MS = 150;

export function Records(): ReactNode {
  const words = useWords();
  const isSigner = useHasRole('signer');
  const { records, recordsTotal, recordsText, chosenIds, isBusy } = useBacklog();
  const signable = records.filter(canSign).map(({ id }) => id);
  const areAllChosen = signable.length > 0 && signable.every((id) => chosenIds.includes(id));
  return (
    <div className={classes['records']}>
      <h4 id="records-title">{words.backlog.records}</h4>
      <RecordsFilter />
      {isSigner ? (
        <Group justify="space-between">
          <Checkbox
            label={words.backlog.chooseAll}
            checked={areAllChosen}
            indeterminate={chosenIds.length > 0 && !areAllChosen}
            disabled={signable.length === 0}
            onChange={(event) => chooseRecords(signable, event.currentTarget.checked)}
            data-testid="records-all"
          />
          <Button
            disabled={chosenIds.length === 0}
            loading={isBusy}
            leftSection={<IconWritingSign size="1.25rem" stroke={1.5} aria-hidden />}
            onClick={() => void signRecords()}
            data-testid="records-sign"
          >
            {chosenIds.length === 0 ? words.backlog.signNone : fill(words.backlog.sign, { count: chosenIds.length })}
          </Button>
        </Group>
      ) : null}
      {records.length === 0 ? (
        <p className="muted">{recordsText === '' ? words.backlog.noRecords : words.backlog.noMatch}</p>
      ) : (
        <RecordRows records={records} hasChoice={isSigner} />
      )}
      <Group justify="space-between">
        <span className="muted" role="status">
          {fill(words.backlog.recordsShown, { shown: records.length, total: recordsTotal })}
        </span>
        {records.length < recordsTotal && records.length < 500 ? (
          <Button variant="default" size="compact-md" onClick={() => void loadRecords(records.length + 100)}>
            {words.backlog.more}
          </Button>
        ) : null}
      </Group>
    </div>
  );
}

function canSign({ state, signatures }: BacklogRecord): boolean {
  return state === 'finished' && signatures.length === 0;
}

function RecordsFilter(): ReactNode {
  const words = useWords();
  const [text, setText] = useState(useBacklog.getState().recordsText);
  useEffect(() => {
    if (text === useBacklog.getState().recordsText) return undefined;
    const timer = setTimeout(() => {
      useBacklog.setState({ recordsText: text });
      void loadRecords();
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <TextInput
      aria-label={words.backlog.recordsFilter}
      placeholder={words.backlog.recordsFilter}
      leftSection={<IconFilter size="1.125rem" stroke={1.5} aria-hidden />}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      data-testid="records-filter"
    />
  );
}

function stateOf(words: Words, record: BacklogRecord): ReactNode {
  if (record.state === 'composing') return <StateWord tone="busy">{words.backlog.stateComposing}</StateWord>;
  if (record.signatures.length === 0) return <StateWord tone="quiet">{words.backlog.unsigned}</StateWord>;
  const names = record.signatures.map(({ signerName }) => signerName).join(', ');
  return <StateWord tone="good">{fill(words.backlog.signedBy, { names })}</StateWord>;
}

function RecordRows({
  records,
  hasChoice,
}: {
  readonly records: readonly BacklogRecord[];
  readonly hasChoice: boolean;
}): ReactNode {
  const words = useWords();
  const { shownRecordId, chosenIds } = useBacklog();

  function onKeyDown(event: KeyboardEvent<HTMLUListElement>): void {
    const at = records.findIndex(({ id }) => id === shownRecordId);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: records.length - 1 }[event.key];
    const next = to === undefined ? undefined : records[to];
    if (next === undefined) return;
    event.preventDefault();
    useBacklog.setState({ shownRecordId: next.id });
    const row = event.currentTarget.querySelector<HTMLElement>(`[data-record="${CSS.escape(next.id)}"]`);
    row?.focus();
  }

  return (
    <ul className={classes['rows']} aria-labelledby="records-title" onKeyDown={onKeyDown}>
      {records.map((record) => {
        const isShown = record.id === shownRecordId;
        return (
          <li key={record.id} data-shown={isShown}>
            {hasChoice ? (
              <Checkbox
                aria-label={fill(words.backlog.choose, { code: record.code })}
                checked={chosenIds.includes(record.id)}
                disabled={!canSign(record)}
                onChange={(event) => chooseRecords([record.id], event.currentTarget.checked)}
                tabIndex={isShown ? 0 : -1}
              />
            ) : null}
            <button
              type="button"
              data-record={record.id}
              data-testid={`record-${record.code}`}
              aria-current={isShown ? 'true' : undefined}
              tabIndex={isShown ? 0 : -1}
              onClick={() => useBacklog.setState({ shownRecordId: record.id })}
            >
              <span>
                <strong>{record.name}</strong> <span className="code">{record.number ?? ''}</span>
              </span>
              <span className={classes['facts']}>
                <span className="muted code">{record.code}</span>
                {stateOf(words, record)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
