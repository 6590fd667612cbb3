/**
 * @file Drivers as Windows knows them: every cryptographic provider in the registry names its library, and that of a token
 * stands beside its PKCS#11 module. Read with Windows' own `reg.exe`; no code of a stranger runs.
 */
import { execFile } from 'node:child_process';
import { win32 } from 'node:path';
import { withoutShell } from './known-modules.ts';

const QUERIES: readonly (readonly string[])[] = [
  ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography\\Defaults\\Provider', '/s', '/v', 'Image Path'],
  ['query', 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Cryptography\\Providers', '/s', '/v', 'Image'],
];
const LIMIT_MS = 5_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/**
 * Libraries named in the output of `reg query … /s`, as absolute paths of PKCS#11 modules to look at. A bare name stands in
 * System32; `%SystemRoot%` is expanded.
 */
export function modulePathsOfProviders(output: string, systemRoot: string): string[] {
  const paths = new Set<string>();
  for (const line of output.split(/\r?\n/)) {
    const image = /^\s+Image(?: Path)?\s+REG_(?:EXPAND_)?SZ\s+(.+?)\s*$/i.exec(line)?.[1];
    if (image === undefined || !/\.dll$/i.test(image)) continue;
    const expanded = image.replace(/%(?:SystemRoot|windir)%/gi, () => systemRoot).replaceAll('"', '');
    const path = win32.isAbsolute(expanded) ? expanded : win32.join(systemRoot, 'System32', expanded);
    paths.add(withoutShell(win32.normalize(path)));
  }
  return [...paths];
}

/** Empty on other systems, and when `reg.exe` does not answer. */
export async function registryModulePaths(systemRoot: string): Promise<string[]> {
  if (process.platform !== 'win32') return [];
  const program = win32.join(systemRoot, 'System32', 'reg.exe');
  const outputs = await Promise.all(
    QUERIES.map(
      (query) =>
        new Promise<string>((resolve) => {
          const options = { timeout: LIMIT_MS, maxBuffer: MAX_OUTPUT_BYTES, windowsHide: true };
          // "Not found" is an exit code of 1 with nothing to read: no provider is no fault.
          execFile(program, [...query], options, (_error, stdout) => resolve(stdout));
        }),
    ),
  );
  return modulePathsOfProviders(outputs.join('\n'), systemRoot);
}
