/**
 * @file What the gateway promises: a dossier revision is taken once, byte for byte, and its signed receipt is the same
 * however often it is asked for. Knows nothing of HTTP servers; the simulator runs it in its own process.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Manifest } from '../main/sync/protocol.ts';
import { announceRevision } from './announcements.ts';
import { prepareOnce, type Rows } from './database.ts';
import { openDevices, type Device, type Devices } from './devices.ts';
import { openFeed, type Feed } from './feed.ts';
import type { UploadFiles } from './files.ts';
import { openNumbers, type Numbers } from './numbers.ts';
import { Problem } from './problem.ts';
import { FIRST_PREVIOUS_HASH, hashReceipt, type ReceiptSigner } from './receipts.ts';

export const MAX_PATCH_BYTES = 4 * 1024 * 1024;
/** A part that nobody continued for so long is dropped; its upload starts again from zero. */
const ABANDONED_MS = 30 * 86_400_000;

export interface GatewayParts {
  readonly rows: Rows;
  readonly files: UploadFiles;
  readonly signer: ReceiptSigner;
  readonly nowMs: () => number;
  readonly name: string;
  /** See ProvinceOptions. */
  readonly processingDelayMs: number | null;
}

export interface UploadState {
  readonly uploadUrl: string;
  readonly offset: number;
  readonly complete: boolean;
}

export interface Gateway {
  readonly devices: Devices;
  readonly numbers: Numbers;
  readonly feed: Feed;
  readonly signer: ReceiptSigner;
  readonly name: string;
  readonly nowMs: () => number;
  /** @returns true when this revision was new. */
  readonly announce: (device: Device, dossierId: string, key: string | undefined, body: unknown) => boolean;
  readonly announceFile: (device: Device, dossierId: string, sha256: string, sizeBytes: number) => UploadState;
  readonly uploadState: (device: Device, uploadId: string) => { offset: number; size: number };
  /** @returns the new offset. */
  readonly append: (
    device: Device,
    uploadId: string,
    offset: number,
    checksum: string | undefined,
    bytes: Uint8Array,
  ) => Promise<number>;
  readonly commit: (
    device: Device,
    dossierId: string,
    rev: number,
    manifestSha256: string,
    auditHead: string,
  ) => Promise<string>;
  readonly receiptOf: (dossierId: string) => string | null;
  readonly setStatus: (dossierId: string, status: number, note: string | null) => void;
  /** Carries out the scripted changes that are due; answers when the next one is (ms since 1970), or null. */
  readonly runScript: () => number | null;
  /** After a start: uploads whose file reached its place while the row did not. Answers how many it found. */
  readonly recover: () => Promise<number>;
  /** The janitor: parts nobody continues or needs. */
  readonly collectGarbage: () => Promise<number>;
  readonly stats: () => { dossiers: number; receipts: number; files: number; bytes: number };
}

type UploadRow = { id: string; unit: string; sha256: string; size: number; confirmed: number; is_complete: number };

