/**
 * @file A page's call, from consent to answer: may it ask → fetch → show → PIN → sign → keep → send. What is signed is kept
 * before it is sent; a page that leaves in between gets its file all the same.
 */
import { createHash, randomUUID } from 'node:crypto';
import { asErrorCode } from '../../../preload/error-codes.ts';
import { ok, refuse, type Refusal } from '../../../preload/result.ts';
import type { BlobAccess } from '../../blobs/blob-file.ts';
import type { BridgeOutcome, BridgeRequest } from '../../bridge/protocol.ts';
import type { Authoriser, Machine } from '../../ports/ports.ts';
import { Failure, toRefusal, unwrap } from '../../rooms/failure.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Rooms } from '../rooms.ts';
import { signDocuments, type DocumentToSign } from '../signing.ts';
import { validationPolicyOf } from '../validation-policy.ts';
import { chosenKey, shownKeys, type About, type AskOfficer } from './ask-officer.ts';
import type { CallQueue } from './call-queue.ts';
import { createFetchedFiles, type Fetched } from './fetched-files.ts';
import type { SendUnsent } from './send-unsent.ts';
import { signDigest } from './sign-digest.ts';
import { stampOf, type SigningRequestOfPage } from './stamps.ts';
import type { UnsentFiles } from './unsent-files.ts';
import { summaryOf } from './verdict-summary.ts';

export interface WebCall {
  readonly callId: string;
  readonly origin: string;
  readonly operation: string;
  readonly request: BridgeRequest;
}

export interface WebCalls {
  /** @throws Failure for every expected refusal */
  readonly perform: (call: WebCall) => Promise<BridgeOutcome>;
  readonly blobAccess: (blobId: string) => BlobAccess | undefined;
}

export interface WebCallPorts {
  readonly machine: Machine;
  readonly rooms: Rooms;
  readonly settings: Settings;
  readonly authoriser: Authoriser;
  readonly queue: CallQueue;
  readonly ask: AskOfficer;
  readonly unsent: UnsentFiles;
  readonly sending: SendUnsent;
  readonly sealImage: () => Promise<string | null>;
  readonly record: (
    officerId: string,
    kind: 'web-signed' | 'web-hash-signed',
    data: Record<string, string | number>,
  ) => Promise<void>;
}

