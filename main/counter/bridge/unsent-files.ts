/**
 * @file Signed files on their way to their page. Each is written here before anything is sent and removed when the page's
 * handler has taken it: a page that closes, a handler that fails or a power cut costs nobody a second signature. File and
 * entry are encrypted; the entry, with the file's key and the page's session in it, by the machine's `SecretBox`.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ok, refuse, type Result } from '../../../preload/result.ts';
import type { UnsentFile } from '../../../preload/types.ts';
import { asDiskFailure, type BlobAccess } from '../../blobs/blob-file.ts';
import { Credentials, MetaData, SigningOperation, WebOrigin } from '../../bridge/protocol.ts';
import type { SecretBox } from '../../ports/ports.ts';
import { Failure } from '../../rooms/failure.ts';
import { syncFolder, writeDurably } from './durable-file.ts';

const Entry = z.strictObject({
  id: z.uuid(),
  title: z.string(),
  origin: WebOrigin,
  operation: SigningOperation,
  uploadUrl: z.string(),
  credentials: Credentials,
  metaData: MetaData,
  signedAt: z.string(),
  key: z.string(),
  sizeBytes: z.int(),
  mediaType: z.string(),
  /** Why the last try failed; null before one. */
  code: z.string().nullable(),
  detail: z.string().nullable(),
});
type Entry = z.infer<typeof Entry>;
export type NewUnsentFile = Omit<Entry, 'key' | 'sizeBytes' | 'mediaType' | 'code' | 'detail'>;

export interface ToSend extends Entry {
  readonly access: BlobAccess;
}

export interface UnsentFiles {
  readonly list: () => readonly UnsentFile[];
  /** Durable when it returns. */
  readonly keep: (file: NewUnsentFile, pdf: BlobAccess) => Promise<void>;
  readonly get: (id: string) => Result<ToSend>;
  readonly noteFailure: (id: string, code: string, detail: string | null) => Promise<void>;
  readonly remove: (id: string) => Promise<void>;
}

export function openUnsentFiles(folder: string, box: SecretBox, log: (text: string) => void): UnsentFiles {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = new Map<string, Entry>();
  const blobOf = (id: string): string => join(folder, `${id}.blob`);
  const entryOf = (id: string): string => join(folder, `${id}.sealed`);

  for (const name of readdirSync(folder)) {
    if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
    if (!name.endsWith('.sealed')) continue;
    try {
      const entry = Entry.parse(JSON.parse(Buffer.from(box.open(readFileSync(join(folder, name)))).toString('utf8')));
      if (existsSync(blobOf(entry.id))) entries.set(entry.id, entry);
    } catch (cause) {
      // Left where it is: another user's, or damaged, but never ours to throw away.
      log(`${name} cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  async function write(entry: Entry): Promise<void> {
    await writeDurably(entryOf(entry.id), box.seal(Buffer.from(JSON.stringify(entry), 'utf8')));
    entries.set(entry.id, entry);
  }

  return {
    list: () =>
      [...entries.values()]
        .sort((one, other) => one.signedAt.localeCompare(other.signedAt))
        .map(({ id, title, origin, operation, signedAt, sizeBytes, code, detail }) => ({
          id,
          title,
          origin,
          operation,
          signedAt,
          sizeBytes,
          code,
          detail,
        })),
    keep: async (file, { path, key, sizeBytes, mediaType }) => {
      try {
        await rename(path, blobOf(file.id));
        await syncFolder(folder);
      } catch (cause) {
        throw asDiskFailure(cause);
      }
      await write({ ...file, key, sizeBytes, mediaType, code: null, detail: null });
    },
    get: (id) => {
      const entry = entries.get(id);
      if (!entry) return refuse('not-found', id);
      const { key, sizeBytes, mediaType } = entry;
      return ok({ ...entry, access: { path: blobOf(id), key, sizeBytes, mediaType } });
    },
    noteFailure: async (id, code, detail) => {
      const entry = entries.get(id);
      if (entry) await write({ ...entry, code, detail });
    },
    remove: async (id) => {
      if (!entries.delete(id)) throw new Failure('not-found', id);
      // The entry first: without its key the blob is noise.
      await rm(entryOf(id), { force: true });
      await rm(blobOf(id), { force: true });
    },
  };
}
