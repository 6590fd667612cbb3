/** @file What came of the last batch: each result signed, failed or not reached, in words, and the way to take up the rest. */
import { Button } from '@mantine/core';
import { IconWritingSign } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asErrorCode } from '../../../preload/error-codes.ts';
import { StateWord } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { signingKeys, signResults, unsignedResults } from '../../state/actions.ts';
import { useDevices, useResults } from '../../state/lists.ts';
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
      <Resume />
    </section>
  );
}

/** After a removal the rest waits for the token; it takes a new PIN. */
function Resume(): ReactNode {
  const words = useWords();
  const tokens = useDevices((view) => view.tokens);
  const isSigning = useResults((view) => view.isSigning);
  useResults((view) => view.waiting);
  const remaining = unsignedResults();
  if (remaining.length === 0 || isSigning) return null;
  const count = remaining.length;
  if (signingKeys(tokens ?? []).length === 0)
    return (
      <p role="status" data-testid="results-wait-token">
        {fill(words.signing.resumeWaits, { count })}
      </p>
    );
  return (
    <Button
      variant="default"
      leftSection={<IconWritingSign size="1.25rem" stroke={1.5} aria-hidden />}
      onClick={() => void signResults(remaining)}
      data-testid="results-resume"
    >
      {fill(words.signing.resume, { count })}
    </Button>
  );
}
