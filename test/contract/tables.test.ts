import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHANNELS, type Channel } from '../../preload/contract.ts';
import { ERROR_CODES } from '../../preload/error-codes.ts';
import type { Counter } from '../../main/counter/open-counter.ts';
import { createHandlers, type HandlerPorts } from '../../main/ipc/handlers.ts';
import { SCHEMAS } from '../../main/ipc/schemas.ts';
import { errorsEn } from '../../renderer/language/errors.en.ts';
import { errorsVi } from '../../renderer/language/errors.vi.ts';
import { channelsPage, errorsPage } from '../../scripts/write-tables.ts';

const docs = join(import.meta.dirname, '../../docs');
const channels = Object.keys(CHANNELS).sort() as Channel[];

describe('the contract', () => {
  it('every channel has a schema and a handler, and there are no others', () => {
    expect(Object.keys(SCHEMAS).sort()).toEqual(channels);
    const handlers = createHandlers({ rooms: {}, session: {} } as Counter, {} as HandlerPorts);
    expect(Object.keys(handlers).sort()).toEqual(channels);
  });

  it('stands in the docs as it is in the code', () => {
    expect(readFileSync(join(docs, 'channels.md'), 'utf8')).toBe(channelsPage());
    expect(readFileSync(join(docs, 'errors.md'), 'utf8')).toBe(errorsPage());
  });

  it('a person must be signed in for everything but signing in', () => {
    const open = channels.filter((channel) => CHANNELS[channel].roles === 'anyone');
    expect(open).toEqual(['session.officers', 'session.signIn', 'session.state']);
  });

  it('refuses unknown keys and arbitrary values on every channel', () => {
    for (const channel of channels) {
      fc.assert(
        fc.property(fc.anything(), (value) => {
          const parsed = SCHEMAS[channel].safeParse(value);
          // The empty request is right for channels without parameters; nothing else random may pass.
          if (parsed.success) expect(value).toEqual({});
        }),
        { numRuns: 50 },
      );
      expect(SCHEMAS[channel].safeParse({ surprise: 1 }).success).toBe(false);
    }
  });
});

describe('expected failures', () => {
  it('have three sentences in both languages', () => {
    for (const table of [errorsVi, errorsEn]) {
      expect(Object.keys(table).sort()).toEqual([...ERROR_CODES].sort());
      for (const text of Object.values(table)) {
        for (const sentence of [text.what, text.safe, text.next]) expect(sentence.length).toBeGreaterThan(5);
      }
    }
  });

  it('each code is thrown or answered somewhere', () => {
    const sources = sourcesUnder(join(import.meta.dirname, '../..'), ['main', 'province', 'preload/contract.ts']);
    const unused = ERROR_CODES.filter((code) => !sources.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });
});

function sourcesUnder(root: string, places: readonly string[]): string {
  const read = (path: string): string =>
    statSync(path).isDirectory()
      ? readdirSync(path)
          .map((name) => read(join(path, name)))
          .join('\n')
      : /\.tsx?$/.test(path)
        ? readFileSync(path, 'utf8')
        : '';
  return places.map((place) => read(join(root, place))).join('\n');
}
