import type { Migration } from './migration.ts';

/**
 * What was undone and can be done again; the newest undoing is the highest step. And which revision the last decision made: an
 * officer's next one must know it, while pages and recognition that came since do not stand in its way. What rules look at of a
 * page's recognition moves out of the draft into rows of its own.
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

    CREATE TABLE page_reading (
      dossier_id TEXT NOT NULL REFERENCES dossier (id) ON DELETE CASCADE,
      page_id TEXT NOT NULL,
      fact TEXT NOT NULL,
      PRIMARY KEY (dossier_id, page_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO page_reading (dossier_id, page_id, fact)
      SELECT dossier.id, substr(fact.key, 13), CASE WHEN fact.type = 'text' THEN json_quote(fact.value) ELSE fact.value END
      FROM dossier, json_each(dossier.draft) AS fact WHERE fact.key LIKE 'recognition:%';
    UPDATE dossier SET draft = (
      SELECT json_group_object(fact.key, CASE fact.type WHEN 'text' THEN fact.value WHEN 'true' THEN json('true')
               WHEN 'false' THEN json('false') WHEN 'integer' THEN fact.value WHEN 'real' THEN fact.value ELSE json(fact.value) END)
      FROM json_each(dossier.draft) AS fact WHERE fact.key NOT LIKE 'recognition:%')
      WHERE EXISTS (SELECT 1 FROM json_each(dossier.draft) AS fact WHERE fact.key LIKE 'recognition:%');
  `,
};
