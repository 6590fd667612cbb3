/**
 * @file The documents of one login, one after another. While the token signs n, n+1 is prepared and n-1 is finished and kept:
 * the token never waits for the program. Its first failure stops the batch; what is signed by then stays signed.
 */
import { commonName, organisationName } from '../../preload/certificate-name.ts';
import { refuse, type Refusal, type Result } from '../../preload/result.ts';
import type { SignatureInfo, SigningOutcome } from '../../preload/types.ts';
import type { Clock } from '../ports/ports.ts';
import { toRefusal } from '../rooms/failure.ts';
import type { ResultOf } from '../rooms/define.ts';
import type { SignaturesRoom } from '../signatures/protocol.ts';
import type { Appearance } from '../signing/appearance/appearance.ts';
import type { Token } from '../token/protocol.ts';
import type { Rooms } from './rooms.ts';
import type { DocumentToSign } from './signing.ts';

export interface BatchControl {
  /** Heard between two documents. */
  readonly signal: AbortSignal;
  /** Documents done with, whatever came of them. */
  readonly advance: (done: number, total: number) => void;
}

export interface SigningKey {
  readonly tokenId: string;
  readonly certificate: Token['certificates'][number];
}

type Prepared = ResultOf<SignaturesRoom['methods'], 'prepareSignature'>;

/** What makes going on pointless: every further file would meet it too. */
const STOPS_THE_BATCH: readonly string[] = ['disk-full', 'disk-error', 'store-damaged'];

export async function signEach(
  rooms: Pick<Rooms, 'token' | 'signatures'>,
  clock: Clock,
  { tokenId, certificate }: SigningKey,
  documents: readonly DocumentToSign[],
  onSigned: (done: number, total: number) => void,
  { signal, advance }: BatchControl,
): Promise<readonly SigningOutcome[]> {
  const signerName = commonName(certificate.subject);
  const outcomes: SigningOutcome[] = [];
  let stopped: Refusal | undefined;
  let done = 0;

  function settle(index: number, state: SigningOutcome['state'], code: string | null): void {
    const { documentId, title } = documents[index] as DocumentToSign;
    outcomes[index] = { documentId, title, state, code };
    if (state !== 'not-tried') advance(++done, documents.length);
  }

  function prepare(index: number): Upcoming | undefined {
    const document = documents[index];
    if (!document) return undefined;
    const signedAt = new Date(clock.now()).toISOString();
    const prepared = onceMore(async () =>
      rooms.signatures.call('prepareSignature', {
        pdf: document.access,
        certificates: certificate.der,
        signedAt,
        signerName,
        reason: document.reason,
        appearance: await appearanceOf(document, certificate.subject),
      }),
    );
    return { signedAt, prepared };
  }

  async function finish(index: number, signedAt: string, { draft, state }: Prepared, signature: string): Promise<void> {
    const { access, keep } = documents[index] as DocumentToSign;
    const finished = await onceMore(() =>
      rooms.signatures.call('finishSignature', { pdf: access, draft, state, signature }),
    );
    const serial = certificate.serialNumber;
    const info: SignatureInfo = { signerName, certificateSerial: serial, signedAt, level: 'B-B' };
    const { pdf, pageCount } = finished.ok ? finished.value : { pdf: null, pageCount: 0 };
    const kept = finished.ok && pdf ? await caught(() => keep(pdf, pageCount, info)) : finished;
    settle(index, kept.ok ? 'signed' : 'failed', kept.ok ? null : kept.code);
    if (kept.ok) onSigned(index + 1, documents.length);
    else if (STOPS_THE_BATCH.includes(kept.code)) stopped ??= kept;
  }

  advance(0, documents.length);
  let upcoming = prepare(0);
  let finishing: Promise<void> = Promise.resolve();
  for (let index = 0; index < documents.length; index++) {
    if (signal.aborted) stopped ??= refuse('cancelled');
    if (stopped) {
      settle(index, 'not-tried', stopped.code);
      continue;
    }
    const { signedAt, prepared: preparing } = upcoming as Upcoming;
    const prepared = await preparing;
    if (!prepared.ok) {
      upcoming = prepare(index + 1);
      settle(index, 'failed', prepared.code);
      continue;
    }
    const { digest, signedAttributes } = prepared.value;
    const request = { tokenId, certificateId: certificate.id, digest, message: signedAttributes };
    const signing = rooms.token.call('sign', request);
    upcoming = prepare(index + 1);
    const signature = loginLost(await signing);
    await finishing; // never more than one behind the token
    if (signature.ok) finishing = finish(index, signedAt, prepared.value, signature.value.signature);
    else {
      stopped ??= signature;
      settle(index, 'failed', signature.code);
    }
  }
  await finishing;
  return outcomes;
}

interface Upcoming {
  readonly signedAt: string;
  /** Never rejects: it may be given up. */
  readonly prepared: Promise<Result<Prepared>>;
}

/** A token that knows nothing of the login just made: its room is a new one, or it was out of its socket for a moment. */
function loginLost<T>(answer: Result<T>): Result<T> {
  if (answer.ok) return answer;
  if (answer.code === 'token-missing') return refuse('room-stopped', answer.detail);
  return answer.code === 'not-allowed' ? refuse('token-removed', answer.detail) : answer;
}

/** The signatures room is disposable and its work is the same every time: what died with it is asked of the next one. */
async function onceMore<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  const first = await caught(call);
  return !first.ok && first.code === 'room-stopped' ? caught(call) : first;
}

/** One document that cannot be shown, prepared or kept must not take the others with it. */
async function caught<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await call();
  } catch (thrown) {
    return toRefusal(thrown);
  }
}

/** A signature in words names the agency that the certificate names. */
async function appearanceOf({ appearance }: DocumentToSign, subject: string): Promise<Appearance> {
  const shown = typeof appearance === 'function' ? await appearance() : appearance;
  const agencyName = organisationName(subject);
  return shown.kind === 'personal' && agencyName !== null ? { ...shown, agencyName } : shown;
}
