/** @file What the token says of its PIN, before the box to type it in: tries left, how to unlock, a PIN that wants changing. */
import { IconAlertTriangle, IconInfoCircle, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { commonName } from '../../../preload/certificate-name.ts';
import type { SigningRequest } from '../../../preload/types.ts';
import { foldText } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { useWords } from '../../state/session.ts';
import classes from './confirm.module.css';

/** In the names of the authorities that serve public offices (Cục Chứng thực số và Bảo mật thông tin). */
const GOVERNMENT = /ban co yeu|chuyen dung chinh phu|chung thuc so chuyen dung/;

export function TriesNotice({ request }: { readonly request: SigningRequest }): ReactNode {
  const words = useWords();
  const { token } = request;
  const text = {
    ok: words.confirm.triesOk,
    low: words.confirm.low,
    final: words.confirm.final,
    locked: words.confirm.locked,
    unknown: words.confirm.unknownTries,
  }[token.tries];
  const Icon = {
    ok: IconInfoCircle,
    unknown: IconInfoCircle,
    low: IconAlertTriangle,
    final: IconAlertTriangle,
    locked: IconLock,
  }[token.tries];
  return (
    <>
      <p className={classes['tries']} data-tries={token.tries} data-testid="confirm-tries" role="status">
        <Icon size="1.25rem" aria-hidden />
        <span>
          {text}
          {token.tries === 'locked' ? <UnlockAdvice request={request} /> : null}
        </span>
      </p>
      {token.mustChangePin && token.tries !== 'locked' ? (
        <p className={classes['tries']} data-tries="low" data-testid="confirm-change-pin">
          <IconAlertTriangle size="1.25rem" aria-hidden />
          <span>{words.confirm.mustChangePin}</span>
        </p>
      ) : null}
    </>
  );
}

/** Which office unlocks it: that of the certificate's issuer. */
function UnlockAdvice({ request }: { readonly request: SigningRequest }): ReactNode {
  const words = useWords();
  const certificate = request.token.certificates.find((one) => one.id === request.certificateId);
  if (certificate === undefined) return null;
  const isGovernment = GOVERNMENT.test(foldText(certificate.issuer));
  return (
    <span className={classes['unlock']} data-testid="confirm-unlock">
      {isGovernment
        ? words.confirm.unlockGovernment
        : fill(words.confirm.unlockIssuer, { issuer: commonName(certificate.issuer) })}
    </span>
  );
}
