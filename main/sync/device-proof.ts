import { createHash, createHmac } from 'node:crypto';

/**
 * What a counter answers to the province's nonce: it has the device secret, without sending it. The labels keep the two
 * values from ever meaning anything else.
 */
export function proveDevice(secret: string, nonce: string): string {
  return proveWithKey(deviceProofKey(secret), nonce);
}

/** What the province keeps instead of the secret, base64. */
export function deviceProofKey(secret: string): string {
  return createHash('sha256').update(`quay-mot-cua device key\n${secret}`).digest('base64');
}

export function proveWithKey(proofKey: string, nonce: string): string {
  return createHmac('sha256', Buffer.from(proofKey, 'base64')).update(`device token\n${nonce}`).digest('base64url');
}
