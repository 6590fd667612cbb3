/**
 * @file The small window before a signature: exactly what will be signed, by which key, and how many tries the PIN has
 * left. Its own document, so that nothing on the desk can reach the PIN.
 */
import { Loader } from '@mantine/core';
import { IconAlertTriangle, IconFileText } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { Refusal } from '../../../preload/result.ts';
import type { SigningRequest } from '../../../preload/types.ts';
import { commonName } from '../../../preload/certificate-name.ts';
import { ask } from '../../app/bridge.ts';
import { FailureSentences } from '../../components/error-panel.tsx';
import { Empty } from '../../components/marks.tsx';
import { formatDay } from '../../language/format.ts';
import { fill, wordFor } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { SignForm } from './sign-form.tsx';
import classes from './confirm.module.css';

export function Confirm(): ReactNode {
  const words = useWords();
  const [request, setRequest] = useState<SigningRequest | null | undefined>(undefined);
  const [failure, setFailure] = useState<Refusal | null>(null);

  async function load(): Promise<void> {
    const answer = await ask('confirm.request', {});
    setRequest(answer.ok ? answer.value : null);
  }
  useEffect(() => void load(), []);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key === 'Escape' && !event.isComposing && request)
        void ask('confirm.cancel', { requestId: request.requestId });
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [request]);

  if (request === undefined)
    return (
      <main className={classes['page']}>
        <Loader aria-label={words.app.loading} />
      </main>
    );
  if (request === null)
    return (
      <main className={classes['page']}>
        <h1 className="visually-hidden">{words.confirm.title}</h1>
        <Empty>{words.confirm.noRequest}</Empty>
      </main>
    );
  return (
    <main className={classes['page']}>
      <h1>
        {fill(
          {
            results: words.confirm.results,
            'digitised-copies': words.confirm.digitised,
            'web-page': words.confirm.webPage,
          }[request.purpose],
          { count: request.documents.length },
        )}
      </h1>
      <p className={classes['irreversible']}>
        <IconAlertTriangle size="1.1em" aria-hidden /> {words.confirm.cannotUndo}
      </p>
      <DocumentList request={request} />
      <KeyFacts request={request} />
      {failure === null ? null : (
        <div role="alert" className={classes['failure']} data-testid="confirm-failure" data-code={failure.code}>
          <FailureSentences failure={{ code: failure.code, detail: failure.detail ?? null }} />
        </div>
      )}
      <SignForm request={request} onFailure={setFailure} onAskAgain={load} />
    </main>
  );
}

function DocumentList({ request }: { readonly request: SigningRequest }): ReactNode {
  const words = useWords();
  return (
    <section className={classes['what']} aria-labelledby="what-is-signed">
      <h2 id="what-is-signed">{words.confirm.documents}</h2>
      {/* A long list scrolls; it takes the focus so that the keyboard can scroll it. */}
      <ol className={classes['documents']} tabIndex={0} aria-labelledby="what-is-signed">
        {request.documents.map((document) => (
          <li key={document.documentId} data-testid={`confirm-document-${document.documentId}`}>
            <IconFileText size="1.25rem" stroke={1.5} aria-hidden />
            <span>
              <strong>{document.title}</strong>
              <span className="muted">
                {document.dossierCode === null ? '' : `${document.dossierCode} · `}
                {document.pageCount === 0 ? '' : fill(words.confirm.pages, { count: document.pageCount })}
              </span>
              <span className={classes['fingerprint']}>
                {fill(words.confirm.fingerprint, { value: document.fingerprint.replaceAll(/(.{4})(?=.)/g, '$1 ') })}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function KeyFacts({ request }: { readonly request: SigningRequest }): ReactNode {
  const words = useWords();
  const { token } = request;
  return (
    <dl className={classes['facts']}>
      {request.webPage === undefined ? null : (
        <>
          <dt>{words.question.origin}</dt>
          <dd data-testid="confirm-origin">
            <strong>{request.webPage.origin}</strong>
          </dd>
          <dt>{words.question.operation}</dt>
          <dd>{wordFor(words.webOperations, request.webPage.operation)}</dd>
        </>
      )}
      <Signer request={request} />
      <dt>{words.confirm.token}</dt>
      <dd>
        {token.label}
        {token.isPractice ? <em>{words.confirm.practiceToken}</em> : null}
      </dd>
    </dl>
  );
}

/** Whose signature it will be, in one line; the rest of the certificate folds open. */
function Signer({ request }: { readonly request: SigningRequest }): ReactNode {
  const words = useWords();
  const certificate = request.token.certificates.find((one) => one.id === request.certificateId);
  if (certificate === undefined) return null;
  const name = commonName(certificate.subject);
  const isOwn = name.normalize('NFC').toLowerCase() === request.officerName.normalize('NFC').toLowerCase();
  return (
    <>
      <dt>{words.confirm.signer}</dt>
      <dd>
        <strong>{name}</strong>
        {isOwn ? null : <em>{fill(words.confirm.otherName, { name: request.officerName })}</em>}
        <details>
          <summary>{words.confirm.certificate}</summary>
          <dl className={classes['facts']}>
            <dt>{words.confirm.subject}</dt>
            <dd>{certificate.subject}</dd>
            <dt>{words.confirm.issuer}</dt>
            <dd>{certificate.issuer}</dd>
            <dt>{words.confirm.validTo}</dt>
            <dd className="code">{formatDay(certificate.notAfter)}</dd>
            <dt>{words.confirm.serial}</dt>
            <dd className={classes['serial']}>{certificate.serialNumber}</dd>
          </dl>
        </details>
      </dd>
    </>
  );
}
