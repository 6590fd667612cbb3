import { describe, expect, it } from 'vitest';
import { addDotsBelowY } from '../../../../main/imaging/recognition/dot-below-y.ts';
import type { GreyImage } from '../../../../main/imaging/recognition/raster.ts';

const [WIDTH, HEIGHT] = [200, 100];
const BASELINE = 60;
/** The word takes 40 to 100 across, 30 to 60 down. */
const BOX = [40, 30, 60, 30] as const;

function page(dots: readonly (readonly [x: number, y: number, size: number])[]): GreyImage {
  const data = new Uint8Array(WIDTH * HEIGHT).fill(255);
  const draw = (x: number, y: number, width: number, height: number): void => {
    for (let row = y; row < y + height; row++) data.fill(20, row * WIDTH + x, row * WIDTH + x + width);
  };
  draw(40, 30, 60, 30);
  for (const [x, y, size] of dots) draw(x, y, size, size);
  return { data, width: WIDTH, height: HEIGHT };
}

function read(text: string, dots: readonly (readonly [number, number, number])[]): string {
  const rows = [{ words: [{ text, confidence: 96, box: BOX }], baselineY: BASELINE, heightPx: 30 }];
  return (
    addDotsBelowY(rows, page(dots)).flatMap(({ words }) => words.map((word) => `${word.text} ${word.confidence}`))[0] ??
    ''
  );
}

/** Behind the tail of a small letter, under the middle of a capital. */
const [BESIDE, BELOW] = [
  [94, 65, 4],
  [86, 65, 4],
] as const;

describe('The dot below a y', () => {
  it.each([
    ['My', 'Mỵ'],
    ['MY,', 'MỴ,'],
    ['(Tỵ'.replace('ỵ', 'y'), '(Tỵ'],
    ['Thuy', 'Thuỵ'],
    ['quy', 'quỵ'],
  ])('makes %s %s, to be confirmed', (text, dotted) => {
    expect(read(text, [/Y/.test(text) ? BELOW : BESIDE])).toBe(`${dotted} 75`);
  });

  it.each(['Tây', 'đây', 'hay', 'vay', 'Mý', 'KY2', 'Ryan', 'y'])(
    'leaves %s alone, whose y cannot have one',
    (text) => {
      expect(read(text, [BESIDE])).toBe(`${text} 96`);
    },
  );

  it.each([
    ['no dot', []],
    ['a speck', [[88, 66, 1]]],
    ['a blot', [[84, 64, 10]]],
    [
      'a dotted line',
      [
        [70, 65, 4],
        [79, 65, 4],
        [88, 65, 4],
        [97, 65, 4],
      ],
    ],
    ['a tail that hangs on the letter', [[88, 60, 6]]],
    ['the ball of its own tail', [[82, 65, 4]]],
    ['a dot under another letter', [[44, 65, 4]]],
  ] as const)('is not seen in %s', (_, dots) => {
    expect(read('My', dots)).toBe('My 96');
  });
});
