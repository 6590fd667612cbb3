/** @file How far a series is: a bar for the eye, the same in numbers and words for everybody. */
import type { ReactNode } from 'react';
import type { BacklogProgress } from '../../../preload/backlog-types.ts';
import { StateWord, type Tone } from '../../components/marks.tsx';
import { backlogSentence, formatCount } from '../../language/backlog-words.ts';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import classes from './backlog.module.css';

const TONES: Readonly<Record<BacklogProgress['state'], Tone>> = { reached: 'good', open: 'busy', overdue: 'wrong' };

export function ProgressBar({
  progress,
  targetDate,
  name,
}: {
  readonly progress: BacklogProgress;
  readonly targetDate: string;
  readonly name: string;
}): ReactNode {
  const words = useWords();
  const { done, target, total, composing, signed, recentPerDay, state } = progress;
  const percent = total === 0 ? 0 : Math.round((done * 1_000) / total) / 10;
  const facts = [
    fill(words.backlog.numbers, {
      done: formatCount(done),
      target: formatCount(target),
      percent: formatCount(percent),
      total: formatCount(total),
    }),
    ...(composing > 0 ? [fill(words.backlog.composing, { count: formatCount(composing) })] : []),
    ...(signed > 0 ? [fill(words.backlog.signed, { count: formatCount(signed) })] : []),
  ];
  return (
    <div className={classes['progress']} data-testid="series-progress" data-state={state}>
      <progress value={Math.min(done, target)} max={Math.max(1, target)} aria-label={name} />
      <p>{facts.join(' · ')}</p>
      <p>
        <StateWord tone={TONES[state]}>{backlogSentence(progress, targetDate, words.backlogProgress)}</StateWord>
      </p>
      {recentPerDay === null || recentPerDay === 0 ? null : (
        <p className="muted">{fill(words.backlog.recent, { count: formatCount(recentPerDay) })}</p>
      )}
    </div>
  );
}
