import { describe, expect, it } from 'vitest';
import type { Box } from '../../../../preload/types.ts';
import { textOf, type TextLine } from '../../../../main/imaging/recognition/lines.ts';
import { findMissedInk } from '../../../../main/imaging/recognition/missed-ink.ts';
import type { OcrPool } from '../../../../main/imaging/recognition/ocr-pool.ts';
import type { OcrResult, OcrWord } from '../../../../main/imaging/recognition/ocr-rows.ts';
import type { GreyImage } from '../../../../main/imaging/recognition/raster.ts';
import { rereadMissed } from '../../../../main/imaging/recognition/reread-missed.ts';

const WIDTH_PX = 1_200;
const HEIGHT_PX = 600;
const LETTER_PX = 40;
const signal = new AbortController().signal;

/** White but for black boxes. */
function pageWith(...boxes: readonly Box[]): GreyImage {
  const data = new Uint8Array(WIDTH_PX * HEIGHT_PX).fill(255);
  for (const [x, y, width, height] of boxes)
    for (let row = y; row < y + height; row++) data.fill(0, row * WIDTH_PX + x, row * WIDTH_PX + x + width);
  return { data, width: WIDTH_PX, height: HEIGHT_PX };
}

/** Small letters: upright strokes of half a word's height. */
function lettersAt(x: number, y: number, count: number): Box[] {
  return Array.from({ length: count }, (_, at) => [x + at * 16, y, 8, LETTER_PX / 2]);
}

function wordAt(text: string, x: number, baselineY: number, width: number, confidence = 95): OcrWord {
  return { text, confidence, box: [x, baselineY - LETTER_PX, width, LETTER_PX] };
}

function lineOf(...words: readonly OcrWord[]): TextLine {
  const [{ box }] = words as readonly [OcrWord];
  return { words, baselineY: box[1] + LETTER_PX, heightPx: LETTER_PX };
}

function dotsAt(y: number): Box[] {
  return Array.from({ length: 200 }, (_, at) => [20 + at * 5, y, 3, 3]);
}

describe('ink that no word covers', () => {
  const label = lineOf(wordAt('Điện', 100, 200, 80), wordAt('thoại:', 195, 200, 100));
  const printed = [...lettersAt(105, 178, 4), ...lettersAt(200, 178, 5)];

  it('is found beside the words of a line, as wide as it is', () => {
    const found = findMissedInk([label], pageWith(...printed, ...lettersAt(320, 178, 6)), LETTER_PX);
    expect(found).toHaveLength(1);
    const [x, y, width, height] = found[0] as Box;
    expect(x).toBeGreaterThanOrEqual(312);
    expect(x + width).toBeLessThanOrEqual(416);
    expect(width).toBeGreaterThan(70);
    expect([y, y + height]).toEqual([176, 200]);
  });

  it('is found at the very edge of the page', () => {
    const [[x = -1] = []] = findMissedInk([label], pageWith(...printed, ...lettersAt(0, 378, 6)), LETTER_PX);
    expect(x).toBe(0);
  });

  it.each<[string, readonly Box[]]>([
    ['a dotted line', dotsAt(204)],
    ['a ruling', [[20, 204, 1_000, 3]]],
    ['marks of letters', [[120, 150, 12, 8]]],
    ['a hyphen', [[400, 186, 20, 5]]],
    ['the side of a frame', [[50, 20, 4, 500]]],
    ['an emblem', [[600, 300, 150, 150]]],
    ['the edge of a letter whose word’s box ends too early', [[301, 170, 7, 30]]],
  ])('is not %s', (_, boxes) => {
    expect(findMissedInk([label], pageWith(...printed, ...boxes), LETTER_PX)).toEqual([]);
  });

  it('is found on a dotted line all the same', () => {
    const page = pageWith(...printed, ...dotsAt(200), ...lettersAt(320, 178, 6));
    expect(findMissedInk([label], page, LETTER_PX)).toHaveLength(1);
  });
});

/** Answers one line after another, in the pixels of the piece it is shown. */
class Reader {
  readonly shown: GreyImage[] = [];
  readonly #answers: readonly (readonly OcrWord[])[];
  constructor(...answers: readonly (readonly OcrWord[])[]) {
    this.#answers = answers;
  }
  recognise(image: GreyImage): Promise<OcrResult> {
    const words = this.#answers[this.shown.length] ?? [];
    this.shown.push(image);
    return Promise.resolve({ rows: [{ words, baselineY: 60, heightPx: LETTER_PX }], confidence: 90 });
  }
}

async function read(lines: readonly TextLine[], image: GreyImage, reader: Reader): Promise<string[]> {
  const after = await rereadMissed(lines, image, 300, false, reader as unknown as OcrPool, signal);
  return after.map(({ words }) => textOf(words));
}

