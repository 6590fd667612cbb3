/** @file What was read from the papers, each value beside the snippet it came from; doubtful ones are marked in words. */
import { Button, TextInput } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { Dossier, FieldValue } from '../../../preload/types.ts';
import { StateWord } from '../../components/marks.tsx';
import { Snippet } from '../../components/snippet.tsx';
import { formatDay, parseDay } from '../../language/format.ts';
import { fill, wordFor } from '../../language/words.ts';
import { showPage } from '../../state/desk.ts';
import { edit } from '../../state/dossier.ts';
import { needsLook } from '../../state/doubtful-fields.ts';
import { useWords } from '../../state/session.ts';
import classes from './papers.module.css';

/** Below this the officer is asked to look, percent. */
export function FieldList({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  if (dossier.fields.length === 0) return null;
  const doubtful = dossier.fields.filter(needsLook).length;
  return (
    <div>
      <h4 className={classes['subtitle']} id="fields-title">
        {words.fields.title}{' '}
        {doubtful === 0 ? null : <StateWord tone="warn">{fill(words.fields.toCheck, { count: doubtful })}</StateWord>}
      </h4>
      <ul className={classes['fields']} aria-labelledby="fields-title">
        {dossier.fields.map((field) => (
          <FieldRow key={field.id} field={field} dossier={dossier} isEditable={isEditable} />
        ))}
      </ul>
    </div>
  );
}

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
        onFocus={() => page !== undefined && showPage(page.id, field.id)}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => text.trim() !== stored && save(text)}
      />
      <span className={classes['fieldState']}>
        {isDoubtful ? (
          <>
            <StateWord tone="warn">{words.fields.low}</StateWord>
            {isEditable ? (
              <Button
                size="compact-sm"
                variant="default"
                aria-label={fill(words.fields.confirmField, { name })}
                onClick={() => save(text)}
              >
                {words.fields.confirm}
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
