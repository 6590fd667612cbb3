/** @file One PKCS#11 module: C structures as bytes, calls on worker threads, one at a time. */
import koffi from 'koffi';
import { Failure } from '../rooms/failure.ts';
import { printable, StructureWriter } from './c-structures.ts';
import { CKR, pkcs11Failure } from './pkcs11-codes.ts';
import {
  IS_PACKED,
  loadFunctions,
  POINTER_BYTES,
  ULONG_BYTES,
  type AsyncFunction,
  type FunctionName,
} from './pkcs11-functions.ts';

type Argument = number | Buffer | null;

export interface TokenFacts {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly flags: number;
  readonly maxPinLength: number;
  readonly minPinLength: number;
}

export interface LibraryInfo {
  readonly manufacturer: string;
  readonly description: string;
  readonly version: string;
  /** Version of PKCS#11. */
  readonly interface: string;
}

/** CKA_…, value in its C form. */
export type Attribute = readonly [type: number, value: Buffer];

export const CKA = {
  CLASS: 0x00,
  LABEL: 0x03,
  VALUE: 0x11,
  CERTIFICATE_TYPE: 0x80,
  KEY_TYPE: 0x100,
  ID: 0x102,
  SIGN: 0x108,
  ALWAYS_AUTHENTICATE: 0x202,
} as const;
const CKF_OS_LOCKING_OK = 2;
const CKF_SERIAL_SESSION = 4;
const MAX_OBJECTS = 256;
const MAX_MECHANISMS = 1_024;
const SIGNATURE_BYTES = 1_024;
const MAX_ATTRIBUTE_BYTES = 64 * 1_024;

export class Pkcs11Module {
  readonly path: string;
  readonly #functions: ReadonlyMap<FunctionName, AsyncFunction>;
  #isInitialised = false;
  /** Memory whose bare address a structure carries: held here, or it could be collected while the library reads it. */
  #lent: readonly Buffer[] = [];

  /** Loads the library. @throws Failure `token-module-missing`, `token-module-refused`, `token-failed` */
  constructor(path: string) {
    this.path = path;
    this.#functions = loadFunctions(path);
  }

