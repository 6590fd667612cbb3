/** @file How far a signed result came on its way to a time-stamp and long-term validation data: one quiet line. */
import type { ReactNode } from 'react';
import { asErrorCode } from '../../../preload/error-codes.ts';
import type { DossierDocument } from '../../../preload/types.ts';
import { StateWord, type Tone } from '../../components/marks.tsx';
import { fill, type Words } from '../../language/words.ts';
import { useErrorSentences, useWords } from '../../state/session.ts';

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

/** The signature counts whatever becomes of its time-stamp: nothing here is worse than a warning. */
export function describeStamping(
  document: Pick<DossierDocument, 'signatures'>,
  stamping: NonNullable<DossierDocument['stamping']>,
  words: Words['documents']['stamping'],
  reason: string,
): { readonly tone: Tone; readonly text: string } {
  const isStamped = document.signatures.some(({ level }) => level !== 'B-B');
  switch (stamping.state) {
    case 'reached':
      return { tone: 'good', text: stamping.level === 'B-T' ? words.stamped : words.longTerm };
    case 'failed':
      return { tone: 'warn', text: fill(isStamped ? words.failedLongTerm : words.failed, { reason }) };
    case 'working':
      return { tone: 'busy', text: words.working };
    case 'waiting':
      if (stamping.code === null) return { tone: 'busy', text: words.waiting };
      return { tone: 'busy', text: fill(isStamped ? words.notYetLongTerm : words.notYet, { reason }) };
  }
}
