import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { isMonospaced } from '../../../../main/imaging/recognition/monospace.ts';
import type { TextLine } from '../../../../main/imaging/recognition/lines.ts';
import { pageOf } from './page-of.ts';

const FOLDER = fileURLToPath(new URL('../../../fixtures/papers/', import.meta.url));
const papers = readdirSync(FOLDER).map((file) => {
  const { lines } = JSON.parse(readFileSync(FOLDER + file, 'utf8')) as { lines: string[] };
  return [file, pageOf(lines)] as const;
});

/** Letters by their advance in a face for print, thousandths of its size. */
const ADVANCES: readonly (readonly [advance: number, letters: string])[] = [
  [250, '.,'],
  [278, 'ijlt:;/'],
  [333, 'frI-()'],
  [389, 's'],
  [444, 'acez'],
  [556, 'FPS'],
  [611, 'ELTZ'],
  [667, 'BCR'],
  [722, 'wADGHKNOQUVXYĐ'],
  [778, 'm'],
  [889, 'M'],
];

/** Marks take no width; what is not named is as wide as a figure. */
function advanceOf(letter: string): number {
  const [bare = letter] = letter.normalize('NFD');
  return ADVANCES.find(([, letters]) => letters.includes(bare))?.[0] ?? 500;
}

function inPrint(lines: readonly TextLine[]): TextLine[] {
  return lines.map((line) => ({
    ...line,
    words: line.words.map((word) => {
      const [x, y, , height] = word.box;
      const width = [...word.text].reduce((sum, letter) => sum + advanceOf(letter) * 0.045, 0);
      return { ...word, box: [x, y, width, height] as const };
    }),
  }));
}

describe('a monospaced page', () => {
  it.each(papers)('is known by its words when a typewriter wrote it, and not when it is printed: %s', (_, typed) => {
    expect(isMonospaced(typed)).toBe(true);
    expect(isMonospaced(inPrint(typed))).toBe(false);
  });

  it('may have lines in different sizes', () => {
    const lines = papers[0]?.[1] ?? [];
    const sized = lines.map((line, index) => ({
      ...line,
      words: line.words.map((word) => {
        const [x, y, width, height] = word.box;
        return { ...word, box: [x, y, width * (index % 3 === 0 ? 0.8 : 1), height] as const };
      }),
    }));
    expect(isMonospaced(sized)).toBe(true);
  });

  it('is not said of a page with a few words, whatever they look like', () => {
    expect(isMonospaced([])).toBe(false);
    expect(isMonospaced(pageOf(['BIÊN LAI THU TIỀN', 'Tổng cộng: 150.000 đồng']))).toBe(false);
  });
});
