import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Form } from '../../../main/forms/form-model.ts';
import { buildPracticeResultForm } from '../../../main/forms/practice-result.ts';
import { composeFormPdf } from '../../../main/imaging/pdf/form/compose-form.ts';
import { findSignaturePlace, type SignaturePlace } from '../../../main/imaging/signature-place/find-signature-place.ts';
import { findSignatureRoom } from '../../../main/imaging/signature-place/signature-room.ts';
import { CONTEXT, makeDossier } from '../../fixtures/forms/dossiers.ts';
import { placedWords, type PlacedWord } from '../../stand-ins/drawn-pages.ts';
import { plainPdf, QPDF_MISSING, throughQpdf } from '../../stand-ins/sample-pdfs.ts';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const folder = mkdtempSync(join(tmpdir(), 'signature-place-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAME = 'Nguyễn Thị Ẩm Ướt';
const find = (pdf: Uint8Array, signerName = NAME, titles: string[] = []): Promise<SignaturePlace> =>
  findSignaturePlace(pdf, { signerName, titles, seal: null }, new AbortController().signal);

const decision = async (signerTitle: string, signerName: string): Promise<Buffer> =>
  (
    await composeFormPdf(
      buildPracticeResultForm(makeDossier(), { ...CONTEXT, signerTitle, signerName, issuedAt: '2026-11-21T08:00:00Z' }),
      RESOURCES,
    )
  ).bytes;

/** The words of the last block that reads so, from poppler; y from the bottom of the page. */
function blockOf(words: readonly PlacedWord[], text: string, pageHeight: number) {
  const wanted = text.split(' ');
  const start = words.findLastIndex((_, at) => wanted.every((word, offset) => words[at + offset]?.text === word));
  const block = words.slice(start, start + wanted.length).map((word) => word.box);
  if (start < 0) throw new Error(`no ${text} in ${words.map((word) => word.text).join(' ')}`);
  return {
    left: Math.min(...block.map(([left]) => left)),
    right: Math.max(...block.map(([, , right]) => right)),
    top: pageHeight - Math.min(...block.map(([, top]) => top)),
    bottom: pageHeight - Math.max(...block.map(([, , , bottom]) => bottom)),
  };
}

describe('a decision with title and name', () => {
  let pdf: Buffer;
  let words: readonly PlacedWord[];
  beforeAll(async () => {
    pdf = await decision('KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH', NAME);
    words = placedWords(folder, pdf);
  });

  test('the signature goes between them, in their column, over neither', async () => {
    const { page, rect, foundBy } = await find(pdf);
    expect([page, foundBy]).toEqual([1, 'name-and-title']);
    const name = blockOf(words, NAME, 841.89);
    const title = blockOf(words, 'PHÓ CHỦ TỊCH', 841.89);
    expect(rect[1]).toBeGreaterThanOrEqual(name.top - 4);
    expect(rect[1] + rect[3]).toBeLessThanOrEqual(title.bottom + 4);
    expect(rect[3]).toBeGreaterThan(50);
    expect(rect[0] + rect[2] / 2).toBeCloseTo((name.left + name.right) / 2, -1);
  });

  test.each([
    ['without marks, as certificates often have it', 'NGUYEN THI AM UOT'],
    ['with marks apart from their letters', NAME.normalize('NFD')],
    ['with spaces doubled', 'Nguyễn  Thị Ẩm  Ướt '],
  ])('the name of the certificate %s is found all the same', async (_, signerName) => {
    expect(await find(pdf, signerName)).toEqual(await find(pdf));
  });

  test('another person’s name leaves the title alone to go by', async () => {
    expect(await find(pdf, 'Trần Văn Minh')).toMatchObject({ page: 1, foundBy: 'title' });
  });

  test.skipIf(QPDF_MISSING).each([90, 180, 270])(
    'text that lies on its side (%d) is no place to sign',
    async (angle) => {
      const { foundBy, rect } = await find(throughQpdf(folder, pdf, [`--rotate=${angle}`]));
      expect(foundBy).toBe('none');
      expect(rect[0] + rect[2]).toBeLessThanOrEqual(angle === 180 ? 595.3 : 841.9);
    },
  );
});

test('a form that leaves the name open is signed below the title', async () => {
  const pdf = await decision('Giám đốc', '');
  const words = placedWords(folder, pdf);
  const title = blockOf(words, 'GIÁM ĐỐC', 841.89);
  const { foundBy, rect } = await find(pdf);
  expect(foundBy).toBe('title');
  expect(rect[1] + rect[3]).toBeLessThanOrEqual(title.bottom + 4);
  expect(rect[1] + rect[3]).toBeGreaterThan(title.bottom - 10);
});

test('a title only the officer’s record knows is found, too', async () => {
  const pdf = await decision('Trưởng trạm', '');
  expect((await find(pdf)).foundBy).toBe('none');
  expect((await find(pdf, NAME, ['Trưởng trạm'])).foundBy).toBe('title');
});

test('the last of several pages counts, and annexes after it do not matter', async () => {
  const text = (lines: string[]): Form => ({
    paper: 'A4',
    marginsMm: { top: 20, right: 15, bottom: 20, left: 30 },
    sizePt: 13,
    title: 'Thử',
    metadata: {},
    runningTitle: 'Thử',
    backdrop: null,
    createdAt: '2026-11-21T08:00:00Z',
    blocks: lines.map((line) => ({ kind: 'paragraph' as const, runs: [{ text: line }], align: 'center' as const })),
  });
  writeFileSync(
    join(folder, 'annex.pdf'),
    (await composeFormPdf(text(['PHỤ LỤC', `Kèm theo Quyết định của ông ${NAME}`]), RESOURCES)).bytes,
  );
  writeFileSync(join(folder, 'main.pdf'), await decision('Chủ tịch', NAME));
  const out = join(folder, 'both.pdf');
  execFileSync('qpdf', [
    '--empty',
    '--pages',
    join(folder, 'main.pdf'),
    join(folder, 'main.pdf'),
    join(folder, 'annex.pdf'),
    '--',
    out,
  ]);
  expect(await find(readFileSync(out))).toMatchObject({ page: 2, foundBy: 'name-and-title' });
});

test('letters set one by one are read as a name', async () => {
  const glyphs = [...'NGUYEN THI AM UOT']
    .map((letter, index) => `1 0 0 1 ${300 + index * 9} 200 Tm (${letter}) Tj`)
    .join(' ');
  const content = `BT /F1 12 Tf 1 0 0 1 320 300 Tm (CHU T) Tj ( ICH) Tj ${glyphs} ET`;
  const { foundBy, rect } = await find(contentPdf(content));
  expect(foundBy).toBe('name-and-title');
  expect(rect[1]).toBeGreaterThan(205);
  expect(rect[1] + rect[3]).toBeLessThan(300);
});

test.each([
  ['90', '0 1 -1 0', (x: number, y: number) => [595 - y, x]],
  ['180', '-1 0 0 -1', (x: number, y: number) => [595 - x, 842 - y]],
  ['270', '0 -1 1 0', (x: number, y: number) => [y, 842 - x]],
] as const)(
  'on a page turned by %s, set upright for its reader, it is found where the reader sees it',
  async (angle, matrix, at) => {
    const show = (text: string, x: number, y: number): string => `${matrix} ${at(x, y).join(' ')} Tm (${text}) Tj`;
    const content = `BT /F1 12 Tf ${show('GIAM DOC', 300, 400)} ${show('Nguyen Thi Am Uot', 290, 320)} ET`;
    const { foundBy, rect } = await find(contentPdf(content, `/Rotate ${angle}`));
    expect(foundBy).toBe('name-and-title');
    expect(rect[1]).toBeGreaterThan(325);
    expect(rect[1] + rect[3]).toBeLessThan(402);
    expect(rect[0] + rect[2] / 2).toBeGreaterThan(290);
    expect(rect[0] + rect[2] / 2).toBeLessThan(390);
  },
);

test('on a cropped page with larger units the place is measured from its visible corner', async () => {
  const content = 'BT /F1 12 Tf 1 0 0 1 300 400 Tm (GIAM DOC) Tj 1 0 0 1 300 320 Tm (Nguyen Thi Am Uot) Tj ET';
  const plain = await find(contentPdf(content));
  const odd = await find(contentPdf(content, '/CropBox [100 200 500 700] /UserUnit 2'));
  expect(odd.foundBy).toBe('name-and-title');
  expect(odd.rect[1]).toBeCloseTo((plain.rect[1] - 200) * 2, -1);
  expect(odd.rect[0] + odd.rect[2] / 2).toBeCloseTo((plain.rect[0] + plain.rect[2] / 2 - 100) * 2, 0);
});

test('a scan without text gets the usual place on its last page', async () => {
  expect(await find(contentPdf('0 0 595 842 re S'))).toMatchObject({ page: 1, foundBy: 'none' });
});

test.each<[string, () => Promise<Uint8Array> | Uint8Array, string]>([
  ['a damaged file', () => Buffer.from('%PDF-1.7 broken'), 'file-damaged'],
  ['an encrypted file', () => throughQpdf(folder, plainPdf(), ['--encrypt', 'mo', 'chu', '256', '--']), 'pdf-password'],
])('%s is refused by name', async (_, make, code) => {
  await expect(find(await make())).rejects.toMatchObject({ code });
});

test('an encrypted file opens with its password', async () => {
  const pdf = throughQpdf(folder, await decision('Chủ tịch', NAME), ['--encrypt', 'mo', 'chu', '256', '--']);
  const place = await findSignaturePlace(
    pdf,
    { password: 'mo', signerName: NAME, titles: [], seal: null },
    new AbortController().signal,
  );
  expect(place.foundBy).toBe('name-and-title');
});

test('whatever stands on a page, the room lies inside it', () => {
  const anySegment = fc.record({
    text: fc.constantFrom('CHỦ TỊCH', 'KT. CHỦ TỊCH', NAME, 'Nguyễn Thị', 'Ẩm Ướt', 'Nơi nhận:', 'Điều 1.'),
    left: fc.integer({ min: -100, max: 700 }),
    width: fc.integer({ min: 0, max: 400 }),
    bottom: fc.integer({ min: -100, max: 900 }),
    height: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(
      fc.array(anySegment, { maxLength: 12 }),
      fc.integer({ min: 60, max: 600 }),
      fc.integer({ min: 60, max: 850 }),
      (shapes, width, height) => {
        const segments = shapes
          .map((shape) => ({
            text: shape.text,
            left: shape.left,
            right: shape.left + shape.width,
            bottom: shape.bottom,
            top: shape.bottom + shape.height,
          }))
          .sort((one, other) => other.bottom - one.bottom);
        const room = findSignatureRoom(segments, { width, height }, NAME, []);
        if (!room) return;
        const [x, y, w, h] = room.rect;
        expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
        expect(x + w).toBeLessThanOrEqual(width + 0.01);
        expect(y + h).toBeLessThanOrEqual(height + 0.01);
        expect(Math.min(w, h)).toBeGreaterThan(0);
      },
    ),
  );
});

function contentPdf(content: string, page = ''): Buffer {
  const blank = plainPdf({ page }).toString('latin1');
  const old = /<<\/Length \d+>>\nstream\n[^]*?\nendstream/.exec(blank)?.[0] ?? '';
  // Everything after the stream moves: qpdf writes the table anew.
  const broken = Buffer.from(
    blank.replace(old, `<</Length ${content.length}>>\nstream\n${content}\nendstream`),
    'latin1',
  );
  writeFileSync(join(folder, 'content.pdf'), broken);
  const out = join(folder, 'content-mended.pdf');
  try {
    execFileSync('qpdf', [join(folder, 'content.pdf'), out], { stdio: 'ignore' });
  } catch {
    // Exit 3: mended with warnings, which is what it is for here.
  }
  return readFileSync(out);
}
