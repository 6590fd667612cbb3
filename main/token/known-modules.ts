/**
 * @file Drivers and tokens known by name: `resources/pkcs11-modules.json`, and where files of these names stand on each
 * system. Knows names only; what a file really is its header tells.
 */
import { readFileSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { z } from 'zod';

const KnownModules = z.object({
  modules: z.array(
    z.object({
      ca: z.string(),
      win: z.array(z.string()).default([]),
      linux: z.array(z.string()).default([]),
      mac: z.array(z.string()).default([]),
    }),
  ),
  /** Patterns with `*` for versions that came after this list. */
  globs: z.array(z.string()),
  exclude: z.array(z.string()),
  /** Words in the names of folders under Program Files that belong to makers of tokens. */
  folderWords: z.array(z.string()),
  /** `vendor:product` in hexadecimal. */
  usb: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{4}:[0-9a-f]{4}$/), name: z.string(), ca: z.string() })),
});
export type KnownModules = z.infer<typeof KnownModules>;

export function readKnownModules(resourcesFolder: string): KnownModules {
  return KnownModules.parse(JSON.parse(readFileSync(posix.join(resourcesFolder, 'pkcs11-modules.json'), 'utf8')));
}

export interface KnownPath {
  readonly path: string;
  readonly authority: string | null;
}

/** What discovery may look at: files by name, and nothing is run. */
export interface Lookup {
  readonly platform: string;
  /** Variables of the system: `SystemRoot`, `ProgramFiles`, `ProgramFiles(x86)`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Names in a folder; empty when it cannot be read. */
  readonly listFolder: (path: string) => readonly string[];
  readonly isFile: (path: string) => boolean;
}

/** Files that exist and are called like a driver. */
export function knownModulePaths(known: KnownModules, lookup: Lookup): KnownPath[] {
  if (lookup.platform !== 'win32') {
    const key = lookup.platform === 'darwin' ? 'mac' : 'linux';
    return known.modules.flatMap((entry) =>
      entry[key].filter((path) => lookup.isFile(path)).map((path) => ({ path, authority: entry.ca })),
    );
  }
  return windowsFolders(known, lookup).flatMap((folder) =>
    lookup.listFolder(folder).flatMap((name) => {
      const authority = authorityOf(known, name);
      return authority === undefined ? [] : [{ path: win32.join(folder, name), authority }];
    }),
  );
}

/** Undefined for a file that is called like no driver; null when only a pattern fits. */
export function authorityOf(known: KnownModules, fileName: string): string | null | undefined {
  const name = fileName.toLowerCase();
  const entry = known.modules.find(({ win }) => win.some((candidate) => candidate.toLowerCase() === name));
  if (entry) return entry.ca;
  const fits = (pattern: string): boolean => matches(pattern.toLowerCase(), name);
  return known.globs.some(fits) && !known.exclude.some(fits) ? null : undefined;
}

/** The CSP shell `X_s.dll` stands beside the PKCS#11 module `X.dll`. */
export function withoutShell(path: string): string {
  return path.replace(/_s(?=(\.x64)?\.dll$)/i, '');
}

/** System32 first: it holds what a 64-bit program can load. SysWOW64 only so that a 32-bit driver can be named as such. */
function windowsFolders(known: KnownModules, { environment, listFolder }: Lookup): string[] {
  const system = environment['SystemRoot'] ?? 'C:\\Windows';
  const folders = [win32.join(system, 'System32'), win32.join(system, 'SysWOW64')];
  for (const variable of ['ProgramFiles', 'ProgramFiles(x86)']) {
    const root = environment[variable];
    if (root === undefined) continue;
    for (const name of listFolder(root)) {
      if (!known.folderWords.some((word) => name.toLowerCase().includes(word))) continue;
      const maker = win32.join(root, name);
      folders.push(maker, ...listFolder(maker).map((child) => win32.join(maker, child)));
    }
  }
  return folders;
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
