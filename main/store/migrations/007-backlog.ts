import type { Migration } from './migration.ts';

/**
 * Old records: series with their targets, stacks (a stack's pages and undo steps are a draft like a dossier's, told apart by
 * `dossier.kind`), records and their revisions. What was confirmed is final: a correction is another revision.
 */
export const backlog: Migration = {
  version: 7,
  sql: `
    ALTER TABLE dossier ADD COLUMN kind TEXT NOT NULL DEFAULT 'dossier';

    CREATE TABLE backlog_series (
      code TEXT PRIMARY KEY,
      body TEXT NOT NULL,
      next_sequence INTEGER NOT NULL DEFAULT 1
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE backlog_stack (
      id TEXT PRIMARY KEY REFERENCES dossier (id) ON DELETE CASCADE,
      series_code TEXT NOT NULL REFERENCES backlog_series (code),
      name TEXT NOT NULL,
      split TEXT NOT NULL,
      -- The draft's revision at which its last record was confirmed: nothing is left to do while it stands there.
      done_revision INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX backlog_stack_series ON backlog_stack (series_code, name);

    CREATE TABLE backlog_record (
      id TEXT PRIMARY KEY,
      series_code TEXT NOT NULL REFERENCES backlog_series (code),
      sequence INTEGER NOT NULL,
      stack_id TEXT NOT NULL REFERENCES backlog_stack (id),
      revision INTEGER NOT NULL,
      finished_on TEXT,
      UNIQUE (series_code, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX backlog_record_finished ON backlog_record (series_code, finished_on);
    CREATE INDEX backlog_record_stack ON backlog_record (stack_id);

    CREATE TABLE backlog_revision (
      record_id TEXT NOT NULL REFERENCES backlog_record (id),
      revision INTEGER NOT NULL,
      number TEXT,
      year INTEGER,
      name TEXT NOT NULL,
      words TEXT NOT NULL,
      fields TEXT NOT NULL,
      pages TEXT NOT NULL,
      officer_id TEXT NOT NULL REFERENCES officer (id),
      confirmed_at TEXT NOT NULL,
      reason TEXT,
      duplicate_of TEXT,
      blob_id TEXT REFERENCES blob (id),
      page_count INTEGER NOT NULL,
      signatures TEXT NOT NULL DEFAULT '[]',
      PRIMARY KEY (record_id, revision)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX backlog_revision_composing ON backlog_revision (record_id) WHERE blob_id IS NULL;
    CREATE TRIGGER backlog_revision_is_final
      BEFORE UPDATE OF record_id, revision, number, year, name, words, fields, pages, officer_id, confirmed_at, reason, duplicate_of
      ON backlog_revision BEGIN SELECT RAISE (ABORT, 'confirmed records are final'); END;
    CREATE TRIGGER backlog_revision_is_kept
      BEFORE DELETE ON backlog_revision BEGIN SELECT RAISE (ABORT, 'confirmed records are kept'); END;

    CREATE TABLE backlog_identity (
      series_code TEXT NOT NULL,
      identity TEXT NOT NULL,
      record_id TEXT NOT NULL REFERENCES backlog_record (id),
      PRIMARY KEY (series_code, identity)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE backlog_page (
      page_id TEXT PRIMARY KEY,
      stack_id TEXT NOT NULL REFERENCES backlog_stack (id),
      record_id TEXT NOT NULL REFERENCES backlog_record (id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX backlog_page_stack ON backlog_page (stack_id);

    CREATE TABLE backlog_import (
      stack_id TEXT NOT NULL REFERENCES backlog_stack (id) ON DELETE CASCADE,
      sha256 TEXT NOT NULL,
      -- From 0: two sheets may give the same file (separators do), and each counts.
      occurrence INTEGER NOT NULL,
      file_name TEXT NOT NULL,
      pages_in INTEGER NOT NULL DEFAULT 0,
      -- The page that came in last: the rest of a file that was cut off goes behind it.
      last_page_id TEXT,
      is_done INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (stack_id, sha256, occurrence)
    ) STRICT, WITHOUT ROWID;
  `,
};
