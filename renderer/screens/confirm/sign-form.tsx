/** @file The way to sign: the PIN typed here or on the device, once or twice, or not at all when the token is locked. */
import { Button, Group } from '@mantine/core';
import { useRef, useState, type FormEvent, type ReactNode } from 'react';
import type { Refusal } from '../../../preload/result.ts';
import type { SigningRequest } from '../../../preload/types.ts';
import { ask } from '../../app/bridge.ts';
import { Key } from '../../components/marks.tsx';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { PinBox } from './pin-box.tsx';
import { TriesNotice } from './tries-notice.tsx';
import classes from './confirm.module.css';

interface SignFormProps {
  readonly request: SigningRequest;
  readonly onFailure: (failure: Refusal | null) => void;
  readonly onAskAgain: () => Promise<void>;
}

export function SignForm({ request, onFailure, onAskAgain }: SignFormProps): ReactNode {
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
      <TriesNotice request={request} />
      {token.asksPinPerSignature && !isLocked ? (
        <p className="muted" data-testid="confirm-each">
          {fill(token.hasProtectedPath ? words.confirm.eachOnDevice : words.confirm.eachSignature, {
            count: request.documents.length,
          })}
        </p>
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
