/**
 * @file Compiles the helper for WIA and TWAIN (resources/scanner-helper/*.cs) into one 32-bit program. electron-builder runs
 * the default export before it packs for Windows, so that the helper is signed with everything else; `node
 * scripts/scanner-helper.mjs [--out FILE]` does it by hand. Compiler: csc.exe of .NET Framework 4 on Windows, mcs of Mono
 * elsewhere. C# 5, because that is what the framework's own compiler reads.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'resources', 'scanner-helper');

/** @param {{ electronPlatformName: string }} context */
export default function beforePack(context) {
  if (context.electronPlatformName === 'win32') compile(join(folder, 'scanner-helper.exe'));
}

function compile(out) {
  const sources = readdirSync(folder).filter((name) => name.endsWith('.cs'));
  const options = ['-nologo', '-langversion:5', '-warnaserror', '-optimize+', '-platform:x86', '-target:exe'];
  const compiler = findCompiler();
  const run = spawnSync(compiler, [...options, `-out:${out}`, ...sources.map((name) => join(folder, name))], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (run.error || run.status !== 0) {
    throw new Error(
      `the scanner helper was not compiled by ${compiler}: ${run.error?.message ?? `exit ${run.status}`}`,
    );
  }
}

function findCompiler() {
  if (process.platform !== 'win32') return 'mcs'; // Debian: mono-mcs
  const root = join(process.env.WINDIR ?? 'C:\\Windows', 'Microsoft.NET');
  const found = ['Framework64', 'Framework'].map((name) => join(root, name, 'v4.0.30319', 'csc.exe')).find(existsSync);
  if (!found) throw new Error(`no csc.exe below ${root}: .NET Framework 4 is part of Windows 10 and 11`);
  return found;
}

if (import.meta.main ?? process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--out');
  compile(at === -1 ? join(folder, 'scanner-helper.exe') : process.argv[at + 1]);
}
