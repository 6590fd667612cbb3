/** @file The file of one finished record, its values above it, and the way to a correction. */
import { Button } from '@mantine/core';
import { IconFile, IconPencil } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { BacklogRecord } from '../../../preload/backlog-types.ts';
import { Empty, StateWord } from '../../components/marks.tsx';
import { formatDateTime, formatDay } from '../../language/format.ts';
import { fill, wordFor } from '../../language/words.ts';
import { useBacklog } from '../../state/backlog.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import { DocumentPaper } from '../paper/paper-view.tsx';
import classes from './backlog.module.css';

export function RecordPreview(): ReactNode {
  const words = useWords();
  const { records, shownRecordId } = useBacklog();
  const record = records.find(({ id }) => id === shownRecordId);
  if (record === undefined)
    return <Empty icon={<IconFile size="3rem" stroke={1.25} aria-hidden />}>{words.backlog.preview}</Empty>;
  if (record.blobId === null) return <Empty title={record.code}>{words.backlog.stateComposing}</Empty>;
  return (
    <DocumentPaper
      key={record.blobId}
      blobId={record.blobId}
      title={`${record.code} — ${record.name}`}
      tools={<Facts record={record} />}
    />
  );
}

function Facts({ record }: { readonly record: BacklogRecord }): ReactNode {
  const words = useWords();
  const isCounter = useHasRole('counter');
  return (
    <div className={classes['previewFacts']}>
      <dl aria-label={words.backlog.fields}>
        {record.fields
          .filter(({ value }) => value !== '')
          .map(({ name, value }) => (
            <div key={name}>
              <dt>{wordFor(words.fieldNames, name)}</dt>
              <dd>{/^\d{4}-\d{2}-\d{2}$/.test(value) ? formatDay(value) : value}</dd>
            </div>
          ))}
      </dl>
      <p className="muted">
        {record.confirmedBy} · {formatDateTime(record.confirmedAt)}
        {record.revision > 1 ? ` · ${fill(words.backlog.revision, { n: record.revision })}` : ''}
        {record.reason === null ? '' : ` · ${fill(words.backlog.reasonKept, { reason: record.reason })}`}
      </p>
      {record.duplicateOf === null ? null : (
        <StateWord tone="warn">{fill(words.backlog.besides, { code: record.duplicateOf })}</StateWord>
      )}
      {isCounter ? (
        <Button
          variant="default"
          size="compact-md"
          leftSection={<IconPencil size="1rem" stroke={1.5} aria-hidden />}
          onClick={() => useBacklog.setState({ correcting: record })}
          data-testid="record-correct"
        >
          {words.backlog.correct}
        </Button>
      ) : null}
    </div>
  );
}
