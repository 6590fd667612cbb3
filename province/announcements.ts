/** @file The first thing a counter sends of a dossier: its manifest, taken once for each revision. */
import { hashManifest } from '../main/sync/manifest.ts';
import { Manifest } from '../main/sync/protocol.ts';
import { prepareOnce, type Rows } from './database.ts';
import type { Device } from './devices.ts';
import type { Numbers } from './numbers.ts';
import { Problem } from './problem.ts';

export const MAX_FILE_BYTES = 512 * 1024 * 1024;
const MAX_FILES = 500;

export interface AnnouncementParts {
  readonly rows: Rows;
  readonly numbers: Numbers;
  readonly nowIso: () => string;
}

/**
 * @returns true when this revision was new.
 * @throws Problem 422 when the same revision was announced with another content, or the manifest does not fit.
 */
export function announceRevision(
  { rows, numbers, nowIso }: AnnouncementParts,
  device: Device,
  dossierId: string,
  key: string | undefined,
  body: unknown,
): boolean {
  const sql = prepareOnce(rows);
  const parsed = Manifest.safeParse(body);
  if (!parsed.success) throw new Problem(422, 'manifest-refused', parsed.error.message);
  const manifest = parsed.data;
  const sha256 = hashManifest(body as object);
  if (manifest.dossierId !== dossierId)
    throw new Problem(422, 'manifest-refused', 'the manifest is of another dossier');
  if (key !== `${dossierId}:${manifest.revision}`)
    throw new Problem(400, 'key-refused', 'Idempotency-Key must be <dossierId>:<revision>');
  if (manifest.agencyCode !== device.unit)
    throw new Problem(422, 'agency-refused', 'this device speaks for another agency');
  if (manifest.files.length > MAX_FILES) throw new Problem(413, 'too-many-files', `at most ${MAX_FILES} files`);
  if (manifest.files.some(({ sizeBytes }) => sizeBytes > MAX_FILE_BYTES))
    throw new Problem(413, 'file-too-large', `at most ${MAX_FILE_BYTES} bytes`);
  return rows.transaction((): boolean => {
    const dossier = sql('SELECT unit, number FROM dossier WHERE id = ?').get(dossierId) as
      { unit: string; number: string | null } | undefined;
    if (dossier && dossier.unit !== device.unit) throw new Problem(422, 'dossier-refused', 'this id is taken');
    const known = sql('SELECT manifest_sha256 FROM revision WHERE dossier_id = ? AND rev = ?').get(
      dossierId,
      manifest.revision,
    ) as { manifest_sha256: string } | undefined;
    if (known) {
      if (known.manifest_sha256 !== sha256)
        throw new Problem(422, 'key-reused', 'this revision was announced with another content');
      return false;
    }
    if (manifest.code !== null && manifest.code !== dossier?.number) {
      if (dossier?.number) throw new Problem(422, 'number-refused', 'the dossier has another official code');
      if (!numbers.isLeased(device.unit, manifest.code))
        throw new Problem(422, 'number-refused', 'this code was not given to this agency');
      const taken = sql('SELECT 1 FROM dossier WHERE number = ?').get(manifest.code);
      if (taken) throw new Problem(422, 'number-refused', 'another dossier has this code');
    }
    sql(
      'INSERT INTO dossier (id, unit, number, status) VALUES (?, ?, ?, 1) ON CONFLICT (id) DO UPDATE SET number = coalesce(number, excluded.number)',
    ).run(dossierId, device.unit, manifest.code);
    sql(
      'INSERT INTO revision (dossier_id, rev, manifest, manifest_sha256, device, announced_at) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(dossierId, manifest.revision, JSON.stringify(body), sha256, device.id, nowIso());
    return true;
  })();
}
