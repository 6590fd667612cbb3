/** @file What came of the last batch: each result signed, failed or not reached, in words. */
import type { ReactNode } from 'react';
import { asErrorCode } from '../../../preload/error-codes.ts';
import { StateWord } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { useResults } from '../../state/lists.ts';
import { useErrorSentences, useWords } from '../../state/session.ts';
import classes from './signing.module.css';

const TONES = { signed: 'good', failed: 'wrong', 'not-tried': 'quiet' } as const;

export function Outcomes(): ReactNode {
  const words = useWords();
  const sentences = useErrorSentences();
  const outcomes = useResults((view) => view.outcomes);
  if (outcomes.length === 0) return null;
  const state = {
    signed: words.signing.outcomeSigned,
    failed: words.signing.outcomeFailed,
    'not-tried': words.signing.outcomeNotTried,
  };
  const signed = outcomes.filter((outcome) => outcome.state === 'signed').length;
  return (
    <section className={classes['outcomes']} aria-labelledby="outcomes-title">
      <h3 id="outcomes-title">{words.signing.outcomes}</h3>
      <p role="status" data-testid="outcomes-summary">
        {fill(words.signing.summary, { signed, rest: outcomes.length - signed })}
      </p>
      <ul tabIndex={0} aria-labelledby="outcomes-title">
        {outcomes.map((outcome) => (
          <li key={outcome.documentId}>
            <span>{outcome.title}</span>
            <StateWord tone={TONES[outcome.state]}>
              {state[outcome.state]}
              {outcome.code === null ? '' : `: ${sentences[asErrorCode(outcome.code)].what}`}
            </StateWord>
          </li>
        ))}
      </ul>
    </section>
  );
}
