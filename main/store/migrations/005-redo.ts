import type { Migration } from './migration.ts';

/**
 * What was undone and can be done again; the newest undoing is the highest step. And which revision the last decision made: an
 * officer's next one must know it, while pages and recognition that came since do not stand in its way.
 */
export const redo: Migration = {
  version: 5,
  sql: `
    CREATE TABLE redo_step (
      dossier_id TEXT NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      patch TEXT NOT NULL,
      PRIMARY KEY (dossier_id, step)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE dossier ADD COLUMN decided_revision INTEGER NOT NULL DEFAULT 0;
    UPDATE dossier SET decided_revision = revision;
  `,
};
