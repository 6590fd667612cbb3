import type { Migration } from './migration.ts';

/** The hand-signature of each officer (owner = officer's id) and the agency's seal (owner = `agency`), as blobs. */
export const signatureImages: Migration = {
  version: 3,
  sql: `
    CREATE TABLE signature_image (
      owner TEXT PRIMARY KEY,
      blob_id TEXT NOT NULL REFERENCES blob (id),
      width_px INTEGER NOT NULL,
      height_px INTEGER NOT NULL,
      width_mm REAL,
      registered_by TEXT NOT NULL REFERENCES officer (id),
      registered_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX signature_image_blob ON signature_image (blob_id);
  `,
};
