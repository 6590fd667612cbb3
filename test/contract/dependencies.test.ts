import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Package {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}
interface Lock {
  readonly packages: Record<string, { readonly license?: string; readonly dev?: boolean; readonly resolved?: string }>;
}

const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package;
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');

describe('dependencies', () => {
  const all = Object.entries({ ...dependencies, ...devDependencies });

  it.each(all)('%s is pinned exactly and explained', (name, version) => {
    const exact = version.split('@').at(-1) ?? '';
    expect(exact).toMatch(/^\d+\.\d+\.\d+$/);
    expect(page).toContain(`| ${name} | ${exact} |`);
  });

  it('nothing copyleft gets into the product', () => {
    const copyleft = Object.entries(lock.packages).filter(
      ([path, entry]) =>
        path !== '' &&
        !entry.dev &&
        /\b(A?GPL|SSPL|LGPL)\b/.test(entry.license ?? '') &&
        !/ OR /.test(entry.license ?? ''),
    );
    // Two LGPL libraries, each a file of its own that can be replaced: libvips beside sharp, libheif beside heic-decode.
    const names = copyleft.map(([path]) => path.replace(/^node_modules\/@img\/sharp-.*/, 'libvips'));
    expect([...new Set(names)].toSorted()).toEqual(['libvips', 'node_modules/libheif-js']);
    expect(copyleft.every(([, { license }]) => /LGPL/.test(license ?? ''))).toBe(true);
  });

  it('the lock file names no registry and holds every platform’s binaries', () => {
    expect(Object.values(lock.packages).every((entry) => entry.resolved === undefined)).toBe(true);
    for (const name of ['@img/sharp-win32-x64', '@koromix/koffi-win32-x64', '@napi-rs/canvas-win32-x64-msvc']) {
      expect(lock.packages[`node_modules/${name}`], name).toBeDefined();
    }
  });

  it('SQLite’s cipher build brings a binary for Windows, macOS and Linux inside the package', () => {
    const folder = join(root, 'node_modules', 'better-sqlite3');
    expect(existsSync(join(folder, 'package.json'))).toBe(true);
    const { files } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { files?: readonly string[] };
    expect(files?.some((pattern) => pattern.includes('prebuilds'))).toBe(true);
  });
});
