/**
 * @file Signing several PDFs with one PIN: digitised copies at the counter, results at the signing desk. Document n+1 is
 * prepared while the token signs n. The first failure of the token stops the batch; what is signed by then stays signed.
 */
import { randomUUID } from 'node:crypto';
import { commonName, organisationName } from '../../preload/certificate-name.ts';
import { asErrorCode } from '../../preload/error-codes.ts';
import { ok, refuse, type Refusal, type Result } from '../../preload/result.ts';
import type { SignatureInfo, SigningOutcome, SigningRequest, TokenInfo } from '../../preload/types.ts';
import type { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import type { Appearance } from '../signatures/protocol.ts';
import type { Authoriser, Clock } from '../ports/ports.ts';
import type { Token } from '../token/protocol.ts';
import type { Jobs } from './jobs.ts';
import type { Rooms } from './rooms.ts';
import { withToken } from './token-session.ts';

export interface DocumentToSign {
  readonly documentId: string;
  readonly title: string;
  readonly dossierCode: string | null;
  readonly pageCount: number;
  readonly sha256: string;
  readonly access: BlobAccess;
  /** Asked when the document's turn comes: what it takes to know then costs nobody a wait before the PIN. */
  readonly appearance: Appearance | (() => Promise<Appearance>);
  /** Goes into the signed bytes, so that the file itself says which dossier it belongs to. */
  readonly reason: string;
  /** Puts the signed file where it belongs, durably. */
  readonly keep: (pdf: Deposit, pageCount: number, signature: SignatureInfo) => Promise<Result<unknown>>;
}

export interface SigningChoice {
  readonly tokenId: string;
  readonly certificateId: string;
  /** Who asked; shown beside the name in the certificate. */
  readonly officerName: string;
}

export async function listTokens(rooms: Rooms): Promise<Result<readonly TokenInfo[]>> {
  const listed = await rooms.token.call('list', {});
  return listed.ok ? ok(listed.value.map(withoutDer)) : listed;
}

/** Where a batch shows how far it is and hears that it should stop. */
export interface BatchWatch {
  readonly jobs: Jobs;
  readonly dossierId: string | null;
}

interface BatchControl {
  readonly signal: AbortSignal;
  readonly advance: (done: number, total: number) => void;
}

/** Refuses before any PIN is asked when nothing could be signed; afterwards every document has its own outcome. */
export async function signDocuments(
  rooms: Rooms,
  clock: Clock,
  authoriser: Authoriser,
  purpose: SigningRequest['purpose'],
  choice: SigningChoice,
  documents: readonly DocumentToSign[],
  onSigned: (done: number, total: number) => void,
  watch?: BatchWatch,
): Promise<Result<readonly SigningOutcome[]>> {
  if (documents.length === 0) return ok([]);
  const listed = await rooms.token.call('list', {});
  if (!listed.ok) return listed;
  const token = listed.value.find((candidate) => candidate.id === choice.tokenId);
  if (!token) return refuse('token-missing');
  const certificate = token.certificates.find((candidate) => candidate.id === choice.certificateId);
  if (!certificate) return refuse(token.certificates.length > 0 ? 'certificate-mismatch' : 'certificate-missing');
  const now = clock.now();
  if (now < Date.parse(certificate.notBefore) || now > Date.parse(certificate.notAfter))
    return refuse('certificate-expired', certificate.notAfter);
  if (!certificate.canSign) return refuse('certificate-not-for-signing');
  if (token.tries === 'locked') return refuse('pin-locked');
  const request = requestFor(purpose, token, choice, documents);
  return withToken(rooms.token, authoriser, token, request, () =>
    runBatch(watch, (control) => signEach(rooms, clock, token, certificate, documents, onSigned, control)),
  );
}

/** As a job when somebody watches: progress, and a way to stop between two documents. */
async function runBatch(
  watch: BatchWatch | undefined,
  sign: (control: BatchControl) => Promise<readonly SigningOutcome[]>,
): Promise<Result<readonly SigningOutcome[]>> {
  if (!watch) return ok(await sign({ signal: new AbortController().signal, advance: () => {} }));
  let outcomes: readonly SigningOutcome[] | undefined;
  const ended = await watch.jobs.start('sign', watch.dossierId, async (job) => {
    outcomes = await sign(job);
    const unsigned = outcomes.find((outcome) => outcome.state !== 'signed');
    return unsigned ? refuse(asErrorCode(unsigned.code ?? 'internal'), unsigned.title) : ok(null);
  }).done;
  return outcomes ? ok(outcomes) : refuse(asErrorCode(ended.code ?? 'internal'), ended.detail ?? undefined);
}

/** What makes going on pointless: the disk that every further file would meet too. */
const STOPS_THE_BATCH: readonly string[] = ['disk-full', 'disk-error', 'store-damaged'];

async function signEach(
  rooms: Rooms,
  clock: Clock,
  token: Token,
  certificate: Token['certificates'][number],
  documents: readonly DocumentToSign[],
  onSigned: (done: number, total: number) => void,
  { signal, advance }: BatchControl,
): Promise<readonly SigningOutcome[]> {
  const signerName = commonName(certificate.subject);
  const prepare = (document: DocumentToSign, signedAt: string) =>
    onceMore(async () =>
      rooms.signatures.call('prepareSignature', {
        pdf: document.access,
        certificates: certificate.der,
        signedAt,
        signerName,
        reason: document.reason,
        appearance: await appearanceOf(document, certificate.subject),
      }),
    );
  const outcomes: SigningOutcome[] = [];
  let stopped: Refusal | undefined;
  let signedAt = new Date(clock.now()).toISOString();
  let upcoming = documents[0] ? prepare(documents[0], signedAt) : undefined;
  advance(0, documents.length);
  for (const [index, document] of documents.entries()) {
    const outcome = (state: SigningOutcome['state'], code: string | null): void =>
      void outcomes.push({ documentId: document.documentId, title: document.title, state, code });
    if (signal.aborted) stopped ??= refuse('cancelled');
    if (stopped) {
      outcome('not-tried', stopped.code);
      continue;
    }
    const prepared = await upcoming;
    const preparedAt = signedAt;
    const next = documents[index + 1];
    signedAt = new Date(clock.now()).toISOString();
    if (!prepared?.ok) {
      upcoming = next ? prepare(next, signedAt) : undefined;
      outcome('failed', prepared?.code ?? 'internal');
      continue;
    }
    const { draft, state, digest, signedAttributes } = prepared.value;
    const signing = rooms.token.call('sign', {
      tokenId: token.id,
      certificateId: certificate.id,
      digest,
      message: signedAttributes,
    });
    upcoming = next ? prepare(next, signedAt) : undefined;
    const signature = await signing;
    if (!signature.ok) {
      stopped = signature;
      outcome('failed', signature.code);
      continue;
    }
    const finished = await onceMore(() =>
      rooms.signatures.call('finishSignature', {
        pdf: document.access,
        draft,
        state,
        signature: signature.value.signature,
      }),
    );
    const info: SignatureInfo = {
      signerName,
      certificateSerial: certificate.serialNumber,
      signedAt: preparedAt,
      level: 'B-B',
    };
    const kept = finished.ok ? await document.keep(finished.value.pdf, finished.value.pageCount, info) : finished;
    outcome(kept.ok ? 'signed' : 'failed', kept.ok ? null : kept.code);
    if (kept.ok) onSigned(index + 1, documents.length);
    else if (STOPS_THE_BATCH.includes(kept.code)) stopped = kept;
    advance(index + 1, documents.length);
  }
  return outcomes;
}

/** The signatures room is disposable and its work is the same every time: what died with it is asked of the next one. */
async function onceMore<T>(call: () => Promise<Result<T>>): Promise<Result<T>> {
  const first = await call();
  return !first.ok && first.code === 'room-stopped' ? call() : first;
}

/** A signature in words names the agency that the certificate names. */
async function appearanceOf({ appearance }: DocumentToSign, subject: string): Promise<Appearance> {
  const shown = typeof appearance === 'function' ? await appearance() : appearance;
  const agencyName = organisationName(subject);
  return shown.kind === 'personal' && agencyName !== null ? { ...shown, agencyName } : shown;
}

function requestFor(
  purpose: SigningRequest['purpose'],
  token: Token,
  { certificateId, officerName }: SigningChoice,
  documents: readonly DocumentToSign[],
): SigningRequest {
  return {
    requestId: randomUUID(),
    purpose,
    documents: documents.map(({ documentId, title, dossierCode, pageCount, sha256 }) => ({
      documentId,
      title,
      dossierCode,
      pageCount,
      fingerprint: sha256.slice(0, 16),
    })),
    token: withoutDer(token),
    certificateId,
    officerName,
  };
}

function withoutDer(token: Token): TokenInfo {
  return { ...token, certificates: token.certificates.map(({ der: _der, ...certificate }) => certificate) };
}
