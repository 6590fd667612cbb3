/** @file The stack in hand: its records one after another with the paper beside them, or its pages on the workbench. */
import { Button, Group } from '@mantine/core';
import { IconArrowLeft, IconFile, IconLayoutGrid, IconListCheck, IconPrinter } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, type ReactNode } from 'react';
import type { BacklogStack } from '../../../preload/backlog-types.ts';
import { Empty, Key } from '../../components/marks.tsx';
import { fill, wordFor } from '../../language/words.ts';
import { importFiles, scan } from '../../state/actions.ts';
import { closeStack, currentRecord, feedSample, goToRecord, refreshStack, useBacklog } from '../../state/backlog.ts';
import { selectPages, useDesk } from '../../state/desk.ts';
import { useDossier } from '../../state/dossier.ts';
import { pageCommands, printSeparators } from '../../state/page-commands.ts';
import { useSession, useWords } from '../../state/session.ts';
import { useShortcut } from '../../state/shortcuts.ts';
import { PagePaper } from '../paper/page-paper.tsx';
import { ScanStrip } from '../workbench/scan-strip.tsx';
import { Workbench } from '../workbench/workbench.tsx';
import { RecordForm } from './record-form.tsx';
import { SplitChoice } from './split-choice.tsx';
import classes from './backlog.module.css';

const SETTLE_MS = 120;

