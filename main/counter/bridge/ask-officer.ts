/** @file What has to be clear before a page's call goes on: who sits here, may this page ask, which key. */
import { randomUUID } from 'node:crypto';
import { commonName } from '../../../preload/certificate-name.ts';
import type { Officer, SigningKeyChoice, WebPageQuestion } from '../../../preload/types.ts';
import type { WebPageAnswer, WebPageQuestions } from '../../ports/ports.ts';
import { Failure, unwrap } from '../../rooms/failure.ts';
import type { Token } from '../../token/protocol.ts';
import type { Rooms } from '../rooms.ts';
import type { Session } from '../session.ts';
import { REMEMBER_DAYS, type Consents } from './consents.ts';

export interface AskOfficer {
  /** @throws Failure `not-allowed` when nobody who may sign is signed in */
  readonly officer: () => Officer;
  /** Asks at the first use of a page. @throws Failure `bridge-origin-refused` */
  readonly consent: (about: About, signal: AbortSignal) => Promise<void>;
  /** @throws Failure `pin-cancelled` when the officer says no, `cancelled` when the page has gone */
  readonly decide: (
    about: About,
    question: Pick<WebPageQuestion, 'kind'> & Partial<WebPageQuestion>,
    signal: AbortSignal,
  ) => Promise<WebPageAnswer>;
  /** Keys that can sign now, the officer's own first. @throws Failure `token-missing` or `certificate-missing` */
  readonly keys: (officer: Officer) => Promise<readonly Key[]>;
}

export interface About {
  readonly origin: string;
  readonly operation: string;
  readonly officer: Officer;
}

export interface Key extends SigningKeyChoice {
  readonly token: Token;
}

export function createAskOfficer(ports: {
  readonly rooms: Rooms;
  readonly session: Session;
  readonly consents: Consents;
  readonly questions: WebPageQuestions;
  readonly now: () => number;
  readonly waiting: () => number;
  readonly record: (officerId: string, kind: 'web-consent', data: Record<string, string | number>) => Promise<void>;
}): AskOfficer {
  const { rooms, session, consents, questions } = ports;

  async function ask(
    { origin, operation }: About,
    question: Pick<WebPageQuestion, 'kind'> & Partial<WebPageQuestion>,
    signal: AbortSignal,
  ): Promise<WebPageAnswer> {
    const answer = await questions.ask(
      {
        questionId: randomUUID(),
        origin,
        operation,
        documents: [],
        marks: [],
        text: null,
        asksComment: false,
        keys: [],
        rememberDays: REMEMBER_DAYS,
        waiting: ports.waiting(),
        ...question,
      },
      signal,
    );
    return unwrap(answer);
  }

  return {
    officer: () => {
      const signedIn = unwrap(session.require(['counter', 'signer']));
      if (!signedIn) throw new Failure('not-allowed', 'nobody is signed in');
      return signedIn;
    },
    consent: async (about, signal) => {
      const { origin, officer } = about;
      const state = consents.stateOf(origin, officer.id);
      if (state === 'refused') throw new Failure('bridge-origin-refused', origin);
      if (state === 'allowed') return;
      const { decision } = await ask(about, { kind: 'consent' }, signal);
      if (decision === 'refuse') {
        consents.refuse(origin, officer.id);
        throw new Failure('bridge-origin-refused', origin);
      }
      await ports.record(officer.id, 'web-consent', { origin, days: decision === 'remember' ? REMEMBER_DAYS : 0 });
      if (decision === 'remember') await consents.remember(origin, officer.id);
    },
    decide: async (about, question, signal) => {
      const answer = await ask(about, question, signal);
      if (answer.decision === 'refuse') throw new Failure('pin-cancelled', about.origin);
      return answer;
    },
    keys: async (officer) => {
      const tokens = unwrap(await rooms.token.call('list', {}));
      if (tokens.length === 0) throw new Failure('token-missing');
      const now = ports.now();
      const keys = tokens
        .filter((token) => token.tries !== 'locked')
        .flatMap((token) =>
          token.certificates
            .filter(
              ({ canSign, notBefore, notAfter }) =>
                canSign && now >= Date.parse(notBefore) && now <= Date.parse(notAfter),
            )
            .map(({ id, subject, issuer, notAfter }) => ({
              tokenId: token.id,
              certificateId: id,
              tokenLabel: token.label,
              subject,
              issuer,
              notAfter,
              token,
            })),
        );
      if (keys.length === 0) throw new Failure('certificate-missing');
      const isOwn = (key: Key): boolean => sameName(commonName(key.subject), officer.name);
      return [...keys.filter(isOwn), ...keys.filter((key) => !isOwn(key))];
    },
  };
}

function sameName(one: string, other: string): boolean {
  return one.normalize('NFC').toLowerCase() === other.normalize('NFC').toLowerCase();
}

/** What the window needs of a key; the token itself stays here. */
export function shownKeys(keys: readonly Key[]): SigningKeyChoice[] {
  return keys.map(({ token: _token, ...shown }) => shown);
}

/** The key the officer chose, or the only one there is. @throws Failure `certificate-missing` */
export function chosenKey(keys: readonly Key[], choice: WebPageAnswer['key']): Key {
  const [only] = keys;
  if (choice === null && keys.length === 1 && only) return only;
  const key = keys.find(
    ({ tokenId, certificateId }) => tokenId === choice?.tokenId && certificateId === choice.certificateId,
  );
  if (!key) throw new Failure('certificate-missing');
  return key;
}
