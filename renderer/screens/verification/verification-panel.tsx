/** @file Who signed a file, what happened to it afterwards, and what nobody could check; one verdict first, in words. */
import { Button, Group, PasswordInput } from '@mantine/core';
import { IconDownload, IconFileSearch } from '@tabler/icons-react';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { SignatureVerdict, VerificationReport, VerifiedSignature } from '../../../preload/types.ts';
import { StateWord, type Tone } from '../../components/marks.tsx';
import { formatDateTime } from '../../language/format.ts';
import { wordFor, fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import { saveReport, useVerification, verifyFile } from '../../state/verification.ts';
import classes from './verification.module.css';

const TONES: Readonly<Record<SignatureVerdict, Tone>> = {
  valid: 'good',
  altered: 'wrong',
  broken: 'wrong',
  untrusted: 'wrong',
  indeterminate: 'warn',
  unreadable: 'wrong',
  unsigned: 'quiet',
};

export function VerificationPanel(): ReactNode {
  const words = useWords();
  const { isChecking, needsPassword, report } = useVerification();
  return (
    <div className={classes['panel']}>
      {report === null && !needsPassword && !isChecking ? <p>{words.verification.introduction}</p> : null}
      <Group gap="sm">
        <Button
          variant={report === null ? 'filled' : 'default'}
          leftSection={<IconFileSearch size="1.125rem" stroke={1.5} aria-hidden />}
          loading={isChecking}
          onClick={() => void verifyFile()}
          data-testid="verify-choose"
        >
          {report === null ? words.verification.choose : words.verification.again}
        </Button>
        {report === null ? null : (
          <Button
            variant="default"
            leftSection={<IconDownload size="1.125rem" stroke={1.5} aria-hidden />}
            onClick={() => void saveReport()}
            data-testid="verify-save"
          >
            {words.verification.save}
          </Button>
        )}
      </Group>
      <p role="status">{isChecking ? words.verification.checking : ''}</p>
      {needsPassword ? <PasswordQuestion /> : null}
      {report === null || isChecking ? null : <Report report={report} />}
    </div>
  );
}

function PasswordQuestion(): ReactNode {
  const words = useWords();
  const [password, setPassword] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (password !== '') void verifyFile(password);
    setPassword('');
  };
  return (
    <form onSubmit={submit} className={classes['panel']}>
      <p>{words.verification.passwordNeeded}</p>
      <PasswordInput
        label={words.verification.password}
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        data-autofocus
        data-testid="verify-password"
      />
      <Group>
        <Button type="submit">{words.verification.openWithPassword}</Button>
      </Group>
    </form>
  );
}

function Report({ report }: { readonly report: VerificationReport }): ReactNode {
  const words = useWords();
  return (
    <article aria-label={report.fileName} className={classes['panel']} data-testid="verify-report">
      <h3 className={classes['verdict']}>
        <StateWord tone={TONES[report.verdict]} testId="verify-verdict">
          {words.verificationVerdicts[report.verdict]}
        </StateWord>
      </h3>
      <p className={classes['file']}>{report.fileName}</p>
      {report.statements
        .filter((statement) => statement !== `${words.verificationVerdicts[report.verdict]}.`)
        .map((statement) => (
          <p key={statement}>{statement}</p>
        ))}
      {report.signatures.length === 0 ? null : (
        <ol className={classes['signatures']} aria-label={words.verification.signatures}>
          {report.signatures.map((signature) => (
            <Signature key={signature.field} signature={signature} />
          ))}
        </ol>
      )}
      <p className="muted">{fill(words.verification.checkedAt, { time: formatDateTime(report.checkedAt) })}</p>
      <p className={`muted ${classes['fingerprint']}`}>
        {fill(words.verification.fingerprint, { fingerprint: report.sha256 })}
      </p>
    </article>
  );
}

function Signature({ signature }: { readonly signature: VerifiedSignature }): ReactNode {
  const words = useWords();
  return (
    <li>
      <div className={classes['head']}>
        <strong>{signature.signer ?? words.verification.unknownSigner}</strong>
        <StateWord tone={TONES[signature.verdict]}>{words.verificationVerdicts[signature.verdict]}</StateWord>
      </div>
      <p className="muted">
        {words.verificationKinds[signature.kind]}
        {signature.organisation === null ? '' : ` · ${signature.organisation}`}
        {signature.signedAt === null ? '' : ` · ${formatDateTime(signature.signedAt)}`}
        {signature.kind === 'time-stamp' ? '' : ` · ${wordFor(words.verificationLevels, signature.level)}`}
      </p>
      {signature.isRevocationKnown ? null : <StateWord tone="warn">{words.verification.revocationUnknown}</StateWord>}
      {/* What is wrong is read at once; the particulars of what is right wait until somebody asks. */}
      <details open={signature.verdict !== 'valid'}>
        <summary>{words.verification.particulars}</summary>
        <ul>
          {signature.statements.map((statement) => (
            <li key={statement}>{statement}</li>
          ))}
        </ul>
      </details>
    </li>
  );
}
