/** Selecting and searching in the text layer, as the three families of readers do it: poppler, MuPDF, pdf.js. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { composeScans } from '../../../main/imaging/pdf/compose-scans.ts';
import { toStoredBox, type PageGeometry, type Rotation } from '../../../main/imaging/recognition/geometry.ts';
import type { Line } from '../../../main/imaging/protocol.ts';
import type { z } from 'zod';
import { hasTools, run } from './tools.ts';

const folder = mkdtempSync(join(tmpdir(), 'text-layer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const [WIDTH, HEIGHT] = [1654, 2339];
/** Lines in reading order: a heading over both columns, the left column, the right column. */
const PAPER: readonly (readonly [text: string, x: number, y: number, height: number])[] = [
  ['CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 420, 200, 44],
  ['Độc lập - Tự do - Hạnh phúc', 560, 260, 40],
  ['Họ, chữ đệm, tên: NGUYỄN THỊ HƯỜNG', 180, 500, 38],
  ['Số định danh cá nhân: 038087015329', 180, 560, 38],
  ['Nơi cư trú: Thôn Phú Đa, xã Quảng Lưu', 180, 620, 38],
  ['Về việc hưởng trợ cấp xã hội', 980, 500, 38],
  ['hằng tháng từ ngày 01/12/2024', 980, 560, 38],
  ['theo Nghị định số 20/2021/NĐ-CP.', 980, 620, 38],
];
const CHARACTER_PX = 17;
const LETTERS = PAPER.map(([text]) => text);

function geometryOf(rotation: Rotation, skewDeg: number): PageGeometry {
  const isOnSide = rotation === 90 || rotation === 270;
  return {
    storedWidthPx: isOnSide ? HEIGHT : WIDTH,
    storedHeightPx: isOnSide ? WIDTH : HEIGHT,
    rotation,
    skewDeg,
    scale: 1,
    preparedWidthPx: WIDTH,
    preparedHeightPx: HEIGHT,
  };
}

/** Boxes as tight as a recogniser gives them: letters without descenders end higher, narrow gaps between words. */
function linesOn(geometry: PageGeometry, form: 'NFC' | 'NFD'): z.infer<typeof Line>[] {
  return PAPER.map(([text, left, top, height]) => {
    let x = left;
    const words = text.split(' ').map((word) => {
      const width = word.length * CHARACTER_PX;
      const hasDescender = /[gpqyịạộậẹợụựỵặệọ,()/]/.test(word);
      const box = toStoredBox(geometry, [x, top, width, hasDescender ? height : height * 0.78]);
      x += width + 9;
      return { text: word.normalize(form), confidence: 90, box: [...box] as [number, number, number, number] };
    });
    return { text, words, box: words[0]!.box };
  });
}

async function compose(rotation: Rotation, skewDeg: number, form: 'NFC' | 'NFD' = 'NFC'): Promise<string> {
  const geometry = geometryOf(rotation, skewDeg);
  const image = await sharp({
    create: { width: geometry.storedWidthPx, height: geometry.storedHeightPx, channels: 3, background: '#fff' },
  })
    .png()
    .toBuffer();
  const { bytes } = await composeScans(
    { title: 'Lớp chữ', metadata: {}, createdAt: '2026-11-21T09:10:05+07:00' },
    (async function* () {
      yield { image, dpi: 200, rotation, skewDeg, lines: linesOn(geometry, form) };
    })(),
  );
  const file = join(folder, `${rotation}-${skewDeg}-${form}.pdf`);
  writeFileSync(file, bytes);
  return file;
}

const tidy = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '' && line !== '\f');

async function readWithPdfJs(file: string): Promise<string> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({ url: file, verbosity: 0 });
  const page = await (await task.promise).getPage(1);
  // As the viewer's find bar sees it: items one after another, a line end where the item says so.
  const { items } = await page.getTextContent({ disableNormalization: true });
  const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
  await task.destroy();
  return text;
}

describe.skipIf(!hasTools('pdftotext', 'mutool'))('The text layer (needs poppler-utils, mupdf-tools)', () => {
  it.each([
    [0, 0],
    [90, 0],
    [180, 0],
    [270, 0],
    [0, 1.7],
    [90, -2.3],
  ] as const)(
    'gives whole lines, column by column, of a page stored at %i degrees and tilted by %f',
    async (rotation, skewDeg) => {
      const file = await compose(rotation, skewDeg);
      expect(tidy(run('pdftotext', ['-raw', file, '-']))).toEqual(LETTERS);
      // By its own rules poppler reads columns of three lines across; each line is still whole.
      expect(tidy(run('pdftotext', [file, '-'])).toSorted()).toEqual(LETTERS.toSorted());
      expect(tidy(run('mutool', ['draw', '-q', '-F', 'txt', file]))).toEqual(LETTERS);
      expect(tidy(await readWithPdfJs(file))).toEqual(LETTERS);
    },
  );

  it('means composed letters, however they were recognised', async () => {
    const file = await compose(0, 0, 'NFD');
    for (const text of [
      run('pdftotext', ['-raw', file, '-']),
      run('mutool', ['draw', '-q', '-F', 'txt', file]),
      await readWithPdfJs(file),
    ]) {
      expect(text).toBe(text.normalize('NFC'));
      expect(tidy(text)).toEqual(LETTERS);
    }
  });

  it('lies over its words on turned and tilted pages, to a point', async () => {
    const file = await compose(270, 1.7);
    const found = [
      ...run('pdftotext', ['-bbox', file, '-']).matchAll(
        /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)</g,
      ),
    ];
    expect(found).toHaveLength(LETTERS.join(' ').split(' ').length);
    const expected = PAPER.flatMap(([text, left, top, height]) => {
      let x = left;
      return text.split(' ').map((word) => {
        const box = [x, top, x + word.length * CHARACTER_PX, top + height].map((px) => px * 0.36);
        x += word.length * CHARACTER_PX + 9;
        return { word, box };
      });
    });
    for (const { word, box } of expected) {
      const [, xMin, yMin, xMax, yMax] =
        found.find(
          (row) =>
            row[5] === word && Math.abs(Number(row[1]) - box[0]!) < 20 && Math.abs(Number(row[2]) - box[1]!) < 20,
        ) ?? [];
      // Height follows the line, not the word: only the sides are the word's own.
      expect(Math.abs(Number(xMin) - box[0]!)).toBeLessThan(1);
      expect(Math.abs(Number(xMax) - box[2]!)).toBeLessThan(3);
      expect(Number(yMin)).toBeGreaterThan(box[1]! - 6);
      expect(Number(yMax)).toBeLessThan(box[3]! + 6);
    }
  });
});
