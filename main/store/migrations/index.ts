/**
 * @file Numbered migrations, one file each, never edited once released. `user_version` says how far a database is.
 */
import type { Database } from 'better-sqlite3';
import { Failure } from '../../rooms/failure.ts';
import { ground } from './001-ground.ts';
import { resultIdentity } from './002-result-identity.ts';
import { signatureImages } from './003-signature-images.ts';
import { stamping } from './004-stamping.ts';
import { redo } from './005-redo.ts';
import { preferences } from './006-preferences.ts';
import { backlog } from './007-backlog.ts';
import type { Migration } from './migration.ts';

const MIGRATIONS: readonly Migration[] = [
  ground,
  resultIdentity,
  signatureImages,
  stamping,
  redo,
  preferences,
  backlog,
];

/** @throws Failure `store-newer` when a newer program wrote the database: it must not be touched by this one */
export function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const current = database.pragma('user_version', { simple: true }) as number;
  if (current > newest) throw new Failure('store-newer', `schema ${current}, this program knows ${newest}`);
  for (const { version, sql } of migrations) {
    if (version <= current) continue;
    database
      .transaction(() => {
        database.exec(sql);
        database.pragma(`user_version = ${version}`);
      })
      .immediate();
  }
}
