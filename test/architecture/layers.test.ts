/** @file Who may import whom, as a table. docs/architecture.md says why; a forbidden arrow names both ends. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** The wire's own rules: pure, used by both ends of it. */
const WIRE = ['main/sync/receipt.ts', 'main/sync/manifest.ts', 'main/sync/device-proof.ts', 'main/sync/back-off.ts'];
const ROOMS = ['store', 'sync', 'imaging', 'signatures', 'token', 'bridge'];
const DOMAIN = [
  'dossiers',
  'scan-presets',
  'procedures',
  'people',
  'deadlines',
  'audit',
  'forms',
  'pdf',
  'signing',
  'blobs',
  'backlog',
];

/** Folders of main/signing from the ground up: each knows those named for it, and the files beside the folders. */
const SIGNING: Readonly<Record<string, readonly string[]>> = {
  cms: [],
  pdf: [],
  xades: [],
  validation: ['cms'],
  appearance: ['pdf'],
  verification: ['cms', 'pdf', 'validation', 'xades'],
  augmentation: ['cms', 'pdf', 'validation', 'verification'],
};

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

  it('every folder of signing has its place in the table', () => {
    const folders = readdirSync(join(root, 'main/signing')).filter((name) => !name.endsWith('.ts'));
    expect(folders.sort()).toEqual(Object.keys(SIGNING).sort());
  });

  it.each(Object.entries(SIGNING))('signing: %s knows only what lies below it', (folder, below) => {
    const isOther = (path: string): boolean =>
      under(...Object.keys(SIGNING).map((other) => `main/signing/${other}`))(path) &&
      !under(...[folder, ...below].map((known) => `main/signing/${known}`))(path);
    expect(forbidden(under(`main/signing/${folder}`), isOther)).toEqual([]);
  });

  it('the rules of signing know no room at all, and of the program only blobs, PDF objects and failures', () => {
    const isAllowed = under('main/signing', 'main/blobs', 'main/pdf');
    const isElsewhere = (path: string): boolean =>
      !isAllowed(path) && path !== 'main/rooms/failure.ts' && path !== 'preload/error-codes.ts';
    expect(forbidden(under('main/signing'), isElsewhere)).toEqual([]);
  });

  it('the signatures room opens no connection and starts no process', () => {
    const connects = /from 'node:(?:net|tls|https?|http2|dgram|dns|child_process)(?:\/promises)?'/;
    const isOutside = (text: string): boolean =>
      connects.test(text) || (/\bfetch\(/.test(text) && !text.includes('fetch: ValidationFetch'));
    const files = ['main/signatures', 'main/signing'].flatMap((folder) => filesUnder(join(root, folder)));
    const found = files.filter((file) => isOutside(readFileSync(file, 'utf8')));
    expect(found.map((file) => relative(root, file))).toEqual([]);
  });

  it('the bridge, which strangers speak to, knows nothing of dossiers, signing or other rooms', () => {
    const isAllowed = under('main/bridge', 'main/blobs', 'main/rooms', 'preload', 'renderer/language');
    expect(forbidden(under('main/bridge'), (path) => !isAllowed(path))).toEqual([]);
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
