/**
 * @file The small window before a signature: exactly what will be signed, by which key, and how many tries the PIN has
 * left. Its own document, so that nothing on the desk can reach the PIN.
 */
import { Button, Group, Loader } from '@mantine/core';
import { IconAlertTriangle, IconFileText, IconLock } from '@tabler/icons-react';
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { Refusal } from '../../../preload/result.ts';
import type { SigningRequest, TokenInfo } from '../../../preload/types.ts';
import { commonName } from '../../../preload/certificate-name.ts';
import { ask } from '../../app/bridge.ts';
import { FailureSentences } from '../../components/error-panel.tsx';
import { Empty, Key } from '../../components/marks.tsx';
import { formatDay } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { PinBox } from './pin-box.tsx';
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
        {fill(request.purpose === 'results' ? words.confirm.results : words.confirm.digitised, {
          count: request.documents.length,
        })}
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
                {fill(words.confirm.pages, { count: document.pageCount })}
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

interface FormProps {
  readonly request: SigningRequest;
  readonly onFailure: (failure: Refusal | null) => void;
  readonly onAskAgain: () => Promise<void>;
}

function TriesWarning({ token }: { readonly token: TokenInfo }): ReactNode {
  const words = useWords();
  const text = {
    ok: null,
    low: words.confirm.low,
    final: words.confirm.final,
    locked: words.confirm.locked,
    unknown: words.confirm.unknownTries,
  }[token.tries];
  if (text === null) return null;
  const Icon = token.tries === 'locked' ? IconLock : IconAlertTriangle;
  return (
    <p className={classes['tries']} data-tries={token.tries} data-testid="confirm-tries" role="status">
      {token.tries === 'unknown' ? null : <Icon size="1.25rem" aria-hidden />}
      <span>{text}</span>
    </p>
  );
}

function SignForm({ request, onFailure, onAskAgain }: FormProps): ReactNode {
  const words = useWords();
  const { token } = request;
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [isSigning, setIsSigning] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const mustRetype = token.tries === 'final';
  const isLocked = token.tries === 'locked';
  const length = new TextEncoder().encode(pin).length;
  const fits = length >= token.minPinLength && length <= token.maxPinLength;
  const canSign = !isLocked && (token.hasProtectedPath || (fits && (!mustRetype || again === pin)));

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!canSign || isSigning) return;
    setIsSigning(true);
    onFailure(null);
    const answer = await ask('confirm.submit', {
      requestId: request.requestId,
      pin: token.hasProtectedPath ? '' : pin,
    });
    setPin('');
    setAgain('');
    setIsSigning(false);
    if (answer.ok) return;
    onFailure(answer);
    await onAskAgain();
    form.current?.querySelector('input')?.focus();
  }

  return (
    <form ref={form} onSubmit={(event) => void submit(event)} className={classes['form']}>
      <TriesWarning token={token} />
      {token.asksPinPerSignature && request.documents.length > 1 ? (
        <p className="muted">{words.confirm.eachSignature}</p>
      ) : null}
      {isLocked ? null : token.hasProtectedPath ? (
        <p data-testid="confirm-protected">{words.confirm.protectedPath}</p>
      ) : (
        <>
          <PinBox label={words.confirm.pin} testId="confirm-pin" value={pin} onChange={setPin} token={token} isFirst />
          {mustRetype ? (
            <PinBox
              label={words.confirm.pinAgain}
              testId="confirm-pin-again"
              value={again}
              onChange={setAgain}
              token={token}
              mismatch={again !== '' && !pin.startsWith(again)}
            />
          ) : null}
        </>
      )}
      <Group justify="space-between" align="center">
        <span className="muted">{isLocked ? null : words.confirm.keys}</span>
        <Group gap="sm">
          <Button
            variant="default"
            size="md"
            onClick={() => void ask('confirm.cancel', { requestId: request.requestId })}
            rightSection={<Key>Esc</Key>}
            data-testid="confirm-cancel"
            autoFocus={isLocked}
          >
            {words.app.cancel}
          </Button>
          {isLocked ? null : (
            <Button
              type="submit"
              size="md"
              disabled={!canSign}
              loading={isSigning}
              rightSection={<Key>Enter</Key>}
              data-testid="confirm-submit"
              autoFocus={token.hasProtectedPath}
            >
              {words.confirm.sign}
            </Button>
          )}
        </Group>
      </Group>
      <span className="visually-hidden" role="status">
        {isSigning ? words.confirm.signing : ''}
      </span>
    </form>
  );
}
