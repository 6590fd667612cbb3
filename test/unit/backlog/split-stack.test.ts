import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitStack, type StackPage } from '../../../main/backlog/split-stack.ts';
import type { SplitRule } from '../../../preload/backlog-types.ts';

const TYPES = ['giay-khai-sinh', 'trich-luc-khai-sinh'];

function page(id: string, over: Partial<StackPage> = {}): StackPage {
  return {
    id,
    isHidden: false,
    isBlank: false,
    isSeparator: false,
    documentType: null,
    decision: null,
    isFiled: false,
    ...over,
  };
}
const pages = (...given: readonly (readonly [string, Partial<StackPage>?])[]): StackPage[] =>
  given.map(([id, over]) => page(id, over));
const split = (rule: SplitRule, given: readonly StackPage[]): string[] =>
  splitStack(given, rule, TYPES).map(({ pageIds }) => pageIds.join(''));

describe('a stack is split', () => {
  it('at separator sheets, which belong to no record', () => {
    const given = pages(['a'], ['b'], ['|', { isSeparator: true }], ['c'], ['|', { isSeparator: true }], ['d'], ['e']);
    expect(split({ kind: 'separator' }, given)).toEqual(['ab', 'c', 'de']);
  });

  it('makes no empty record of separators that follow each other or stand at the ends', () => {
    const given = pages(
      ['|', { isSeparator: true }],
      ['|', { isSeparator: true }],
      ['a'],
      ['|', { isSeparator: true }],
    );
    expect(split({ kind: 'separator' }, given)).toEqual(['a']);
  });

  it('at every page of a type that begins a record of the series, and at no other', () => {
    const given = pages(
      ['a', { documentType: 'giay-khai-sinh' }],
      ['b'],
      ['c', { documentType: 'to-trinh' }],
      ['d', { documentType: 'trich-luc-khai-sinh' }],
    );
    expect(split({ kind: 'page-class' }, given)).toEqual(['abc', 'd']);
  });

  it('every so many sides, the empty backs of sheets counted and left out', () => {
    const blank = { isBlank: true, isHidden: true };
    expect(split({ kind: 'every', pages: 2 }, pages(['a'], ['.', blank], ['b'], ['c'], ['d']))).toEqual([
      'a',
      'bc',
      'd',
    ]);
  });

  it('does not count what the officer took out of the stack', () => {
    const given = pages(['a'], ['x', { isHidden: true }], ['b'], ['c'], ['d']);
    expect(split({ kind: 'every', pages: 2 }, given)).toEqual(['ab', 'cd']);
  });

  it('by the officer’s hand above every rule, both ways', () => {
    const given = pages(['a'], ['b', { decision: true }], ['c'], ['d', { decision: false }], ['e']);
    expect(split({ kind: 'hand' }, given)).toEqual(['a', 'bcde']);
    expect(split({ kind: 'every', pages: 2 }, given)).toEqual(['a', 'bcd', 'e']);
  });

  it('begins anew behind a record that is finished, so that what came later is not lost in it', () => {
    const given = pages(['a', { isFiled: true }], ['b', { isFiled: true }], ['c'], ['d']);
    expect(split({ kind: 'hand' }, given)).toEqual(['cd']);
  });

  it('carries the beginning on when the page that began a record was taken out', () => {
    const given = pages(['a'], ['|', { isSeparator: true }], ['x', { isHidden: true }], ['b']);
    expect(split({ kind: 'separator' }, given)).toEqual(['a', 'b']);
  });
});

const anyPage = fc.record({
  isHidden: fc.boolean(),
  isBlank: fc.boolean(),
  isSeparator: fc.boolean(),
  documentType: fc.constantFrom(null, 'giay-khai-sinh', 'quyet-dinh'),
  decision: fc.constantFrom(null, null, null, true, false),
  isFiled: fc.boolean(),
});
const anyStack = fc.array(anyPage, { maxLength: 60 }).map((list) => list.map((over, index) => page(`p${index}`, over)));
const anyRule = fc.oneof(
  fc.constant<SplitRule>({ kind: 'separator' }),
  fc.constant<SplitRule>({ kind: 'page-class' }),
  fc.constant<SplitRule>({ kind: 'hand' }),
  fc.integer({ min: 1, max: 9 }).map((count): SplitRule => ({ kind: 'every', pages: count })),
);

describe('whatever lies in a stack', () => {
  it('every page to be shown is in exactly one record, in the order of the stack, and nothing else is', () => {
    fc.assert(
      fc.property(anyStack, anyRule, (stack, rule) => {
        const wanted = stack
          .filter(({ isSeparator, isFiled, isHidden }) => !isSeparator && !isFiled && !isHidden)
          .map(({ id }) => id);
        expect(splitStack(stack, rule, TYPES).flatMap(({ pageIds }) => pageIds)).toEqual(wanted);
      }),
    );
  });

  it('no two records have the same key, and none is empty', () => {
    fc.assert(
      fc.property(anyStack, anyRule, (stack, rule) => {
        const records = splitStack(stack, rule, TYPES);
        expect(new Set(records.map(({ key }) => key)).size).toBe(records.length);
        expect(records.every(({ pageIds }) => pageIds.length > 0)).toBe(true);
      }),
    );
  });

  it('a separator or a finished page never lies inside a record', () => {
    fc.assert(
      fc.property(anyStack, anyRule, (stack, rule) => {
        const at = new Map(stack.map(({ id }, index) => [id, index]));
        for (const { pageIds } of splitStack(stack, rule, TYPES)) {
          const [from, to] = [at.get(pageIds[0] ?? '') ?? 0, at.get(pageIds.at(-1) ?? '') ?? 0];
          expect(stack.slice(from, to).some(({ isSeparator, isFiled }) => isSeparator || isFiled)).toBe(false);
        }
      }),
    );
  });

  it('a page on which the officer said "here begins one" is the first of its record', () => {
    fc.assert(
      fc.property(anyStack, anyRule, (stack, rule) => {
        const firsts = new Set(splitStack(stack, rule, TYPES).map(({ pageIds }) => pageIds[0]));
        for (const { id, decision, isHidden, isSeparator, isFiled } of stack)
          if (decision === true && !isHidden && !isSeparator && !isFiled) expect(firsts).toContain(id);
      }),
    );
  });
});
