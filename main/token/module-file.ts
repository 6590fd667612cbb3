/**
 * @file Looks at a PKCS#11 module before it is loaded: loading runs a stranger's code, reading its header does not. A file
 * for another processor, or one that is no PKCS#11 module at all, is refused with the reason.
 */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { Failure } from '../rooms/failure.ts';
import { readMachO } from './mach-o-file.ts';

const ENTRY_POINT = 'C_GetFunctionList';
const MAX_MODULE_BYTES = 256 * 1024 * 1024;
const MAX_SYMBOLS = 200_000;

const ELF_MACHINES: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64' };
const PE_MACHINES: Readonly<Record<number, string>> = { 0x14c: 'ia32', 0x1c4: 'arm', 0x8664: 'x64', 0xaa64: 'arm64' };

export interface ModuleFile {
  readonly format: 'elf' | 'pe' | 'mach-o';
  /** Several, joined by `+`, in a macOS file for more than one. */
  readonly architecture: string;
  readonly exportsEntryPoint: boolean;
}

export interface ModuleInspection {
  /** Null when the header says nothing. */
  readonly architecture: string | null;
  /** Hexadecimal, of the whole file; null when it cannot be read. */
  readonly sha256: string | null;
  /** `token-module-missing` or `token-module-refused` with the reason; null for a file that may be loaded. */
  readonly failure: Failure | null;
}

const FORMATS: Readonly<Record<string, ModuleFile['format']>> = { win32: 'pe', darwin: 'mach-o' };

