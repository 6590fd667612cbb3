import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Page } from '../../../preload/types.ts';
import { en } from '../../../renderer/language/en.ts';
import { vi } from '../../../renderer/language/vi.ts';
import { COMMAND_KEYS, KEY_TABLE, TARGET_KEYS } from '../../../renderer/screens/workbench/keys.ts';
import {
  nextOpenPage,
  papersOf,
  ranges,
  rowsOf,
  runsOf,
  scopeOf,
  stepBefore,
} from '../../../renderer/screens/workbench/papers.ts';

function makePage(id: string, more: Partial<Page> = {}): Page {
  return {
    id,
    imageBlobId: id,
    thumbnailBlobId: null,
    widthPx: 1654,
    heightPx: 2339,
    dpi: 200,
    rotation: 0,
    isHidden: false,
    isBlank: false,
    isSeparator: false,
    replacedById: null,
    startsPaper: false,
    crop: null,
    recognition: 'done',
    documentType: null,
    componentId: null,
    suggestion: null,
    isAssignedByOfficer: false,
    ...more,
  };
}

const stacks = fc
  .array(fc.record({ startsPaper: fc.boolean(), isHidden: fc.boolean(), componentId: fc.constantFrom(null, 'a', 'b') }))
  .map((pages) => pages.map((more, index) => makePage(`p${index}`, more)));

const idsOf = (pages: readonly Page[]): readonly string[] => pages.map((page) => page.id);