export function openGateway({ rows, files, signer, nowMs, name, processingDelayMs }: GatewayParts): Gateway {
  const devices = openDevices(rows, { nowMs });
  const numbers = openNumbers(rows, nowMs);
  const feed = openFeed(rows);
  const sql = prepareOnce(rows);
  const locks = new Map<string, Promise<unknown>>();
  const isoNow = (): string => new Date(nowMs()).toISOString();

  const findUpload = sql('SELECT id, unit, sha256, size, confirmed, is_complete FROM upload WHERE id = ?');
  const findUploadOf = sql(
    'SELECT id, unit, sha256, size, confirmed, is_complete FROM upload WHERE unit = ? AND sha256 = ?',
  );
  const setOffset = sql('UPDATE upload SET confirmed = ?, is_complete = ?, touched_at_ms = ? WHERE id = ?');
  const findReceipt = sql('SELECT jws FROM receipt WHERE dossier_id = ? AND rev = ?');

  /** One writer for each upload; the others wait their turn instead of failing. */
  function locked<T>(uploadId: string, run: () => Promise<T>): Promise<T> {
    const turn = (locks.get(uploadId) ?? Promise.resolve()).then(run, run);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (locks.get(uploadId) === settled) locks.delete(uploadId);
      });
    locks.set(uploadId, settled);
    return turn;
  }

  function uploadOf(device: Device, uploadId: string): UploadRow {
    const row = findUpload.get(uploadId) as UploadRow | undefined;
    if (!row || row.unit !== device.unit) throw new Problem(404, 'upload-unknown', 'no such upload');
    return row;
  }

  function manifestOf(device: Device, dossierId: string, rev: number): { manifest: Manifest; sha256: string } {
    const row = sql(
      'SELECT r.manifest, r.manifest_sha256 FROM revision r JOIN dossier d ON d.id = r.dossier_id WHERE r.dossier_id = ? AND r.rev = ? AND d.unit = ?',
    ).get(dossierId, rev, device.unit) as { manifest: string; manifest_sha256: string } | undefined;
    if (!row) throw new Problem(404, 'dossier-not-announced', 'this revision was not announced');
    return { manifest: JSON.parse(row.manifest) as Manifest, sha256: row.manifest_sha256 };
  }

  function changeStatus(dossierId: string, status: number, note: string | null): void {
    const dossier = sql('SELECT unit, number FROM dossier WHERE id = ?').get(dossierId) as
      { unit: string; number: string | null } | undefined;
    if (!dossier) throw new Problem(404, 'dossier-unknown', 'no such dossier');
    rows.transaction(() => {
      sql('UPDATE dossier SET status = ? WHERE id = ?').run(status, dossierId);
      sql('DELETE FROM script WHERE dossier_id = ? AND status <= ?').run(dossierId, status);
      feed.append(dossier.unit, { dossierId, status, code: dossier.number, at: isoNow(), note });
    })();
    feed.wake(dossier.unit);
  }

  async function missingFiles(device: Device, manifest: Manifest): Promise<string[]> {
    const missing: string[] = [];
    for (const { sha256, sizeBytes } of manifest.files) {
      const upload = findUploadOf.get(device.unit, sha256) as UploadRow | undefined;
      const isThere = upload?.is_complete === 1 && (await files.has(device.unit, sha256, sizeBytes));
      if (upload?.is_complete === 1 && !isThere) setOffset.run(0, 0, nowMs(), upload.id); // the disk lost it: ask again
      if (!isThere) missing.push(sha256);
    }
    return missing;
  }

  return {
    devices,
    numbers,
    feed,
    signer,
    name,
    nowMs,

    announce: (device, dossierId, key, body) =>
      announceRevision({ rows, numbers, nowIso: isoNow }, device, dossierId, key, body),

    announceFile(device, dossierId, sha256, sizeBytes) {
      const manifests = sql(
        'SELECT r.manifest FROM revision r JOIN dossier d ON d.id = r.dossier_id WHERE r.dossier_id = ? AND d.unit = ? ORDER BY r.rev DESC',
      ).all(dossierId, device.unit) as { manifest: string }[];
      if (manifests.length === 0) throw new Problem(404, 'dossier-not-announced', 'announce the dossier first');
      const isListed = manifests.some(({ manifest }) =>
        (JSON.parse(manifest) as Manifest).files.some((file) => file.sha256 === sha256 && file.sizeBytes === sizeBytes),
      );
      if (!isListed)
        throw new Problem(422, 'file-refused', 'no manifest of this dossier lists this file with this size');
      sql(
        'INSERT INTO upload (id, unit, sha256, size, touched_at_ms) VALUES (?, ?, ?, ?, ?) ON CONFLICT (unit, sha256) DO NOTHING',
      ).run(randomBytes(16).toString('hex'), device.unit, sha256, sizeBytes, nowMs());
      const row = findUploadOf.get(device.unit, sha256) as UploadRow;
      return { uploadUrl: `/v1/uploads/${row.id}`, offset: row.confirmed, complete: row.is_complete === 1 };
    },

    uploadState(device, uploadId) {
      const { confirmed, size } = uploadOf(device, uploadId);
      return { offset: confirmed, size };
    },

    async append(device, uploadId, offset, checksum, bytes) {
      uploadOf(device, uploadId);
      if (bytes.length > MAX_PATCH_BYTES)
        throw new Problem(413, 'chunk-too-large', `at most ${MAX_PATCH_BYTES} bytes at once`);
      checkChunk(checksum, bytes);
      return locked(uploadId, async () => {
        const row = uploadOf(device, uploadId);
        if (offset !== row.confirmed) {
          throw new Problem(
            409,
            'offset-conflict',
            `the upload stands at ${row.confirmed}`,
            {},
            { 'upload-offset': String(row.confirmed) },
          );
        }
        const end = offset + bytes.length;
        if (end > row.size) throw new Problem(413, 'too-many-bytes', 'more bytes than the file has');
        if (row.is_complete || bytes.length === 0) return row.confirmed;
        await files.write(uploadId, offset, bytes);
        if (end === row.size && !(await files.finish(row.unit, uploadId, row.sha256, row.size))) {
          setOffset.run(0, 0, nowMs(), uploadId);
          throw new Problem(
            460,
            'file-checksum-mismatch',
            'the bytes are not those of the announced hash; send all of them again',
            {},
            { 'upload-offset': '0' },
          );
        }
        setOffset.run(end, end === row.size ? 1 : 0, nowMs(), uploadId);
        return end;
      });
    },

    async commit(device, dossierId, rev, manifestSha256, auditHead) {
      const { manifest, sha256 } = manifestOf(device, dossierId, rev);
      if (manifestSha256 !== sha256 || auditHead !== manifest.auditHead)
        throw new Problem(422, 'manifest-mismatch', 'another manifest was announced');
      const known = findReceipt.get(dossierId, rev) as { jws: string } | undefined;
      if (known) return known.jws;
      const missing = await missingFiles(device, manifest);
      if (missing.length > 0)
        throw new Problem(409, 'files-missing', `${missing.length} files are missing`, { missing });
      const jws = rows.transaction((): string => {
        const meanwhile = findReceipt.get(dossierId, rev) as { jws: string } | undefined;
        if (meanwhile) return meanwhile.jws;
        const dossier = sql('SELECT number, status FROM dossier WHERE id = ?').get(dossierId) as {
          number: string | null;
          status: number;
        };
        const number = dossier.number ?? (manifest.provisionalCode === null ? null : numbers.take(device.unit));
        const last = sql('SELECT seq, sha256 FROM receipt ORDER BY seq DESC LIMIT 1').get() as
          { seq: number; sha256: string } | undefined;
        const seq = (last?.seq ?? 0) + 1;
        const signed = signer.sign({
          dossierId,
          rev,
          manifestSha256: sha256,
          number,
          seq,
          prevReceiptHash: last?.sha256 ?? FIRST_PREVIOUS_HASH,
          receivedAt: isoNow(),
          gateway: name,
          auditHead,
        });
        sql('INSERT INTO receipt (seq, dossier_id, rev, jws, sha256) VALUES (?, ?, ?, ?, ?)').run(
          seq,
          dossierId,
          rev,
          signed,
          hashReceipt(signed),
        );
        // The counter decided 2 (được tiếp nhận) itself; only the first revision starts the province's own course.
        sql('UPDATE dossier SET number = ?, status = max(status, 2) WHERE id = ?').run(number, dossierId);
        if (processingDelayMs !== null && dossier.status < 2) {
          sql('INSERT INTO script (dossier_id, status, due_at_ms) VALUES (?, 4, ?) ON CONFLICT DO NOTHING').run(
            dossierId,
            Math.trunc(nowMs() + processingDelayMs),
          );
        }
        return signed;
      })();
      return jws;
    },

    receiptOf(dossierId) {
      const row = sql('SELECT jws FROM receipt WHERE dossier_id = ? ORDER BY rev DESC LIMIT 1').get(dossierId) as
        { jws: string } | undefined;
      return row?.jws ?? null;
    },

    setStatus: changeStatus,

    runScript() {
      const due = sql('SELECT dossier_id, status FROM script WHERE due_at_ms <= ? ORDER BY due_at_ms').all(nowMs()) as {
        dossier_id: string;
        status: number;
      }[];
      for (const { dossier_id, status } of due) changeStatus(dossier_id, status, null);
      return (sql('SELECT min(due_at_ms) AS at FROM script').get() as { at: number | null }).at;
    },

    async recover() {
      const open = sql('SELECT id, unit, sha256, size FROM upload WHERE is_complete = 0').all() as UploadRow[];
      let found = 0;
      for (const { id, unit, sha256, size } of open) {
        if (!(await files.has(unit, sha256, size))) continue;
        setOffset.run(size, 1, nowMs(), id);
        found++;
      }
      return found;
    },

    async collectGarbage() {
      const stale = sql('SELECT id FROM upload WHERE is_complete = 0 AND confirmed > 0 AND touched_at_ms < ?').all(
        nowMs() - ABANDONED_MS,
      ) as { id: string }[];
      for (const { id } of stale) {
        await locked(id, async () => {
          setOffset.run(0, 0, nowMs(), id);
          await files.discard(id);
        });
      }
      const orphans = (await files.parts()).filter(
        (id) => !findUpload.get(id) || (findUpload.get(id) as UploadRow).is_complete === 1,
      );
      for (const id of orphans) await files.discard(id);
      return stale.length + orphans.length;
    },

    stats() {
      const count = (text: string): number => (sql(text).get() as { n: number }).n;
      return {
        dossiers: count('SELECT count(DISTINCT dossier_id) AS n FROM receipt'),
        receipts: count('SELECT count(*) AS n FROM receipt'),
        files: count('SELECT count(*) AS n FROM upload WHERE is_complete = 1'),
        bytes: count('SELECT coalesce(sum(size), 0) AS n FROM upload WHERE is_complete = 1'),
      };
    },
  };
}

/** tus checksum extension: `sha256 <base64>`; the chunk is checked before a byte of it is kept. */
function checkChunk(checksum: string | undefined, bytes: Uint8Array): void {
  const [algorithm, value] = (checksum ?? '').split(' ');
  if (algorithm !== 'sha256' || !value)
    throw new Problem(400, 'checksum-missing', 'Upload-Checksum: sha256 <base64> is required');
  if (createHash('sha256').update(bytes).digest('base64') !== value) {
    throw new Problem(460, 'checksum-mismatch', 'the chunk did not arrive as it was sent');
  }
}
