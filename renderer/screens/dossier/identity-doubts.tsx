/** @file What cards say differently about the applicant, side by side with the scraps of paper; one key chooses. */
import { Button, VisuallyHidden } from '@mantine/core';
import { useState, type FocusEvent, type ReactNode } from 'react';
import { UNKNOWN_APPLICANT } from '../../../preload/applicant.ts';
import type { Dossier, IdentityDoubt, IdentityReading } from '../../../preload/types.ts';
import { Key, StateWord } from '../../components/marks.tsx';
import { Snippet } from '../../components/snippet.tsx';
import { formatDay } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { showPage } from '../../state/desk.ts';
import { edit } from '../../state/dossier.ts';
import { useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import classes from './identity-doubts.module.css';

type ValueDoubt = Extract<IdentityDoubt, { kind: 'value' }>;
type PeopleDoubt = Extract<IdentityDoubt, { kind: 'people' }>;

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The chosen value becomes the applicant's with its own source, and its field is confirmed: it is not asked again. */
async function chooseReading(dossier: Dossier, { field }: ValueDoubt, reading: IdentityReading): Promise<void> {
  if (field !== 'expiresOn' && (dossier.applicant?.[field] ?? null) !== reading.value) {
    const changed = await edit('dossiers.setApplicant', (newest) => {
      const applicant = newest.applicant ?? UNKNOWN_APPLICANT;
      // Without a field to confirm the choice itself is the officer's word.
      const source = reading.fieldId === null ? 'typed' : reading.source;
      return {
        applicant: { ...applicant, [field]: reading.value, sources: { ...applicant.sources, [field]: source } },
      };
    });
    if (changed === null) return;
  }
  const confirmed = dossier.fields.find(({ id }) => id === reading.fieldId);
  if (confirmed !== undefined) await edit('dossiers.setField', { fieldId: confirmed.id, value: confirmed.value });
}

async function choosePerson(person: PeopleDoubt['people'][number]): Promise<void> {
  const { applicant } = person;
  if (applicant === null) return;
  await edit('dossiers.setApplicant', (newest) => ({
    applicant: { ...applicant, phone: newest.applicant?.phone ?? null, email: newest.applicant?.email ?? null },
  }));
}

export function IdentityDoubts({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  if (!isEditable || dossier.identityDoubts.length === 0) return null;
  return (
    <section className={classes['doubts']} aria-labelledby="identity-doubts-title" data-testid="identity-doubts">
      <h4 id="identity-doubts-title">
        <StateWord tone="warn">{words.identityDoubts.title}</StateWord>
      </h4>
      <p className={classes['note']}>{words.identityDoubts.note}</p>
      {dossier.identityDoubts.map((doubt) =>
        doubt.kind === 'people' ? (
          <WhoseCards key="people" doubt={doubt} />
        ) : (
          <ValueRow key={doubt.field} doubt={doubt} dossier={dossier} />
        ),
      )}
    </section>
  );
}

/** While the focus is in a row its digits choose, whatever they do elsewhere on the desk. */
function useDigits(
  count: number,
  choose: (index: number) => void,
): { readonly onFocus: () => void; readonly onBlur: (event: FocusEvent<HTMLElement>) => void } {
  const words = useWords();
  const [hasFocus, setHasFocus] = useState(false);
  const keys = Array.from({ length: Math.min(9, count) }, (_, index) => String(index + 1));
  useShortcut(
    hasFocus && keys.length > 0,
    keys,
    words.identityDoubts.choose,
    (key) => choose(Number(key) - 1),
    keys.length > 1 ? `1–${keys.length}` : '1',
  );
  return {
    onFocus: () => setHasFocus(true),
    onBlur: (event) => setHasFocus(event.currentTarget.contains(event.relatedTarget)),
  };
}

function ValueRow({ doubt, dossier }: { readonly doubt: ValueDoubt; readonly dossier: Dossier }): ReactNode {
  const words = useWords();
  const texts = words.identityDoubts;
  const name = doubt.field === 'expiresOn' ? texts.expiresOn : words.applicantFields[doubt.field];
  const shown = ({ value }: IdentityReading): string => {
    if (doubt.field === 'sex') return value === 'male' ? words.applicant.male : words.applicant.female;
    return ISO_DAY.test(value) ? formatDay(value) : value;
  };
  const digits = useDigits(doubt.readings.length, (index) => {
    const reading = doubt.readings[index];
    if (reading !== undefined) void chooseReading(dossier, doubt, reading);
  });
  const inUse = doubt.field === 'expiresOn' ? null : (dossier.applicant?.[doubt.field] ?? null);
  return (
    <div role="group" className={classes['row']} aria-label={name} data-testid={`doubt-${doubt.field}`} {...digits}>
      <div className={classes['field']}>{name}</div>
      <div className={classes['sides']}>
        {doubt.readings.map((reading, index) => {
          const at = dossier.pages.findIndex((page) => page.id === reading.pageId);
          const page = dossier.pages[at];
          const value = shown(reading);
          return (
            <div key={`${reading.source} ${reading.value}`} className={classes['side']}>
              {page !== undefined && reading.box !== null ? (
                <button
                  type="button"
                  className={classes['snippet']}
                  aria-label={fill(texts.showPaper, { value })}
                  onClick={() => showPage(page.id, reading.fieldId ?? undefined)}
                >
                  <Snippet page={page} box={reading.box} />
                </button>
              ) : null}
              <strong className={classes['value']}>{value}</strong>
              <span className={classes['source']}>
                {page === undefined
                  ? words.sources[reading.source]
                  : fill(texts.onPage, { source: words.sources[reading.source], page: at + 1 })}
                {reading.value === inUse ? ` · ${texts.taken}` : ''}
              </span>
              <Button
                size="compact-sm"
                variant="default"
                rightSection={<Key>{String(index + 1)}</Key>}
                onClick={() => void chooseReading(dossier, doubt, reading)}
                data-testid={`choose-${doubt.field}-${index + 1}`}
              >
                {texts.choose}
                <VisuallyHidden> {fill(texts.chooseValue, { field: name, value })}</VisuallyHidden>
              </Button>
            </div>
          );
        })}
      </div>
      {doubt.isAgainstNumber ? <p className={classes['note']}>{texts.againstNumber}</p> : null}
    </div>
  );
}

function WhoseCards({ doubt }: { readonly doubt: PeopleDoubt }): ReactNode {
  const words = useWords();
  const texts = words.identityDoubts;
  const digits = useDigits(doubt.people.length, (index) => {
    const person = doubt.people[index];
    if (person !== undefined) void choosePerson(person);
  });
  const question = fill(texts.whose, { count: doubt.people.length });
  return (
    <div role="group" className={classes['row']} aria-label={question} data-testid="doubt-people" {...digits}>
      <div className={classes['field']}>{question}</div>
      <div className={classes['sides']}>
        {doubt.people.map((person, index) => (
          <div key={person.idNumber} className={classes['side']}>
            <strong className={classes['value']}>{person.name === '' ? person.idNumber : person.name}</strong>
            <span className={classes['source']}>{person.idNumber}</span>
            {person.applicant === null ? (
              <span className={classes['source']}>{texts.unreadable}</span>
            ) : (
              <Button
                size="compact-sm"
                variant="default"
                rightSection={<Key>{String(index + 1)}</Key>}
                onClick={() => void choosePerson(person)}
                data-testid={`choose-person-${index + 1}`}
              >
                {texts.choose}
                <VisuallyHidden>
                  {' '}
                  {fill(texts.choosePerson, { name: person.name, idNumber: person.idNumber })}
                </VisuallyHidden>
              </Button>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
