/** @file What was read from the papers, each value beside the snippet it came from; doubtful ones are marked in words. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { Dossier, FieldValue } from '../../../preload/types.ts';
import { Key, StateWord } from '../../components/marks.tsx';
import { Snippet } from '../../components/snippet.tsx';
import { formatDay, parseDay } from '../../language/format.ts';
import { fill, wordFor } from '../../language/words.ts';
import { showPage, useDesk } from '../../state/desk.ts';
import { edit } from '../../state/dossier.ts';
import { needsLook } from '../../state/doubtful-fields.ts';
import { useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import classes from './papers.module.css';

export function FieldList({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const [showsAll, setShowsAll] = useState(false);
  const pageIds = useDesk((view) => view.selectedPageIds);
  if (dossier.fields.length === 0) return null;
  // Of a long stack, first what a person must look at and what is on the page in hand.
  const shown =
    showsAll || dossier.fields.length <= MOST_SHOWN
      ? dossier.fields
      : dossier.fields
          .filter((field) => needsLook(field) || (field.pageId !== null && pageIds.includes(field.pageId)))
          .slice(0, MOST_SHOWN);
  const doubtful = dossier.fields.filter(needsLook).length;
  return (
    <div>
      <h4 className={classes['subtitle']} id="fields-title">
        {words.fields.title}{' '}
        {doubtful === 0 ? null : <StateWord tone="warn">{fill(words.fields.toCheck, { count: doubtful })}</StateWord>}
      </h4>
      <ul className={classes['fields']} aria-labelledby="fields-title">
        {shown.map((field) => (
          <FieldRow key={field.id} field={field} dossier={dossier} isEditable={isEditable} />
        ))}
      </ul>
      {shown.length === dossier.fields.length ? null : (
        <Button variant="default" size="compact-md" onClick={() => setShowsAll(true)} data-testid="fields-all">
          {fill(words.fields.showAll, { count: dossier.fields.length - shown.length })}
        </Button>
      )}
    </div>
  );
}

const MOST_CHOICES = 3;
const MOST_SHOWN = 40;
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

function shownValue(value: string): string {
  return ISO_DAY.test(value) ? formatDay(value) : value;
}

/** A day is stored as it came, ISO; anything that is no day stays what was typed. */
function storedValue(text: string, before: string): string {
  return ISO_DAY.test(before) ? (parseDay(text) ?? text) : text;
}

function FieldRow({
  field,
  dossier,
  isEditable,
}: {
  readonly field: FieldValue;
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const stored = shownValue(field.value);
  const [text, setText] = useState(stored);
  useEffect(() => setText(stored), [stored]);
  const page = dossier.pages.find((one) => one.id === field.pageId);
  const name = wordFor(words.fieldNames, field.name);
  const isDoubtful = needsLook(field);
  const [hasFocus, setHasFocus] = useState(false);
  // Other readings, never what stands there already.
  const choices = (isEditable && isDoubtful ? (field.candidates ?? []) : [])
    .filter((candidate) => candidate !== field.value)
    .slice(0, MOST_CHOICES);
  useShortcut(
    hasFocus && choices.length > 0,
    choices.map((_, index) => `Alt+${index + 1}`),
    words.fields.choose,
    (key) => {
      const choice = choices[Number(key.at(-1)) - 1];
      if (choice !== undefined) save(shownValue(choice));
    },
    choices.length > 1 ? `Alt+1–${choices.length}` : 'Alt+1',
  );

  function save(value: string): void {
    const clean = storedValue(value.normalize('NFC').trim(), field.value);
    if (clean !== field.value || isDoubtful) void edit('dossiers.setField', { fieldId: field.id, value: clean });
  }

  return (
    <li className={classes['field']} data-testid={`field-${field.name}`}>
      {page !== undefined && field.box !== null ? (
        <button
          type="button"
          className={classes['snippetButton']}
          aria-label={fill(words.fields.snippet, { name })}
          onClick={() => showPage(page.id, field.id)}
        >
          <Snippet page={page} box={field.box} />
        </button>
      ) : (
        <span className={classes['noSnippet']}>{words.fields.noSnippet}</span>
      )}
      <TextInput
        size="sm"
        label={
          <>
            {name} <span className={classes['fieldSource']}>{words.sources[field.source]}</span>
          </>
        }
        value={text}
        readOnly={!isEditable}
        spellCheck={false}
        title={text}
        onFocus={() => {
          setHasFocus(true);
          if (page !== undefined) showPage(page.id, field.id);
        }}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // Seen and right: Enter says so and goes on to the next one.
          if (event.key === 'Enter' && !event.nativeEvent.isComposing && isDoubtful) save(text);
        }}
        onBlur={() => {
          setHasFocus(false);
          if (text.trim() !== stored) save(text);
        }}
      />
      {choices.length === 0 ? null : (
        <span className={classes['choices']} role="group" aria-label={fill(words.fields.others, { name })}>
          <span className={classes['fieldSource']}>{words.fields.perhaps}</span>
          {choices.map((choice, index) => (
            <Button
              key={choice}
              size="compact-sm"
              variant="default"
              rightSection={<Key>{`Alt+${index + 1}`}</Key>}
              onClick={() => save(shownValue(choice))}
              data-testid={`choice-${field.name}-${index + 1}`}
            >
              {shownValue(choice)}
            </Button>
          ))}
        </span>
      )}
      <span className={classes['fieldState']}>
        {isDoubtful ? (
          <>
            <StateWord tone="warn">{words.fields.low}</StateWord>
            {isEditable ? (
              <Button
                size="compact-sm"
                variant="default"
                rightSection={hasFocus ? <Key>Enter</Key> : null}
                onClick={() => save(text)}
              >
                <span aria-hidden>{words.fields.confirm}</span>
                <span className="visually-hidden">{fill(words.fields.confirmField, { name })}</span>
              </Button>
            ) : null}
          </>
        ) : field.isConfirmed ? (
          <StateWord tone="good">{words.fields.confirmed}</StateWord>
        ) : null}
      </span>
    </li>
  );
}
