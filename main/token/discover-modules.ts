/**
 * @file Which drivers will be loaded: those policy names and, when it allows, those found on the machine. Each is looked at
 * before anything of it runs, and each is loaded once, under whatever names it stands there.
 */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { Failure } from '../rooms/failure.ts';
import { authorityOf, knownModulePaths, readKnownModules, type KnownModules, type Lookup } from './known-modules.ts';
import { inspectModuleFile, type ModuleInspection } from './module-file.ts';
import type { ModuleReport } from './protocol.ts';
import { registryModulePaths } from './registry-providers.ts';

export interface ModuleCandidate {
  readonly path: string;
  readonly authority: string | null;
  readonly source: ModuleReport['source'];
  readonly architecture: string | null;
  /** `loadable`: nothing stands in the way of loading it. */
  readonly state: 'loadable' | 'refused' | 'duplicate' | 'denied' | 'hung';
  readonly failure: Failure | null;
}

export interface DiscoveryRules {
  readonly resourcesFolder: string;
  readonly isSearching: boolean;
  readonly denied: readonly string[];
  readonly suspended: readonly string[];
}

/** How files are looked at; the machine's own way unless a test brings another. */
export interface ModuleFiles extends Lookup {
  readonly inspect: (path: string) => ModuleInspection;
  /** With every link followed. */
  readonly realPath: (path: string) => string;
  readonly registryPaths: readonly string[];
}

export async function discoverModules(
  explicit: readonly string[],
  rules: DiscoveryRules | null,
): Promise<ModuleCandidate[]> {
  const files = machineFiles(
    rules?.isSearching ? await registryModulePaths(process.env['SystemRoot'] ?? 'C:\\Windows') : [],
  );
  return chooseModules(explicit, rules, rules && readKnownModules(rules.resourcesFolder), files);
}

/** In this order: policy's own list, known names, the registry. What comes first stays when two are the same file. */
export function chooseModules(
  explicit: readonly string[],
  rules: Omit<DiscoveryRules, 'resourcesFolder'> | null,
  known: KnownModules | null,
  files: ModuleFiles,
): ModuleCandidate[] {
  const { basename } = files.platform === 'win32' ? win32 : posix;
  const found: Pick<ModuleCandidate, 'path' | 'authority' | 'source'>[] = explicit.map((path) => ({
    path,
    authority: (known && authorityOf(known, basename(path))) ?? null,
    source: 'policy',
  }));
  if (known && rules?.isSearching) {
    for (const { path, authority } of knownModulePaths(known, files))
      found.push({ path, authority, source: 'known-name' });
    for (const path of files.registryPaths)
      if (files.isFile(path))
        found.push({ path, authority: authorityOf(known, basename(path)) ?? null, source: 'registry' });
  }
  const fold = (path: string): string => (files.platform === 'win32' ? path.toLowerCase() : path);
  const isNamed = (list: readonly string[], path: string): boolean =>
    list.some((entry) => [fold(path), fold(basename(path))].includes(fold(entry)));
  const seenPaths = new Set<string>();
  const seenFiles = new Map<string, string>();
  const candidates: ModuleCandidate[] = [];
  for (const one of found) {
    const real = fold(files.realPath(one.path));
    if (seenPaths.has(real)) continue; // one file found by two ways, or through a link
    seenPaths.add(real);
    const base = { ...one, architecture: null, failure: null };
    if (isNamed(rules?.denied ?? [], one.path)) {
      candidates.push({ ...base, state: 'denied' });
      continue;
    }
    const { architecture, sha256, failure } = files.inspect(one.path);
    if (failure) {
      // A provider that is no PKCS#11 module is every second library of Windows: nothing to tell anybody.
      const isNoModule = architecture !== null && /has no C_GetFunctionList/.test(failure.detail ?? '');
      if (one.source === 'policy' || !(isNoModule || failure.code === 'token-module-missing'))
        candidates.push({ ...base, architecture, state: 'refused', failure });
      continue;
    }
    const first = seenFiles.get(sha256 ?? real);
    if (first !== undefined) {
      const same = new Failure('token-module-refused', `${one.path} is the same file as ${first}`);
      candidates.push({ ...base, architecture, state: 'duplicate', failure: same });
      continue;
    }
    seenFiles.set(sha256 ?? real, one.path);
    const isSuspended = isNamed(rules?.suspended ?? [], one.path);
    const hung = isSuspended ? new Failure('token-not-responding', `${one.path} hung twice and is left out`) : null;
    candidates.push({ ...base, architecture, state: isSuspended ? 'hung' : 'loadable', failure: hung });
  }
  return candidates.filter((candidate) => !isTwinOf(candidate, candidates, (path) => fold(basename(path))));
}

/** A 32-bit copy beside the 64-bit one of the same name is how these drivers are installed, not a fault. */
function isTwinOf(
  candidate: ModuleCandidate,
  all: readonly ModuleCandidate[],
  nameOf: (path: string) => string,
): boolean {
  return (
    candidate.state === 'refused' &&
    candidate.source !== 'policy' &&
    candidate.architecture !== null &&
    all.some((other) => other.state !== 'refused' && nameOf(other.path) === nameOf(candidate.path))
  );
}

function machineFiles(registryPaths: readonly string[]): ModuleFiles {
  return {
    platform: process.platform,
    environment: process.env,
    registryPaths,
    inspect: (path) => inspectModuleFile(path),
    listFolder: (path) => quietly(() => readdirSync(path), []),
    isFile: (path) => quietly(() => statSync(path).isFile(), false),
    realPath: (path) => quietly(() => realpathSync(path), path),
  };
}

/** A folder that is not there or may not be read holds no driver for this user. */
function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
