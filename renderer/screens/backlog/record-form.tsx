/** @file The values of the record in hand. Tab goes through them, each shows its place on the paper; Enter confirms and goes on. */
import { Button, TextInput } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { BacklogSeries, IndexField, OpenRecord } from '../../../preload/backlog-types.ts';
import type { FieldValue } from '../../../preload/types.ts';
import { Key, StateWord } from '../../components/marks.tsx';
import { fill, wordFor, type Words } from '../../language/words.ts';
import { confirmRecord, saveField, useBacklog } from '../../state/backlog.ts';
import { needsLook } from '../../state/doubtful-fields.ts';
import { useWords } from '../../state/session.ts';
import { shownValue, storedValue } from './index-values.ts';
import { UnsavedValues } from './unsaved-values.ts';
import classes from './backlog.module.css';

/** Mounted anew for each record: what was typed into one never stands in the next. */
export function RecordForm({
  stackId,
  record,
  series,
}: {
  readonly stackId: string;
  readonly record: OpenRecord;
  readonly series: BacklogSeries;
}): ReactNode {
  const words = useWords();
  const isBusy = useBacklog((view) => view.isBusy);
  const duplicateOf = useBacklog((view) => view.duplicateOf) ?? record.duplicateOf;
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>({});
  const [reason, setReason] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const reasonInput = useRef<HTMLInputElement>(null);
  const isAsking = useBacklog((view) => view.duplicateOf !== null);
  const [unsaved] = useState(() => new UnsavedValues());

  /** False when the store refused one. */
  function saveTyped(): Promise<boolean> {
    return unsaved.save(async (name, text) => {
      const kind = series.fields.find((field) => field.name === name)?.kind ?? 'text';
      const value = storedValue(kind, text);
      // What is stored by now: the saving before this one may have changed it since this was drawn.
      const stored = useBacklog.getState().stack?.records.find(({ key }) => key === record.key);
      const known = stored?.fields.find((field) => field.name === name)?.value;
      return value === known || saveField(stackId, record.key, name, value);
    });
  }

  const saveNow = useRef(saveTyped);
  useEffect(() => {
    saveNow.current = saveTyped;
  });
  useEffect(() => {
    const first = firstToLookAt(series, record);
    form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    // A field that goes away while it has the focus never says that it was left.
    return () => void saveNow.current();
  }, []);
  useEffect(() => {
    if (isAsking) reasonInput.current?.focus();
  }, [isAsking]);

  async function confirm(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isBusy || !(await saveTyped())) return;
    await confirmRecord(record.key, reason.trim() === '' ? null : reason.normalize('NFC').trim());
  }

  return (
    <form
      ref={form}
      className={classes['form']}
      onSubmit={(event) => void confirm(event)}
      aria-label={words.backlog.fields}
    >
      {record.isRead ? null : <StateWord tone="busy">{words.backlog.reading}</StateWord>}
      {series.fields.map((field) => {
        const value = record.fields.find(({ name }) => name === field.name);
        if (value === undefined) return null;
        return (
          <Row
            key={field.name}
            field={field}
            value={value}
            text={texts[field.name] ?? shownValue(field.kind, value.value)}
            isMissing={record.missing.includes(field.name)}
            onText={(text) => {
              unsaved.type(field.name, text);
              setTexts((before) => ({ ...before, [field.name]: text }));
            }}
            onLeave={() => void saveTyped()}
          />
        );
      })}
      {duplicateOf === null ? null : (
        <div className={classes['duplicate']} data-testid="record-duplicate">
          <StateWord tone="warn">{fill(words.backlog.duplicate, { code: duplicateOf })}</StateWord>
          <TextInput
            ref={reasonInput}
            label={words.backlog.duplicateReason}
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-testid="duplicate-reason"
          />
        </div>
      )}
      <Button
        type="submit"
        loading={isBusy}
        leftSection={<IconCheck size="1.25rem" stroke={1.75} aria-hidden />}
        rightSection={<Key>Enter</Key>}
        data-testid="record-confirm"
      >
        {words.backlog.confirm}
      </Button>
    </form>
  );
}

/** What is missing comes first, then what is doubtful; where nothing is, the first one. */
function firstToLookAt(series: BacklogSeries, record: OpenRecord): string {
  const names = series.fields.map(({ name }) => name);
  const doubtful = record.fields.filter((value) => value.value !== '' && needsLook(value)).map(({ name }) => name);
  return (
    names.find((name) => record.missing.includes(name)) ??
    names.find((name) => doubtful.includes(name)) ??
    names[0] ??
    ''
  );
}

function Row({
  field,
  value,
  text,
  isMissing,
  onText,
  onLeave,
}: {
  readonly field: IndexField;
  readonly value: FieldValue;
  readonly text: string;
  readonly isMissing: boolean;
  readonly onText: (text: string) => void;
  readonly onLeave: () => void;
}): ReactNode {
  const words = useWords();
  const remark = remarkOf(words, value, text, isMissing);
  return (
    <TextInput
      name={field.name}
      label={wordFor(words.fieldNames, field.name)}
      required={field.isRequired}
      // The rule says what is missing when the record is confirmed; the browser's own bubble would be a second voice.
      formNoValidate
      withAsterisk={field.isRequired}
      value={text}
      maxLength={2_000}
      autoComplete="off"
      onChange={(event) => onText(event.currentTarget.value)}
      onFocus={() => useBacklog.setState({ fieldName: field.name, pageId: null })}
      onBlur={onLeave}
      description={remark}
      inputWrapperOrder={['label', 'input', 'description']}
      data-testid={`index-${field.name}`}
    />
  );
}

function remarkOf(words: Words, value: FieldValue, text: string, isMissing: boolean): ReactNode {
  if (isMissing) {
    const isEmpty = text.trim() === '';
    return <StateWord tone="wrong">{isEmpty ? words.backlog.required : words.backlog.wrong}</StateWord>;
  }
  if (value.value !== '' && needsLook(value)) return <StateWord tone="warn">{words.backlog.doubtful}</StateWord>;
  return null;
}
