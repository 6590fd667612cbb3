import type { Migration } from './migration.ts';

/** Signed results on their way to a long-term level: one row a document, kept with how it ended. */
export const stamping: Migration = {
  version: 4,
  sql: `
    CREATE TABLE stamp_job (
      document_id TEXT PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
      level TEXT NOT NULL,
      state TEXT NOT NULL,
      code TEXT,
      detail TEXT,
      attempts INTEGER NOT NULL DEFAULT 0,
      not_before_ms INTEGER NOT NULL DEFAULT 0,
      lease_boot TEXT,
      lease_until_ms INTEGER NOT NULL DEFAULT 0,
      queued_at TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX stamp_job_open ON stamp_job (not_before_ms) WHERE state IN ('waiting', 'working');
  `,
};
