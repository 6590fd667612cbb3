/**
 * @file Signing several PDFs with one PIN: digitised copies at the counter, results at the signing desk. What cannot be signed
 * is refused before anybody is asked for a PIN.
 */
import { randomUUID } from 'node:crypto';
import { asErrorCode } from '../../preload/error-codes.ts';
import { ok, refuse, type Result } from '../../preload/result.ts';
import type { SignatureInfo, SigningOutcome, SigningRequest, TokenInfo } from '../../preload/types.ts';
import type { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import type { Appearance } from '../signing/appearance/appearance.ts';
import type { Authoriser, Clock } from '../ports/ports.ts';
import type { Token } from '../token/protocol.ts';
import type { Jobs } from './jobs.ts';
import type { Rooms } from './rooms.ts';
import { signEach, type BatchControl } from './signing-batch.ts';
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
    runBatch(watch, (control) =>
      signEach(rooms, clock, { tokenId: token.id, certificate }, documents, onSigned, control),
    ),
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
