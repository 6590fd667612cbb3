/** @file The workbench at full size: where pages go on the left, the papers in the middle, the current page large on the right. */
import { useState, type DragEvent, type ReactNode } from 'react';
import { IconArrowLeft, IconFile } from '@tabler/icons-react';
import { Empty, Key } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { PagePaper } from '../paper/page-paper.tsx';
import { carriesPages, draggedPages } from './dragging.ts';
import type { PageTarget, WorkbenchProps } from './page-actions.ts';
import { ranges } from './papers.ts';
import type { Stack } from './stack.ts';
import classes from './workbench.module.css';

interface FullWorkbenchProps {
  readonly stack: Stack;
  readonly props: WorkbenchProps;
  readonly tools: ReactNode;
  readonly line: ReactNode;
  readonly grid: ReactNode;
}

export function FullWorkbench({ stack, props, tools, line, grid }: FullWorkbenchProps): ReactNode {
  const words = useWords();
  const { current } = stack;
  return (
    <>
      {props.targets.length === 0 ? null : <TargetPane stack={stack} props={props} />}
      <main className={classes['middle']} aria-label={props.label}>
        {tools}
        {line}
        {props.above}
        {grid}
      </main>
      <aside className={classes['largePage']} aria-label={words.regions.paper}>
        {current === null ? (
          <Empty icon={<IconFile size="3rem" stroke={1.25} aria-hidden />}>{words.paper.empty}</Empty>
        ) : (
          <PagePaper pages={stack.all} page={current} box={null} boxName="" go={stack.showOnly} />
        )}
      </aside>
    </>
  );
}

function TargetPane({ stack, props }: Pick<FullWorkbenchProps, 'stack' | 'props'>): ReactNode {
  const words = useWords();
  return (
    <nav className={classes['targetPane']} aria-label={words.workbench.targets}>
      {props.onLayout === undefined ? null : (
        <button type="button" className={classes['wayBack']} onClick={props.onLayout} data-testid="workbench-back">
          <IconArrowLeft size="1.25rem" stroke={1.75} aria-hidden />
          <span>{words.workbench.inline}</span> <Key>Esc</Key>
        </button>
      )}
      <h2>{words.workbench.targets}</h2>
      <ol className={classes['targets']}>
        {props.targets.map((target, index) => (
          <TargetRow
            key={target.id}
            target={target}
            index={index}
            stack={stack}
            isEditable={props.isEditable}
            props={props}
          />
        ))}
      </ol>
    </nav>
  );
}

interface TargetRowProps {
  readonly target: PageTarget;
  readonly index: number;
  readonly stack: Stack;
  readonly props: WorkbenchProps;
  readonly isEditable: boolean;
}

/** A place for pages: its key, its name, and which pages lie there. A click does what the key does. */
function TargetRow({ target, index, stack, props, isEditable }: TargetRowProps): ReactNode {
  const words = useWords();
  const [isOver, setIsOver] = useState(false);
  const numbers = stack.all.flatMap((page, at) => (page.componentId === target.id && !page.isHidden ? [at + 1] : []));
  const isHere = stack.current?.componentId === target.id;
  return (
    <li>
      <button
        type="button"
        className={classes['target']}
        disabled={!isEditable}
        data-over={isOver}
        aria-current={isHere}
        title={fill(words.papers.assignHere, { name: target.name })}
        onClick={() => stack.assign(target.id)}
        onDragOver={(event: DragEvent) => {
          if (!carriesPages(event)) return;
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event: DragEvent) => {
          setIsOver(false);
          const ids = draggedPages(event);
          if (ids.length > 0) props.actions.assign(ids, target.id);
        }}
        data-testid={`target-${index}`}
      >
        <span className={classes['targetKey']}>
          {target.key === null ? null : <Key>{target.key.toUpperCase()}</Key>}
        </span>
        <span className={classes['targetName']}>{target.name}</span>
        <span className={classes['targetPages']}>
          {numbers.length === 0
            ? words.workbench.targetEmpty
            : fill(words.workbench.scopeRange, { pages: ranges(numbers) })}
        </span>
      </button>
    </li>
  );
}
