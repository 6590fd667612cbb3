import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { patchOf, type PreparedCommand } from '../../../main/dossiers/apply-command.ts';
import { applyPatch, EMPTY_DRAFT, type DraftFacts, type DraftPatch } from '../../../main/dossiers/draft.ts';
import { fingerprintPages, missingOf, projectDraft } from '../../../main/dossiers/project-draft.ts';
import { loadCatalogue } from '../../../main/procedures/catalogue.ts';
import { Failure } from '../../../main/rooms/failure.ts';
import type { Applicant, ChecklistItem, Procedure } from '../../../preload/types.ts';
import { APPLICANT, recognised } from '../store/store-kit.ts';

const catalogue = loadCatalogue(new URL('../../../resources', import.meta.url).pathname);
const procedure = (code: string): Procedure => {
  const found = catalogue.get(code);
  if (!found) throw new Error(code);
  return found;
};
const BIRTH = '1.001193';
const CERTIFIED_COPY = '2.000815';
const RESIDENCE = '1.004222';

/** Applies commands one after the other; refused ones change nothing. */
function run(
  commands: readonly PreparedCommand[],
  from: DraftFacts = EMPTY_DRAFT,
): { draft: DraftFacts; inverses: DraftPatch[]; trail: DraftFacts[] } {
  let draft = from;
  const inverses: DraftPatch[] = [];
  const trail = [draft];
  for (const command of commands) {
    try {
      const step = applyPatch(draft, patchOf(draft, command));
      draft = step.draft;
      inverses.push(step.inverse);
      trail.push(draft);
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown;
    }
  }
  return { draft, inverses, trail };
}
const page = (id: string): PreparedCommand => ({
  kind: 'add-page',
  pageId: id,
  page: { imageBlobId: `blob-${id}`, thumbnailBlobId: null, widthPx: 1, heightPx: 1, dpi: 200, source: id },
});
const titled = (pageId: string, title: string | null, over = {}): PreparedCommand => ({
  kind: 'set-recognition',
  pageId,
  recognised: recognised(title, over),
});
const project = (draft: DraftFacts) => projectDraft(draft, 'counter');
const missing = (draft: DraftFacts, signed: readonly string[] = []) =>
  missingOf(project(draft), (id) => signed.includes(id));
const form = (componentId: string, value: ChecklistItem['form'], note: string | null = null): PreparedCommand => ({
  kind: 'set-checklist-item',
  componentId,
  form: value,
  quantity: 1,
  note,
});

const pageIds = ['a', 'b', 'c', 'd'];
const anyPageId = fc.constantFrom(...pageIds);
const componentIds = [BIRTH, RESIDENCE, CERTIFIED_COPY].flatMap((code) =>
  procedure(code).components.map(({ id }) => id),
);
const anyComponentId = fc.constantFrom(...componentIds);
const anyCommand: fc.Arbitrary<PreparedCommand> = fc.oneof(
  fc.constant<PreparedCommand>({ kind: 'set-applicant', applicant: APPLICANT }),
  fc
    .constantFrom(BIRTH, RESIDENCE, CERTIFIED_COPY)
    .map((code): PreparedCommand => ({ kind: 'set-procedure', procedure: procedure(code) })),
  anyPageId.map(page),
  fc
    .tuple(anyPageId, fc.constantFrom('Giấy chứng sinh', 'Tờ khai đăng ký khai sinh', null))
    .map(([id, title]) => titled(id, title)),
  anyPageId.map((pageId): PreparedCommand => ({ kind: 'set-recognition', pageId, recognised: null })),
  fc
    .tuple(fc.subarray(pageIds, { minLength: 1 }), fc.option(anyComponentId))
    .map(([ids, componentId]): PreparedCommand => ({ kind: 'assign-pages', pageIds: ids, componentId })),
  fc.shuffledSubarray(pageIds).map((ids): PreparedCommand => ({ kind: 'arrange-pages', pageIds: ids })),
  fc
    .tuple(anyPageId, fc.constantFrom(0, 90, 180, 270))
    .map(([pageId, rotation]): PreparedCommand => ({ kind: 'turn-pages', rotations: { [pageId]: rotation as 0 } })),
  fc
    .tuple(anyPageId, fc.boolean())
    .map(([pageId, isHidden]): PreparedCommand => ({ kind: 'hide-pages', pageIds: [pageId], isHidden })),
  fc
    .tuple(
      anyComponentId,
      fc.constantFrom('original', 'presented', 'electronic', 'replaced-by-data', 'plain-copy', null),
    )
    .map(([id, value]) => form(id, value as ChecklistItem['form'])),
  fc.constant<PreparedCommand>({ kind: 'set-details', returnMethod: 'post', feeVnd: 8000, note: 'x' }),
  fc
    .tuple(anyPageId, fc.string())
    .map(([id, value]): PreparedCommand => ({ kind: 'set-field', fieldId: `${id}:fullName`, value })),
  fc.tuple(anyComponentId, fc.uuid()).map(([componentId, documentId]): PreparedCommand => ({
    kind: 'set-component-pdf',
    componentId,
    documentId,
    madeFrom: 'a@0',
  })),
);

