import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patchOf, wayBackOf, type PreparedCommand } from '../../../main/dossiers/apply-command.ts';
import { applyPatch, EMPTY_DRAFT, type DraftFacts, type DraftPatch } from '../../../main/dossiers/draft.ts';
import { fingerprintPages, projectDraft } from '../../../main/dossiers/project-draft.ts';
import { parseSeparator, separatorOf, separatorText } from '../../../main/dossiers/separator.ts';
import { loadCatalogue } from '../../../main/procedures/catalogue.ts';
import { Failure } from '../../../main/rooms/failure.ts';
import type { Page, Procedure } from '../../../preload/types.ts';
import { recognised } from '../store/store-kit.ts';

const BIRTH = '1.001193';
const FORM = `${BIRTH}#0`;
const CERTIFICATE = `${BIRTH}#2`;
const found = loadCatalogue(new URL('../../../resources', import.meta.url).pathname).get(BIRTH);
if (!found) throw new Error(BIRTH);
const procedure: Procedure = found;
const CHOSEN: PreparedCommand = { kind: 'set-procedure', procedure };

type Place = { readonly after?: string; readonly replaces?: string };
const page = (id: string, place: Place = {}): PreparedCommand => ({
  kind: 'add-page',
  pageId: id,
  page: { imageBlobId: `blob-${id}`, thumbnailBlobId: null, widthPx: 1, heightPx: 1, dpi: 200, source: id, ...place },
});
const read = (pageId: string, title: string | null, over = {}): PreparedCommand => ({
  kind: 'set-recognition',
  pageId,
  recognised: recognised(title, over),
});
const FORM_TITLE = 'TỜ KHAI ĐĂNG KÝ KHAI SINH';
const CERTIFICATE_TITLE = 'GIẤY CHỨNG SINH';
const more = { text: 'tiếp theo trang trước, các nội dung khác' };
const sheet = (pageId: string, target: string): PreparedCommand =>
  read(pageId, null, { codes: [{ format: 'QRCode', text: separatorText(target), box: [0, 0, 9, 9] }] });
const hide = (...pageIds: string[]): PreparedCommand => ({ kind: 'hide-pages', pageIds, isHidden: true });
const show = (...pageIds: string[]): PreparedCommand => ({ kind: 'hide-pages', pageIds, isHidden: false });
const start = (pageId: string, startsPaper: boolean): PreparedCommand => ({
  kind: 'set-paper-start',
  pageId,
  startsPaper,
});
const assign = (componentId: string | null, ...pageIds: string[]): PreparedCommand => ({
  kind: 'assign-pages',
  pageIds,
  componentId,
});

/** A draft with its way back and forth, as the store keeps it. */
class Desk {
  draft: DraftFacts = EMPTY_DRAFT;
  readonly back: DraftPatch[] = [];
  forth: DraftPatch[] = [];

  do(command: PreparedCommand, isOfficers: boolean): void {
    try {
      const { draft, inverse } = applyPatch(this.draft, patchOf(this.draft, command));
      this.draft = draft;
      const wayBack = wayBackOf(command, inverse, isOfficers);
      if (wayBack === null) return;
      this.back.push(wayBack);
      this.forth = [];
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
    }
  }

  step(direction: 'undo' | 'redo'): boolean {
    const [from, to] = direction === 'undo' ? [this.back, this.forth] : [this.forth, this.back];
    const patch = from.pop();
    if (patch === undefined) return false;
    const { draft, inverse } = applyPatch(this.draft, patch);
    this.draft = draft;
    to.push(inverse);
    return true;
  }

  get pages(): readonly Page[] {
    return projectDraft(this.draft, 'counter').pages;
  }
}
const deskWith = (...commands: PreparedCommand[]): Desk => {
  const desk = new Desk();
  for (const command of [CHOSEN, ...commands]) desk.do(command, false);
  return desk;
};
const visible = (desk: Desk): string[] => desk.pages.filter(({ isHidden }) => !isHidden).map(({ id }) => id);

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const anyId = fc.constantFrom(...ids);
const someIds = fc.subarray(ids, { minLength: 1 });
const decision: fc.Arbitrary<PreparedCommand> = fc.oneof(
  fc.tuple(someIds, fc.constantFrom(FORM, CERTIFICATE, null)).map(([some, where]) => assign(where, ...some)),
  fc.shuffledSubarray(ids).map((pageIds): PreparedCommand => ({ kind: 'arrange-pages', pageIds })),
  fc
    .dictionary(anyId, fc.constantFrom(0, 90, 180, 270), { maxKeys: 4 })
    .map((rotations): PreparedCommand => ({ kind: 'turn-pages', rotations: rotations as Record<string, 0> })),
  fc.tuple(someIds, fc.boolean()).map(([some, isHidden]) => (isHidden ? hide(...some) : show(...some))),
  fc.tuple(anyId, fc.boolean()).map(([id, starts]) => start(id, starts)),
);
/** What comes in beside the officer. Ids come once, as they do in life. */
const arrivals = (): fc.Arbitrary<PreparedCommand[]> =>
  fc
    .tuple(
      fc.shuffledSubarray(ids, { minLength: 1 }),
      fc.array(fc.tuple(fc.constantFrom('end', 'after', 'replaces'), fc.nat()), { minLength: 6, maxLength: 6 }),
    )
    .map(([order, places]) =>
      order.map((id, index) => {
        const [kind, where] = places[index] ?? ['end', 0];
        const at = order[where % Math.max(1, index)];
        return page(id, index === 0 || kind === 'end' || at === undefined ? {} : { [kind]: at });
      }),
    );
