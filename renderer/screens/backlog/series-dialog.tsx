/** @file A series: which records, how many there are, which share of them by when. */
import { Button, Group, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { BacklogSeries, SeriesTemplate, SplitRule } from '../../../preload/backlog-types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { formatDay, parseDay } from '../../language/format.ts';
import { saveSeries, useBacklog } from '../../state/backlog.ts';
import { useWords } from '../../state/session.ts';
import { splitOf, useSplitChoices } from './split-choice.tsx';

const CODE = '[A-Z][A-Z0-9]{0,9}';
const USUAL_PERCENT = 30;

/** A whole day; a year alone is none. */
function dayOf(text: string): string | null {
  const day = parseDay(text);
  return day != null && day.length === 10 ? day : null;
}

export function SeriesDialog(): ReactNode {
  const words = useWords();
  const editing = useBacklog((view) => view.editing);
  const templates = useBacklog((view) => view.overview?.templates);
  const close = (): void => useBacklog.setState({ editing: null });
  const isNew = editing === 'new';
  return (
    <Dialog
      isOpen={editing !== null}
      onClose={close}
      title={isNew ? words.backlog.newSeries : words.backlog.editSeries}
      size="30rem"
    >
      {editing === null || templates === undefined ? null : (
        <SeriesForm series={isNew ? null : editing} templates={templates} close={close} />
      )}
    </Dialog>
  );
}

function SeriesForm({
  series,
  templates,
  close,
}: {
  readonly series: BacklogSeries | null;
  readonly templates: readonly SeriesTemplate[];
  readonly close: () => void;
}): ReactNode {
  const words = useWords();
  const [templateId, setTemplateId] = useState(series?.templateId ?? templates[0]?.id ?? '');
  const template = templates.find(({ id }) => id === templateId);
  const [code, setCode] = useState(series?.code ?? '');
  const [name, setName] = useState<string | null>(series?.name ?? null);
  const [total, setTotal] = useState<number | ''>(series?.total ?? '');
  const [targetPercent, setTargetPercent] = useState<number | ''>(series?.targetPercent ?? USUAL_PERCENT);
  const [dateText, setDateText] = useState(series === null ? '' : formatDay(series.targetDate));
  const targetDate = dayOf(dateText);
  const [chosenSplit, setSplit] = useState<SplitRule | null>(series?.split ?? null);
  const split = chosenSplit ?? template?.split ?? { kind: 'hand' as const };
  const splitPages = split.kind === 'every' ? split.pages : 2;
  const choices = useSplitChoices(splitPages);

  function save(event: FormEvent): void {
    event.preventDefault();
    if (total === '' || targetPercent === '' || targetDate === null) return;
    const shownName = name ?? template?.name ?? code;
    void saveSeries({ code, name: shownName, templateId, split, total, targetPercent, targetDate });
  }

  return (
    <form onSubmit={save}>
      <Stack gap="sm">
        <NativeSelect
          label={words.backlog.seriesTemplate}
          value={templateId}
          data={templates.map((one) => ({ value: one.id, label: one.name }))}
          disabled={series !== null}
          onChange={(event) => setTemplateId(event.currentTarget.value)}
          data-testid="series-template"
        />
        <TextInput
          label={words.backlog.seriesCode}
          description={words.backlog.seriesCodeHelp}
          value={code}
          required
          pattern={CODE}
          maxLength={10}
          disabled={series !== null}
          onChange={(event) => setCode(event.currentTarget.value.toUpperCase())}
          data-testid="series-code"
        />
        <TextInput
          label={words.backlog.seriesName}
          value={name ?? template?.name ?? ''}
          required
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group grow>
          <NumberInput
            label={words.backlog.seriesTotal}
            value={total}
            min={1}
            max={100_000_000}
            allowDecimal={false}
            thousandSeparator="."
            decimalSeparator=","
            required
            onChange={(value) => setTotal(typeof value === 'number' ? value : '')}
            data-testid="series-total"
          />
          <NumberInput
            label={words.backlog.seriesPercent}
            value={targetPercent}
            min={1}
            max={100}
            required
            onChange={(value) => setTargetPercent(typeof value === 'number' ? value : '')}
            data-testid="series-percent"
          />
        </Group>
        <TextInput
          label={words.backlog.seriesDate}
          value={dateText}
          placeholder="31/12/2026"
          required
          error={dateText !== '' && targetDate === null ? words.backlog.wrong : null}
          onChange={(event) => setDateText(event.currentTarget.value)}
          data-testid="series-date"
        />
        <NativeSelect
          label={words.backlog.split}
          value={split.kind}
          data={choices}
          onChange={(event) => setSplit(splitOf(event.currentTarget.value as SplitRule['kind'], splitPages))}
        />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={close}>
            {words.app.cancel}
          </Button>
          <Button type="submit" data-testid="series-save">
            {words.backlog.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
