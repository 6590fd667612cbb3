/** @file How far a signed result came on its way to a time-stamp and long-term validation data: one quiet line. */
import type { ReactNode } from 'react';
import { asErrorCode } from '../../../preload/error-codes.ts';
import type { DossierDocument } from '../../../preload/types.ts';
import { StateWord } from '../../components/marks.tsx';
import { useErrorSentences, useWords } from '../../state/session.ts';
import { describeStamping } from './describe-stamping.ts';

export function StampState({ document }: { readonly document: DossierDocument }): ReactNode {
  const words = useWords();
  const sentences = useErrorSentences();
  const { stamping } = document;
  if (stamping === null) return null;
  const reason = stamping.code === null ? '' : sentences[asErrorCode(stamping.code)].what;
  const { tone, text } = describeStamping(document, stamping, words.documents.stamping, reason);
  return (
    <StateWord tone={tone} testId={`stamping-${document.id}`}>
      {text}
    </StateWord>
  );
}
