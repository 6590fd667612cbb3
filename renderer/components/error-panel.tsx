/** @file A failure in three sentences with a button for the third; technical detail folds open and can be copied. */
import { Button, Group } from '@mantine/core';
import { IconAlertTriangle, IconCopy } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { dismissFailure, useFailures, type ShownFailure } from '../state/failures.ts';
import { useErrorSentences, useWords } from '../state/session.ts';
import { openPanel } from '../state/desk.ts';
import { checkDevices } from '../state/lists.ts';
import { Dialog } from './dialog.tsx';
import classes from './error-panel.module.css';

export function ErrorPanel(): ReactNode {
  const shown = useFailures((view) => view.shown);
  const words = useWords();
  return (
    <Dialog isOpen={shown !== null} onClose={dismissFailure} title={words.errors.title} size="32rem">
      {shown === null ? null : <FailureText failure={shown} />}
    </Dialog>
  );
}

const DEVICE_CODES = /^(scanner|token|certificate)-/;

function FailureText({ failure }: { readonly failure: ShownFailure }): ReactNode {
  const words = useWords();
  const sentences = useErrorSentences()[failure.code];
  return (
    <div data-testid="failure" data-code={failure.code}>
      <FailureSentences failure={failure} />
      <Group mt="md" gap="sm" justify="flex-end">
        {DEVICE_CODES.test(failure.code) ? (
          <Button
            variant="default"
            onClick={() => {
              dismissFailure();
              openPanel('devices');
              void checkDevices();
            }}
          >
            {words.errors.checkDevices}
          </Button>
        ) : null}
        {failure.retry === null ? null : (
          <Button variant="default" onClick={dismissFailure}>
            {words.app.close}
          </Button>
        )}
        <Button
          data-autofocus
          aria-description={sentences.next}
          onClick={() => {
            dismissFailure();
            failure.retry?.();
          }}
        >
          {failure.retry === null ? words.app.close : words.app.retry}
        </Button>
      </Group>
    </div>
  );
}

/** The three sentences and the detail; the confirmation and sign-in windows show them in place. */
export function FailureSentences({ failure }: { readonly failure: Pick<ShownFailure, 'code' | 'detail'> }): ReactNode {
  const words = useWords();
  const sentences = useErrorSentences()[failure.code];
  const [isCopied, setIsCopied] = useState(false);
  const technical = `${failure.code}${failure.detail === null ? '' : `: ${failure.detail}`}`;
  return (
    <>
      <dl className={classes['sentences']}>
        <dt>{words.errors.what}</dt>
        <dd className={classes['what']}>
          <IconAlertTriangle size="1.1em" aria-hidden /> {sentences.what}
        </dd>
        <dt>{words.errors.safe}</dt>
        <dd>{sentences.safe}</dd>
        <dt>{words.errors.next}</dt>
        <dd>{sentences.next}</dd>
      </dl>
      <details className={classes['detail']}>
        <summary>{words.errors.detail}</summary>
        <pre tabIndex={0} aria-label={words.errors.detail}>
          {technical}
        </pre>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconCopy size={16} aria-hidden />}
          onClick={() => void navigator.clipboard.writeText(technical).then(() => setIsCopied(true))}
        >
          {isCopied ? words.app.copied : words.errors.copyDetail}
        </Button>
      </details>
    </>
  );
}
