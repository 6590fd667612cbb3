/** @file Where the helper lies: built when the program is packed for Windows, from the source beside it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { HelperProgram } from './helper-process.ts';

/** Null on other systems, and where the package was built without it (docs/scanners.md). */
export function windowsHelper(resourcesFolder: string, platform = process.platform): HelperProgram | null {
  const file = join(resourcesFolder, 'scanner-helper', 'scanner-helper.exe');
  return platform === 'win32' && existsSync(file) ? { file, arguments: [] } : null;
}
