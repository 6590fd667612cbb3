/** @file The files a page wants signed: names, sizes, digests, and the pages of the one chosen. */
import { useState, type ReactNode } from 'react';
import type { WebPageQuestion } from '../../../preload/types.ts';
import { PdfPages } from '../../components/pdf-pages.tsx';
import { formatBytes } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import classes from './question.module.css';

export function QuestionFiles({ documents }: { readonly documents: WebPageQuestion['documents'] }): ReactNode {
  const words = useWords();
  const [shownId, setShownId] = useState(documents[0]?.documentId);
  const shown = documents.find((document) => document.documentId === shownId);
  return (
    <section className={classes['what']} aria-label={words.question.files}>
      <ol className={classes['files']}>
        {documents.map(({ documentId, title, pageCount, sizeBytes, sha256 }) => (
          <li key={documentId}>
            <button
              type="button"
              aria-pressed={documentId === shownId}
              onClick={() => setShownId(documentId)}
              data-testid="question-file"
            >
              <strong>{title}</strong>
              <span className="muted">
                {fill(words.question.file, { pages: pageCount, size: formatBytes(sizeBytes) })}
              </span>
              <span className={classes['sha256']}>
                {fill(words.question.sha256, { value: sha256.replaceAll(/(.{8})(?=.)/g, '$1 ') })}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {/* Scrolls; it takes the focus so that the keyboard can scroll it. */}
      <div className={classes['preview']} tabIndex={0} role="region" aria-label={shown?.title ?? words.question.files}>
        {shown === undefined ? null : <PdfPages blobId={shown.blobId} title={shown.title} zoom={1} />}
      </div>
    </section>
  );
}
