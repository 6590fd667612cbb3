/** @file What the command line brings to the ports: forked rooms, a data folder from the environment, a key file. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../ports/ports.ts';
import { forkLauncher } from '../rooms/fork-launcher.ts';
import { keyFileSecretBox } from '../settings/key-file-secret-box.ts';
import { say, type Where } from './output.ts';

export function nodeMachine(where: Where): Machine {
  const data = process.env['MOTCUA_HOME'] ?? join(homedir(), '.local', 'share', 'quay-mot-cua');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const projectFolder = where.isBundle ? join(where.entryFolder, '..', '..') : join(where.entryFolder, '..');
  return {
    launch: forkLauncher((name) => entryOf(where, projectFolder, name)),
    paths: { data, resources: join(projectFolder, 'resources') },
    // The window seals its secret with the system keyring, which plain Node cannot open.
    secretBox: keyFileSecretBox(join(data, 'command-line.key')),
    clock: { now: Date.now },
    log: (level, text) => {
      if (level === 'warn' || level === 'error' || process.env['MOTCUA_VERBOSE'] !== undefined)
        say(`[${level}] ${text}`);
    },
  };
}

function entryOf(where: Where, projectFolder: string, name: string): string {
  if (where.isBundle) return join(where.entryFolder, `${name}.js`);
  return name === 'province' ? join(projectFolder, 'province', 'entry.ts') : join(where.entryFolder, name, 'entry.ts');
}
