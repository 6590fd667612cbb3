/**
 * @file The standard security handler (ISO 32000-2, 7.6): decrypts the strings and streams of an encrypted file when they
 * are read and encrypts those of a new section, each with the key of its object. Versions 1, 2, 4 and 5, revisions 2 to 6.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { Failure } from '../../../rooms/failure.ts';
import { PdfDamaged, type PdfDict, type PdfValue } from '../values.ts';
import { findFileKey, type FileKey } from './file-key.ts';
import { rc4 } from './rc4.ts';

/** What a key is made for: strings and streams are encrypted with the number of their object. */
export interface ObjectIdentity {
  readonly number: number;
  readonly generation: number;
}

type Method = 'none' | 'rc4' | 'aes-128' | 'aes-256';
type Resolve = (value: PdfValue | undefined) => PdfValue;

const METHODS: Readonly<Record<string, Method>> = { None: 'none', V2: 'rc4', AESV2: 'aes-128', AESV3: 'aes-256' };
const IV_BYTES = 16;

export class SecurityHandler {
  /** As written in `/Encrypt`. */
  readonly revision: number;
  readonly isOwner: boolean;
  readonly #key: Buffer;
  readonly #permissions: number;
  readonly #encryptsMetadata: boolean;
  readonly #strings: Method;
  readonly #streams: Method;
  readonly #filters: ReadonlyMap<string, Method>;

  /**
   * @param encrypt the dictionary of the trailer's `/Encrypt`, its strings as they stand
   * @param fileId first string of the trailer's `/ID`, empty when there is none
   * @throws Failure `pdf-password` (needed or wrong), `pdf-not-signable` for a handler or version that is not this one
   */
  constructor(encrypt: PdfDict, fileId: Buffer, password: string | undefined, resolve: Resolve) {
    const entries = new Entries(encrypt, resolve);
    const filter = entries.name('Filter');
    if (filter !== 'Standard') throw new Failure('pdf-not-signable', `encryption by ${filter ?? 'an unnamed handler'}`);
    const version = entries.integer('V', 0);
    this.revision = entries.integer('R', 0);
    if (![1, 2, 4, 5].includes(version) || this.revision < 2 || this.revision > 6)
      throw new Failure('pdf-not-signable', `encryption version ${version}, revision ${this.revision}`);
    this.#filters = version >= 4 ? readCryptFilters(entries) : new Map();
    const named = (key: string): Method =>
      version < 4 ? 'rc4' : methodNamed(this.#filters, entries.name(key) ?? 'Identity');
    this.#strings = named('StrF');
    this.#streams = named('StmF');
    this.#permissions = entries.integer('P', -1) | 0;
    this.#encryptsMetadata = entries.boolean('EncryptMetadata', true);
    const found = this.#open(entries, version, fileId, password ?? '');
    if (!found) throw new Failure('pdf-password', password === undefined ? 'needed' : 'wrong');
    this.#key = found.key;
    this.isOwner = found.isOwner;
  }

  #open(entries: Entries, version: number, fileId: Buffer, password: string): FileKey | undefined {
    const { revision } = this;
    const bits = entries.integer('Length', 40);
    // Some programs write the length in bytes.
    const stated = bits < 40 ? bits : bits / 8;
    const keyLength = version >= 5 ? 32 : version === 4 ? 16 : version === 1 ? 5 : Math.min(16, Math.max(5, stated));
    const check = {
      revision,
      keyLength: Math.floor(keyLength),
      ownerValue: entries.bytes('O', revision >= 5 ? 48 : 32),
      userValue: entries.bytes('U', revision >= 5 ? 48 : 32),
      ownerKey: revision >= 5 ? entries.bytes('OE', 32) : Buffer.alloc(0),
      userKey: revision >= 5 ? entries.bytes('UE', 32) : Buffer.alloc(0),
      permissions: this.#permissions,
      encryptsMetadata: this.#encryptsMetadata,
      fileId,
    };
    // Most encrypted files open without a password: one that was given for another reason does not shut them.
    return findFileKey(check, password) ?? (password === '' ? undefined : findFileKey(check, ''));
  }

  /** Whether a field that is there may be signed: bit 9, or bit 6 (Table 22). */
  get allowsSigningFields(): boolean {
    return this.#allows(9) || this.#allows(6);
  }

  /** Whether a signature field may be added: bits 4 and 6 together. */
  get allowsNewFields(): boolean {
    return this.#allows(4) && this.#allows(6);
  }

  #allows(bit: number): boolean {
    return this.isOwner || (this.#permissions & (1 << (bit - 1))) !== 0;
  }

  decryptString(bytes: Buffer, owner: ObjectIdentity): Buffer {
    return this.#decrypt(this.#strings, bytes, owner);
  }

  encryptString(bytes: Buffer, owner: ObjectIdentity): Buffer {
    return this.#encrypt(this.#strings, bytes, owner);
  }

