/** @file Who may import whom, as a table. docs/architecture.md says why; a forbidden arrow names both ends. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The wire's own rules: pure, used by both ends of it. */
const WIRE = ['main/sync/receipt.ts', 'main/sync/manifest.ts', 'main/sync/device-proof.ts', 'main/sync/back-off.ts'];
const ROOMS = ['store', 'sync', 'imaging', 'signatures', 'token', 'bridge'];
const DOMAIN = ['dossiers', 'procedures', 'people', 'deadlines', 'audit', 'forms', 'pdf', 'signing', 'blobs'];

interface Arrow {
  readonly from: string;
  readonly to: string;
}

const arrows: readonly Arrow[] = ['main', 'province', 'preload', 'renderer'].flatMap((folder) =>
  filesUnder(join(root, folder)).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s+'(\.[^']+)'/g)].map((match) => ({
      from: relative(root, file),
      to: relative(root, join(dirname(file), match[1] ?? '')),
    })),
  ),
);

function forbidden(isFrom: (path: string) => boolean, isTo: (path: string) => boolean): string[] {
  return arrows.filter(({ from, to }) => isFrom(from) && isTo(to)).map(({ from, to }) => `${from} → ${to}`);
}
const under =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path.startsWith(`${folder}/`));

describe('layers', () => {
  it('has arrows to judge', () => expect(arrows.length).toBeGreaterThan(500));

  it('pages know the contract and nothing of the program', () => {
    expect(forbidden(under('renderer'), under('main', 'province'))).toEqual([]);
  });

  it('words are free of the screens, so that the command line can print them', () => {
    const isScreen = under('renderer/app', 'renderer/screens', 'renderer/components', 'renderer/state');
    expect(forbidden(under('renderer/language', 'main'), isScreen)).toEqual([]);
  });

  it('only the entry knows the shell', () => {
    expect(forbidden((path) => path !== 'main/index.ts' && !under('main/shell')(path), under('main/shell'))).toEqual(
      [],
    );
  });

  it.each(ROOMS)('%s is known to others only by its protocol and the wire’s own rules', (room) => {
    const isInside = (path: string): boolean =>
      under(`main/${room}`)(path) && path !== `main/${room}/protocol.ts` && !WIRE.includes(path);
    expect(forbidden((path) => !under(`main/${room}`)(path), isInside)).toEqual([]);
  });

  it('the province is known by its protocol, and started by its command', () => {
    const isInside = (path: string): boolean => under('province')(path) && path !== 'province/protocol.ts';
    expect(forbidden((path) => under('main')(path) && path !== 'main/cli/province.ts', isInside)).toEqual([]);
  });

  it('rules know no room, no use case and no command', () => {
    const isRule = under(...DOMAIN.map((folder) => `main/${folder}`));
    const isAbove = (path: string): boolean =>
      under('main/counter', 'main/ipc', 'main/cli', 'main/shell')(path) ||
      (under(...ROOMS.map((room) => `main/${room}`))(path) && !path.endsWith('/protocol.ts') && !WIRE.includes(path));
    expect(forbidden(isRule, isAbove)).toEqual([]);
  });

  it('use cases know neither the command line nor the window', () => {
    expect(forbidden(under('main/counter'), under('main/cli', 'main/ipc', 'main/shell'))).toEqual([]);
  });
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesUnder(path);
    return /\.tsx?$/.test(name) && !name.endsWith('.d.ts') ? [path] : [];
  });
}
