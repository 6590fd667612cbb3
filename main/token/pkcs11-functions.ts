/**
 * @file A PKCS#11 library loaded by koffi, its function list bound by position (PKCS#11 v2.40, 3.6), and the sizes of C that
 * differ between Linux and Windows: width of CK_ULONG, packing.
 */
import koffi from 'koffi';
import { Failure } from '../rooms/failure.ts';
import { checkModuleFile } from './module-file.ts';
import { CKR, pkcs11Failure } from './pkcs11-codes.ts';

/** On Windows the structures of PKCS#11 are packed and CK_ULONG has 32 bits. */
export const IS_PACKED: boolean = process.platform === 'win32';
const ULONG_TYPE = IS_PACKED ? 'uint32_t' : 'unsigned long';
export const ULONG_BYTES: number = IS_PACKED ? 4 : koffi.sizeof('long');
export const POINTER_BYTES: number = koffi.sizeof('void *');

/** Position in CK_FUNCTION_LIST and the kinds of its arguments: `u` CK_ULONG, `p` pointer. */
const FUNCTIONS = {
  C_Initialize: [0, 'p'],
  C_GetInfo: [2, 'p'],
  C_GetSlotList: [4, 'bpp'],
  C_GetSlotInfo: [5, 'up'],
  C_GetTokenInfo: [6, 'up'],
  C_GetMechanismList: [7, 'upp'],
  C_OpenSession: [12, 'uuppp'],
  C_CloseSession: [13, 'u'],
  C_Login: [18, 'uupu'],
  C_Logout: [19, 'u'],
  C_GetAttributeValue: [24, 'uupu'],
  C_FindObjectsInit: [26, 'upu'],
  C_FindObjects: [27, 'upup'],
  C_FindObjectsFinal: [28, 'u'],
  C_SignInit: [42, 'upu'],
  C_Sign: [43, 'upupp'],
} as const;
export type FunctionName = keyof typeof FUNCTIONS;
/** Signing does without them: a driver may leave them out. */
const OPTIONAL: readonly FunctionName[] = ['C_GetInfo', 'C_GetSlotInfo', 'C_GetMechanismList'];
/** Runs on a worker thread of koffi; the last argument is the callback. */
export type AsyncFunction = { async: (...args: unknown[]) => void };

/**
 * Loads the library and runs nothing of it but C_GetFunctionList. Optional functions that it lacks are left out.
 * @throws Failure `token-module-missing`, `token-module-refused`, `token-failed`
 */
export function loadFunctions(path: string): ReadonlyMap<FunctionName, AsyncFunction> {
  checkModuleFile(path);
  const functions = new Map<FunctionName, AsyncFunction>();
  let list: bigint;
  try {
    const library = koffi.load(path);
    const getFunctionList = library.func('C_GetFunctionList', ULONG_TYPE, ['void *']);
    const out = Buffer.alloc(POINTER_BYTES);
    const code = Number(getFunctionList(out));
    if (code !== CKR.OK) throw pkcs11Failure('C_GetFunctionList', code);
    list = POINTER_BYTES === 8 ? out.readBigUInt64LE() : BigInt(out.readUInt32LE());
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('token-module-refused', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  if (list === 0n) throw new Failure('token-module-refused', `${path} gave no function list`);
  // CK_VERSION is two bytes; on Windows the structures are packed, elsewhere the pointers are aligned.
  const firstPointer = IS_PACKED ? 2 : POINTER_BYTES;
  for (const [name, [index, kinds]] of Object.entries(FUNCTIONS)) {
    const address = BigInt(koffi.decode(list, firstPointer + index * POINTER_BYTES, 'uintptr_t') as number | bigint);
    if (address === 0n && OPTIONAL.includes(name as FunctionName)) continue;
    if (address === 0n) throw new Failure('token-module-refused', `${path} lacks ${name}`);
    const types = [...kinds].map((kind) => (kind === 'u' ? ULONG_TYPE : kind === 'b' ? 'uint8_t' : 'void *'));
    functions.set(name as FunctionName, koffi.decode(address, koffi.proto(ULONG_TYPE, types)) as AsyncFunction);
  }
  return functions;
}
