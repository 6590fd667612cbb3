import type { Migration } from './migration.ts';

/** What was undone and can be done again; the newest undoing is the highest step. */
export const redo: Migration = {
  version: 5,
  sql: `
    CREATE TABLE redo_step (
      dossier_id TEXT NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      patch TEXT NOT NULL,
      PRIMARY KEY (dossier_id, step)
    ) STRICT, WITHOUT ROWID;
  `,
};