export function createWebCalls(ports: WebCallPorts): WebCalls {
  const { machine, rooms, settings, queue, ask, unsent } = ports;
  const fetched = createFetchedFiles(rooms);

  /** The PIN window says which page asked. */
  const authoriserFor = ({ origin, operation }: About): Authoriser => ({
    authorise: (request, attempt) =>
      ports.authoriser.authorise({ ...request, purpose: 'web-page', webPage: { origin, operation } }, attempt),
  });

  async function certificate(about: About, signal: AbortSignal): Promise<BridgeOutcome> {
    const keys = await ask.keys(about.officer);
    const answer =
      keys.length === 1 ? null : await ask.decide(about, { kind: 'certificate', keys: shownKeys(keys) }, signal);
    const { token, certificateId } = chosenKey(keys, answer?.key ?? null);
    const found = token.certificates.find(({ id }) => id === certificateId);
    if (!found) throw new Failure('certificate-missing');
    const { subject, issuer, serialNumber, notBefore, notAfter, der } = found;
    return { kind: 'certificate', subject, issuer, serialNumber, notBefore, notAfter, der: der[0] ?? '' };
  }

  async function digest(
    about: About,
    request: Extract<BridgeRequest, { kind: 'hash' | 'challenge' }>,
    signal: AbortSignal,
  ): Promise<BridgeOutcome> {
    const bytes = request.kind === 'hash' ? Buffer.from(request.digest, 'base64') : digestOf(request.text);
    const text = request.kind === 'hash' ? bytes.toString('hex') : request.text;
    const keys = await ask.keys(about.officer);
    const answer = await ask.decide(about, { kind: request.kind, text, keys: shownKeys(keys) }, signal);
    const { token, certificateId } = chosenKey(keys, answer.key);
    const signed = unwrap(
      await signDigest(rooms, authoriserFor(about), token, certificateId, {
        title: text,
        digest: bytes,
        form: request.kind === 'hash' && request.form === 'cms' ? 'cms' : 'raw',
        officerName: about.officer.name,
      }),
    );
    // Before it leaves: no signature on something unseen without an entry.
    await ports.record(about.officer.id, 'web-hash-signed', {
      origin: about.origin,
      operation: about.operation,
      digest: bytes.toString('hex'),
      certificateSerial: signed.certificateSerial,
    });
    return { kind: 'signature', signature: signed.signature, der: signed.der };
  }

  async function verify(
    about: About,
    { url, credentials }: Extract<BridgeRequest, { kind: 'verify' }>,
    signal: AbortSignal,
  ): Promise<BridgeOutcome> {
    const file = await fetched.fetchOne({ origin: about.origin, url, credentials, name: null }, signal);
    try {
      const { access } = unwrap(file);
      const policy = validationPolicyOf(settings, machine.paths);
      const at = new Date(machine.clock.now()).toISOString();
      const { verdict, signatures } = unwrap(await rooms.signatures.call('verifyPdf', { pdf: access, policy, at }));
      return { kind: 'verified', verdict, summary: summaryOf(verdict, signatures.length), signatures: [...signatures] };
    } finally {
      await fetched.release([file]);
    }
  }

  /** @returns what is signed and kept, by place in the request; refusals for the rest */
  async function sign(about: About, request: SigningRequestOfPage, signal: AbortSignal): Promise<readonly Kept[]> {
    const keys = await ask.keys(about.officer);
    const files = await fetched.fetchAll(about.origin, request, signal);
    try {
      const readable = files.flatMap((file) => (file.ok ? [file.value] : []));
      const [firstFailure] = files.filter((file): file is Refusal => !file.ok);
      if (readable.length === 0 && firstFailure) throw new Failure(firstFailure.code, firstFailure.detail);
      const sealImage = request.operation === 'SignIssued' ? await ports.sealImage() : null;
      const answer = await ask.decide(
        about,
        {
          kind: 'documents',
          keys: shownKeys(keys),
          asksComment: request.operation === 'Comment',
          marks: stampOf(request, settings, null, sealImage).marks,
          documents: readable.map(({ documentId, title, access, pageCount, sha256 }) => ({
            documentId,
            title,
            blobId: documentId,
            pageCount,
            sizeBytes: access.sizeBytes,
            sha256,
          })),
        },
        signal,
      );
      const { tokenId, certificateId } = chosenKey(keys, answer.key);
      const stamp = stampOf(request, settings, answer.comment, sealImage);
      const keptAs = new Map<string, string>();
      const documents = readable.map((file): DocumentToSign => ({
        ...file,
        dossierCode: null,
        appearance: stamp.appearance,
        reason: stamp.reason,
        keep: async (pdf, _pageCount, { signedAt, certificateSerial }) => {
          try {
            const id = randomUUID();
            await ports.record(about.officer.id, 'web-signed', {
              origin: about.origin,
              operation: about.operation,
              sha256: file.sha256,
              signedSha256: pdf.sha256,
              certificateSerial,
            });
            const { uploadUrl, credentials, metaData, operation } = request;
            const entry = {
              id,
              title: file.title,
              origin: about.origin,
              operation,
              uploadUrl,
              credentials,
              metaData,
              signedAt,
            };
            await unsent.keep(entry, rooms.accessTo(pdf));
            keptAs.set(file.documentId, id);
            return ok(null);
          } catch (thrown) {
            return toRefusal(thrown);
          }
        },
      }));
      const choice = { tokenId, certificateId, officerName: about.officer.name };
      const outcomes = unwrap(
        await signDocuments(rooms, machine.clock, authoriserFor(about), 'web-page', choice, documents, () => {}),
      );
      return files.map((file) => keptOf(file, keptAs, outcomes));
    } finally {
      await fetched.release(files);
    }
  }

  async function sendAll(request: SigningRequestOfPage, kept: readonly Kept[]): Promise<BridgeOutcome> {
    const files = await Promise.all(
      kept.map(async (file, index) => {
        const fileName = request.files[index]?.name ?? '';
        const sent = file.ok ? await ports.sending.send(file.value) : file;
        return sent.ok
          ? { code: null, detail: null, ...sent.value }
          : { code: sent.code, detail: sent.detail ?? null, fileName, fileServer: '' };
      }),
    );
    return { kind: 'signed', files };
  }

  return {
    blobAccess: fetched.accessOf,
    perform: async ({ callId, origin, operation, request }) => {
      if (request.kind === 'hash' && !settings.bridge.hashSigningOrigins.includes(origin))
        throw new Failure('bridge-hash-refused', origin);
      // A signed challenge says nothing of the page it was signed for: another page could hand it on and sign in there.
      if (request.kind === 'challenge' && !settings.bridge.allowedOrigins.includes(origin))
        throw new Failure('bridge-hash-refused', origin);
      const done = await queue.run(origin, callId, async (signal) => {
        const about: About = { origin, operation, officer: ask.officer() };
        await ask.consent(about, signal);
        switch (request.kind) {
          case 'certificate':
            return certificate(about, signal);
          case 'challenge':
          case 'hash':
            return digest(about, request, signal);
          case 'verify':
            return verify(about, request, signal);
          case 'sign':
            return { kind: 'kept' as const, files: await sign(about, request, signal) };
        }
      });
      // Sending needs nobody: the next page's question does not wait for it.
      return done.kind === 'kept' && request.kind === 'sign' ? sendAll(request, done.files) : (done as BridgeOutcome);
    },
  };
}

type Kept = { readonly ok: true; readonly value: string } | Refusal;

function keptOf(
  file: Fetched,
  keptAs: ReadonlyMap<string, string>,
  outcomes: readonly { readonly documentId: string; readonly code: string | null }[],
): Kept {
  if (!file.ok) return file;
  const { documentId } = file.value;
  const id = keptAs.get(documentId);
  if (id !== undefined) return { ok: true, value: id };
  const outcome = outcomes.find((candidate) => candidate.documentId === documentId);
  return refuse(asErrorCode(outcome?.code ?? 'internal'));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
