/**
 * @file Files of a page: fetched, shown, signed with one PIN, kept, sent. What is kept is durable before anything is sent, and
 * sending asks nobody.
 */
import { randomUUID } from 'node:crypto';
import { asErrorCode } from '../../../preload/error-codes.ts';
import { ok, refuse, type Refusal } from '../../../preload/result.ts';
import type { Officer, SignatureInfo } from '../../../preload/types.ts';
import type { Deposit } from '../../blobs/blob-file.ts';
import type { BridgeOutcome } from '../../bridge/protocol.ts';
import { Failure, toRefusal, unwrap } from '../../rooms/failure.ts';
import type { Appearance } from '../../signing/appearance/appearance.ts';
import { createResultAppearances } from '../result-appearances.ts';
import { signDocuments, type DocumentToSign } from '../signing.ts';
import { chosenKey, shownKeys, type About } from './ask-officer.ts';
import type { Fetched, FetchedFile, FetchedFiles } from './fetched-files.ts';
import { stampOf, type SigningRequestOfPage, type Stamp } from './stamps.ts';
import type { WebCallPorts } from './web-calls.ts';

export interface FileSigning {
  /**
   * What is signed and kept, by place in the request; refusals for the rest.
   * @throws Failure when nothing could be signed at all
   */
  readonly sign: (about: About, request: SigningRequestOfPage, signal: AbortSignal) => Promise<readonly Kept[]>;
  readonly sendAll: (request: SigningRequestOfPage, kept: readonly Kept[]) => Promise<BridgeOutcome>;
}

/** The identifier under which a signed file is kept. */
export type Kept = { readonly ok: true; readonly value: string } | Refusal;

/** A handler is a web server like any other: it gets no more at once than from a browser. */
const UPLOADS_AT_ONCE = 4;

export function createFileSigning(ports: WebCallPorts, fetched: FetchedFiles): FileSigning {
  const { machine, rooms, settings, ask, unsent } = ports;
  const appearances = createResultAppearances(rooms);

  /** Where a picture or the words of a person go is found as for results. @throws Failure `signature-image-missing` */
  async function placedBy(
    kind: Stamp['appearance'],
    files: readonly FetchedFile[],
    officer: Officer,
  ): Promise<(file: FetchedFile) => Promise<Appearance>> {
    if (typeof kind !== 'string') return async () => kind;
    const marked = files.map((file) => ({ ...file, nextSignature: kind }));
    const appearanceOf = unwrap(await appearances.prepare(marked, officer, new Map()));
    return (file) => appearanceOf({ ...file, nextSignature: kind });
  }

  const sign: FileSigning['sign'] = async (about, request, signal) => {
    const keys = await ask.keys(about.officer);
    const files = await fetched.fetchAll(about.origin, request, signal);
    try {
      const readable = files.flatMap((file) => (file.ok ? [file.value] : []));
      const [firstFailure] = files.filter((file): file is Refusal => !file.ok);
      if (readable.length === 0 && firstFailure) throw new Failure(firstFailure.code, firstFailure.detail);
      const pictures = unwrap(await rooms.store.call('signatureImages', { officerId: about.officer.id }));
      const proposed = stampOf(request, settings, null, pictures);
      // A seal that is wanted and not there is said before anybody is asked for anything.
      const place = await placedBy(proposed.appearance, readable, about.officer);
      const answer = await ask.decide(
        about,
        {
          kind: 'documents',
          keys: shownKeys(keys),
          asksComment: request.operation === 'Comment',
          marks: proposed.marks,
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
      const { appearance, reason } = stampOf(request, settings, answer.comment, pictures);
      const keptAs = new Map<string, string>();
      const documents = readable.map((file): DocumentToSign => ({
        ...file,
        dossierCode: null,
        appearance: typeof appearance === 'string' ? () => place(file) : appearance,
        reason,
        keep: async (pdf, _pageCount, signature) => {
          const kept = await keep(about, request, file, pdf, signature);
          if (kept.ok) keptAs.set(file.documentId, kept.value);
          return kept;
        },
      }));
      const choice = { tokenId, certificateId, officerName: about.officer.name };
      const watch = documents.length > 1 ? { jobs: ports.jobs, dossierId: null } : undefined;
      const outcomes = unwrap(
        await signDocuments(
          rooms,
          machine.clock,
          ports.authoriserFor(about),
          'web-page',
          choice,
          documents,
          () => {},
          watch,
        ),
      );
      return files.map((file) => keptOf(file, keptAs, outcomes));
    } finally {
      await fetched.release(files);
    }
  };

  async function keep(
    { origin, operation, officer }: About,
    request: SigningRequestOfPage,
    file: FetchedFile,
    pdf: Deposit,
    { signedAt, certificateSerial }: SignatureInfo,
  ): Promise<Kept> {
    const { uploadUrl, credentials, metaData } = request;
    const id = randomUUID();
    try {
      await ports.record(officer.id, 'web-signed', {
        origin,
        operation,
        sha256: file.sha256,
        signedSha256: pdf.sha256,
        certificateSerial,
      });
      const entry = { id, title: file.title, origin, operation: request.operation, uploadUrl, credentials, metaData };
      await unsent.keep({ ...entry, signedAt }, rooms.accessTo(pdf));
      return ok(id);
    } catch (thrown) {
      return toRefusal(thrown);
    }
  }

  async function sendOne(kept: Kept, name: string | null): Promise<SignedFile> {
    const sent = kept.ok ? await ports.sending.send(kept.value) : kept;
    return sent.ok
      ? { code: null, detail: null, ...sent.value }
      : { code: sent.code, detail: sent.detail ?? null, fileName: name ?? '', fileServer: '' };
  }

  return {
    sign,
    sendAll: async (request, kept) => {
      const files: SignedFile[] = [];
      for (let start = 0; start < kept.length; start += UPLOADS_AT_ONCE) {
        const some = kept.slice(start, start + UPLOADS_AT_ONCE);
        const sent = some.map((file, index) => sendOne(file, request.files[start + index]?.name ?? null));
        files.push(...(await Promise.all(sent)));
      }
      return { kind: 'signed', files };
    },
  };
}

type SignedFile = Extract<BridgeOutcome, { kind: 'signed' }>['files'][number];

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
