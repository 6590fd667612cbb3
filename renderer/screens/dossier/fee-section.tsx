/** @file Phí, lệ phí: what the catalogue says beside what is taken. */
import { Button, Group, TextInput } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import type { Dossier } from '../../../preload/types.ts';
import { formatAmount, formatMoney } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { edit } from '../../state/dossier.ts';
import { useWords } from '../../state/session.ts';
import classes from './dossier.module.css';

function saveFee(feeVnd: number | null): void {
  void edit('dossiers.setDetails', (dossier) => ({ returnMethod: dossier.returnMethod, note: dossier.note, feeVnd }));
}

export function FeeSection({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const stored = dossier.feeVnd === null ? '' : formatAmount(dossier.feeVnd);
  const [text, setText] = useState(stored);
  const [isWrong, setIsWrong] = useState(false);
  useEffect(() => setText(stored), [stored]);
  const suggested = dossier.procedure?.fee.directVnd ?? null;
  const note = dossier.procedure?.fee.note ?? null;

  function save(): void {
    const digits = text.replaceAll(/[\s.đ]/g, '');
    const isNumber = /^\d{0,12}$/.test(digits);
    setIsWrong(!isNumber);
    if (!isNumber) return;
    const fee = digits === '' ? null : Number(digits);
    setText(fee === null ? '' : formatAmount(fee));
    if (fee !== dossier.feeVnd) saveFee(fee);
  }

  return (
    <>
      <Group align="flex-end" gap="sm">
        <TextInput
          label={words.fee.amount}
          value={text}
          readOnly={!isEditable}
          inputMode="numeric"
          autoComplete="off"
          w="12rem"
          error={isWrong ? words.fee.badAmount : undefined}
          data-section-first
          data-testid="fee"
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={save}
        />
        {suggested === null || !isEditable || suggested === dossier.feeVnd ? null : (
          <Button variant="default" onClick={() => saveFee(suggested)} data-testid="fee-suggested">
            {fill(words.fee.suggested, { amount: suggested === 0 ? words.fee.free : formatMoney(suggested) })} —{' '}
            {words.fee.use}
          </Button>
        )}
      </Group>
      {dossier.procedure !== null && suggested === null ? <p className={classes['source']}>{words.fee.none}</p> : null}
      {note === null ? null : <p className={classes['source']}>{note}</p>}
    </>
  );
}
