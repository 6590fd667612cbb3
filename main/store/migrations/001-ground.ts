import type { Migration } from './migration.ts';

/**
 * Dossiers with their drafts and undo steps, pages' recognition, documents, blobs, officers, numbers, registers, the
 * outbox and the audit chain. Times are ISO 8601 for people's records and milliseconds where the program compares them.
 */
export const ground: Migration = {
  version: 1,
  sql: `
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

    CREATE TABLE officer (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      title TEXT NOT NULL,
      roles TEXT NOT NULL,
      pin_hash TEXT NOT NULL,
      failed_attempts INTEGER NOT NULL DEFAULT 0,
      locked_until_ms INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE dossier (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL,
      revision INTEGER NOT NULL,
      channel TEXT NOT NULL,
      officer_id TEXT NOT NULL REFERENCES officer (id),
      created_at TEXT NOT NULL,
      draft TEXT NOT NULL,
      sealed_body TEXT,
      sealed_from_revision INTEGER,
      code TEXT UNIQUE,
      provisional_code TEXT UNIQUE,
      applicant_name TEXT NOT NULL DEFAULT '',
      applicant_id_number TEXT,
      procedure_name TEXT,
      received_at TEXT,
      due_at TEXT,
      receipt_year INTEGER,
      receipt_book INTEGER,
      receipt_number INTEGER,
      upload_revision INTEGER NOT NULL DEFAULT 0,
      UNIQUE (receipt_year, receipt_book, receipt_number)
    ) STRICT;
    CREATE INDEX dossier_state ON dossier (state, seq);

    CREATE TABLE undo_step (
      dossier_id TEXT NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      patch TEXT NOT NULL,
      PRIMARY KEY (dossier_id, step)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE blob (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      deposit TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      size_bytes INTEGER NOT NULL,
      media_type TEXT NOT NULL,
      wrapped_key BLOB NOT NULL,
      added_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX blob_sha256 ON blob (sha256);

    CREATE TABLE blob_use (
      blob_id TEXT NOT NULL REFERENCES blob (id),
      dossier_id TEXT NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
      PRIMARY KEY (blob_id, dossier_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX blob_use_dossier ON blob_use (dossier_id);

    CREATE TABLE recognition (
      page_id TEXT PRIMARY KEY,
      dossier_id TEXT NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
      recognised TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX recognition_dossier ON recognition (dossier_id);

    CREATE TABLE document (
      id TEXT PRIMARY KEY,
      dossier_id TEXT NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
      kind TEXT NOT NULL,
      component_id TEXT,
      title TEXT NOT NULL,
      blob_id TEXT NOT NULL REFERENCES blob (id),
      page_count INTEGER NOT NULL,
      signatures TEXT NOT NULL,
      added_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX document_dossier ON document (dossier_id);
    CREATE INDEX document_waiting ON document (kind, added_at) WHERE kind = 'result' AND signatures = '[]';

    CREATE TABLE result_file (
      sha256 TEXT PRIMARY KEY,
      dossier_id TEXT NOT NULL REFERENCES dossier (id),
      document_id TEXT NOT NULL REFERENCES document (id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE number_block (
      key TEXT PRIMARY KEY,
      date TEXT NOT NULL,
      prefix TEXT NOT NULL,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL,
      next INTEGER NOT NULL,
      is_closed INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX number_block_date ON number_block (date, first);

    CREATE TABLE register (year INTEGER PRIMARY KEY, book INTEGER NOT NULL, last_number INTEGER NOT NULL) STRICT;

    CREATE TABLE job (
      id TEXT PRIMARY KEY,
      dossier_id TEXT NOT NULL REFERENCES dossier (id),
      revision INTEGER NOT NULL,
      state TEXT NOT NULL,
      reason TEXT,
      detail TEXT,
      attempts INTEGER NOT NULL DEFAULT 0,
      not_before_ms INTEGER NOT NULL DEFAULT 0,
      lease_boot TEXT,
      lease_until_ms INTEGER NOT NULL DEFAULT 0,
      manifest TEXT NOT NULL,
      manifest_sha256 TEXT NOT NULL,
      queued_at TEXT NOT NULL,
      receipt TEXT,
      received_at TEXT,
      received_local_date TEXT,
      UNIQUE (dossier_id, revision)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX job_open ON job (state, not_before_ms) WHERE state <> 'received';
    CREATE INDEX job_received ON job (received_local_date) WHERE state = 'received';

    CREATE TABLE job_file (
      job_id TEXT NOT NULL REFERENCES job (id),
      sha256 TEXT NOT NULL,
      blob_id TEXT NOT NULL REFERENCES blob (id),
      size_bytes INTEGER NOT NULL,
      upload_url TEXT,
      confirmed_offset INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (job_id, sha256)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL, event TEXT NOT NULL) STRICT;
    CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit BEGIN SELECT RAISE (ABORT, 'audit entries are final'); END;
    CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE (ABORT, 'audit entries are kept'); END;

    -- Unaccented words by dossier.seq; the text itself stands in the dossier only.
    CREATE VIRTUAL TABLE dossier_search USING fts5 (
      words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2 3 4 5 6 7'
    );
  `,
};
