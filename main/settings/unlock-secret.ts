/**
 * @file The secret that opens the store's key slot: 32 random bytes, sealed by the machine's `SecretBox`, kept beside the
 * store. Without it the store stays closed; it is never written in the clear.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretBox } from '../ports/ports.ts';
import { Failure } from '../rooms/failure.ts';

/** @returns base64. @throws Failure `store-key-missing` when a store exists but its secret cannot be opened any more. */
export function openUnlockSecret(dataFolder: string, storeFolder: string, box: SecretBox): string {
  const path = join(dataFolder, 'unlock.sealed');
  if (!box.isAvailable()) throw new Failure('store-key-missing', `no secret protection on this machine (${box.kind})`);
  if (existsSync(path)) {
    try {
      return Buffer.from(box.open(readFileSync(path))).toString('base64');
    } catch (cause) {
      throw new Failure('store-key-missing', `${path} cannot be opened by ${box.kind}`, { cause });
    }
  }
  if (existsSync(join(storeFolder, 'counter.db'))) {
    throw new Failure('store-key-missing', `${path} is gone but the store is there`);
  }
  const secret = randomBytes(32);
  const descriptor = openSync(`${path}.tmp`, 'w', 0o600);
  writeSync(descriptor, box.seal(secret));
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(`${path}.tmp`, path);
  return secret.toString('base64');
}
