/** @file How a stack is split into records; a separator sheet and the officer's hand act under every rule. */
import { NativeSelect, NumberInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { BacklogStack, SplitRule } from '../../../preload/backlog-types.ts';
import { fill } from '../../language/words.ts';
import { setSplit } from '../../state/backlog.ts';
import { useWords } from '../../state/session.ts';
import classes from './backlog.module.css';

const USUAL_PAGES = 2;
const MOST_PAGES = 100;

export function useSplitChoices(pages: number): { value: SplitRule['kind']; label: string }[] {
  const words = useWords();
  return [
    { value: 'page-class', label: words.backlog.splitClass },
    { value: 'separator', label: words.backlog.splitSeparator },
    { value: 'every', label: fill(words.backlog.splitEvery, { n: pages }) },
    { value: 'hand', label: words.backlog.splitHand },
  ];
}

export function splitOf(kind: SplitRule['kind'], pages: number): SplitRule {
  return kind === 'every' ? { kind, pages } : { kind };
}

export function SplitChoice({ stack }: { readonly stack: BacklogStack }): ReactNode {
  const words = useWords();
  const pages = stack.split.kind === 'every' ? stack.split.pages : USUAL_PAGES;
  const choices = useSplitChoices(pages);
  return (
    <div className={classes['split']}>
      <NativeSelect
        label={words.backlog.split}
        value={stack.split.kind}
        data={choices}
        onChange={(event) => void setSplit(splitOf(event.currentTarget.value as SplitRule['kind'], pages))}
        data-testid="stack-split"
      />
      {stack.split.kind === 'every' ? (
        <NumberInput
          label={words.backlog.splitPages}
          value={pages}
          min={1}
          max={MOST_PAGES}
          allowDecimal={false}
          onChange={(value) => {
            if (typeof value === 'number' && value >= 1 && value <= MOST_PAGES) void setSplit(splitOf('every', value));
          }}
          data-testid="stack-split-pages"
        />
      ) : null}
    </div>
  );
}
