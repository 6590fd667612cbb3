import type { Migration } from './migration.ts';

/**
 * How each officer likes the screen, how each paper is scanned on each device, and network scanners that were there before.
 * Which scanner the machine uses is a row of `setting`.
 */
export const preferences: Migration = {
  version: 6,
  sql: `
    CREATE TABLE officer_preference (
      officer_id TEXT PRIMARY KEY REFERENCES officer (id) ON DELETE CASCADE,
      theme TEXT NOT NULL,
      text_percent INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE scan_setting (
      device_id TEXT NOT NULL,
      paper TEXT NOT NULL,
      settings TEXT NOT NULL,
      set_at_ms INTEGER NOT NULL,
      PRIMARY KEY (device_id, paper)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE known_scanner (
      device_id TEXT PRIMARY KEY,
      scanner TEXT NOT NULL,
      seen_at_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