const reading: fc.Arbitrary<PreparedCommand> = fc.oneof(
  fc
    .tuple(anyId, fc.constantFrom(FORM_TITLE, CERTIFICATE_TITLE, null))
    .map(([id, title]) => read(id, title, title ? {} : more)),
  anyId.map((id) => read(id, null, { isBlank: true })),
  fc.tuple(anyId, fc.constantFrom(FORM, 'unknown', '')).map(([id, target]) => sheet(id, target)),
  anyId.map((pageId): PreparedCommand => ({ kind: 'set-recognition', pageId, recognised: null })),
);
type Move = { readonly command: PreparedCommand; readonly isOfficers: boolean } | 'undo' | 'redo';
const officers = decision.map((command): Move => ({ command, isOfficers: true }));
const beside = reading.map((command): Move => ({ command, isOfficers: false }));
const anyMove = fc.oneof(
  { weight: 4, arbitrary: officers },
  { weight: 3, arbitrary: beside },
  { weight: 2, arbitrary: fc.constant<Move>('undo') },
  { weight: 1, arbitrary: fc.constant<Move>('redo') },
);
/** Arrivals in order, everything else anywhere between and behind them. */
const history: fc.Arbitrary<Move[]> = fc
  .tuple(arrivals(), fc.array(anyMove, { maxLength: 25 }), fc.infiniteStream(fc.nat()))
  .map(([coming, moves, dice]) => {
    const left = coming.map((command): Move => ({ command, isOfficers: false }));
    const mixed: Move[] = left.splice(0, 1);
    for (const move of moves) {
      if (left.length > 0 && (dice.next().value ?? 0) % 3 === 0) mixed.push(...left.splice(0, 1));
      mixed.push(move);
    }
    return [...mixed, ...left];
  });
function live(moves: readonly Move[]): Desk {
  const desk = deskWith();
  for (const move of moves) {
    if (typeof move === 'string') desk.step(move);
    else desk.do(move.command, move.isOfficers);
  }
  return desk;
}

describe('whatever the officer, the scanner and the reader do to a stack', () => {
  test('no page is lost, and the order is one of all pages', () => {
    fc.assert(
      fc.property(history, (moves) => {
        const arrived = moves.flatMap((move) =>
          typeof move !== 'string' && move.command.kind === 'add-page' ? [move.command.pageId] : [],
        );
        expect(
          live(moves)
            .pages.map(({ id }) => id)
            .toSorted(),
        ).toEqual(arrived.toSorted());
      }),
      { numRuns: 300 },
    );
  });

  test('undo and redo lead to the very same draft', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 6 }), (moves, count) => {
        const desk = live(moves);
        const before = desk.draft;
        let steps = 0;
        while (steps < count && desk.step('undo')) steps += 1;
        for (let step = 0; step < steps; step += 1) expect(desk.step('redo')).toBe(true);
        expect(desk.draft).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test('what comes in between undoing and redoing stays, and changes neither', () => {
    fc.assert(
      fc.property(history, fc.array(reading, { maxLength: 5 }), (moves, between) => {
        const desk = live(moves);
        const other = live(moves);
        if (!desk.step('undo')) return;
        for (const command of [page('late'), ...between]) {
          desk.do(command, false);
          other.do(command, false);
        }
        expect(desk.step('redo')).toBe(true);
        expect(desk.draft).toEqual(other.draft);
      }),
    );
  });

  test('a new decision ends the way forth', () => {
    fc.assert(
      fc.property(history, (moves) => {
        const desk = live(moves);
        const [first] = desk.pages;
        desk.step('undo');
        desk.do(start(first?.id ?? '', true), true);
        expect(desk.step('redo')).toBe(false);
      }),
    );
  });

  test('every hidden page can be brought back, and a page that was replaced is hidden', () => {
    fc.assert(
      fc.property(history, (moves) => {
        const desk = live(moves);
        for (const one of desk.pages) {
          if (one.replacedById !== null) expect(one.isHidden).toBe(true);
          if (!one.isHidden) continue;
          const again = live(moves);
          again.do(show(one.id), true);
          expect(again.pages.find(({ id }) => id === one.id)).toMatchObject({ isHidden: false, replacedById: null });
        }
      }),
    );
  });

  test('the first page in sight starts a paper, a page out of sight none', () => {
    fc.assert(
      fc.property(history, (moves) => {
        const { pages } = live(moves);
        const first = pages.find(({ isHidden, isSeparator }) => !isHidden && !isSeparator);
        expect(first?.startsPaper ?? true).toBe(true);
        for (const one of pages) if (one.isHidden) expect(one.startsPaper).toBe(false);
      }),
    );
  });
});