describe('undo', () => {
  test('leads back through every state a draft had, for any commands', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 25 }), (commands) => {
        const { draft, inverses, trail } = run(commands);
        let back = draft;
        for (let step = inverses.length - 1; step >= 0; step--) {
          back = applyPatch(back, inverses[step] as DraftPatch).draft;
          expect(back).toEqual(trail[step]);
        }
        expect(back).toEqual(EMPTY_DRAFT);
      }),
      { numRuns: 300 },
    );
  });

  test('of one command loses no page and no recognition that came in after it', () => {
    const beside = fc.oneof(
      anyPageId.map((id) => page(`late-${id}`)),
      anyPageId.map((id) => titled(`late-${id}`, 'Giấy chứng sinh')),
    );
    fc.assert(
      fc.property(
        fc.array(anyCommand, { maxLength: 10 }),
        anyCommand,
        fc.array(beside, { minLength: 1, maxLength: 6 }),
        (before, officers, after) => {
          const start = run(before).draft;
          const decided = run([officers], start);
          const later = run(after, decided.draft).draft;
          const undone = decided.inverses.reduce((draft, inverse) => applyPatch(draft, inverse).draft, later);
          expect(undone).toEqual(run(after, start).draft);
        },
      ),
    );
  });
});

describe('whatever is done to a draft', () => {
  test('every page that came in is shown exactly once, in an order', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 25 }), (commands) => {
        const { draft } = run(commands);
        const arrived = Object.keys(draft)
          .filter((key) => key.startsWith('page:'))
          .map((key) => key.slice(5));
        expect(
          project(draft)
            .pages.map(({ id }) => id)
            .sort(),
        ).toEqual(arrived.sort());
      }),
    );
  });

  test('no page lies under a component that is not of the procedure, is only shown, or is an online form', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 25 }), (commands) => {
        const body = project(run(commands).draft);
        const scannable = new Set(
          body.checklist.filter(({ component }) => component.kind === 'submitted').map(({ component }) => component.id),
        );
        for (const { componentId } of body.pages) expect(componentId === null || scannable.has(componentId)).toBe(true);
        expect(body.checklist.some(({ component }) => component.kind === 'electronic-form')).toBe(false);
      }),
    );
  });

  test('a PDF counts only for exactly the pages it was made from', () => {
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 25 }), (commands) => {
        const { draft } = run(commands);
        const body = project(draft);
        for (const componentId of Object.keys(body.documentIds)) {
          expect(draft[`document:${componentId}`]?.madeFrom).toBe(fingerprintPages(body.pages, componentId));
        }
      }),
    );
  });

  test('it is ready only with applicant, procedure, no page without a place, and a signed PDF under every scanned paper', () => {
    let ready = 0;
    const nearlyReady: PreparedCommand[] = [
      { kind: 'set-applicant', applicant: APPLICANT },
      { kind: 'set-procedure', procedure: procedure(CERTIFIED_COPY) },
      form(`${CERTIFIED_COPY}#0`, 'presented'),
    ];
    fc.assert(
      fc.property(fc.array(anyCommand, { maxLength: 6 }), (commands) => {
        const body = project(run([...nearlyReady, ...commands]).draft);
        if (missingOf(body, () => false).length > 0) return;
        ready++;
        expect(body.applicant?.fullName).toBeTruthy();
        expect(body.procedure?.time).not.toBeNull();
        expect(body.pages.every(({ isHidden, componentId }) => isHidden || componentId !== null)).toBe(true);
        expect(body.checklist.every(({ pageIds: ids }) => ids.length === 0)).toBe(true); // nothing was signed here
      }),
    );
    expect(ready).toBeGreaterThan(10);
  });
});