export function StackView(): ReactNode {
  const words = useWords();
  const stack = useBacklog((view) => view.stack);
  const isArranging = useBacklog((view) => view.isArranging);
  const revision = useDossier((view) => view.dossier?.revision);
  const stackId = stack?.id;

  useEffect(() => {
    if (stackId === undefined || revision === undefined) return undefined;
    const timer = setTimeout(() => void refreshStack(stackId), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [stackId, revision]);
  const toggle = (): void => useBacklog.setState({ isArranging: !useBacklog.getState().isArranging });
  useShortcut(true, ['F7'], isArranging ? words.backlog.indexView : words.backlog.pagesView, toggle);
  useShortcut(true, ['Escape'], words.keys.back, () => (isArranging ? toggle() : void closeStack()), 'Esc');
  useShortcut(!isArranging, ['Ctrl+ArrowDown'], words.backlog.nextKey, () => goToRecord(1), 'Ctrl ↑ ↓');
  useShortcut(!isArranging, ['Ctrl+ArrowUp'], null, () => goToRecord(-1));

  if (stack === null) return null;
  return (
    <div className={classes['stack']}>
      <StackHead stack={stack} isArranging={isArranging} toggle={toggle} />
      {isArranging ? <Arranging stack={stack} /> : <Indexing stack={stack} />}
    </div>
  );
}

function StackHead({
  stack,
  isArranging,
  toggle,
}: {
  readonly stack: BacklogStack;
  readonly isArranging: boolean;
  readonly toggle: () => void;
}): ReactNode {
  const words = useWords();
  const isPractice = useSession((view) => view.session?.isPractice ?? false);
  return (
    <section className={classes['stackHead']} aria-label={words.backlog.title}>
      <Button
        variant="default"
        leftSection={<IconArrowLeft size="1.125rem" stroke={1.75} aria-hidden />}
        onClick={() => void closeStack()}
        data-testid="stack-back"
      >
        {words.backlog.back}
      </Button>
      <h2>
        {stack.series.name} <span className="muted">{stack.name}</span>
      </h2>
      <SplitChoice stack={stack} />
      <Group gap="xs">
        <Button variant="default" rightSection={<Key>F2</Key>} onClick={() => void scan()} data-testid="stack-scan">
          {words.backlog.feedScan}
        </Button>
        <Button variant="default" onClick={() => void importFiles()} data-testid="stack-files">
          {words.backlog.feedFiles}
        </Button>
        {isPractice ? (
          <Button variant="default" onClick={() => void feedSample()} data-testid="stack-sample">
            {words.backlog.feedSample}
          </Button>
        ) : null}
        <Button
          variant="default"
          leftSection={<IconPrinter size="1.125rem" stroke={1.5} aria-hidden />}
          onClick={() => void printSeparators([])}
          data-testid="stack-separators"
        >
          {words.backlog.separators}
        </Button>
        <Button
          variant="default"
          leftSection={
            isArranging ? <IconListCheck size="1.125rem" aria-hidden /> : <IconLayoutGrid size="1.125rem" aria-hidden />
          }
          rightSection={<Key>F7</Key>}
          onClick={toggle}
          data-testid="stack-toggle"
        >
          {isArranging ? words.backlog.indexView : words.backlog.pagesView}
        </Button>
      </Group>
    </section>
  );
}

function Arranging({ stack }: { readonly stack: BacklogStack }): ReactNode {
  const words = useWords();
  const pageIds = useDesk((view) => view.selectedPageIds);
  const isChosen = useDesk((view) => view.arePagesChosen);
  const select = useCallback((ids: readonly string[], areChosen: boolean) => selectPages(ids, areChosen), []);
  const actions = useMemo(() => ({ ...pageCommands, printSeparators: () => void printSeparators([]) }), []);
  return (
    <Workbench
      pages={stack.pages}
      targets={[]}
      actions={actions}
      isEditable
      label={fill(words.backlog.stackPages, { name: stack.name })}
      canUndo={stack.canUndo}
      canRedo={stack.canRedo}
      selection={{ pageIds, isChosen, select }}
      layout="full"
      above={<ScanStrip dossierId={stack.id} />}
    />
  );
}

function Indexing({ stack }: { readonly stack: BacklogStack }): ReactNode {
  const words = useWords();
  const recordKey = useBacklog((view) => view.recordKey);
  const record = currentRecord({ stack, recordKey });
  const at = record === null ? -1 : stack.records.indexOf(record);
  return (
    <div className={classes['indexing']}>
      <main className={classes['side']} aria-label={words.backlog.fields}>
        <ScanStrip dossierId={stack.id} />
        {record === null ? (
          <Empty icon={<IconFile size="3rem" stroke={1.25} aria-hidden />}>
            {stack.filedRecords > 0
              ? fill(words.backlog.stackDone, { count: stack.filedRecords })
              : words.backlog.stackEmpty}
          </Empty>
        ) : (
          <>
            <div className={classes['position']}>
              <Button
                variant="default"
                size="compact-md"
                disabled={at === 0}
                onClick={() => goToRecord(-1)}
                aria-label={words.backlog.previous}
              >
                ↑
              </Button>
              <strong role="status" data-testid="record-position">
                {fill(words.backlog.recordPosition, { n: at + 1, total: stack.records.length })}
              </strong>
              <Button
                variant="default"
                size="compact-md"
                disabled={at === stack.records.length - 1}
                onClick={() => goToRecord(1)}
                aria-label={words.backlog.next}
              >
                ↓
              </Button>
              <span className="muted">{fill(words.backlog.recordPages, { count: record.pageIds.length })}</span>
            </div>
            <RecordForm key={record.key} stackId={stack.id} record={record} series={stack.series} />
          </>
        )}
      </main>
      <aside className={classes['preview']} aria-label={words.regions.paper}>
        <RecordPaper stack={stack} />
      </aside>
    </div>
  );
}

/** The page that the focused value was read from, its place marked; else the record's first. */
function RecordPaper({ stack }: { readonly stack: BacklogStack }): ReactNode {
  const words = useWords();
  const { recordKey, fieldName, pageId } = useBacklog();
  const record = currentRecord({ stack, recordKey });
  const field = record?.fields.find(({ name }) => name === fieldName);
  const pages = stack.pages.filter(({ id }) => record?.pageIds.includes(id));
  const wanted = pageId ?? field?.pageId ?? pages[0]?.id;
  const page = pages.find(({ id }) => id === wanted) ?? pages[0];
  if (page === undefined)
    return <Empty icon={<IconFile size="3rem" stroke={1.25} aria-hidden />}>{words.paper.empty}</Empty>;
  return (
    <PagePaper
      pages={pages}
      page={page}
      box={field !== undefined && field.pageId === page.id ? field.box : null}
      boxName={field === undefined ? '' : fill(words.paper.region, { name: wordFor(words.fieldNames, field.name) })}
      go={(id) => useBacklog.setState({ pageId: id })}
      turn={() => pageCommands.turn([page.id])}
      setHidden={(isHidden) => pageCommands.setHidden([page.id], isHidden)}
    />
  );
}
