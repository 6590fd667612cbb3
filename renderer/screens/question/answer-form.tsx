/** @file The answer: which key, what to write, yes or no. */
import { Button, Group, NativeSelect, Textarea } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { commonName } from '../../../preload/certificate-name.ts';
import type { SigningKeyChoice, WebPageQuestion } from '../../../preload/types.ts';
import { ask } from '../../app/bridge.ts';
import { Key } from '../../components/marks.tsx';
import { formatDay } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import classes from './question.module.css';

type Decision = 'refuse' | 'once' | 'remember';

/** The window comes up by itself: a key or click that was meant for something else must not answer it. */
const THINKING_MS = 700;

export function AnswerForm({ question }: { readonly question: WebPageQuestion }): ReactNode {
  const words = useWords();
  const { questionId, kind, keys, rememberDays, waiting, asksComment } = question;
  const [keyAt, setKeyAt] = useState(0);
  const [comment, setComment] = useState('');
  const [isReady, setIsReady] = useState(false);
  const [isAnswered, setIsAnswered] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setIsReady(true), THINKING_MS);
    return () => clearTimeout(timer);
  }, []);

  async function answer(decision: Decision): Promise<void> {
    if (isAnswered) return;
    setIsAnswered(true);
    const key = keys[keyAt];
    await ask('question.answer', {
      questionId,
      decision,
      key: key === undefined ? null : { tokenId: key.tokenId, certificateId: key.certificateId },
      comment: asksComment && comment.trim() !== '' ? comment.trim() : null,
    });
  }

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key === 'Escape' && !event.isComposing) void answer('refuse');
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  });

  const isDisabled = !isReady || isAnswered;
  return (
    <>
      {asksComment ? (
        <Textarea
          label={words.question.comment}
          description={words.question.commentHint}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
          maxLength={1_000}
          minRows={2}
          data-testid="question-comment"
        />
      ) : null}
      {keys.length === 0 ? null : (
        <NativeSelect
          label={words.question.key}
          value={String(keyAt)}
          onChange={(event) => setKeyAt(Number(event.currentTarget.value))}
          data={keys.map((key, index) => ({ value: String(index), label: labelOf(key) }))}
          data-testid="question-key"
        />
      )}
      <div className={classes['end']}>
        <span className="muted">
          {waiting > 0 ? fill(words.question.waiting, { count: waiting }) : words.question.keys}
        </span>
        <Group gap="sm">
          <Button
            variant="default"
            size="md"
            rightSection={<Key>Esc</Key>}
            onClick={() => void answer('refuse')}
            data-testid="question-refuse"
            autoFocus
          >
            {words.question.refuse}
          </Button>
          {kind === 'consent' ? (
            <Button
              size="md"
              variant="default"
              disabled={isDisabled}
              onClick={() => void answer('remember')}
              data-testid="question-remember"
            >
              {fill(words.question.remember, { days: rememberDays })}
            </Button>
          ) : null}
          <Button
            size="md"
            disabled={isDisabled}
            onClick={() => void answer('once')}
            data-testid="question-once"
            {...(kind === 'hash' ? { color: 'red.9' } : {})}
          >
            {kind === 'consent'
              ? words.question.once
              : kind === 'certificate'
                ? words.question.go
                : words.question.goToPin}
          </Button>
        </Group>
      </div>
    </>
  );
}

function labelOf({ subject, tokenLabel, notAfter }: SigningKeyChoice): string {
  return `${commonName(subject)} · ${tokenLabel} · ${formatDay(notAfter)}`;
}