describe('a page that comes', () => {
  test('stands behind the page it was put behind, the newest nearest, until the officer sorts', () => {
    const desk = deskWith(
      page('a'),
      page('b'),
      page('c', { after: 'a' }),
      page('d', { after: 'c' }),
      page('e', { after: 'a' }),
    );
    expect(visible(desk)).toEqual(['a', 'e', 'c', 'd', 'b']);
    desk.do({ kind: 'arrange-pages', pageIds: ['b', 'a'] }, true);
    desk.do(page('f', { after: 'b' }), false);
    expect(visible(desk)).toEqual(['b', 'f', 'a', 'e', 'c', 'd']);
  });

  test('at a page that is not there is refused', () => {
    expect(() => patchOf(EMPTY_DRAFT, page('a', { after: 'z' }))).toThrow(/not-found/);
    expect(() => patchOf(EMPTY_DRAFT, page('a', { replaces: 'z' }))).toThrow(/not-found/);
  });

  test('for another takes its place, its component and that a paper begins with it', () => {
    const desk = deskWith(page('a'), page('b'), page('c'), read('a', FORM_TITLE));
    desk.do(assign(CERTIFICATE, 'b'), true);
    desk.do(start('b', true), true);
    desk.do(page('n', { replaces: 'b' }), false);
    expect(visible(desk)).toEqual(['a', 'n', 'c']);
    const [, old, fresh] = desk.pages;
    expect(old).toMatchObject({ id: 'b', isHidden: true, replacedById: 'n' });
    expect(fresh).toMatchObject({ id: 'n', componentId: CERTIFICATE, startsPaper: true, isAssignedByOfficer: true });
  });

  test('for another that was sorted by its title lies there too while it is still unread', () => {
    const desk = deskWith(page('a'), read('a', CERTIFICATE_TITLE), page('n', { replaces: 'a' }));
    expect(desk.pages.at(-1)).toMatchObject({ id: 'n', componentId: CERTIFICATE, recognition: 'pending' });
    desk.do(read('n', FORM_TITLE), false);
    expect(desk.pages.at(-1)).toMatchObject({ componentId: FORM });
  });

  test('for a page that was replaced before replaces its newest image; the oldest comes back alone', () => {
    const desk = deskWith(page('a'), page('b', { replaces: 'a' }), page('c', { replaces: 'a' }));
    expect(visible(desk)).toEqual(['c']);
    desk.do(show('a'), true);
    expect(visible(desk)).toEqual(['a']);
    desk.step('undo');
    expect(visible(desk)).toEqual(['c']);
    desk.step('undo');
    expect(visible(desk)).toEqual(['b']);
    desk.step('undo');
    expect(visible(desk)).toEqual(['a']);
    desk.step('redo');
    expect(visible(desk)).toEqual(['b']);
  });
});

