/**
 * @file Answers of responders, revocation lists and certificates of issuers on disk. Nothing that is read here is believed:
 * whoever uses an entry checks its signature and its times again, so a damaged or forged file costs one request.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

export interface ValidationCache {
  /** Null when there is none, or none that can be read. */
  readonly read: (key: string) => Promise<Buffer | null>;
  /** Never fails: a full or read-only disk costs speed alone. */
  readonly write: (key: string, bytes: Buffer) => Promise<void>;
}

export interface CacheLimits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

const USUAL_LIMITS: CacheLimits = { maxBytes: 256 * 1024 * 1024, maxEntries: 20_000 };
const STALE_MS = 3_600_000;
const ENDING = '.evidence';
/** SHA-256 of key and bytes; the name is a hash of the key, too, but of the key alone. */
const HEADER_BYTES = 32;

/** @param folder made when missing; belongs to the cache alone */
export function openValidationCache(folder: string, limits: CacheLimits = USUAL_LIMITS): ValidationCache {
  let known: Promise<Map<string, number>> | undefined;
  const sizes = (): Promise<Map<string, number>> => (known ??= measure(folder));

  return {
    async read(key) {
      const path = join(folder, nameOf(key));
      try {
        const whole = await readFile(path);
        const bytes = whole.subarray(HEADER_BYTES);
        if (!whole.subarray(0, HEADER_BYTES).equals(seal(key, bytes))) {
          await rm(path, { force: true });
          return null;
        }
        const now = new Date();
        await utimes(path, now, now); // what is used stays
        return bytes;
      } catch {
        return null;
      }
    },

    async write(key, bytes) {
      if (bytes.length + HEADER_BYTES > limits.maxBytes) return;
      const name = nameOf(key);
      const temporary = join(folder, `${name}.${randomBytes(6).toString('hex')}.tmp`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(Buffer.concat([seal(key, bytes), bytes]));
          await file.datasync();
        } finally {
          await file.close();
        }
        await rename(temporary, join(folder, name));
        const all = await sizes();
        all.set(name, bytes.length + HEADER_BYTES);
        await shrink(folder, all, limits);
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined);
      }
    },
  };
}

function nameOf(key: string): string {
  return createHash('sha256').update(key).digest('hex') + ENDING;
}

function seal(key: string, bytes: Buffer): Buffer {
  return createHash('sha256').update(key).update('\0').update(bytes).digest();
}

async function measure(folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path);
    if (name.endsWith(ENDING)) sizes.set(name, found.size);
    // Left by a power cut; a young one is somebody's who writes at this moment.
    else if (name.endsWith('.tmp') && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true });
  }
  return sizes;
}

/** The least recently used go first, down to nine tenths, so that not every write has to look. */
async function shrink(folder: string, sizes: Map<string, number>, limits: CacheLimits): Promise<void> {
  let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (total <= limits.maxBytes && sizes.size <= limits.maxEntries) return;
  const used = await Promise.all(
    [...sizes.keys()].map(async (name) => {
      const time = await stat(join(folder, name)).then(
        (found) => found.mtimeMs,
        () => 0,
      );
      return { name, time };
    }),
  );
  for (const { name } of used.sort((a, b) => a.time - b.time)) {
    if (total <= limits.maxBytes * 0.9 && sizes.size <= limits.maxEntries * 0.9) return;
    await rm(join(folder, name), { force: true });
    total -= sizes.get(name) ?? 0;
    sizes.delete(name);
  }
}
