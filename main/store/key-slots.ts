/**
 * @file Key slots (as LUKS has them): one random store key, wrapped once per way of unlocking. Today there is one kind,
 * `secret`: 32 bytes or more that main keeps in the operating system's secret box. The format leaves room for officers'
 * PINs and the province's escrow. Two copies of the file, each authenticated slot by slot.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { Failure } from '../rooms/failure.ts';
import { writeFileDurably } from './store-files.ts';

const STORE_KEY_BYTES = 32;
const MIN_SECRET_BYTES = 16;

const Base64 = z.base64();
const SecretSlot = z.object({
  id: z.string(),
  kind: z.literal('secret'),
  /** Version of this slot's own wrapping. 1 = HKDF-SHA256 → AES-256-GCM. */
  version: z.literal(1),
  salt: Base64,
  nonce: Base64,
  wrapped: Base64,
});
/** Slots of kinds this program does not know are kept as they are: a newer one may have made them. */
const SlotFile = z.object({
  format: z.literal(1),
  storeId: z.string(),
  slots: z.array(z.union([SecretSlot, z.looseObject({ id: z.string(), kind: z.string() })])),
});
type SlotFile = z.infer<typeof SlotFile>;
type SecretSlot = z.infer<typeof SecretSlot>;

export interface OpenedKey {
  readonly key: Buffer;
  readonly isNew: boolean;
}

/**
 * The store key behind `unlock`; a new one when there is no store yet.
 * @param mayCreate false when data already exists: then missing slots mean a missing key, never a new store
 * @throws Failure `store-key-missing` when no slot opens
 */
export function openStoreKey(paths: readonly [string, string], unlock: Uint8Array, mayCreate: boolean): OpenedKey {
  if (unlock.length < MIN_SECRET_BYTES) throw new Failure('store-key-missing', 'the unlocking secret is too short');
  const copies = paths.map(readSlotFile);
  for (const copy of copies) {
    const key = copy && unwrapWithSecret(copy, unlock);
    if (!key) continue;
    repairCopies(paths, copies, copy);
    return { key, isNew: false };
  }
  if (copies.some((copy) => copy !== null))
    throw new Failure('store-key-missing', 'no key slot opens with this secret');
  if (!mayCreate || paths.some((path) => existsSync(path)))
    throw new Failure('store-key-missing', 'the key slots are missing or damaged');
  const key = randomBytes(STORE_KEY_BYTES);
  const file: SlotFile = { format: 1, storeId: randomUUID(), slots: [] };
  const withSlot = { ...file, slots: [wrapWithSecret(file, key, unlock)] };
  for (const path of paths) writeFileDurably(path, serialise(withSlot));
  return { key, isNew: true };
}

function wrapWithSecret(file: SlotFile, key: Uint8Array, secret: Uint8Array): SecretSlot {
  const slot = { id: randomUUID(), kind: 'secret' as const, version: 1 as const };
  const salt = randomBytes(32);
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(secret, salt), nonce);
  cipher.setAAD(bindingOf(file, slot));
  const wrapped = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  return {
    ...slot,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
    wrapped: wrapped.toString('base64'),
  };
}

function unwrapWithSecret(file: SlotFile, secret: Uint8Array): Buffer | null {
  for (const slot of file.slots) {
    const parsed = SecretSlot.safeParse(slot);
    if (!parsed.success) continue;
    const { salt, nonce, wrapped } = parsed.data;
    const bytes = Buffer.from(wrapped, 'base64');
    if (bytes.length !== STORE_KEY_BYTES + 16) continue;
    const decipher = createDecipheriv(
      'aes-256-gcm',
      wrappingKey(secret, Buffer.from(salt, 'base64')),
      Buffer.from(nonce, 'base64'),
    );
    decipher.setAAD(bindingOf(file, parsed.data));
    decipher.setAuthTag(bytes.subarray(STORE_KEY_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, STORE_KEY_BYTES)), decipher.final()]);
    } catch {
      continue; // another secret's slot, or a damaged one: the next may open
    }
  }
  return null;
}

/** A slot of one store must not open in another, nor be taken for another kind. */
function bindingOf(file: SlotFile, slot: Pick<SecretSlot, 'id' | 'kind' | 'version'>): Buffer {
  return Buffer.from(`quay-mot-cua slot ${file.format} ${file.storeId} ${slot.id} ${slot.kind} ${slot.version}`);
}

function wrappingKey(secret: Uint8Array, salt: Uint8Array): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'quay-mot-cua store key slot', 32));
}

function readSlotFile(path: string): SlotFile | null {
  try {
    return SlotFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // missing or damaged: the other copy stands in
  }
}

function repairCopies(paths: readonly string[], copies: readonly (SlotFile | null)[], good: SlotFile): void {
  paths.forEach((path, index) => {
    if (copies[index] === null || serialise(copies[index] as SlotFile) !== serialise(good))
      writeFileDurably(path, serialise(good));
  });
}

function serialise(file: SlotFile): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** A key of its own for each use of the store key. */
export function deriveKey(storeKey: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', storeKey, '', `quay-mot-cua ${purpose}`, 32));
}
