/** @file The province's signing key and its receipt chain: every receipt holds the hash of the one before it. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { RECEIPT_TYPE, type ReceiptPayload } from '../main/sync/receipt.ts';

export interface ReceiptSigner {
  /** Public keys (JWK) that verify the receipts; the newest first. */
  readonly publicKeys: readonly Record<string, unknown>[];
  /** Synchronous, because it runs inside the commit's transaction. */
  readonly sign: (payload: ReceiptPayload) => string;
}

export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

export function hashReceipt(jws: string): string {
  return createHash('sha256').update(jws, 'ascii').digest('hex');
}

/** Reads the key of the data folder, or makes it on the first start. */
export async function openReceiptSigner(folder: string): Promise<ReceiptSigner> {
  const path = join(folder, 'receipt-key.pem');
  try {
    return signerWith(createPrivateKey(readFileSync(path)));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  const handle = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await handle.writeFile(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.tmp`, path);
  return signerWith(privateKey);
}

/** A signer whose key nobody knows: the `forged-receipt` fault, and tests. */
export function makeReceiptSigner(): ReceiptSigner {
  return signerWith(generateKeyPairSync('ed25519').privateKey);
}

function signerWith(privateKey: KeyObject): ReceiptSigner {
  const { kty, crv, x } = createPublicKey(privateKey).export({ format: 'jwk' });
  // RFC 7638: the thumbprint is the hash of these members in this order.
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
  const header = encode({ alg: 'EdDSA', kid, typ: RECEIPT_TYPE });
  return {
    publicKeys: [{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }],
    sign(payload) {
      const input = `${header}.${encode(payload)}`;
      return `${input}.${sign(null, Buffer.from(input, 'ascii'), privateKey).toString('base64url')}`;
    },
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
