import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildLines, textOf, toStoredLines } from '../../../../main/imaging/recognition/lines.ts';
import type { OcrRow } from '../../../../main/imaging/recognition/ocr-rows.ts';

function row(text: string, x: number, baselineY: number, confidence = 95, heightPx = 50): OcrRow {
  let at = x;
  const words = text.split(' ').map((word) => {
    const width = word.length * 20;
    const made = { text: word, confidence, box: [at, baselineY - heightPx, width, heightPx] as const };
    at += width + 15;
    return made;
  });
  return { words, baselineY, heightPx };
}
const texts = (rows: OcrRow[]): string[] => buildLines(rows).map((line) => textOf(line.words));

describe('lines from scattered pieces', () => {
  it('joins pieces on one baseline from left to right, lines from top to bottom', () => {
    const rows = [row('Dân tộc: Kinh', 900, 302), row('Giới tính: Nam', 100, 300), row('TỜ KHAI', 400, 100)];
    expect(texts(rows)).toEqual(['TỜ KHAI', 'Giới tính: Nam Dân tộc: Kinh']);
  });

  it('does not depend on the order in which pieces come', () => {
    const rows = [
      row('một', 100, 100),
      row('hai', 400, 104),
      row('ba', 100, 180),
      row('bốn', 500, 178),
      row('năm', 100, 260),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(texts(shuffled)).toEqual(['một hai', 'ba bốn', 'năm']);
      }),
    );
  });

  it('keeps close lines of a table cell apart', () => {
    expect(texts([row('Họ, chữ đệm và', 100, 100), row('tên', 160, 160), row('TT', 20, 130)])).toEqual([
      'Họ, chữ đệm và',
      'TT',
      'tên',
    ]);
  });

  it('puts the i back at the end of a word whose dot went to the comma', () => {
    const at = (text: string, x: number): OcrRow => row(text, x, 300);
    expect(texts([at('Thôn Đoà', 100), at('¡, xã Triệu Lộc', 257)])).toEqual(['Thôn Đoài, xã Triệu Lộc']);
    // A space away it is a figure.
    expect(texts([at('Tổ ¡, xã', 100)])).toEqual(['Tổ ¡, xã']);
    expect(texts([at('¡ Đoà', 100)])).toEqual(['¡ Đoà']);
  });

  it('ends a word where the next begins: boxes on dotted lines reach too far', () => {
    const [first, second] = row('0943 882', 100, 300).words;
    const wide = { ...first, box: [100, 250, 300, 50] } as OcrRow['words'][number];
    const [line] = buildLines([{ words: [wide, second as OcrRow['words'][number]], baselineY: 300, heightPx: 50 }]);
    expect(line?.words.map(({ box }) => box[0] + box[2])).toEqual([195, 255]);
  });

  it('does not cut a word off at a speck inside it', () => {
    const word = { text: 'Đoài', confidence: 95, box: [100, 250, 200, 50] } as const;
    const speck = { text: "'", confidence: 60, box: [112, 250, 6, 10] } as const;
    const [line] = buildLines([{ words: [word, speck], baselineY: 300, heightPx: 50 }]);
    expect(line?.words[0]?.box[2]).toBe(200);
  });

  it('never puts one piece over another', () => {
    expect(texts([row('CHỦ TỊCH', 100, 300), row('XÃ NGỌC', 110, 305)])).toEqual(['CHỦ TỊCH', 'XÃ NGỌC']);
  });

  it('joins pieces whose tops are level though a dotted line draws one of them down', () => {
    const onDots = { ...row('Số định danh: 004090526952', 100, 300), baselineY: 316 };
    expect(texts([onDots, row('Ngày cấp: 24/4/2021', 1200, 300)])).toEqual([
      'Số định danh: 004090526952 Ngày cấp: 24/4/2021',
    ]);
  });

  it('leaves out the dots of a blank behind what was filled in, never narrow letters', () => {
    const filled = row('tên: HỒ VĂN KHẢI', 100, 300);
    const dots = [
      { text: 'HH', confidence: 42, box: [640, 294, 13, 5] as const },
      { text: 'HO', confidence: 13, box: [660, 280, 20, 20] as const },
      { text: '00000060000', confidence: 46, box: [700, 280, 47, 20] as const },
    ];
    const narrow = { text: '111111111111', confidence: 60, box: [800, 250, 190, 50] as const };
    expect(texts([{ ...filled, words: [...filled.words, ...dots, narrow] }])).toEqual([
      'tên: HỒ VĂN KHẢI 111111111111',
    ]);
  });

  it('keeps a whole syllable among good words however little it is believed, and nothing else', () => {
    const good = row('Giới tính: Nữ Dân tộc: Tày', 100, 300);
    const doubted = good.words.map((word) => (/tính|Nữ/.test(word.text) ? { ...word, confidence: 0 } : word));
    expect(texts([{ ...good, words: doubted }])).toEqual(['Giới tính: Nữ Dân tộc: Tày']);
    const noise = row('Giới csseo Nxw Dân tộc: Tày', 100, 300);
    const noisy = noise.words.map((word) => (/csseo|Nxw/.test(word.text) ? { ...word, confidence: 0 } : word));
    expect(texts([{ ...noise, words: noisy }])).toEqual(['Giới Dân tộc: Tày']);
  });

  it('keeps a date and a personal number among good words however little they are believed, when they obey their rules', () => {
    const last = (value: string): string[] => {
      const line = row(`Ngày, tháng, năm sinh: ${value}`, 100, 300);
      const words = line.words.map((word) => (word.text === value ? { ...word, confidence: 1 } : word));
      return texts([{ ...line, words }]);
    };
    for (const value of ['19/11/2024', '3/2/1987.', '001099012345,'])
      expect(last(value)).toEqual([`Ngày, tháng, năm sinh: ${value}`]);
    for (const value of ['39/11/2024', '19/13/2024', '19/11/3024', '901099012345', '11/1124'])
      expect(last(value)).toEqual(['Ngày, tháng, năm sinh:']);
  });

  it('reads the slash of fractions as the slash it is', () => {
    expect(texts([row('Số: 21\u2044\u2044TTr-UBND', 100, 300)])).toEqual(['Số: 21/TTr-UBND']);
  });

  it('takes the zero that begins a word for the letter', () => {
    expect(texts([row('Cao Ngọc 0anh, 0m', 100, 300)])).toEqual(['Cao Ngọc Oanh, 0m']);
  });

  it('reads the label of a number whose circumflex and acute became an Icelandic letter', () => {
    expect(texts([row('Sð: 93/TNHS', 100, 300)])).toEqual(['Số: 93/TNHS']);
  });

  it('drops what seals, ruling lines and dotted leaders were read as', () => {
    const rows = [
      row('Số định danh cá nhân', 100, 300),
      row('Họ và tên', 100, 400),
      row('~ *', 100, 350, 60),
      row('ĐẸ SẼ', 500, 500, 12),
      row('9990986 666990 908899', 100, 330, 58, 9),
      row('| |', 900, 300, 40),
    ];
    expect(texts(rows)).toEqual(['Số định danh cá nhân', 'Họ và tên']);
  });

  it('answers boxes inside the stored image', () => {
    const geometry = {
      storedWidthPx: 800,
      storedHeightPx: 600,
      rotation: 0 as const,
      skewDeg: 0,
      scale: 1.5,
      preparedWidthPx: 1200,
      preparedHeightPx: 900,
    };
    const [line] = toStoredLines(buildLines([row('Hà Nội', 150, 300)]), geometry);
    expect(line?.text).toBe('Hà Nội');
    expect(line?.words[0]?.box).toEqual([100, 166, 27, 34]);
    expect(line?.box[0]).toBe(100);
  });

  it('has no lines when nothing was read', () => {
    expect(buildLines([])).toEqual([]);
  });
});