describe('pages and components', () => {
  const base = [{ kind: 'set-procedure', procedure: procedure(BIRTH) } as const, page('a'), page('b'), page('c')];

  test('a recognised title puts a page under its component until the officer decides', () => {
    const { draft } = run([...base, titled('a', 'TỜ KHAI ĐĂNG KÝ KHAI SINH'), titled('b', 'GIẤY CHỨNG SINH')]);
    expect(project(draft).pages.map(({ componentId }) => componentId)).toEqual([`${BIRTH}#0`, `${BIRTH}#2`, null]);
    const moved = run(
      [{ kind: 'assign-pages', pageIds: ['a'], componentId: `${BIRTH}#2` }, titled('a', 'TỜ KHAI ĐĂNG KÝ KHAI SINH')],
      draft,
    ).draft;
    expect(project(moved).pages[0]).toMatchObject({
      componentId: `${BIRTH}#2`,
      isAssignedByOfficer: true,
      suggestion: { componentId: `${BIRTH}#0` },
    });
  });

  test('a page without a title continues the paper before it; a blank one is hidden and belongs nowhere', () => {
    const { draft } = run([
      ...base,
      titled('a', 'GIẤY CHỨNG SINH'),
      titled('b', null, { text: 'tiếp theo trang trước' }),
      titled('c', null, { isBlank: true }),
    ]);
    expect(project(draft).pages.map(({ componentId, isHidden }) => [componentId, isHidden])).toEqual([
      [`${BIRTH}#2`, false],
      [`${BIRTH}#2`, false],
      [null, true],
    ]);
  });

  test('a paper that is only shown takes no pages and is no copy', () => {
    const { draft } = run(base);
    expect(() => patchOf(draft, { kind: 'assign-pages', pageIds: ['a'], componentId: `${BIRTH}#6` })).toThrow(
      /component-not-digitised/,
    );
    expect(() => patchOf(draft, form(`${BIRTH}#6`, 'plain-copy'))).toThrow(/component-not-digitised/);
    expect(() => patchOf(draft, { kind: 'assign-pages', pageIds: ['a'], componentId: `${BIRTH}#1` })).toThrow(
      /component-not-in-procedure/,
    );
    expect(() => patchOf(draft, { kind: 'assign-pages', pageIds: ['z'], componentId: null })).toThrow(/not-found/);
  });

  test.each([
    ['01-to-khai-khai-sinh', BIRTH, `${BIRTH}#0`],
    ['03-tinh-trang-hon-nhan', '1.004873', '1.004873#2'],
    ['04-ct01-cu-tru', RESIDENCE, `${RESIDENCE}#0`],
  ])('text of a %s page alone is enough for procedure %s', async (sample, code, expected) => {
    const heads: Record<string, string> = {
      '01-to-khai-khai-sinh':
        'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nTỜ KHAI ĐĂNG KÝ KHAI SINH\nKính gửi: Ủy ban nhân dân xã Hoằng Sơn',
      '03-tinh-trang-hon-nhan':
        'ỦY BAN NHÂN DÂN\nPHƯỜNG ĐÔNG QUANG\nSố: 128/UBND-XNTTHN\nGIẤY XÁC NHẬN TÌNH TRẠNG HÔN NHÂN\nXét đề nghị đã cấp',
      '04-ct01-cu-tru':
        'Mẫu CT01\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTỜ KHAI THAY ĐỔI THÔNG TIN CƯ TRÚ\nKính gửi: Công an xã Cẩm Thạch',
    };
    const { draft } = run([
      { kind: 'set-procedure', procedure: procedure(code) },
      page('a'),
      titled('a', null, { text: heads[sample] }),
    ]);
    expect(project(draft).pages[0]?.componentId).toBe(expected);
  });
});

