/** @file A sealed dossier's PDFs: receipt, signed copies, results; each opens on the right. */
import { Button } from '@mantine/core';
import { IconFileCertificate, IconFileText, IconPaperclip, IconReceipt } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Dossier, DossierDocument } from '../../../preload/types.ts';
import { StateWord } from '../../components/marks.tsx';
import { formatBytes, formatDateTime } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { attachResult, useAttachment } from '../../state/attachment.ts';
import { showDocument, useDesk } from '../../state/desk.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import { verifyDocument } from '../../state/verification.ts';
import { AttachmentDialog } from './attachment-dialog.tsx';
import classes from './dossier.module.css';
import { StampState } from './stamp-state.tsx';

const ICONS = { component: IconFileText, receipt: IconReceipt, result: IconFileCertificate } as const;
const CAN_HAVE_RESULT = ['received', 'processing'];

export function DocumentsSection({ dossier }: { readonly dossier: Dossier }): ReactNode {
  const words = useWords();
  const isCounter = useHasRole('counter');
  const isSigner = useHasRole('signer');
  const isReading = useAttachment((view) => view.isReading);
  const hasResult = dossier.documents.some((document) => document.kind === 'result');
  return (
    <section className={classes['section']} aria-labelledby="documents-title">
      <div className={classes['documentsHead']}>
        <h3 id="documents-title">{words.documents.title}</h3>
        {(isCounter || isSigner) && CAN_HAVE_RESULT.includes(dossier.state) ? (
          <Button
            size="compact-md"
            variant="default"
            leftSection={<IconPaperclip size="1.125rem" stroke={1.5} aria-hidden />}
            onClick={() => void attachResult(dossier.id)}
            loading={isReading}
            aria-busy={isReading}
            data-testid="attach-result"
          >
            {words.documents.attachResult}
          </Button>
        ) : null}
      </div>
      <div className={classes['body']}>
        <ul className={classes['documents']}>
          {dossier.documents.map((document) => (
            <DocumentRow key={document.id} document={document} />
          ))}
        </ul>
        <p role="status" className={classes['source']}>
          {isReading ? words.documents.reading : ''}
        </p>
        {hasResult ? null : <p className={classes['source']}>{words.documents.noResult}</p>}
      </div>
      <AttachmentDialog />
    </section>
  );
}

function DocumentRow({ document }: { readonly document: DossierDocument }): ReactNode {
  const words = useWords();
  const isShown = useDesk((view) => view.shown?.kind === 'document' && view.shown.documentId === document.id);
  const Icon = ICONS[document.kind];
  const signature = document.signatures.at(-1);
  return (
    <li>
      <button
        type="button"
        aria-pressed={isShown}
        onClick={() => showDocument(document.id)}
        data-testid={`document-${document.kind}-${document.id}`}
      >
        <Icon size="1.5rem" stroke={1.5} aria-hidden />
        <span>
          <span>
            <strong>{document.title}</strong> <span className="muted">({words.documents[document.kind]})</span>
          </span>
          <span className={classes['source']}>
            {fill(words.documents.size, { pages: document.pageCount, size: formatBytes(document.sizeBytes) })}
          </span>
          {signature === undefined ? (
            document.kind === 'receipt' ? null : (
              <StateWord tone="quiet">{words.documents.unsigned}</StateWord>
            )
          ) : (
            <StateWord tone="good">
              {fill(words.documents.signedBy, { name: signature.signerName, time: formatDateTime(signature.signedAt) })}
            </StateWord>
          )}
          <StampState document={document} />
        </span>
      </button>
      {signature === undefined ? null : (
        <Button
          size="compact-sm"
          variant="transparent"
          className={classes['check']}
          onClick={() => void verifyDocument(document.id)}
          data-testid={`verify-${document.id}`}
        >
          {words.verification.check}
        </Button>
      )}
    </li>
  );
}
