/** @file The words for how far a signed result came on its way to a time-stamp. */
import type { DossierDocument } from '../../../preload/types.ts';
import { fill, type Words } from '../../language/words.ts';

/** The signature counts whatever becomes of its time-stamp: nothing here is worse than a warning. */
export function describeStamping(
  document: Pick<DossierDocument, 'signatures'>,
  stamping: NonNullable<DossierDocument['stamping']>,
  words: Words['documents']['stamping'],
  reason: string,
): { readonly tone: 'good' | 'warn' | 'busy'; readonly text: string } {
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
