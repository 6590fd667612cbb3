import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readModuleFile } from '../../../main/token/module-file.ts';

/** A PE library with one section that holds the export table of the names given. */
function peLibrary(machine: number, isPe32Plus: boolean, names: readonly string[]): Buffer {
  const bytes = Buffer.alloc(0x600);
  bytes.write('MZ');
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80);
  bytes.writeUInt16LE(machine, 0x84);
  bytes.writeUInt16LE(1, 0x86);
  const optionalBytes = isPe32Plus ? 240 : 224;
  bytes.writeUInt16LE(optionalBytes, 0x94);
  bytes.writeUInt16LE(isPe32Plus ? 0x20b : 0x10b, 0x98);
  bytes.writeUInt32LE(0x1000, 0x98 + (isPe32Plus ? 112 : 96));
  const section = 0x98 + optionalBytes;
  bytes.writeUInt32LE(0x400, section + 8);
  bytes.writeUInt32LE(0x1000, section + 12);
  bytes.writeUInt32LE(0x400, section + 16);
  bytes.writeUInt32LE(0x200, section + 20);
  bytes.writeUInt32LE(names.length, 0x200 + 24);
  bytes.writeUInt32LE(0x1000 + 0x40, 0x200 + 32);
  let at = 0x300;
  names.forEach((name, index) => {
    bytes.writeUInt32LE(0x1000 + at - 0x200, 0x240 + index * 4);
    bytes.write(`${name}\0`, at);
    at += name.length + 1;
  });
  return bytes;
}

test.each([
  ['64-bit', 0x8664, true, 'x64'],
  ['32-bit', 0x14c, false, 'ia32'],
  ['ARM', 0xaa64, true, 'arm64'],
] as const)('a %s Windows module shows its processor and its entry point', (_, machine, isPe32Plus, architecture) => {
  expect(readModuleFile(peLibrary(machine, isPe32Plus, ['C_Finalize', 'C_GetFunctionList']))).toEqual({
    format: 'pe',
    architecture,
    exportsEntryPoint: true,
  });
  expect(readModuleFile(peLibrary(machine, isPe32Plus, ['CPAcquireContext']))).toEqual({
    format: 'pe',
    architecture,
    exportsEntryPoint: false,
  });
});

test('no bytes, however damaged, do more than fail to be a module', () => {
  const good = peLibrary(0x8664, true, ['C_GetFunctionList']);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 8 }),
      (changes) => {
        const bytes = Buffer.from(good);
        for (const [position, value] of changes) bytes[position] = value;
        try {
          readModuleFile(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError);
        }
      },
    ),
    { numRuns: 500 },
  );
});
