import { describe, expect, it } from 'vitest';
import { addItemNumbers } from '../../../../main/imaging/recognition/item-numbers.ts';
import { textOf, type TextLine } from '../../../../main/imaging/recognition/lines.ts';
import type { OcrPool } from '../../../../main/imaging/recognition/ocr-pool.ts';
import type { OcrResult } from '../../../../main/imaging/recognition/ocr-rows.ts';
import type { GreyImage } from '../../../../main/imaging/recognition/raster.ts';

const WIDTH_PX = 1_200;
const HEIGHT_PX = 600;
const signal = new AbortController().signal;

function lineAt(text: string, x: number, baselineY: number): TextLine {
  const box = [x, baselineY - 40, 400, 40] as const;
  return { words: [{ text, confidence: 95, box }], baselineY, heightPx: 40 };
}

/** White but for black boxes. */
function pageWith(...boxes: readonly (readonly [x: number, y: number, width: number, height: number])[]): GreyImage {
  const data = new Uint8Array(WIDTH_PX * HEIGHT_PX).fill(255);
  for (const [x, y, width, height] of boxes)
    for (let row = y; row < y + height; row++) data.fill(0, row * WIDTH_PX + x, row * WIDTH_PX + x + width);
  return { data, width: WIDTH_PX, height: HEIGHT_PX };
}

/** Sees one word in each strip of ink, from the top. */
class Reader {
  calls = 0;
  readonly #words: readonly string[];
  constructor(words: readonly string[]) {
    this.#words = words;
  }
  recognise(image: GreyImage): Promise<OcrResult> {
    this.calls += 1;
    const rows: OcrResult['rows'][number][] = [];
    let wasInk = false;
    for (let y = 0; y < image.height; y++) {
      const isInk = image.data.subarray(y * image.width, (y + 1) * image.width).includes(0);
      if (isInk && !wasInk) {
        const text = this.#words[rows.length] ?? '?';
        rows.push({ words: [{ text, confidence: 90, box: [20, y, 30, 30] }], baselineY: y + 30, heightPx: 30 });
      }
      wasInk = isInk;
    }
    return Promise.resolve({ rows, confidence: 90 });
  }
}

async function read(lines: readonly TextLine[], image: GreyImage, reader: Reader): Promise<readonly TextLine[]> {
  return addItemNumbers(lines, image, 300, reader as unknown as OcrPool, signal);
}
const texts = (lines: readonly TextLine[]): string[] => lines.map((line) => textOf(line.words));

describe('marks before the items of a form', () => {
  const lines = [lineAt('Họ và tên:', 200, 100), lineAt('Sinh ngày:', 200, 200), lineAt('Dân tộc:', 200, 300)];

  it('are put before their lines, where they stand', async () => {
    const image = pageWith([140, 65, 20, 30], [140, 265, 20, 30]);
    const reader = new Reader(['1.', '8.']);
    const numbered = await read(lines, image, reader);
    expect(texts(numbered)).toEqual(['1. Họ và tên:', 'Sinh ngày:', '8. Dân tộc:']);
    const [x, y] = numbered[2]?.words[0]?.box ?? [0, 0];
    expect(Math.abs(y - 265)).toBeLessThanOrEqual(2);
    expect(x).toBeLessThan(200);
    expect(reader.calls).toBe(1);
  });

  it('cost nothing where the margin is empty, or holds a ruling', async () => {
    const reader = new Reader([]);
    expect(await read(lines, pageWith([150, 0, 4, HEIGHT_PX]), reader)).toBe(lines);
    expect(await read(lines, pageWith(), reader)).toBe(lines);
    expect(reader.calls).toBe(0);
  });

  it('are nothing but marks: letters beside a line stay out', async () => {
    const reader = new Reader(['XÃ', '~']);
    expect(texts(await read(lines, pageWith([140, 65, 20, 30], [140, 165, 20, 30]), reader))).toEqual(texts(lines));
  });

  it('belong to the nearest text: ink that another line has is left to it', async () => {
    const reader = new Reader(['1.']);
    const beside = [...lines, lineAt('TT', 0, 100)];
    await read(beside, pageWith([140, 65, 20, 30]), reader);
    expect(reader.calls).toBe(0);
  });
});
