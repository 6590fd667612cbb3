import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { inspectModuleFile, readModuleFile } from '../../../main/token/module-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'module-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A PE library with one section that holds the export table of the names given. */
function peLibrary(machine: number, names: readonly string[]): Buffer {
  const isPe32Plus = machine !== 0x14c;
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
function machOFor(processors: readonly number[], names = '\0_C_GetFunctionList\0'): Buffer {
  const bytes = Buffer.alloc(256);
  if (processors.length === 1) {
    bytes.writeUInt32LE(0xfeedfacf, 0);
    bytes.writeUInt32LE(processors[0] ?? 0, 4);
  } else {
    bytes.writeUInt32BE(0xcafebabe, 0);
    bytes.writeUInt32BE(processors.length, 4);
    processors.forEach((processor, index) => bytes.writeUInt32BE(processor, 8 + index * 20));
  }
  bytes.write(names, 128, 'latin1');
  return bytes;
}
function inspected(bytes: Buffer, platform: string, architecture: string) {
  const path = join(folder, 'file.bin');
  writeFileSync(path, bytes);
  return inspectModuleFile(path, platform, architecture);
}

describe('the header of a driver', () => {
  test('of Windows tells processor and entry point', () => {
    expect(inspected(peLibrary(0x8664, ['C_GetFunctionList']), 'win32', 'x64')).toMatchObject({
      architecture: 'x64',
      failure: null,
    });
    expect(inspected(peLibrary(0x8664, ['DllMain']), 'win32', 'x64').failure?.detail).toContain('no C_GetFunctionList');
  });

  test.each([
    ['64-bit', 0x8664, 'x64'],
    ['32-bit', 0x14c, 'ia32'],
    ['ARM', 0xaa64, 'arm64'],
  ] as const)(
    'of a %s Windows driver shows its processor and its entry point among others',
    (_, machine, architecture) => {
      const ofPe = { format: 'pe', architecture };
      expect(readModuleFile(peLibrary(machine, ['C_Finalize', 'C_GetFunctionList']))).toEqual({
        ...ofPe,
        exportsEntryPoint: true,
      });
      expect(readModuleFile(peLibrary(machine, ['CPAcquireContext']))).toEqual({ ...ofPe, exportsEntryPoint: false });
    },
  );

  test('of a 32-bit driver is named as such in a 64-bit program', () => {
    const { architecture, failure } = inspected(peLibrary(0x14c, ['C_GetFunctionList']), 'win32', 'x64');
    expect(architecture).toBe('ia32');
    expect(failure).toMatchObject({ code: 'token-module-refused', detail: expect.stringContaining('32-bit driver') });
  });

  test('of macOS, for one processor or several', () => {
    expect(inspected(machOFor([0x0100000c]), 'darwin', 'arm64').failure).toBeNull();
    expect(inspected(machOFor([0x01000007, 0x0100000c]), 'darwin', 'arm64')).toMatchObject({
      architecture: 'x64+arm64',
      failure: null,
    });
    expect(inspected(machOFor([0x01000007]), 'darwin', 'arm64').failure?.detail).toContain('is for x64');
    expect(inspected(machOFor([0x0100000c], 'none'), 'darwin', 'arm64').failure?.detail).toContain('not a PKCS#11');
  });

  test('of another system is refused', () => {
    expect(inspected(peLibrary(0x8664, ['C_GetFunctionList']), 'linux', 'x64').failure?.detail).toContain(
      'another system',
    );
  });

  test('however damaged, does no more than fail to be one', () => {
    const good = peLibrary(0x8664, ['C_GetFunctionList']);
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const bytes = Buffer.from(good);
        for (const [position, value] of changes) bytes[position] = value;
        try {
          readModuleFile(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('of any bytes at all is read or refused, within the file', () => {
    const heads = [
      peLibrary(0x8664, ['C_GetFunctionList']),
      machOFor([1, 2]),
      Buffer.from('\x7fELF\x02\x01', 'latin1'),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), fc.nat(400), (head, noise, at) => {
        const bytes = Buffer.concat([head, Buffer.alloc(Math.max(0, 400 - head.length))]);
        bytes.set(noise.subarray(0, bytes.length - at), at);
        try {
          readModuleFile(bytes);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
