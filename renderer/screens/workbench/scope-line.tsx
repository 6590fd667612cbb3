/** @file One line above the grid: what a key will act on just now, where that lies, and what to do about a troubled page. */
import type { ReactNode } from 'react';
import { StateWord } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import type { PageMark, PageTarget } from './page-actions.ts';
import { isUnread, ranges } from './papers.ts';
import type { Stack } from './stack.ts';
import classes from './workbench.module.css';

interface ScopeLineProps {
  readonly stack: Stack;
  readonly targets: readonly PageTarget[];
  readonly marks: ReadonlyMap<string, readonly PageMark[]> | undefined;
}

export function ScopeLine({ stack, targets, marks }: ScopeLineProps): ReactNode {
  const words = useWords();
  const { current, currentPaper, scope, isChosen, all } = stack;
  if (current === null || currentPaper === null) return null;
  const numbers = scope.map((id) => all.findIndex((page) => page.id === id) + 1);
  const target = targets.find((one) => one.id === current.componentId);
  const title = currentPaper.title ?? words.workbench.untitled;
  const what = isChosen
    ? scope.length === 1
      ? words.workbench.scopeOne
      : fill(words.workbench.scopePages, { count: scope.length })
    : scope.length === 1
      ? isUnread(current)
        ? words.workbench.scopeUnread
        : title
      : `${words.workbench.scopePaper}: ${title}`;
  return (
    <div className={classes['scopeLine']} data-testid="scope" data-scope={isChosen ? 'pages' : 'paper'}>
      <p className={classes['scopeWhat']}>
        <strong>{what}</strong> <span>({fill(words.workbench.scopeRange, { pages: ranges(numbers) })})</span>{' '}
        {targets.length === 0 ? null : (
          <span className={classes['scopePlace']}>
            {target === undefined
              ? words.workbench.scopeNowhere
              : fill(words.workbench.scopeIn, {
                  name: [target.key?.toUpperCase(), target.name].filter(Boolean).join(' – '),
                })}
          </span>
        )}
      </p>
      <p className={classes['scopeHint']}>
        <Trouble stack={stack} marks={marks} hasTargets={targets.length > 0} />
      </p>
    </div>
  );
}

/** The most pressing thing to know about the current page, else how the choice works. */
function Trouble({
  stack,
  marks,
  hasTargets,
}: Pick<ScopeLineProps, 'stack' | 'marks'> & { readonly hasTargets: boolean }): ReactNode {
  const words = useWords();
  const { current, currentPaper, isChosen, all } = stack;
  const own = marks?.get(current?.id ?? '') ?? [];
  if (current?.recognition === 'failed') return <StateWord tone="wrong">{words.workbench.failedHint}</StateWord>;
  if (own.includes('duplicate')) {
    const before = all.findIndex((page) => page.id === current?.id);
    return <StateWord tone="warn">{fill(words.workbench.duplicateHint, { n: before })}</StateWord>;
  }
  if (own.includes('doubt')) return <StateWord tone="warn">{words.workbench.doubtHint}</StateWord>;
  if (!hasTargets) return words.workbench.splitHint;
  if (isChosen) return words.workbench.chosenHint;
  if (current !== null && isUnread(current)) return <StateWord tone="busy">{words.workbench.unreadHint}</StateWord>;
  return (currentPaper?.pages.length ?? 0) > 1 ? words.workbench.scopeHint : <Tally all={all} />;
}

/** How far the work has come. */
function Tally({ all }: { readonly all: Stack['all'] }): ReactNode {
  const words = useWords();
  const visible = all.filter((page) => !page.isHidden);
  const reading = visible.filter(isUnread).length;
  const open = visible.filter((page) => page.componentId === null).length;
  if (reading > 0) return <StateWord tone="busy">{fill(words.workbench.reading, { count: reading })}</StateWord>;
  if (open > 0) return <StateWord tone="warn">{fill(words.workbench.openLeft, { count: open })}</StateWord>;
  return <StateWord tone="good">{words.workbench.allPlaced}</StateWord>;
}
