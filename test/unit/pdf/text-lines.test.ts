import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeParagraph, type ParagraphShape, type StyledText } from '../../../main/imaging/pdf/form/text-lines.ts';
import { loadTypeface } from '../../../main/imaging/pdf/form/typeface.ts';

const typeface = await loadTypeface('resources');
const shape = (changes: Partial<ParagraphShape> = {}): ParagraphShape => ({
  widthPt: 200,
  firstIndentPt: 0,
  align: 'left',
  lineHeight: 1.2,
  sizePt: 10,
  ...changes,
});
const run = (text: string, changes: Partial<StyledText> = {}): StyledText => ({
  text,
  style: 'regular',
  sizePt: 10,
  isUnderlined: false,
  isLeader: false,
  ...changes,
});
const wordsOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const SYLLABLES = [
  'Nguyễn',
  'thị',
  'phường',
  'số',
  '012345678901',
  'nghiêng',
  'ở',
  'Quyết',
  'định',
  'a',
  'chứng-thực',
  '175/2024/NĐ-CP',
];

describe('Wrapping', () => {
  it('keeps every word, in order, and never writes beyond the width', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.constantFrom(...SYLLABLES), { minLength: 1, maxLength: 12 }), {
          minLength: 1,
          maxLength: 5,
        }),
        fc.constantFrom('left', 'center', 'right', 'justify'),
        fc.integer({ min: 80, max: 400 }),
        (parts, align, widthPt) => {
          const runs = parts.map((words, index) =>
            run(`${words.join(' ')} `, { style: (['regular', 'bold', 'italic'] as const)[index % 3] ?? 'regular' }),
          );
          const lines = placeParagraph(runs, shape({ widthPt, align }), typeface);
          expect(lines.flatMap((line) => wordsOf(line.texts.map((text) => text.text).join('')))).toEqual(parts.flat());
          for (const text of lines.flatMap((line) => line.texts)) {
            expect(text.x).toBeGreaterThan(-0.02);
            expect(text.x + text.width).toBeLessThan(widthPt + 0.02);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('cuts a word that is longer than the line and loses no letter', () => {
    const long = 'x'.repeat(200);
    const lines = placeParagraph([run(long)], shape({ widthPt: 100 }), typeface);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.flatMap((line) => line.texts.map((text) => text.text)).join('')).toBe(long);
  });

  it('does not break between a bold label and the sign that touches it', () => {
    const lines = placeParagraph(
      [run('xxxxxxxxx xxxxxxxxx '), run('Điều', { style: 'bold' }), run('!')],
      shape({ widthPt: 95 }),
      typeface,
    );
    expect(lines.at(-1)?.texts.map((text) => text.text)).toEqual(['Điều', '!']);
  });

  it('stretches justified lines to the full width, but not the last', () => {
    const text = Array.from({ length: 30 }, (_, index) => SYLLABLES[index % 5]).join(' ');
    const lines = placeParagraph([run(text)], shape({ align: 'justify' }), typeface);
    for (const line of lines.slice(0, -1)) {
      const last = line.texts.at(-1);
      expect((last?.x ?? 0) + (last?.width ?? 0)).toBeCloseTo(200, 1);
    }
    expect(lines.at(-1)?.texts[0]?.extraSpacePt).toBe(0);
  });

  it('breaks centred lines evenly', () => {
    const lines = placeParagraph(
      [run('ỦY BAN NHÂN DÂN PHƯỜNG HẠC THÀNH')],
      shape({ align: 'center', widthPt: 180 }),
      typeface,
    );
    expect(lines.map((line) => line.texts[0]?.text)).toEqual(['ỦY BAN NHÂN DÂN', 'PHƯỜNG HẠC THÀNH']);
  });

  it('fills the open rest of a line with dots and stays inside it', () => {
    const [line] = placeParagraph([run('Email: '), run('', { isLeader: true })], shape(), typeface);
    const text = line?.texts[0];
    expect(text?.text).toMatch(/^Email: \.{40,}$/);
    expect((text?.x ?? 0) + (text?.width ?? 0)).toBeLessThanOrEqual(200);
  });

  it('indents only the first line and keeps line breaks of the text', () => {
    const lines = placeParagraph([run('một hai\nba')], shape({ firstIndentPt: 20 }), typeface);
    expect(lines.map((line) => [line.texts[0]?.text, line.texts[0]?.x])).toEqual([
      ['một hai', 20],
      ['ba', 0],
    ]);
  });
});