/** Reads the file, runs nothing of it. */
export function inspectModuleFile(
  path: string,
  platform: string = process.platform,
  architecture: string = process.arch,
): ModuleInspection {
  const refused = (reason: string, of: string | null = null, sha256: string | null = null): ModuleInspection => ({
    architecture: of,
    sha256,
    failure: new Failure('token-module-refused', `${path} ${reason}`),
  });
  if (!isAbsolute(path)) return refused('is not an absolute path');
  let bytes: Buffer;
  try {
    bytes = readWhole(path);
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    return { architecture: null, sha256: null, failure: cause };
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  let file: ModuleFile | undefined;
  try {
    file = readModuleFile(bytes);
  } catch {
    return refused('has a damaged header', null, sha256);
  }
  if (!file) return refused('is not a program library', null, sha256);
  if (file.format !== (FORMATS[platform] ?? 'elf')) return refused('is a library of another system', null, sha256);
  const built = file.architecture;
  if (!built.split('+').includes(architecture)) {
    const is32In64 = built === 'ia32' && architecture.endsWith('64');
    return refused(
      is32In64
        ? 'is a 32-bit driver only, this program is 64-bit: ask its maker for the 64-bit one'
        : `is for ${built}, this program for ${architecture}`,
      built,
      sha256,
    );
  }
  if (!file.exportsEntryPoint) return refused(`has no ${ENTRY_POINT}: not a PKCS#11 module`, built, sha256);
  return { architecture: built, sha256, failure: null };
}

/** @throws Failure `token-module-missing` or `token-module-refused`, with the reason as detail. */
export function checkModuleFile(path: string): void {
  const { failure } = inspectModuleFile(path);
  if (failure) throw failure;
}

/** Undefined when the bytes are neither ELF nor PE nor Mach-O. @throws RangeError when offsets in the header lead outside. */
export function readModuleFile(bytes: Buffer): ModuleFile | undefined {
  if (bytes.length >= 64 && bytes.readUInt32BE(0) === 0x7f454c46) return readElf(bytes);
  if (bytes.length >= 64 && bytes.toString('latin1', 0, 2) === 'MZ') return readPe(bytes);
  return bytes.length >= 64 ? readMachO(bytes) : undefined;
}

/** Dynamic symbols are found through the section table, or `PT_DYNAMIC` of a file stripped of it. */
function readElf(bytes: Buffer): ModuleFile {
  if (bytes[5] !== 1) return { format: 'elf', architecture: 'big-endian', exportsEntryPoint: false };
  const is64 = bytes[4] === 2;
  const architecture = ELF_MACHINES[bytes.readUInt16LE(18)] ?? `machine ${bytes.readUInt16LE(18)}`;
  const word = (offset: number): number => (is64 ? Number(bytes.readBigUInt64LE(offset)) : bytes.readUInt32LE(offset));
  const sectionsAt = word(is64 ? 40 : 32);
  const sectionBytes = bytes.readUInt16LE(is64 ? 58 : 46);
  const sectionCount = bytes.readUInt16LE(is64 ? 60 : 48);
  const section = (index: number): { type: number; offset: number; size: number; link: number } => {
    const at = sectionsAt + index * sectionBytes;
    return is64
      ? {
          type: bytes.readUInt32LE(at + 4),
          offset: word(at + 24),
          size: word(at + 32),
          link: bytes.readUInt32LE(at + 40),
        }
      : {
          type: bytes.readUInt32LE(at + 4),
          offset: word(at + 16),
          size: word(at + 20),
          link: bytes.readUInt32LE(at + 24),
        };
  };
  for (let index = 0; index < sectionCount; index++) {
    const symbols = section(index);
    if (symbols.type !== 11 /* SHT_DYNSYM */) continue;
    const names = section(symbols.link);
    const symbolBytes = is64 ? 24 : 16;
    const count = Math.min(MAX_SYMBOLS, Math.floor(symbols.size / symbolBytes));
    for (let symbol = 0; symbol < count; symbol++) {
      const at = symbols.offset + symbol * symbolBytes;
      const definedIn = bytes.readUInt16LE(at + (is64 ? 6 : 14));
      if (definedIn !== 0 && textAt(bytes, names.offset + bytes.readUInt32LE(at)) === ENTRY_POINT)
        return { format: 'elf', architecture, exportsEntryPoint: true };
    }
  }
  // Without a section table the name still has to stand in the dynamic string table; the loader has the last word.
  const exportsEntryPoint = sectionCount === 0 && bytes.includes(`\0${ENTRY_POINT}\0`);
  return { format: 'elf', architecture, exportsEntryPoint };
}

function readPe(bytes: Buffer): ModuleFile {
  const header = bytes.readUInt32LE(0x3c);
  if (bytes.readUInt32LE(header) !== 0x4550) throw new RangeError('no PE signature');
  const architecture = PE_MACHINES[bytes.readUInt16LE(header + 4)] ?? `machine ${bytes.readUInt16LE(header + 4)}`;
  const sectionCount = bytes.readUInt16LE(header + 6);
  const optional = header + 24;
  const sections = optional + bytes.readUInt16LE(header + 20);
  const isPe32Plus = bytes.readUInt16LE(optional) === 0x20b;
  const directory = bytes.readUInt32LE(optional + (isPe32Plus ? 112 : 96));
  const toOffset = (address: number): number => {
    for (let index = 0; index < sectionCount; index++) {
      const at = sections + index * 40;
      const start = bytes.readUInt32LE(at + 12);
      const size = Math.max(bytes.readUInt32LE(at + 8), bytes.readUInt32LE(at + 16));
      if (address >= start && address < start + size) return address - start + bytes.readUInt32LE(at + 20);
    }
    throw new RangeError('address outside all sections');
  };
  if (directory === 0) return { format: 'pe', architecture, exportsEntryPoint: false };
  const exported = toOffset(directory);
  const count = Math.min(MAX_SYMBOLS, bytes.readUInt32LE(exported + 24));
  const names = count === 0 ? 0 : toOffset(bytes.readUInt32LE(exported + 32));
  for (let index = 0; index < count; index++) {
    if (textAt(bytes, toOffset(bytes.readUInt32LE(names + index * 4))) === ENTRY_POINT)
      return { format: 'pe', architecture, exportsEntryPoint: true };
  }
  return { format: 'pe', architecture, exportsEntryPoint: false };
}

function textAt(bytes: Buffer, offset: number): string {
  const end = bytes.indexOf(0, offset);
  return end < 0 || end - offset > 256 ? '' : bytes.toString('latin1', offset, end);
}

function readWhole(path: string): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    throw new Failure('token-module-missing', path, { cause });
  }
  try {
    const facts = fstatSync(file);
    if (!facts.isFile() || facts.size > MAX_MODULE_BYTES)
      throw new Failure('token-module-refused', `${path} is not a library file`);
    const bytes = Buffer.alloc(facts.size);
    const read = readSync(file, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, read);
  } finally {
    closeSync(file);
  }
}
