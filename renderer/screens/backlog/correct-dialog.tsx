/** @file A finished record is corrected by a further revision, and says why. */
import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { BacklogRecord, BacklogSeries } from '../../../preload/backlog-types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { fill, wordFor } from '../../language/words.ts';
import { correctRecord, useBacklog } from '../../state/backlog.ts';
import { useWords } from '../../state/session.ts';
import { shownValue, storedValue } from './index-values.ts';

export function CorrectDialog(): ReactNode {
  const words = useWords();
  const record = useBacklog((view) => view.correcting);
  const series = useBacklog(
    (view) => view.overview?.series.find((one) => one.series.code === record?.seriesCode)?.series,
  );
  const close = (): void => useBacklog.setState({ correcting: null });
  return (
    <Dialog
      isOpen={record !== null}
      onClose={close}
      title={fill(words.backlog.correctTitle, { code: record?.code ?? '' })}
      size="30rem"
    >
      {record === null || series === undefined ? null : (
        <CorrectForm key={`${record.id} ${record.revision}`} record={record} series={series} close={close} />
      )}
    </Dialog>
  );
}

function CorrectForm({
  record,
  series,
  close,
}: {
  readonly record: BacklogRecord;
  readonly series: BacklogSeries;
  readonly close: () => void;
}): ReactNode {
  const words = useWords();
  const [texts, setTexts] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(
      series.fields.map(({ name, kind }) => [
        name,
        shownValue(kind, record.fields.find((field) => field.name === name)?.value ?? ''),
      ]),
    ),
  );
  const [reason, setReason] = useState('');

  function save(event: FormEvent): void {
    event.preventDefault();
    const fields = series.fields.map(({ name, kind }) => ({ name, value: storedValue(kind, texts[name] ?? '') }));
    void correctRecord(record, fields, reason.normalize('NFC').trim());
  }

  return (
    <form onSubmit={save}>
      <Stack gap="sm">
        <p>{words.backlog.correctMeans}</p>
        {series.fields.map(({ name, isRequired }) => (
          <TextInput
            key={name}
            label={wordFor(words.fieldNames, name)}
            value={texts[name] ?? ''}
            required={isRequired}
            maxLength={2_000}
            onChange={(event) => {
              const { value } = event.currentTarget;
              setTexts((before) => ({ ...before, [name]: value }));
            }}
            data-testid={`correct-${name}`}
          />
        ))}
        <TextInput
          label={words.backlog.reason}
          value={reason}
          required
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-testid="correct-reason"
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            {words.app.cancel}
          </Button>
          <Button type="submit" data-testid="correct-save">
            {words.backlog.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