describe('completeness', () => {
  const applicant: Applicant = { ...APPLICANT, sources: {} };
  const ready = (code: string, ...more: PreparedCommand[]) =>
    run([{ kind: 'set-applicant', applicant }, { kind: 'set-procedure', procedure: procedure(code) }, ...more]).draft;

  test('certified copies at a commune need no scan', () => {
    expect(missing(ready(CERTIFIED_COPY, form(`${CERTIFIED_COPY}#0`, 'presented')))).toEqual([]);
  });

  test('a required paper is scanned, electronic, or replaced by data; in paper alone it is not enough', () => {
    const item = `${BIRTH}#2`;
    const kinds = (draft: DraftFacts) =>
      missing(draft)
        .filter((it) => 'componentId' in it && it.componentId === item)
        .map(({ kind }) => kind);
    expect(kinds(ready(BIRTH))).toEqual(['component']);
    expect(kinds(ready(BIRTH, form(item, 'original')))).toEqual(['component-scan']);
    expect(kinds(ready(BIRTH, form(item, 'electronic')))).toEqual([]);
    expect(kinds(ready(BIRTH, form(item, 'replaced-by-data')))).toEqual([]);
    expect(kinds(ready(BIRTH, form(item, 'original', 'văn bản của người làm chứng')))).toEqual([]); // it has a condition
  });

  test('a paper for some cases only is not asked for, but scanned when it was handed in', () => {
    const item = `${BIRTH}#3`;
    const kinds = (draft: DraftFacts) =>
      missing(draft)
        .filter((it) => 'componentId' in it && it.componentId === item)
        .map(({ kind }) => kind);
    expect(kinds(ready(BIRTH))).toEqual([]);
    expect(kinds(ready(BIRTH, form(item, 'original')))).toEqual(['component-scan']);
  });

  test('the identity paper counts as shown when the number was read from the card', () => {
    const identity = `${BIRTH}#6`;
    const asks = (draft: DraftFacts) => missing(draft).some((it) => 'componentId' in it && it.componentId === identity);
    expect(asks(ready(BIRTH))).toBe(true);
    expect(
      asks(ready(BIRTH, { kind: 'set-applicant', applicant: { ...applicant, sources: { idNumber: 'qr' } } })),
    ).toBe(false);
    expect(asks(ready(BIRTH, form(identity, 'presented')))).toBe(false);
  });

  test('a scanned paper wants a signature, and the signature goes with the pages', () => {
    const item = `${RESIDENCE}#0`;
    const draft = ready(RESIDENCE, form(`${RESIDENCE}#1`, 'electronic'), page('a'), {
      kind: 'assign-pages',
      pageIds: ['a'],
      componentId: item,
    });
    expect(missing(draft)).toEqual([{ kind: 'signature', componentId: item }]);
    const composed = run(
      [{ kind: 'set-component-pdf', componentId: item, documentId: 'doc', madeFrom: 'a@0' }],
      draft,
    ).draft;
    expect(missing(composed)).toEqual([{ kind: 'signature', componentId: item }]);
    expect(missing(composed, ['doc'])).toEqual([]);
    const more = run([page('b'), { kind: 'assign-pages', pageIds: ['b'], componentId: item }], composed).draft;
    expect(missing(more, ['doc'])).toEqual([{ kind: 'signature', componentId: item }]);
  });

  test('an organisation needs no personal number, a person does', () => {
    const organisation: Applicant = { ...applicant, kind: 'organisation', idNumber: null };
    expect(
      missing(
        ready(CERTIFIED_COPY, form(`${CERTIFIED_COPY}#0`, 'presented'), {
          kind: 'set-applicant',
          applicant: organisation,
        }),
      ),
    ).toEqual([]);
    expect(
      missing(
        ready(CERTIFIED_COPY, form(`${CERTIFIED_COPY}#0`, 'presented'), {
          kind: 'set-applicant',
          applicant: { ...organisation, kind: 'person' },
        }),
      ),
    ).toEqual([{ kind: 'applicant-id' }]);
  });

  test('a procedure without a published time cannot be received', () => {
    expect(missing(ready('3.000722')).some(({ kind }) => kind === 'procedure')).toBe(true);
  });
});

describe('fields', () => {
  const read = (name: string, value: string, source: 'qr' | 'ocr', confidence: number) => ({
    name,
    value,
    source,
    confidence,
    box: null,
  });

  test('of one name and value are one, from the best source; contradictions stay side by side', () => {
    const { draft } = run([
      page('a'),
      page('b'),
      titled('a', null, {
        fields: [read('fullName', 'NGUYỄN VĂN ẨN', 'ocr', 80), read('birthDate', '1990-08-15', 'ocr', 70)],
      }),
      titled('b', null, {
        fields: [read('fullName', 'Nguyễn Văn Ẩn', 'qr', 100), read('birthDate', '1990-08-16', 'ocr', 60)],
      }),
    ]);
    expect(project(draft).fields.map(({ name, value, source }) => [name, value, source])).toEqual([
      ['fullName', 'Nguyễn Văn Ẩn', 'qr'],
      ['birthDate', '1990-08-15', 'ocr'],
      ['birthDate', '1990-08-16', 'ocr'],
    ]);
  });

  test('keep what the officer typed and know what she only confirmed', () => {
    const { draft } = run([
      page('a'),
      titled('a', null, {
        fields: [read('fullName', 'Nguyễn Văn Án', 'ocr', 80), read('birthDate', '1990-08-15', 'ocr', 70)],
      }),
      { kind: 'set-field', fieldId: 'a:fullName', value: 'Nguyễn Văn Ẩn' },
      { kind: 'set-field', fieldId: 'a:birthDate', value: '1990-08-15' },
    ]);
    expect(project(draft).fields).toMatchObject([
      { value: 'Nguyễn Văn Ẩn', source: 'typed', isConfirmed: true },
      { value: '1990-08-15', source: 'ocr', isConfirmed: true },
    ]);
  });
});