describe('a paper', () => {
  const starts = (desk: Desk): boolean[] => desk.pages.map(({ startsPaper }) => startsPaper);
  const places = (desk: Desk): (string | null)[] => desk.pages.map(({ componentId }) => componentId);

  test('begins with a title of its own and holds the pages behind it, wherever its first page goes', () => {
    const desk = deskWith(page('a'), page('b'), page('c'), page('d'));
    for (const command of [
      read('a', FORM_TITLE),
      read('b', null, more),
      read('c', CERTIFICATE_TITLE),
      read('d', null, more),
    ])
      desk.do(command, false);
    expect(starts(desk)).toEqual([true, false, true, false]);
    expect(places(desk)).toEqual([FORM, FORM, CERTIFICATE, CERTIFICATE]);
    desk.do(assign(CERTIFICATE, 'a'), true);
    expect(places(desk)).toEqual([CERTIFICATE, CERTIFICATE, CERTIFICATE, CERTIFICATE]);
  });

  test('is not broken by a page whose running text names another paper, nor by a blank verso', () => {
    const long = `${'Nội dung khai tiếp theo của người yêu cầu, '.repeat(8)} kèm theo giấy chứng sinh của trẻ em`;
    const desk = deskWith(page('a'), page('b'), page('c'));
    for (const command of [read('a', FORM_TITLE), read('b', null, { isBlank: true }), read('c', null, { text: long })])
      desk.do(command, false);
    expect(starts(desk)).toEqual([true, false, false]);
    expect(places(desk)).toEqual([FORM, null, FORM]);
  });

  test('begins where the officer says, and does not where she says not', () => {
    const desk = deskWith(
      page('a'),
      page('b'),
      page('c'),
      read('a', FORM_TITLE),
      read('b', null, more),
      read('c', CERTIFICATE_TITLE),
    );
    desk.do(start('b', true), true);
    desk.do(start('c', false), true);
    expect(starts(desk)).toEqual([true, true, false]);
    expect(places(desk)).toEqual([FORM, null, null]);
    desk.step('undo');
    expect(starts(desk)).toEqual([true, true, true]);
  });

  test('a page that cannot be read, and a picture without words, belong nowhere until the officer says so', () => {
    const desk = deskWith(page('a'), page('b'), page('c'), read('a', FORM_TITLE), read('c', null));
    desk.do({ kind: 'set-recognition', pageId: 'b', recognised: null }, false);
    expect(places(desk)).toEqual([FORM, null, null]);
    desk.do(start('b', false), true);
    expect(places(desk)).toEqual([FORM, FORM, null]);
  });

  test('a PDF of other crops is another PDF', () => {
    const desk = deskWith(page('a'));
    desk.do(assign(FORM, 'a'), true);
    const before = fingerprintPages(desk.pages, FORM);
    desk.do(read('a', FORM_TITLE, { crop: [10, 20, 300, 400] }), false);
    expect(fingerprintPages(desk.pages, FORM)).not.toBe(before);
  });
});

describe('a separator sheet', () => {
  test('is hidden, starts a paper, and sends what comes behind it to its component until the next one', () => {
    const desk = deskWith(...['s', 'a', 'b', 't', 'c', 'u', 'd'].map((id) => page(id)));
    for (const command of [
      sheet('s', CERTIFICATE),
      read('a', null, more),
      read('b', FORM_TITLE),
      sheet('t', 'no-such-component'),
      read('c', FORM_TITLE),
      sheet('u', ''),
    ])
      desk.do(command, false);
    expect(
      desk.pages.map(({ id, isHidden, isSeparator, startsPaper, componentId }) => [
        id,
        isHidden,
        isSeparator,
        startsPaper,
        componentId,
      ]),
    ).toEqual([
      ['s', true, true, false, null],
      ['a', false, false, true, CERTIFICATE],
      ['b', false, false, true, CERTIFICATE],
      ['t', true, true, false, null],
      ['c', false, false, true, FORM],
      ['u', true, true, false, null],
      ['d', false, false, true, null],
    ]);
  });

  test('sends pages that are unread or cannot be read too, and the officer still decides', () => {
    const desk = deskWith(page('s'), page('a'), page('b'), sheet('s', FORM));
    desk.do({ kind: 'set-recognition', pageId: 'b', recognised: null }, false);
    expect(desk.pages.slice(1).map(({ componentId }) => componentId)).toEqual([FORM, FORM]);
    desk.do(assign(CERTIFICATE, 'b'), true);
    expect(desk.pages[2]).toMatchObject({ componentId: CERTIFICATE, isAssignedByOfficer: true });
  });

  test('may name a type of document instead of a component', () => {
    const desk = deskWith(page('s'), page('a'));
    const codes = [
      {
        format: 'QRCode',
        text: separatorText('giay-chung-sinh'),
        box: [0, 0, 9, 9] as [number, number, number, number],
      },
    ];
    desk.do(
      { kind: 'set-recognition', pageId: 's', recognised: recognised(null, { codes }), keywords: ['giay chung sinh'] },
      false,
    );
    expect(desk.pages[1]).toMatchObject({ componentId: CERTIFICATE });
  });

  test('says what it was printed with, and nothing else is one', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w.#-]{0,60}$/), (target) => {
        expect(parseSeparator(separatorText(target))).toBe(target);
      }),
    );
    for (const text of [
      '',
      'QMC-TACH',
      'QMC-TACH|2|x',
      'QMC-TACH|1|a|b',
      `QMC-TACH|1|${'x'.repeat(101)}`,
      '038090001234|x|y',
    ])
      expect(parseSeparator(text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => void parseSeparator(text)));
    expect(separatorOf(['x', separatorText('a'), separatorText('a')])).toBe('a');
    expect(separatorOf([separatorText('a'), separatorText('b')])).toBe('');
    expect(separatorOf(['038090001234|x'])).toBeNull();
  });
});
