/**
 * @file What a web page wants, asked in a window of our own: which page, which task, which files, what will be stamped. No
 * PIN is typed here, so that a stranger's PDF is never drawn in the document that takes it.
 */
import { Loader } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { WebPageQuestion } from '../../../preload/types.ts';
import { ask } from '../../app/bridge.ts';
import { Empty } from '../../components/marks.tsx';
import { fill, wordFor } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { AnswerForm } from './answer-form.tsx';
import { QuestionFiles } from './question-files.tsx';
import classes from './question.module.css';

export function Question(): ReactNode {
  const words = useWords();
  const [question, setQuestion] = useState<WebPageQuestion | null | undefined>(undefined);

  useEffect(() => {
    void ask('question.current', {}).then((answer) => setQuestion(answer.ok ? answer.value : null));
  }, []);

  if (question === undefined)
    return (
      <main className={classes['page']}>
        <Loader aria-label={words.app.loading} />
      </main>
    );
  if (question === null)
    return (
      <main className={classes['page']}>
        <h1 className="visually-hidden">{words.question.title}</h1>
        <Empty>{words.question.noRequest}</Empty>
      </main>
    );
  return (
    <main className={classes['page']} data-testid={`question-${question.kind}`}>
      <h1>{titleOf(question, words)}</h1>
      <Meaning question={question} />
      <dl className={classes['facts']}>
        <dt>{words.question.origin}</dt>
        <dd className={classes['origin']} data-testid="question-origin">
          {question.origin}
        </dd>
        <dt>{words.question.operation}</dt>
        <dd>{wordFor(words.webOperations, question.operation)}</dd>
        {question.text === null ? null : (
          <>
            <dt>{question.kind === 'hash' ? words.question.digest : words.question.text}</dt>
            <dd className="code">{question.text}</dd>
          </>
        )}
        {question.kind === 'documents' ? (
          <>
            <dt>{words.question.marks}</dt>
            <dd data-testid="question-marks">
              {question.marks.length === 0
                ? words.question.noMarks
                : question.marks.map((mark) => <div key={mark}>{mark}</div>)}
            </dd>
          </>
        ) : null}
      </dl>
      {question.documents.length === 0 ? null : <QuestionFiles documents={question.documents} />}
      <AnswerForm question={question} />
    </main>
  );
}

type Words = ReturnType<typeof useWords>;

function titleOf({ kind, operation, documents }: WebPageQuestion, words: Words): string {
  if (kind !== 'documents') return words.question[kind];
  const name = wordFor(words.webOperations, operation);
  return fill(words.question.documents, { operation: name, count: documents.length });
}

function Meaning({ question: { kind } }: { readonly question: WebPageQuestion }): ReactNode {
  const words = useWords();
  if (kind === 'consent') return <p>{words.question.consentMeans}</p>;
  if (kind !== 'hash' && kind !== 'challenge') return null;
  return (
    <p className={classes['warning']} role="alert">
      <IconAlertTriangle size="1.25rem" aria-hidden />
      <span>{kind === 'hash' ? words.question.hashMeans : words.question.challengeMeans}</span>
    </p>
  );
}