  /**
   * Once per process. Never followed by C_Finalize: several drivers hang in it, and another user of the same library in
   * this process would lose its state.
   */
  async initialise(): Promise<void> {
    if (this.#isInitialised) return;
    const structure = new StructureWriter(IS_PACKED, ULONG_BYTES, POINTER_BYTES);
    for (let callback = 0; callback < 4; callback++) structure.pointer(0n);
    structure.ulong(CKF_OS_LOCKING_OK);
    structure.pointer(0n);
    const code = await this.#call('C_Initialize', structure.bytes());
    if (code !== CKR.OK && code !== CKR.CRYPTOKI_ALREADY_INITIALIZED) throw pkcs11Failure('C_Initialize', code);
    this.#isInitialised = true;
  }

  /** CK_INFO; undefined from a driver that does not say. */
  async libraryInfo(): Promise<LibraryInfo | undefined> {
    if (!this.#functions.has('C_GetInfo')) return undefined;
    const info = Buffer.alloc(256);
    if ((await this.#call('C_GetInfo', info)) !== CKR.OK) return undefined;
    // Two bytes of version, 32 of text, then the flags: a CK_ULONG in its place when structures are not packed.
    const flagsAt = IS_PACKED ? 34 : Math.ceil(34 / ULONG_BYTES) * ULONG_BYTES;
    const descriptionAt = flagsAt + ULONG_BYTES;
    const version = (at: number): string => `${info[at] ?? 0}.${info[at + 1] ?? 0}`;
    return {
      manufacturer: printable(info.subarray(2, 34)),
      description: printable(info.subarray(descriptionAt, descriptionAt + 32)),
      version: version(descriptionAt + 32),
      interface: version(0),
    };
  }

  async slotDescription(slot: number): Promise<string> {
    const info = Buffer.alloc(256);
    if (!this.#functions.has('C_GetSlotInfo') || (await this.#call('C_GetSlotInfo', slot, info)) !== CKR.OK) return '';
    return printable(info.subarray(0, 64));
  }

  /** CKM_… that the token offers; undefined from a driver that does not say. */
  async mechanisms(slot: number): Promise<readonly number[] | undefined> {
    if (!this.#functions.has('C_GetMechanismList')) return undefined;
    const count = this.#ulong(0);
    if ((await this.#call('C_GetMechanismList', slot, null, count)) !== CKR.OK) return undefined;
    const expected = Math.min(this.#readUlong(count), MAX_MECHANISMS);
    if (expected === 0) return undefined;
    const list = Buffer.alloc(expected * ULONG_BYTES);
    const written = this.#ulong(expected);
    if ((await this.#call('C_GetMechanismList', slot, list, written)) !== CKR.OK) return undefined;
    const found = Math.min(expected, this.#readUlong(written));
    return Array.from({ length: found }, (_, index) => this.#readUlong(list, index * ULONG_BYTES));
  }

  /** Slots, all or those with a token in them. */
  async listSlots(which: 'all' | 'with-token' = 'with-token'): Promise<number[]> {
    const present = which === 'all' ? 0 : 1;
    for (let attempt = 0; attempt < 3; attempt++) {
      const count = this.#ulong(0);
      this.#check('C_GetSlotList', await this.#call('C_GetSlotList', present, null, count));
      const expected = Math.min(this.#readUlong(count), MAX_OBJECTS);
      if (expected === 0) return [];
      const slots = Buffer.alloc(expected * ULONG_BYTES);
      const written = this.#ulong(expected);
      const code = await this.#call('C_GetSlotList', present, slots, written);
      if (code === CKR.BUFFER_TOO_SMALL) continue; // one was plugged in between the two calls
      this.#check('C_GetSlotList', code);
      return Array.from({ length: Math.min(expected, this.#readUlong(written)) }, (_, index) =>
        this.#readUlong(slots, index * ULONG_BYTES),
      );
    }
    throw new Failure('token-failed', 'C_GetSlotList keeps changing');
  }

  async tokenFacts(slot: number): Promise<TokenFacts> {
    const info = Buffer.alloc(512);
    this.#check('C_GetTokenInfo', await this.#call('C_GetTokenInfo', slot, info));
    const text = (start: number, length: number): string => printable(info.subarray(start, start + length));
    const number = (index: number): number => this.#readUlong(info, 96 + index * ULONG_BYTES);
    // flags, max/session count, max/rw session count, max PIN, min PIN follow the four texts (PKCS#11 v2.40, 3.2).
    return {
      label: text(0, 32),
      manufacturer: text(32, 32),
      model: text(64, 16),
      serialNumber: text(80, 16),
      flags: number(0),
      maxPinLength: number(5),
      minPinLength: number(6),
    };
  }

  /** Read-only: some drivers refuse anything else while they look for tokens, and signing needs no more. */
  async openSession(slot: number): Promise<number> {
    const session = this.#ulong(0);
    this.#check('C_OpenSession', await this.#call('C_OpenSession', slot, CKF_SERIAL_SESSION, null, null, session));
    return this.#readUlong(session);
  }

  async closeSession(session: number): Promise<void> {
    await this.#call('C_CloseSession', session); // closing what is gone already is no fault
  }

  /** @param pin null for a PIN pad. @param user 1 the user, 2 once more for the signature just begun. */
  async login(session: number, user: 1 | 2, pin: Buffer | null): Promise<void> {
    const code = await this.#call('C_Login', session, user, pin, pin?.length ?? 0);
    if (code !== CKR.OK && code !== CKR.USER_ALREADY_LOGGED_IN) throw pkcs11Failure('C_Login', code);
  }

  async logout(session: number): Promise<void> {
    await this.#call('C_Logout', session); // "not logged in" is noise here
  }

  /** Handles of the objects with these attributes. */
  async findObjects(session: number, template: readonly Attribute[]): Promise<number[]> {
    const structure = this.#template(template);
    this.#lent = template.map(([, value]) => value);
    this.#check('C_FindObjectsInit', await this.#call('C_FindObjectsInit', session, structure, template.length));
    const handles: number[] = [];
    try {
      while (handles.length < MAX_OBJECTS) {
        const page = Buffer.alloc(16 * ULONG_BYTES);
        const count = this.#ulong(0);
        this.#check('C_FindObjects', await this.#call('C_FindObjects', session, page, 16, count));
        const found = Math.min(16, this.#readUlong(count));
        if (found === 0) break;
        for (let index = 0; index < found; index++) handles.push(this.#readUlong(page, index * ULONG_BYTES));
      }
    } finally {
      await this.#call('C_FindObjectsFinal', session);
    }
    return handles;
  }

  /**
   * One attribute; undefined when the object has none. Some drivers answer the question for the size with 0 or -1: then a
   * buffer of `fallbackBytes` is offered instead.
   */
  async attribute(session: number, object: number, type: number, fallbackBytes: number): Promise<Buffer | undefined> {
    const asked = new StructureWriter(IS_PACKED, ULONG_BYTES, POINTER_BYTES);
    asked.attribute(type, 0n, 0);
    const question = asked.bytes();
    const code = await this.#call('C_GetAttributeValue', session, object, question, 1);
    if (code === CKR.ATTRIBUTE_TYPE_INVALID || code === CKR.ATTRIBUTE_SENSITIVE) return undefined;
    if (code !== CKR.OK && code !== CKR.BUFFER_TOO_SMALL && code !== CKR.FUNCTION_FAILED)
      throw pkcs11Failure('C_GetAttributeValue', code);
    const told = this.#readUlong(question, asked.lengthOffset);
    const size = code === CKR.OK && told > 0 && told <= MAX_ATTRIBUTE_BYTES ? told : fallbackBytes;
    const value = Buffer.alloc(size);
    const filled = new StructureWriter(IS_PACKED, ULONG_BYTES, POINTER_BYTES);
    filled.attribute(type, koffi.address(value), size);
    this.#lent = [value];
    const request = filled.bytes();
    const second = await this.#call('C_GetAttributeValue', session, object, request, 1);
    if (second === CKR.ATTRIBUTE_TYPE_INVALID || second === CKR.ATTRIBUTE_SENSITIVE) return undefined;
    this.#check('C_GetAttributeValue', second);
    const length = this.#readUlong(request, filled.lengthOffset);
    return length <= size ? value.subarray(0, length) : undefined;
  }

  /** `beforeSigning` runs between C_SignInit and C_Sign, and nothing else does (CKA_ALWAYS_AUTHENTICATE). */
  async sign(
    session: number,
    key: number,
    mechanism: number,
    data: Buffer,
    beforeSigning: () => Promise<void>,
  ): Promise<Buffer> {
    const structure = new StructureWriter(IS_PACKED, ULONG_BYTES, POINTER_BYTES);
    structure.ulong(mechanism);
    structure.pointer(0n);
    structure.ulong(0);
    this.#check('C_SignInit', await this.#call('C_SignInit', session, structure.bytes(), key));
    await beforeSigning();
    const signature = Buffer.alloc(SIGNATURE_BYTES);
    const length = this.#ulong(signature.length);
    this.#check('C_Sign', await this.#call('C_Sign', session, data, data.length, signature, length));
    const size = this.#readUlong(length);
    if (size === 0 || size > signature.length) throw new Failure('token-failed', `C_Sign returned ${size} bytes`);
    return signature.subarray(0, size);
  }

  #call(name: FunctionName, ...args: Argument[]): Promise<number> {
    const called = this.#functions.get(name);
    if (!called) throw new Error(`${name} is not bound`);
    return new Promise((resolve, reject) => {
      called.async(...args, (error: unknown, code: number | bigint) => {
        // Naming `args` and what was lent here keeps them alive until the library is done with their memory.
        if (error)
          reject(
            new Failure(
              'token-failed',
              `${name}: ${String(error)} (${args.length} arguments, ${this.#lent.length} lent)`,
            ),
          );
        else resolve(Number(code));
      });
    });
  }

  #check(name: FunctionName, code: number): void {
    if (code !== CKR.OK) throw pkcs11Failure(name, code);
  }

  #template(attributes: readonly Attribute[]): Buffer {
    const structure = new StructureWriter(IS_PACKED, ULONG_BYTES, POINTER_BYTES);
    for (const [type, value] of attributes) structure.attribute(type, koffi.address(value), value.length);
    return structure.bytes();
  }

  #ulong(value: number): Buffer {
    const bytes = Buffer.alloc(ULONG_BYTES);
    if (ULONG_BYTES === 4) bytes.writeUInt32LE(value);
    else bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  }

  /** A CK_ULONG in the form that templates want. */
  encodeUlong(value: number): Buffer {
    return this.#ulong(value);
  }

  /** CK_UNAVAILABLE_INFORMATION (all ones) becomes Infinity. */
  #readUlong(bytes: Buffer, offset = 0): number {
    if (ULONG_BYTES === 4) {
      const value = bytes.readUInt32LE(offset);
      return value === 0xffff_ffff ? Number.POSITIVE_INFINITY : value;
    }
    const value = bytes.readBigUInt64LE(offset);
    return value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.POSITIVE_INFINITY : Number(value);
  }
}
