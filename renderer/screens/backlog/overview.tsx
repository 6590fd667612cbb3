/** @file The series with their progress; of the chosen one its stacks and finished records, with the file of one on the right. */
import { Button, Group } from '@mantine/core';
import { IconArchive, IconPencil, IconPlus, IconStack2 } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { SeriesOverview } from '../../../preload/backlog-types.ts';
import { Empty } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { newStack, openSeries, openStack, useBacklog } from '../../state/backlog.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import { ProgressBar } from './progress-bar.tsx';
import { RecordPreview } from './record-preview.tsx';
import { Records } from './records.tsx';
import classes from './backlog.module.css';

export function Overview(): ReactNode {
  const words = useWords();
  const { overview, seriesCode } = useBacklog();
  const isHead = useCanSetTargets();
  const current = overview?.series.find(({ series }) => series.code === seriesCode);
  return (
    <div className={classes['overview']}>
      <nav className={classes['main']} aria-label={words.backlog.region}>
        <div className={classes['titleLine']}>
          <h2>{words.backlog.title}</h2>
          {isHead ? (
            <Button
              variant="default"
              leftSection={<IconPlus size="1.125rem" aria-hidden />}
              onClick={() => useBacklog.setState({ editing: 'new' })}
              data-testid="new-series"
            >
              {words.backlog.newSeries}
            </Button>
          ) : null}
        </div>
        {overview === null ? (
          <p className="muted">{words.app.loading}</p>
        ) : overview.series.length === 0 ? (
          <Empty icon={<IconArchive size="3rem" stroke={1.25} aria-hidden />}>
            {isHead ? words.backlog.empty : words.backlog.emptyReader}
          </Empty>
        ) : (
          <SeriesList series={overview.series} currentCode={seriesCode} />
        )}
      </nav>
      <main className={classes['main']} aria-label={current?.series.name ?? words.backlog.title}>
        {current === undefined ? null : <SeriesDetail key={current.series.code} overview={current} />}
      </main>
      <aside className={classes['preview']} aria-label={words.regions.paper}>
        <RecordPreview />
      </aside>
    </div>
  );
}

function useCanSetTargets(): boolean {
  const isSigner = useHasRole('signer');
  return useHasRole('admin') || isSigner;
}

function SeriesList({
  series,
  currentCode,
}: {
  readonly series: readonly SeriesOverview[];
  readonly currentCode: string | null;
}): ReactNode {
  const words = useWords();
  return (
    <ul className={classes['seriesList']} aria-label={words.backlog.title}>
      {series.map(({ series: one, progress }) => (
        <li key={one.code} data-current={one.code === currentCode}>
          <button
            type="button"
            aria-current={one.code === currentCode ? 'true' : undefined}
            onClick={() => void openSeries(one.code)}
            data-testid={`series-${one.code}`}
          >
            <strong>{one.name}</strong> <span className="muted code">{one.code}</span>
          </button>
          <ProgressBar progress={progress} targetDate={one.targetDate} name={one.name} />
        </li>
      ))}
    </ul>
  );
}

function SeriesDetail({ overview }: { readonly overview: SeriesOverview }): ReactNode {
  const words = useWords();
  const isCounter = useHasRole('counter');
  const isHead = useCanSetTargets();
  const { series, stacks } = overview;
  return (
    <section className={classes['detail']} aria-labelledby="series-title">
      <Group justify="space-between">
        <h3 id="series-title">{series.name}</h3>
        <Group gap="xs">
          {isHead ? (
            <Button
              variant="default"
              leftSection={<IconPencil size="1.125rem" stroke={1.5} aria-hidden />}
              onClick={() => useBacklog.setState({ editing: series })}
              data-testid="edit-series"
            >
              {words.backlog.editSeries}
            </Button>
          ) : null}
          {isCounter ? (
            <Button
              leftSection={<IconStack2 size="1.25rem" stroke={1.5} aria-hidden />}
              onClick={() => void newStack(series.code, new Date())}
              data-testid="new-stack"
            >
              {words.backlog.newStack}
            </Button>
          ) : null}
        </Group>
      </Group>
      {isCounter ? (
        <>
          <h4>{words.backlog.stacks}</h4>
          {stacks.length === 0 ? (
            <p className="muted">{words.backlog.noStacks}</p>
          ) : (
            <ul className={classes['stacks']} aria-label={words.backlog.stacks}>
              {stacks.map((stack) => (
                <li key={stack.id}>
                  <button type="button" onClick={() => void openStack(stack.id)} data-testid={`stack-${stack.id}`}>
                    <strong>{stack.name}</strong>
                    <span className="muted">
                      {fill(words.backlog.stackLine, { pages: stack.pageCount, records: stack.openRecords })} ·{' '}
                      {stack.officerName}
                    </span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </>
      ) : null}
      <Records />
    </section>
  );
}
