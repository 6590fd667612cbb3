/** @file `npm run bench`: every benchmark one after another. They print ratios measured side by side; nothing here can fail a build. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const wanted = process.argv.slice(2);
for (const name of readdirSync(import.meta.dirname).filter((file) => file.endsWith('.bench.ts'))) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
  console.log(`\n== ${name}`);
  spawnSync(process.execPath, [join(import.meta.dirname, name)], { stdio: 'inherit' });
}
