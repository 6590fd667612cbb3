/** @file What the command line brings to the ports: forked rooms, a data folder from the environment, a key file. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Machine, SecretBox } from '../ports/ports.ts';
import { Failure } from '../rooms/failure.ts';
import { forkLauncher } from '../rooms/fork-launcher.ts';
import { say, type Where } from './output.ts';

export function nodeMachine(where: Where): Machine {
  if (where.machine) return where.machine;
  const data = process.env['MOTCUA_HOME'] ?? join(homedir(), '.local', 'share', 'quay-mot-cua');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const projectFolder = where.isBundle ? join(where.entryFolder, '..', '..') : join(where.entryFolder, '..');
  return {
    launch: forkLauncher((name) => entryOf(where, projectFolder, name)),
    paths: { data, resources: join(projectFolder, 'resources') },
    secretBox: NO_KEYRING,
    clock: { now: Date.now },
    fetch: globalThis.fetch,
    log: (level, text) => {
      if (level === 'warn' || level === 'error' || process.env['MOTCUA_VERBOSE'] !== undefined)
        say(`[${level}] ${text}`);
    },
  };
}

/** Plain Node cannot reach the system keyring that seals a production store; practice data needs none. */
const NO_KEYRING: SecretBox = {
  kind: 'none',
  isAvailable: () => false,
  seal: () => {
    throw new Failure('store-key-missing', 'no keyring');
  },
  open: () => {
    throw new Failure('store-key-missing', 'no keyring');
  },
};

function entryOf(where: Where, projectFolder: string, name: string): string {
  if (where.isBundle) return join(where.entryFolder, `${name}.js`);
  return name === 'province' ? join(projectFolder, 'province', 'entry.ts') : join(where.entryFolder, name, 'entry.ts');
}
