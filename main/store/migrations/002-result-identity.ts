import type { Migration } from './migration.ts';

/** Number, date and agency read from results: what was one dossier's result cannot become another's by a second scan. */
export const resultIdentity: Migration = {
  version: 2,
  sql: `
    CREATE TABLE result_identity (
      identity TEXT PRIMARY KEY,
      dossier_id TEXT NOT NULL REFERENCES dossier (id),
      document_id TEXT NOT NULL REFERENCES document (id)
    ) STRICT, WITHOUT ROWID;
  `,
};
