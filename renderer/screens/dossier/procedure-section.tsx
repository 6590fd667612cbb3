/** @file Thủ tục: found by a few letters, with or without diacritics, also while a word is half composed. */
import { Button, Combobox, Loader, TextInput, useCombobox } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { Dossier, Procedure, ProcedureSummary } from '../../../preload/types.ts';
import { ask } from '../../app/bridge.ts';
import { StateWord } from '../../components/marks.tsx';
import { formatMoney } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { chooseProcedure } from '../../state/actions.ts';
import { useWords } from '../../state/session.ts';
import classes from './dossier.module.css';

export function ProcedureSection({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const [isChanging, setIsChanging] = useState(false);
  const { procedure } = dossier;
  if (procedure !== null && !isChanging)
    return (
      <div className={classes['chosen']}>
        <ProcedureFacts procedure={procedure} />
        {isEditable ? (
          <Button
            size="compact-md"
            variant="default"
            onClick={() => setIsChanging(true)}
            data-section-first
            data-testid="procedure-change"
          >
            {words.procedure.change}
          </Button>
        ) : null}
      </div>
    );
  return isEditable ? (
    <ProcedureSearch isFocused={isChanging} onChosen={() => setIsChanging(false)} />
  ) : (
    <p className="muted">{words.list.noProcedure}</p>
  );
}

function ProcedureFacts({ procedure }: { readonly procedure: Procedure }): ReactNode {
  const words = useWords();
  return (
    <div data-testid="procedure-chosen">
      <p>
        <strong>{procedure.name}</strong>
      </p>
      <p className="muted">
        <span className="code">{procedure.code}</span> · {procedure.field} ·{' '}
        {fill(words.procedure.components, { count: procedure.components.length })}
      </p>
      <p className="muted">
        {procedure.time === null ? words.procedure.noTime : fill(words.procedure.time, { text: procedure.time.text })}
      </p>
      {procedure.fee.directVnd === null ? null : (
        <p className="muted">
          {words.fee.title}: {procedure.fee.directVnd === 0 ? words.fee.free : formatMoney(procedure.fee.directVnd)}
        </p>
      )}
      {procedure.digitisesInput ? null : <StateWord tone="quiet">{words.procedure.noScan}</StateWord>}
    </div>
  );
}

const SEARCH_DELAY_MS = 100;
const MOST_FOUND = 12;

function ProcedureSearch({
  isFocused,
  onChosen,
}: {
  readonly isFocused: boolean;
  readonly onChosen: () => void;
}): ReactNode {
  const words = useWords();
  const [text, setText] = useState('');
  const [found, setFound] = useState<readonly ProcedureSummary[] | null>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });

  useEffect(() => {
    let isCurrent = true;
    if (text.trim() === '') {
      setFound(null);
      return undefined;
    }
    const timer = setTimeout(() => {
      void ask('procedures.search', { text: text.trim().normalize('NFC'), limit: MOST_FOUND }).then((answer) => {
        if (!isCurrent) return;
        setFound(answer.ok ? answer.value : []);
      });
    }, SEARCH_DELAY_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [text]);
  // Enter takes the best match; it can only be marked once it stands in the page.
  useEffect(() => void combobox.selectFirstOption(), [found]);

  return (
    <Combobox
      store={combobox}
      withinPortal={false}
      onOptionSubmit={(code) => {
        combobox.closeDropdown();
        onChosen();
        void chooseProcedure(code);
      }}
    >
      <Combobox.Target withExpandedAttribute>
        <TextInput
          label={words.procedure.search}
          placeholder={words.procedure.placeholder}
          leftSection={<IconSearch size="1.125rem" stroke={1.5} aria-hidden />}
          value={text}
          autoFocus={isFocused}
          autoComplete="off"
          spellCheck={false}
          role="combobox" // the list it controls then counts as reachable through it
          data-section-first
          data-testid="procedure-search"
          onChange={(event) => {
            setText(event.currentTarget.value);
            combobox.openDropdown();
          }}
          onFocus={(event) => {
            event.currentTarget.scrollIntoView({ block: 'center' });
            combobox.openDropdown();
          }}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={text.trim() === ''}>
        <Combobox.Options aria-label={words.procedure.search} mah="22rem" style={{ overflowY: 'auto' }}>
          {found === null ? (
            <Combobox.Empty>
              <Loader size="xs" aria-label={words.procedure.searching} />
            </Combobox.Empty>
          ) : found.length === 0 ? (
            <Combobox.Empty>{words.procedure.nothing}</Combobox.Empty>
          ) : (
            found.map((procedure) => (
              <Combobox.Option key={procedure.code} value={procedure.code} data-testid={`procedure-${procedure.code}`}>
                <div>{procedure.name}</div>
                <div className={classes['source']}>
                  <span className="code">{procedure.code}</span> · {procedure.field}
                </div>
              </Combobox.Option>
            ))
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