describe('a stack as papers', () => {
  it('holds every visible page exactly once, in the order of the stack', () => {
    fc.assert(
      fc.property(stacks, fc.boolean(), (pages, showsHidden) => {
        const shown = papersOf(pages, showsHidden).flatMap((paper) => paper.pages);
        expect(idsOf(shown)).toEqual(idsOf(pages.filter((page) => showsHidden || !page.isHidden)));
      }),
    );
  });

  it('begins a paper where a page says so and nowhere else', () => {
    const pages = [
      makePage('a', { startsPaper: true }),
      makePage('b'),
      makePage('c', { startsPaper: true }),
      makePage('d'),
    ];
    expect(papersOf(pages, false).map((paper) => idsOf(paper.pages))).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('leaves the beginning of a hidden page to the visible page behind it', () => {
    const pages = [
      makePage('a', { startsPaper: true }),
      makePage('separator', { startsPaper: true, isHidden: true }),
      makePage('b'),
    ];
    expect(papersOf(pages, false).map((paper) => idsOf(paper.pages))).toEqual([['a'], ['b']]);
  });

  it('says of a paper whose pages lie in two places that it does', () => {
    const pages = [makePage('a', { startsPaper: true, componentId: 'x' }), makePage('b')];
    expect(papersOf(pages, false)[0]).toMatchObject({ targetId: 'x', isMixed: true });
    expect(papersOf([makePage('a', { componentId: 'x' })], false)[0]).toMatchObject({ isMixed: false });
  });

  it('fills every row of the grid but the last, and never over its end', () => {
    fc.assert(
      fc.property(stacks, fc.integer({ min: 1, max: 9 }), (pages, columns) => {
        const papers = papersOf(pages, true);
        const rows = rowsOf(papers, columns);
        const widths = rows.map((row) => row.reduce((sum, segment) => sum + segment.pages.length, 0));
        expect(widths.slice(0, -1).every((width) => width === columns)).toBe(true);
        expect(rows.flatMap((row) => row.flatMap((segment) => idsOf(segment.pages)))).toEqual(idsOf(pages));
        const segments = rows.flat();
        expect(segments.filter((segment) => segment.isFirst)).toHaveLength(papers.length);
        expect(segments.filter((segment) => segment.isLast)).toHaveLength(papers.length);
      }),
    );
  });
});

describe('what a key acts on', () => {
  const pages = [
    makePage('a', { startsPaper: true }),
    makePage('b', { isHidden: true }),
    makePage('c'),
    makePage('d', { startsPaper: true }),
  ];
  const papers = papersOf(pages, true);

  it('is the whole paper of the current page, hidden pages left where they are', () => {
    expect(scopeOf(papers, ['c'], false)).toEqual(['a', 'c']);
  });

  it('is one page when that page was picked, and several when several were', () => {
    expect(scopeOf(papers, ['c'], true)).toEqual(['c']);
    expect(scopeOf(papers, ['c', 'd'], false)).toEqual(['c', 'd']);
  });

  it('leaves out what is still being read, which stands for itself', () => {
    const stack = papersOf([makePage('a'), makePage('b', { recognition: 'running' }), makePage('c')], false);
    expect(scopeOf(stack, ['a'], false)).toEqual(['a', 'c']);
    expect(scopeOf(stack, ['b'], false)).toEqual(['b']);
  });

  it('is a hidden page itself, and nothing that is gone', () => {
    expect(scopeOf(papers, ['b'], false)).toEqual(['b']);
    expect(scopeOf(papers, ['gone'], false)).toEqual([]);
  });
});

describe('the page to look at next', () => {
  it('is the next one without a place behind those just placed, then the first one at all', () => {
    const pages = [makePage('a'), makePage('b', { componentId: 'x' }), makePage('c'), makePage('d')];
    expect(nextOpenPage(pages, ['c'])?.id).toBe('d');
    expect(nextOpenPage(pages, ['d'])?.id).toBe('a');
    expect(nextOpenPage(pages, ['a', 'c', 'd'])).toBeUndefined();
  });
});

describe('moving pages by one step', () => {
  /** Pages of one paper, unless a letter is a capital: there a paper begins. */
  function moved(stack: string, ids: readonly string[], step: 1 | -1): string {
    const pages = [...stack].map((id) => makePage(id, { startsPaper: id === id.toUpperCase() }));
    const before = stepBefore(papersOf(pages, true), ids, step);
    if (before === undefined) return 'stays';
    const others = pages.filter((page) => !ids.includes(page.id)).map((page) => page.id);
    const at = before === null ? others.length : others.indexOf(before);
    return [...others.slice(0, at), ...ids, ...others.slice(at)].join('');
  }

  it('takes one page or a block over its neighbour', () => {
    expect(moved('abcde', ['b'], 1)).toBe('acbde');
    expect(moved('abcde', ['b'], -1)).toBe('bacde');
    expect(moved('abcde', ['b', 'c'], 1)).toBe('adbce');
    expect(moved('abcde', ['d', 'e'], -1)).toBe('abdec');
  });

  it('stops at the ends', () => {
    expect(moved('abcde', ['a'], -1)).toBe('stays');
    expect(moved('abcde', ['d', 'e'], 1)).toBe('stays');
    expect(moved('abcde', ['d'], 1)).toBe('abced');
  });

  it('takes a whole paper over a whole paper, never into it', () => {
    expect(moved('AbCdE', ['A', 'b'], 1)).toBe('CdAbE');
    expect(moved('AbCdE', ['E'], -1)).toBe('AbECd');
    expect(moved('AbCdE', ['C', 'd'], 1)).toBe('AbECd');
    expect(moved('AbCdE', ['b'], 1)).toBe('ACbdE');
    expect(moved('AbCdE', ['C', 'd', 'E'], 1)).toBe('stays');
  });

  it('brings pages that lie apart together first', () => {
    expect(moved('abcde', ['b', 'd'], 1)).toBe('abdce');
  });
});

describe('page numbers in words', () => {
  it('are as short as they can be, and lose none', () => {
    expect(ranges([3, 1, 2, 7])).toBe('1–3, 7');
    expect(ranges([])).toBe('');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (numbers) => {
        const spread = runsOf(numbers).flatMap(([first, last]) =>
          Array.from({ length: last - first + 1 }, (_, index) => first + index),
        );
        expect(spread).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
      }),
    );
  });
});

describe('the keys of the workbench', () => {
  const commands = Object.values(COMMAND_KEYS).flatMap(({ keys }) => keys);

  it('mean one thing each', () => {
    expect(new Set([...commands, ...TARGET_KEYS]).size).toBe(commands.length + TARGET_KEYS.length);
  });

  it('are letters that no Vietnamese typing method changes on their own', () => {
    const letters = [...commands, ...TARGET_KEYS].filter((key) => /^[a-z]$/.test(key));
    expect(letters.length).toBeGreaterThan(10);
    expect(letters.filter((letter) => 'aeiouywd'.includes(letter))).toEqual([]);
  });

  it('are all listed where they are explained', () => {
    const listed = KEY_TABLE.map((row) => row.shown).join(' ');
    const silent = ['help', 'smaller', 'larger'];
    for (const [name, { shown }] of Object.entries(COMMAND_KEYS))
      if (!silent.includes(name)) expect(listed, name).toContain(shown);
  });
});

describe('the handbook', () => {
  it('lists every key with the words of both languages', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/workbench.md'), 'utf8');
    const rows = KEY_TABLE.map(
      ({ shown, word }) => `| \`${shown}\` | ${vi.workbenchKeys[word]} | ${en.workbenchKeys[word]} |`,
    );
    expect(page).toContain(rows.join('\n'));
  });
});