  /** @param dict the stream's dictionary: it may name another crypt filter, or be what is never encrypted */
  decryptStream(dict: PdfDict, bytes: Buffer, owner: ObjectIdentity, resolve: Resolve): Buffer {
    return this.#decrypt(this.#methodOf(dict, resolve), bytes, owner);
  }

  encryptStream(dict: PdfDict, bytes: Buffer, owner: ObjectIdentity, resolve: Resolve): Buffer {
    return this.#encrypt(this.#methodOf(dict, resolve), bytes, owner);
  }

  #methodOf(dict: PdfDict, resolve: Resolve): Method {
    const entries = new Entries(dict, resolve);
    const type = entries.name('Type');
    if (type === 'XRef') return 'none';
    const first = firstOf(entries.value('Filter'), resolve);
    if (first.kind === 'name' && first.name === 'Crypt') {
      const parameters = firstOf(entries.value('DecodeParms'), resolve);
      const chosen = parameters.kind === 'dict' ? new Entries(parameters, resolve).name('Name') : undefined;
      return methodNamed(this.#filters, chosen ?? 'Identity');
    }
    return type === 'Metadata' && !this.#encryptsMetadata ? 'none' : this.#streams;
  }

  #decrypt(method: Method, bytes: Buffer, owner: ObjectIdentity): Buffer {
    if (method === 'none') return bytes;
    if (method === 'rc4') return rc4(this.#objectKey(owner, false), bytes);
    if (bytes.length === 0) return bytes;
    if (bytes.length < 2 * IV_BYTES || bytes.length % IV_BYTES !== 0)
      throw new PdfDamaged(`object ${owner.number} is encrypted in part of a block`);
    const decipher = createDecipheriv(`${method}-cbc`, this.#cipherKey(method, owner), bytes.subarray(0, IV_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new PdfDamaged(`object ${owner.number} cannot be decrypted`, { cause });
    }
  }

  #encrypt(method: Method, bytes: Buffer, owner: ObjectIdentity): Buffer {
    if (method === 'none') return bytes;
    if (method === 'rc4') return rc4(this.#objectKey(owner, false), bytes);
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(`${method}-cbc`, this.#cipherKey(method, owner), iv);
    return Buffer.concat([iv, cipher.update(bytes), cipher.final()]);
  }

  #cipherKey(method: Method, owner: ObjectIdentity): Buffer {
    return method === 'aes-256' ? this.#key : this.#objectKey(owner, true);
  }

  /** Algorithm 1. */
  #objectKey(owner: ObjectIdentity, isAes: boolean): Buffer {
    const identity = Buffer.alloc(5);
    identity.writeUIntLE(owner.number, 0, 3);
    identity.writeUIntLE(owner.generation, 3, 2);
    const hash = createHash('md5').update(this.#key).update(identity);
    if (isAes) hash.update('sAlT', 'latin1');
    return hash.digest().subarray(0, Math.min(16, this.#key.length + 5));
  }
}

function readCryptFilters(entries: Entries): Map<string, Method> {
  const filters = new Map<string, Method>();
  const listed = entries.value('CF');
  for (const [name, value] of listed.kind === 'dict' ? listed.entries : []) {
    const filter = entries.resolve(value);
    if (filter.kind !== 'dict') continue;
    const chosen = new Entries(filter, entries.resolve).name('CFM') ?? 'None';
    const method = METHODS[chosen];
    if (!method) throw new Failure('pdf-not-signable', `encryption method ${chosen}`);
    filters.set(name, method);
  }
  return filters;
}

function methodNamed(filters: ReadonlyMap<string, Method>, name: string): Method {
  if (name === 'Identity') return 'none';
  const method = filters.get(name);
  if (!method) throw new PdfDamaged(`no crypt filter ${name}`);
  return method;
}

function firstOf(value: PdfValue, resolve: Resolve): PdfValue {
  return value.kind === 'array' ? resolve(value.items[0]) : value;
}

/** Reads entries of a dictionary by their expected kind. */
class Entries {
  readonly #dict: PdfDict;
  readonly resolve: Resolve;

  constructor(dict: PdfDict, resolve: Resolve) {
    this.#dict = dict;
    this.resolve = resolve;
  }

  value(key: string): PdfValue {
    return this.resolve(this.#dict.entries.get(key));
  }

  name(key: string): string | undefined {
    const value = this.value(key);
    return value.kind === 'name' ? value.name : undefined;
  }

  integer(key: string, otherwise: number): number {
    const value = this.value(key);
    return value.kind === 'number' && Number.isInteger(value.value) ? value.value : otherwise;
  }

  boolean(key: string, otherwise: boolean): boolean {
    const value = this.value(key);
    return value.kind === 'boolean' ? value.value : otherwise;
  }

  bytes(key: string, atLeast: number): Buffer {
    const value = this.value(key);
    if (value.kind !== 'string' || value.bytes.length < atLeast)
      throw new PdfDamaged(`/Encrypt without a whole /${key}`);
    return value.bytes;
  }
}
