/**
 * @file The province's signed receipt: the only thing that makes a dossier "received". Imported by `sync` (before it
 * reports) and by `store` (before it believes). A compact JWS (RFC 7515) signed with Ed25519 (RFC 8037).
 */
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { z } from 'zod';
import { Failure } from '../rooms/failure.ts';
import type { Manifest } from './protocol.ts';

const Sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

/** `typ` of the header: a JWS signed with the same key for another purpose is not a receipt. */
export const RECEIPT_TYPE = 'dossier-receipt+jws';

export const ReceiptPayload = z.object({
  dossierId: z.uuid(),
  rev: z.int().positive(),
  /** SHA-256 of the manifest's canonical JSON (RFC 8785). */
  manifestSha256: Sha256Hex,
  /** The official dossier code; null when the province gave none with this revision. */
  number: z.string().min(1).max(64).nullable(),
  /** Position in the province's receipt chain. */
  seq: z.int().positive(),
  /** SHA-256 of the compact JWS before this one; 64 zeros for the first. */
  prevReceiptHash: Sha256Hex,
  receivedAt: z.iso.datetime({ offset: true }),
  gateway: z.string().min(1),
  auditHead: z.string(),
});
export type ReceiptPayload = z.infer<typeof ReceiptPayload>;

/**
 * The payload of a receipt whose signature verifies with one of `keys` (public JWKs; during a rotation old and new).
 * @throws Failure `receipt-invalid` for anything else: other algorithm, unknown key, altered byte, payload out of shape.
 */
export async function verifyReceipt(
  jws: string,
  keys: readonly Readonly<Record<string, unknown>>[],
): Promise<ReceiptPayload> {
  const candidates = keysFor(jws, keys);
  for (const key of candidates) {
    const bytes = await verifiedBytes(jws, key);
    if (bytes) return parsePayload(bytes);
  }
  throw new Failure('receipt-invalid', `the signature verifies with none of ${candidates.length} known keys`);
}

/** What a receipt must say to be the receipt of this manifest and no other. */
export type ReceiptSubject = Pick<Manifest, 'dossierId' | 'revision' | 'auditHead'>;

/** {@link verifyReceipt}, and the receipt is about exactly this manifest and audit head. */
export async function verifyReceiptOf(
  jws: string,
  keys: readonly Readonly<Record<string, unknown>>[],
  manifest: ReceiptSubject,
  manifestSha256: string,
): Promise<ReceiptPayload> {
  const payload = await verifyReceipt(jws, keys);
  const differs =
    (payload.dossierId !== manifest.dossierId && 'dossierId') ||
    (payload.rev !== manifest.revision && 'rev') ||
    (payload.manifestSha256 !== manifestSha256 && 'manifestSha256') ||
    (payload.auditHead !== manifest.auditHead && 'auditHead');
  if (differs) throw new Failure('receipt-invalid', `the receipt is about another dossier (${differs} differs)`);
  return payload;
}

function keysFor(jws: string, keys: readonly Readonly<Record<string, unknown>>[]): readonly JWK[] {
  let header: { alg?: string; typ?: string; kid?: string };
  try {
    header = decodeProtectedHeader(jws);
  } catch (cause) {
    throw new Failure('receipt-invalid', 'not a compact JWS', { cause });
  }
  if (header.alg !== 'EdDSA' || header.typ !== RECEIPT_TYPE) {
    throw new Failure('receipt-invalid', `header says alg ${header.alg}, typ ${header.typ}`);
  }
  const usable = keys.filter((key) => key['kty'] === 'OKP' && key['crv'] === 'Ed25519') as readonly JWK[];
  return usable.filter((key) => header.kid === undefined || key.kid === undefined || key.kid === header.kid);
}

async function verifiedBytes(jws: string, { kty, crv, x }: JWK): Promise<Uint8Array | undefined> {
  try {
    const key = await importJWK({ kty, crv, x } as JWK, 'EdDSA');
    return (await compactVerify(jws, key, { algorithms: ['EdDSA'] })).payload;
  } catch {
    return undefined; // wrong key or altered bytes: the caller tries the next key and then refuses
  }
}

function parsePayload(bytes: Uint8Array): ReceiptPayload {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new Failure('receipt-invalid', 'the payload is not JSON', { cause });
  }
  const parsed = ReceiptPayload.safeParse(value);
  if (!parsed.success) throw new Failure('receipt-invalid', `payload: ${parsed.error.message}`);
  return parsed.data;
}
