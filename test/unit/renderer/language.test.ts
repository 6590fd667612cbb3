import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../../preload/error-codes.ts';
import { en } from '../../../renderer/language/en.ts';
import { errorsEn } from '../../../renderer/language/errors.en.ts';
import { errorsVi } from '../../../renderer/language/errors.vi.ts';
import { vi } from '../../../renderer/language/vi.ts';
import { fill, wordFor } from '../../../renderer/language/words.ts';

const ROOT = join(import.meta.dirname, '../../..');

type Tree = { readonly [key: string]: string | Tree };

function paths(tree: Tree, prefix = ''): readonly (readonly [path: string, text: string])[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value] as const] : paths(value, `${prefix}${key}.`),
  );
}

function places(text: string): readonly string[] {
  return [...text.matchAll(/\{([a-zA-Z]+)\}/g)].map((match) => match[1] ?? '').sort();
}

const VI = paths(vi);
const EN = new Map(paths(en));
const VI_ERRORS = paths(errorsVi as unknown as Tree);
const EN_ERRORS = new Map(paths(errorsEn as unknown as Tree));

/** What officers call so, keys, formats; and the Vietnamese words that English examples quote. */
const KEPT = new Set([
  'token',
  'enter',
  'shift',
  'ctrl',
  'pgup',
  'pgdn',
  'jpeg',
  'tiff',
  'heic',
  'json',
  'khai',
  'sinh',
  'caps',
  'lock',
]);

/** Other people's programs keep their names. */
const PROGRAMS = /VGCA Sign Service|VNeID/g;

function wordsOf(text: string): readonly string[] {
  return text
    .replaceAll(PROGRAMS, ' ')
    .replaceAll(/\{[a-zA-Z]+\}/g, ' ')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word.length >= 4);
}

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/^(vi|en|errors\..*)\.ts$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

describe('the languages of the screens', () => {
  it('have the same keys', () => {
    expect([...EN.keys()].sort()).toEqual(VI.map(([path]) => path).sort());
  });

  it('fill the same places in every sentence', () => {
    for (const [path, text] of VI) expect(places(EN.get(path) ?? ''), path).toEqual(places(text));
  });

  it('leave no text empty and no space at an end', () => {
    for (const [path, text] of [...VI, ...EN, ...VI_ERRORS, ...EN_ERRORS]) expect(text, path).toMatch(/^\S(.*\S)?$/u);
  });

  it('are written in composed Unicode, so that search and comparison work', () => {
    for (const [path, text] of [...VI, ...VI_ERRORS]) expect(text, path).toBe(text.normalize('NFC'));
  });

  it('say nothing in English to an officer', () => {
    const english = new Set(
      [...EN.values(), ...EN_ERRORS.values()]
        .flatMap(wordsOf)
        .filter((word) => /^[a-z]+$/.test(word) && !KEPT.has(word)),
    );
    const found = [...VI, ...VI_ERRORS].flatMap(([path, text]) =>
      wordsOf(text)
        .filter((word) => english.has(word))
        .map((word) => `${path}: ${word}`),
    );
    expect(found).toEqual([]);
  });

  it('hold no key that no screen uses, and every key a screen names', () => {
    const code = sources(join(ROOT, 'renderer')).join('\n');
    const used = new Set<string>();
    for (const [, group, key] of code.matchAll(/(?:words|currentWords\(\))\.(\w+)(?:\.(\w+))?/g))
      used.add(key === undefined ? `${group}.*` : `${group}.${key}`);
    const unused = VI.map(([path]) => path).filter((path) => !used.has(path) && !used.has(`${path.split('.')[0]}.*`));
    expect(unused).toEqual([]);
  });
});

describe('the sentences of failures', () => {
  it.each([
    ['Vietnamese', errorsVi],
    ['English', errorsEn],
  ])('exist for every code in %s, three each', (_name, table) => {
    expect(Object.keys(table).sort()).toEqual([...ERROR_CODES].sort());
    for (const [code, { what, safe, next }] of Object.entries(table)) {
      for (const sentence of [what, safe, next]) expect(sentence, code).toMatch(/^\p{Lu}.*\.$/u);
    }
  });
});

describe('words for what was read from papers', () => {
  it('exist for every field of every document type', () => {
    const folder = join(ROOT, 'resources/document-types');
    const names = readdirSync(folder).flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/"name":\s*"([A-Za-z]+)"/g)].map((match) => match[1] ?? ''),
    );
    expect(names.length).toBeGreaterThan(0);
    expect([...new Set(names)].filter((name) => !Object.hasOwn(vi.fieldNames, name))).toEqual([]);
  });

  it('exist for every sentence the device check can say', () => {
    const source = ['devices.ts', 'token-checks.ts']
      .map((file) => readFileSync(join(ROOT, 'main/counter', file), 'utf8'))
      .join('\n');
    const said = /(?:fine|warning|failed|check\(\s*'(?:ok|warning|failed)',\s*)\(?'([a-z0-9-]+)'/g;
    const messages = [...source.matchAll(said)].map((match) => match[1] ?? '');
    expect(messages).toContain('token-no-driver');
    expect(messages.length).toBeGreaterThan(10);
    expect([...new Set(messages)].filter((message) => !Object.hasOwn(vi.checks, message))).toEqual([]);
  });
});

describe('filling a sentence', () => {
  it('puts values in and leaves a forgotten place visible', () => {
    expect(fill('Trang {n} / {total}', { n: 2 })).toBe('Trang 2 / {total}');
  });

  it('shows an unknown key as it came, never a property of the table', () => {
    expect(wordFor(vi.states, 'toString')).toBe('toString');
  });
});
