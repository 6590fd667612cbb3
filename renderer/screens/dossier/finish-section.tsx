/** @file Hẹn trả: how the result comes back, a note, and the appointment as law counts it. */
import { SegmentedControl, Textarea } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Dossier } from '../../../preload/types.ts';
import { formatDateTime } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { edit } from '../../state/dossier.ts';
import { useWords } from '../../state/session.ts';
import classes from './dossier.module.css';

const SAVE_DELAY_MS = 700;

export function FinishSection({
  dossier,
  isEditable,
}: {
  readonly dossier: Dossier;
  readonly isEditable: boolean;
}): ReactNode {
  const words = useWords();
  const [note, setNote] = useState(dossier.note ?? '');
  const isDirty = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    if (!isDirty.current) setNote(dossier.note ?? '');
  }, [dossier.note]);

  function saveNote(text: string): void {
    clearTimeout(timer.current);
    if (!isDirty.current) return;
    isDirty.current = false;
    const clean = text.normalize('NFC').trim();
    void edit('dossiers.setDetails', (newest) => ({
      returnMethod: newest.returnMethod,
      feeVnd: newest.feeVnd,
      note: clean === '' ? null : clean,
    }));
  }

  return (
    <div className={classes['grid']}>
      <div data-span="6">
        {dossier.dueAt !== null ? (
          <strong className="code">{fill(words.finish.due, { time: formatDateTime(dossier.dueAt) })}</strong>
        ) : (
          <span className="muted">
            {dossier.procedure?.time == null
              ? words.procedure.noTime
              : fill(words.finish.dueLater, { text: dossier.procedure.time.text })}
          </span>
        )}
        {dossier.receipt === null ? null : (
          <div className="muted code">
            {fill(words.finish.receipt, { number: dossier.receipt.number, book: dossier.receipt.book })}
          </div>
        )}
      </div>
      <div data-span="6">
        <div className={classes['label']} id="return-method-label">
          {words.finish.returnAt}
        </div>
        <SegmentedControl
          fullWidth
          aria-labelledby="return-method-label"
          value={dossier.returnMethod}
          readOnly={!isEditable}
          data-testid="return-method"
          onChange={(value) =>
            void edit('dossiers.setDetails', (newest) => ({
              returnMethod: value as Dossier['returnMethod'],
              feeVnd: newest.feeVnd,
              note: newest.note,
            }))
          }
          data={(['counter', 'post', 'online'] as const).map((value) => ({ value, label: words.returnMethods[value] }))}
        />
      </div>
      <div data-span="6">
        <Textarea
          label={words.finish.note}
          value={note}
          readOnly={!isEditable}
          rows={2}
          data-testid="note"
          onChange={(event) => {
            const text = event.currentTarget.value;
            isDirty.current = true;
            setNote(text);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => saveNote(text), SAVE_DELAY_MS);
          }}
          onBlur={() => saveNote(note)}
        />
      </div>
    </div>
  );
}
