/** @file In the device check: how the port for web pages stands, which pages are allowed, and signed files still to be sent. */
import { Button, Group, Stack } from '@mantine/core';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import type { BridgeStatus, UnsentFile } from '../../../preload/types.ts';
import { ask, listen } from '../../app/bridge.ts';
import { tell } from '../../app/toast.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { StateWord } from '../../components/marks.tsx';
import { formatDateTime, formatDay } from '../../language/format.ts';
import { fill, wordFor } from '../../language/words.ts';
import { showFailure } from '../../state/failures.ts';
import { useWords } from '../../state/session.ts';
import classes from './bridge-part.module.css';

export function BridgePart(): ReactNode {
  const words = useWords();
  const [status, setStatus] = useState<BridgeStatus | null>(null);

  const load = useCallback(async (channel: 'bridge.status' | 'bridge.listen' = 'bridge.status'): Promise<void> => {
    const answer = await ask(channel, {});
    if (answer.ok) setStatus(answer.value);
  }, []);
  useEffect(() => {
    void load();
    return listen('bridge.changed', () => void load());
  }, [load]);

  if (status === null || (status.state === 'off' && status.unsent.length === 0)) return null;
  return (
    <section className={classes['part']} aria-labelledby="bridge-title" data-testid="bridge-part">
      <Stack gap="xs">
        <h3 id="bridge-title">{words.bridge.title}</h3>
        {status.unsent.length === 0 ? null : <Unsent files={status.unsent} />}
        <PortLine status={status} onOpenAgain={() => void load('bridge.listen')} />
        <Origins status={status} onChanged={() => void load()} />
      </Stack>
    </section>
  );
}

function PortLine({
  status,
  onOpenAgain,
}: {
  readonly status: BridgeStatus;
  readonly onOpenAgain: () => void;
}): ReactNode {
  const words = useWords();
  const port = status.port ?? 0;
  if (status.state === 'off') return null;
  if (status.state === 'listening')
    return (
      <span>
        <StateWord tone="good">{fill(words.bridge.listening, { port })}</StateWord>{' '}
        {status.certificate === null
          ? null
          : fill(words.bridge.certificateUntil, { date: formatDay(status.certificate.notAfter) })}
      </span>
    );
  return (
    <Group>
      <StateWord tone="warn">
        {status.state === 'port-taken' ? fill(words.bridge.portTaken, { port }) : words.bridge.failed}
      </StateWord>
      <Button variant="default" onClick={onOpenAgain} data-testid="bridge-listen">
        {words.bridge.openAgain}
      </Button>
    </Group>
  );
}

function Origins({ status, onChanged }: { readonly status: BridgeStatus; readonly onChanged: () => void }): ReactNode {
  const words = useWords();
  if (status.state === 'off') return null;
  async function forget(origin: string): Promise<void> {
    const answer = await ask('bridge.forget', { origin });
    if (answer.ok) onChanged();
    else showFailure(answer);
  }
  return (
    <div>
      <strong>{words.bridge.origins}</strong>
      {status.origins.length === 0 ? <div className="muted">{words.bridge.noOrigins}</div> : null}
      <ul className={classes['rows']}>
        {status.origins.map(({ origin, expiresAt }) => (
          <li key={origin}>
            <span className={classes['what']}>
              {origin}
              <span className="muted">
                {expiresAt === null
                  ? words.bridge.byAdministrator
                  : fill(words.bridge.until, { date: formatDay(expiresAt) })}
              </span>
            </span>
            {expiresAt === null ? null : (
              <Button
                variant="default"
                size="compact-md"
                aria-label={fill(words.bridge.forget, { origin })}
                onClick={() => void forget(origin)}
              >
                {words.bridge.forgetShort}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Unsent({ files }: { readonly files: readonly UnsentFile[] }): ReactNode {
  const words = useWords();
  const [discarding, setDiscarding] = useState<UnsentFile | null>(null);
  const [sendingId, setSendingId] = useState<string | null>(null);

  async function resend({ id, title }: UnsentFile): Promise<void> {
    setSendingId(id);
    const answer = await ask('bridge.resend', { id });
    setSendingId(null);
    if (answer.ok) tell(fill(words.bridge.sent, { title }));
    else showFailure(answer);
  }
  async function discard({ id }: UnsentFile): Promise<void> {
    setDiscarding(null);
    const answer = await ask('bridge.discard', { id });
    if (!answer.ok) showFailure(answer);
  }
  return (
    <div data-testid="bridge-unsent">
      <StateWord tone="warn">{fill(words.bridge.unsent, { count: files.length })}</StateWord>
      <div className="muted">{words.bridge.unsentMeans}</div>
      <ul className={classes['rows']}>
        {files.map((file) => (
          <li key={file.id} data-testid="bridge-unsent-file">
            <span className={classes['what']}>
              <strong>{file.title}</strong>
              {file.origin}
              <span className="muted">
                {fill(words.bridge.signedAt, {
                  operation: wordFor(words.webOperations, file.operation),
                  time: formatDateTime(file.signedAt),
                })}
                {file.detail === null ? '' : ` · ${file.detail}`}
              </span>
            </span>
            <Group gap="xs">
              <Button
                size="compact-md"
                loading={sendingId === file.id}
                aria-label={fill(words.bridge.resend, { title: file.title })}
                onClick={() => void resend(file)}
                data-testid="bridge-resend"
              >
                {words.bridge.resendShort}
              </Button>
              <Button
                size="compact-md"
                variant="default"
                aria-label={fill(words.bridge.discard, { title: file.title })}
                onClick={() => setDiscarding(file)}
              >
                {words.bridge.discardShort}
              </Button>
            </Group>
          </li>
        ))}
      </ul>
      <Dialog
        isOpen={discarding !== null}
        onClose={() => setDiscarding(null)}
        title={words.bridge.discardSure}
        size="28rem"
      >
        <p>{words.bridge.discardMeans}</p>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={() => setDiscarding(null)} data-autofocus>
            {words.app.cancel}
          </Button>
          <Button color="red.9" onClick={() => discarding !== null && void discard(discarding)}>
            {words.bridge.discardShort}
          </Button>
        </Group>
      </Dialog>
    </div>
  );
}