describe('print that the engine left out', () => {
  const line = lineOf(wordAt('Điện', 100, 200, 80), wordAt('thoại:', 195, 200, 100), wordAt('0', 310, 200, 20));
  const image = pageWith(...lettersAt(340, 178, 10));
  const whole = (confidence: number): OcrWord[] => [
    wordAt('Điện', 24, 60, 80),
    wordAt('thoại:', 119, 60, 100),
    wordAt('0943', 234, 60, 180, confidence),
  ];

  it('is read with the words beside it, and takes their place', async () => {
    const reader = new Reader(whole(96));
    expect(await read([line], image, reader)).toEqual(['Điện thoại: 0943']);
    expect(reader.shown).toHaveLength(1);
  });

  it('is read alone where the line does not help, and is put beside the words', async () => {
    const reader = new Reader([], [wordAt('943', 24, 60, 150, 90)]);
    expect(await read([line], image, reader)).toEqual(['Điện thoại: 0 943']);
    expect(reader.shown).toHaveLength(2);
  });

  it('is not put over a word that stands there already', async () => {
    const behind = lineOf(...line.words, wordAt('tháng', 500, 200, 100));
    const twice = [wordAt('th', 24, 60, 300, 90)];
    expect(await read([behind], image, new Reader([], twice))).toEqual(['Điện thoại: 0 tháng']);
  });

  it('leaves the words as they were when it is not believed', async () => {
    expect(await read([line], image, new Reader(whole(20), whole(20).slice(2)))).toEqual(['Điện thoại: 0']);
  });

  it('leaves the words as they were when the line comes back shorter', async () => {
    const shorter = [wordAt('0943', 24, 60, 180)];
    expect(await read([line], image, new Reader(shorter))).toEqual(['Điện thoại: 0']);
  });

  it('does not worsen the words that were read surely before', async () => {
    const reader = new Reader([wordAt('Diện', 24, 60, 80, 40), ...whole(96).slice(1)]);
    expect(await read([line], image, reader)).toEqual(['Điện thoại: 0943']);
  });

  it('takes no sure word away for letters that are hardly believed', async () => {
    const sure = lineOf(wordAt('Số:', 100, 200, 80), wordAt('12', 195, 200, 100));
    const garbage = [wordAt('khongcogihet', 24, 60, 400, 40)];
    expect(await read([sure], image, new Reader(garbage))).toEqual(['Số: 12']);
    const worse = [wordAt('Ngày', 24, 60, 80), wordAt('12/06/20255', 119, 60, 250, 40), wordAt('il', 380, 60, 20, 40)];
    const dated = lineOf(wordAt('Ngày', 100, 200, 80), wordAt('12/05/2025', 195, 200, 140));
    expect(await read([dated], image, new Reader(worse))).toEqual(['Ngày 12/05/2025']);
  });

  it('takes the flourish behind a name for no letter', async () => {
    const name = lineOf(wordAt('Trần', 100, 200, 80), wordAt('Bình', 195, 200, 100));
    const again = [wordAt('Trần', 24, 60, 80), wordAt('Bình', 119, 60, 100), wordAt('L', 264, 60, 150, 31)];
    expect(await read([name], image, new Reader(again))).toEqual(['Trần Bình']);
  });

  it('is not read a second time over a narrow word', async () => {
    const figure = lineOf(wordAt('CV', 100, 200, 50), wordAt('1', 400, 200, 8));
    const over = [wordAt('4181207', 24, 60, 180, 90)];
    expect(await read([figure], image, new Reader([], over))).toEqual(['CV 1']);
  });

  it('goes to the nearer of two columns that are not quite level', async () => {
    const left = lineOf(wordAt('Trái', 20, 200, 80));
    const right = lineOf(wordAt('Phải', 500, 206, 80));
    const behind = pageWith(...lettersAt(600, 184, 6));
    const reader = new Reader([wordAt('Phải', 24, 60, 80), wordAt('Đoài', 122, 60, 100)]);
    expect(await read([left, right], behind, reader)).toEqual(['Trái', 'Phải Đoài']);
  });

  it('can be a line of its own, in its place among the others', async () => {
    const below = lineOf(wordAt('Email:', 100, 500, 100));
    const alone = pageWith(...lettersAt(100, 328, 8));
    const reader = new Reader([wordAt('6.', 24, 60, 30), wordAt('Tổng', 70, 60, 60)]);
    expect(await read([line, below], alone, reader)).toEqual(['Điện thoại: 0', '6. Tổng', 'Email:']);
  });

  it('is no single letter by itself, but may be a figure', async () => {
    const alone = pageWith(...lettersAt(700, 378, 2));
    expect(await read([line], alone, new Reader([wordAt('T', 24, 60, 30)]))).toEqual(['Điện thoại: 0']);
    expect(await read([line], alone, new Reader([wordAt('7', 24, 60, 30)]))).toEqual(['Điện thoại: 0', '7']);
  });

  it('is sought in a dozen places at most, those beside words first: a drawing is no print', async () => {
    const drawing = Array.from({ length: 40 }, (_, at) =>
      lettersAt(60 + (at % 8) * 140, 220 + 70 * Math.floor(at / 8), 3),
    );
    const reader = new Reader();
    const below = lineOf(wordAt('Số:', 100, 590, 80));
    await read([line, below], pageWith(...drawing.flat(), ...lettersAt(200, 568, 6)), reader);
    // The one beside a word is shown with it, and once more alone.
    expect(reader.shown.length).toBeGreaterThanOrEqual(12);
    expect(reader.shown.length).toBeLessThanOrEqual(24);
    expect(reader.shown[0]?.width).toBeGreaterThan(190);
  });

  it('costs a page nothing that has no such ink', async () => {
    const reader = new Reader();
    await read([line], pageWith(...dotsAt(204)), reader);
    expect(reader.shown).toHaveLength(0);
  });
});
