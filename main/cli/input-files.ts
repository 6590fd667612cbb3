/** @file What a command was told to read: files, folders and patterns, as the files they mean, in the order people count. */
import { globSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What recognition takes in; anything else in a folder is passed over. A file that was named is tried whatever its name. */
const PAGE_FILE = /\.(?:jpe?g|png|tiff?|pdf|hei[cf])$/i;
const PATTERN = /[*?[{]/;
const MOST_FOLDERS_DEEP = 16;
/** `trang 2` before `trang 10`. */
const order = new Intl.Collator('vi', { numeric: true, sensitivity: 'base' });

export interface InputFiles {
  readonly files: readonly string[];
  /** Names and patterns that mean nothing that is there. */
  readonly missing: readonly string[];
}

/** Folders with all that is below them; what was named keeps the order of the command, the rest is sorted by name. */
export function findInputFiles(named: readonly string[]): InputFiles {
  const files: string[] = [];
  const missing: string[] = [];
  for (const name of named) {
    const found = filesAt(name) ?? filesLike(name);
    if (found.length === 0) missing.push(name);
    files.push(...found);
  }
  return { files: [...new Set(files)], missing };
}

function filesAt(path: string): readonly string[] | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return null;
  return found.isDirectory() ? filesIn(path) : [path];
}

/** With all that is below it, in the order people count; what systems hide (`._x.jpg`) is no page. @throws when it cannot be read */
export function filesIn(folder: string, depth = 0): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .sort((a, b) => order.compare(a.name, b.name));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return depth < MOST_FOLDERS_DEEP ? filesIn(path, depth + 1) : [];
    if (!PAGE_FILE.test(entry.name)) return [];
    return entry.isFile() || (entry.isSymbolicLink() && isFile(path)) ? [path] : [];
  });
}

/** A shell without patterns of its own (Windows) hands them on as they are. */
function filesLike(pattern: string): readonly string[] {
  if (!PATTERN.test(pattern)) return [];
  return globSync(pattern)
    .filter(isFile)
    .sort((a, b) => order.compare(a, b));
}

/** Also at the end of a link; a link to nothing is none. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
