/** @file Practice data opens for the window and the command line alike; production secrets only for who holds the keyring. */
import { join } from 'node:path';
import type { Machine, SecretBox } from '../ports/ports.ts';
import { keyFileSecretBox } from '../settings/key-file-secret-box.ts';
import type { Settings } from '../settings/settings.ts';

export function secretBoxOf(machine: Machine, settings: Settings): SecretBox {
  return settings.mode === 'practice' ? keyFileSecretBox(join(machine.paths.data, 'practice.key')) : machine.secretBox;
}
