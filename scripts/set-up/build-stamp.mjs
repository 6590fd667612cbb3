/** @file Is `out/` older than what it is made of? Compares one hash of the sources' names, sizes and times. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = ['main', 'preload', 'renderer', 'province', 'electron.vite.config.ts', 'package-lock.json'];

export function isBuildStale(root) {
  const stamp = join(root, 'out', '.sources');
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== fingerprint(root);
}

export function markBuilt(root) {
  writeFileSync(join(root, 'out', '.sources'), fingerprint(root));
}

function fingerprint(root) {
  const hash = createHash('sha256');
  const visit = (path) => {
    const stat = statSync(path);
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`);
  };
  for (const source of SOURCES) visit(join(root, source));
  return hash.digest('hex');
}
