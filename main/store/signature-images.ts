/**
 * @file Pictures of hand-signatures and of the agency's seal: blobs like every other, so that on a shared PC they lie
 * encrypted. An officer puts in and takes away his own; the seal is the administrator's.
 */
import { rmSync } from 'node:fs';
import type { SignatureImage, SignatureImageKind, SignatureImages } from '../../preload/types.ts';
import type { BlobAccess, Deposit } from '../blobs/blob-file.ts';
import { Failure } from '../rooms/failure.ts';
import { blobAccess, dropUnusedBlobs, shelve } from './blob-shelf.ts';
import { appendAudit, inTransaction, recordTimeMs, toLocal, type StoreContext } from './context.ts';
import { requireOfficer } from './officers.ts';

interface ImageRow {
  readonly blob_id: string;
  readonly width_px: number;
  readonly height_px: number;
  readonly width_mm: number | null;
  readonly registered_at: string;
  readonly registered_by_name: string;
}

export interface NewSignatureImage {
  readonly officerId: string;
  readonly kind: SignatureImageKind;
  readonly image: Deposit;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly widthMm: number | null;
}

const SEAL_OWNER = 'agency';

/** What this officer signs with. */
export function signatureImages(context: StoreContext, officerId: string): SignatureImages {
  return { personal: readImage(context, officerId), seal: readImage(context, SEAL_OWNER) };
}

/** @throws Failure `signature-image-missing` */
export function signatureImageAccess(context: StoreContext, officerId: string, kind: SignatureImageKind): BlobAccess {
  const image = readImage(context, ownerOf(officerId, kind));
  if (!image) throw new Failure('signature-image-missing', kind);
  return blobAccess(context, image.blobId);
}

/** In the place of an earlier one. @throws Failure `not-allowed` */
export async function setSignatureImage(context: StoreContext, image: NewSignatureImage): Promise<SignatureImages> {
  const { officerId, kind, widthPx, heightPx, widthMm } = image;
  requireKeeper(context, officerId, kind);
  const blob = await shelve(context, image.image);
  const files = inTransaction(context, () => {
    const atMs = recordTimeMs(context);
    blob.insert?.();
    context
      .sql(
        `INSERT INTO signature_image (owner, blob_id, width_px, height_px, width_mm, registered_by, registered_at)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (owner) DO UPDATE SET blob_id = excluded.blob_id, width_px = excluded.width_px,
           height_px = excluded.height_px, width_mm = excluded.width_mm, registered_by = excluded.registered_by,
           registered_at = excluded.registered_at`,
      )
      .run(ownerOf(officerId, kind), blob.id, widthPx, heightPx, widthMm, officerId, toLocal(context, atMs));
    appendAudit(context, atMs, {
      kind: 'signature-image-registered',
      officerId,
      dossierId: null,
      data: { image: kind, sha256: blob.sha256 },
    });
    return dropUnusedBlobs(context);
  });
  for (const file of files) rmSync(file, { force: true });
  return signatureImages(context, officerId);
}

/** @throws Failure `not-allowed` */
export function removeSignatureImage(
  context: StoreContext,
  officerId: string,
  kind: SignatureImageKind,
): SignatureImages {
  requireKeeper(context, officerId, kind);
  const files = inTransaction(context, () => {
    const removed = context.sql('DELETE FROM signature_image WHERE owner = ?').run(ownerOf(officerId, kind));
    if (removed.changes === 0) return [];
    appendAudit(context, recordTimeMs(context), {
      kind: 'signature-image-removed',
      officerId,
      dossierId: null,
      data: { image: kind },
    });
    return dropUnusedBlobs(context);
  });
  for (const file of files) rmSync(file, { force: true });
  return signatureImages(context, officerId);
}

function requireKeeper(context: StoreContext, officerId: string, kind: SignatureImageKind): void {
  requireOfficer(context, officerId, kind === 'seal' ? 'admin' : 'signer');
}

function ownerOf(officerId: string, kind: SignatureImageKind): string {
  return kind === 'seal' ? SEAL_OWNER : officerId;
}

function readImage(context: StoreContext, owner: string): SignatureImage | null {
  const row = context
    .sql(
      `SELECT signature_image.*, officer.name AS registered_by_name FROM signature_image
       JOIN officer ON officer.id = signature_image.registered_by WHERE owner = ?`,
    )
    .get(owner) as ImageRow | undefined;
  if (!row) return null;
  return {
    blobId: row.blob_id,
    widthPx: row.width_px,
    heightPx: row.height_px,
    widthMm: row.width_mm,
    registeredAt: row.registered_at,
    registeredBy: row.registered_by_name,
  };
}
