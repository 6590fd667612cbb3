/** @file A log file a day, kept for a fortnight. Ids and codes only: no names, no numbers of persons, no PINs. */
import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const KEPT_DAYS = 14;

export function openLog(folder: string): (level: string, text: string) => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const old = readdirSync(folder)
    .filter((name) => /^motcua-\d{4}-\d{2}-\d{2}\.log$/.test(name))
    .sort()
    .slice(0, -KEPT_DAYS);
  for (const name of old) rmSync(join(folder, name), { force: true });
  return (level, text) => {
    const now = new Date().toISOString();
    appendFileSync(join(folder, `motcua-${now.slice(0, 10)}.log`), `${now} ${level} ${text}\n`, { mode: 0o600 });
  };
}
