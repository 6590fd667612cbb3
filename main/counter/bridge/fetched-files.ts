/**
 * @file The files a page named, on this PC for as long as its call lasts: fetched by the bridge room, looked at by imaging,
 * shown on the question window, and gone afterwards.
 */
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { refuse, type Refusal } from '../../../preload/result.ts';
import type { BlobAccess } from '../../blobs/blob-file.ts';
import type { Rooms } from '../rooms.ts';
import type { SigningRequestOfPage } from './stamps.ts';

export interface FetchedFile {
  readonly documentId: string;
  /** Name of the file as the officer sees it and the handler gets it back. */
  readonly title: string;
  readonly access: BlobAccess;
  readonly sha256: string;
  readonly pageCount: number;
}

export type Fetched = { readonly ok: true; readonly value: FetchedFile } | Refusal;

export interface FetchedFiles {
  /** In the order of the request; one that fails does not stop the others. */
  readonly fetchAll: (
    origin: string,
    request: SigningRequestOfPage,
    signal: AbortSignal,
  ) => Promise<readonly Fetched[]>;
  readonly fetchOne: (
    from: { origin: string; url: string; credentials: SigningRequestOfPage['credentials']; name: string | null },
    signal: AbortSignal,
  ) => Promise<Fetched>;
  /** For the question window. */
  readonly accessOf: (blobId: string) => BlobAccess | undefined;
  readonly release: (files: readonly Fetched[]) => Promise<void>;
}

const AT_ONCE = 4;

export function createFetchedFiles(rooms: Rooms): FetchedFiles {
  const shown = new Map<string, BlobAccess>();

  const fetchOne: FetchedFiles['fetchOne'] = async ({ origin, url, credentials, name }, signal) => {
    if (signal.aborted) return refuse('cancelled');
    const downloaded = await rooms.bridge.call('download', { origin, url, credentials }, { signal });
    if (!downloaded.ok) return downloaded;
    const { pdf, name: found } = downloaded.value;
    const access = rooms.accessTo(pdf);
    const inspected = await rooms.imaging.call('inspectPdf', { pdf: access }, { signal });
    if (!inspected.ok || inspected.value.isEncrypted) {
      await rm(access.path, { force: true });
      return inspected.ok ? refuse('pdf-password') : inspected;
    }
    const file = {
      documentId: `bridge-${randomUUID()}`,
      title: name ?? found,
      access,
      sha256: pdf.sha256,
      pageCount: inspected.value.pageCount,
    };
    shown.set(file.documentId, access);
    return { ok: true, value: file };
  };

  return {
    fetchOne,
    fetchAll: async (origin, { files, credentials }, signal) => {
      const results: Fetched[] = [];
      for (let start = 0; start < files.length; start += AT_ONCE) {
        const some = files.slice(start, start + AT_ONCE);
        results.push(
          ...(await Promise.all(some.map(({ url, name }) => fetchOne({ origin, url, credentials, name }, signal)))),
        );
      }
      return results;
    },
    accessOf: (blobId) => shown.get(blobId),
    release: async (files) => {
      for (const file of files) {
        if (!file.ok) continue;
        shown.delete(file.value.documentId);
        await rm(file.value.access.path, { force: true });
      }
    },
  };
}
