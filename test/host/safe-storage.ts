/** @file `safeStorage` without a keyring: refuses, unless a test asks for a key in a plain file. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Electron from 'electron';
import { app } from './app.ts';
import { refuseMissing } from './unsupported.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = Buffer.from('host');

class HostSafeStorage implements Pick<
  Electron.SafeStorage,
  'encryptString' | 'decryptString' | 'isEncryptionAvailable' | 'getSelectedStorageBackend'
> {
  isEncryptionAvailable(): boolean {
    return process.env['HOST_INSECURE_SECRETS'] === '1';
  }

  /** A name that Electron never gives, so that the program can tell and warn. */
  getSelectedStorageBackend(): ReturnType<Electron.SafeStorage['getSelectedStorageBackend']> {
    return (this.isEncryptionAvailable() ? 'host-test' : 'unknown') as 'unknown';
  }

  encryptString(plainText: string): Buffer {
    if (!this.isEncryptionAvailable())
      throw new Error(
        'Error while encrypting the text provided to safeStorage.encryptString. Encryption is not available.',
      );
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', readKey(), nonce);
    return Buffer.concat([PREFIX, nonce, cipher.update(plainText, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  decryptString(encrypted: Buffer): string {
    if (!this.isEncryptionAvailable())
      throw new Error(
        'Error while decrypting the ciphertext provided to safeStorage.decryptString. Encryption is not available.',
      );
    if (
      encrypted.length < PREFIX.length + NONCE_BYTES + TAG_BYTES ||
      !encrypted.subarray(0, PREFIX.length).equals(PREFIX)
    ) {
      throw new Error(
        'Error while decrypting the ciphertext provided to safeStorage.decryptString. Ciphertext does not appear to be encrypted.',
      );
    }
    const sealed = encrypted.subarray(PREFIX.length + NONCE_BYTES, -TAG_BYTES);
    const decipher = createDecipheriv(
      'aes-256-gcm',
      readKey(),
      encrypted.subarray(PREFIX.length, PREFIX.length + NONCE_BYTES),
    );
    decipher.setAuthTag(encrypted.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
    } catch (error) {
      throw new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.', { cause: error });
    }
  }
}
refuseMissing(HostSafeStorage.prototype, 'safeStorage');

function readKey(): Buffer {
  const file = join(app.getPath('userData'), 'host-test-secret.key');
  if (!existsSync(file)) {
    mkdirSync(app.getPath('userData'), { recursive: true });
    writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
  }
  return readFileSync(file);
}

export const safeStorage = new HostSafeStorage();
