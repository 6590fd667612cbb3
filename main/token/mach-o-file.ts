/** @file Header of a macOS library, thin or for several processors: only for which it is built and whether it names the entry point. */

const THIN_64 = 0xfeedfacf;
const FAT = 0xcafebabe;
const PROCESSORS: Readonly<Record<number, string>> = { 0x01000007: 'x64', 0x0100000c: 'arm64', 7: 'ia32' };
/** A Java class file begins with the same four bytes as a fat file, and then with a number far above this. */
const MAX_PROCESSORS = 16;

export interface MachOFile {
  readonly format: 'mach-o';
  /** Several, joined by `+`, in a file for more than one processor. */
  readonly architecture: string;
  readonly exportsEntryPoint: boolean;
}

/** Undefined for other files. The entry point is looked for by name: the loader has the last word. */
export function readMachO(bytes: Buffer): MachOFile | undefined {
  const processors: number[] = [];
  if (bytes.readUInt32LE(0) === THIN_64) processors.push(bytes.readUInt32LE(4));
  else if (bytes.readUInt32BE(0) === FAT && bytes.readUInt32BE(4) <= MAX_PROCESSORS)
    for (let index = 0; index < bytes.readUInt32BE(4); index++) processors.push(bytes.readUInt32BE(8 + index * 20));
  if (processors.length === 0) return undefined;
  return {
    format: 'mach-o',
    architecture: processors.map((processor) => PROCESSORS[processor] ?? `machine ${processor}`).join('+'),
    exportsEntryPoint: bytes.includes('_C_GetFunctionList\0'),
  };
}
