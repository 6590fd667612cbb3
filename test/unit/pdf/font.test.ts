import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { embedFontSubset, measureText, normaliseForPrint, printableGlyph } from '../../../main/pdf/font.ts';
import { readTrueType } from '../../../main/pdf/truetype.ts';

const CUTS = ['Regular', 'Bold', 'Italic'] as const;
const read = (cut: string): Buffer => readFileSync(`resources/fonts/LiberationSerif-${cut}.ttf`);
const VIETNAMESE = [...'aăâeêioôơuưyAĂÂEÊIOÔƠUƯY'].flatMap((vowel) =>
  ['', '\u0300', '\u0301', '\u0303', '\u0309', '\u0323'].map((tone) => (vowel + tone).normalize('NFC')),
);

describe.each(CUTS)('The %s cut of the typeface', (cut) => {
  const font = readTrueType(read(cut));

  it('draws every Vietnamese letter, đồng and the marks of official papers', () => {
    const missing = [...VIETNAMESE, ...'Đđ₫…–—“”‘’°%½§'].filter(
      (letter) => font.glyphOf(letter.codePointAt(0) ?? 0) === 0,
    );
    expect(missing).toEqual([]);
  });

  it('keeps widths in the subset, to the thousandth of the size', async () => {
    const text = 'Nguyễn Thị Ẩn – số 0123456789 (bản chính), 8.000 đồng';
    const subset = await embedFontSubset(read(cut), text);
    expect(subset.widthOf(text, 12)).toBeCloseTo(measureText(font, text, 12), 6);
    const dictionary = subset.fontObjects(1)[1]?.body.toString('latin1') ?? '';
    const widths = /\/W \[0 \[([^\]]*)\]/.exec(dictionary)?.[1]?.split(' ').map(Number) ?? [];
    const glyph = Number.parseInt(subset.encode('g').slice(1, -1), 16);
    expect(widths[glyph]).toBeCloseTo((font.advanceOf(font.glyphOf(0x67)) * 1000) / font.unitsPerEm, 1);
  });
});

describe('A font subset', () => {
  it('maps every code back to the letter it was written for', async () => {
    const text = 'ỦY BAN NHÂN DÂN – đồng';
    const subset = await embedFontSubset(read('Regular'), text);
    const stream = subset.fontObjects(7)[4]?.body ?? Buffer.alloc(0);
    const map = inflateSync(stream.subarray(stream.indexOf('stream\n') + 7)).toString('latin1');
    const letterOf = new Map(
      [...map.matchAll(/^<([0-9A-F]{4})> <([0-9A-F]{4})>$/gm)].map((match) => [
        match[1],
        String.fromCharCode(Number.parseInt(match[2] ?? '', 16)),
      ]),
    );
    const codes = subset.encode(text).slice(1, -1).match(/.{4}/g) ?? [];
    expect(codes.map((code) => letterOf.get(code)).join('')).toBe(text);
  });

  it('shows a box for what the font cannot draw, never .notdef', async () => {
    const font = readTrueType(read('Regular'));
    const subset = await embedFontSubset(read('Regular'), 'a😀漢b');
    expect(subset.encode('a😀漢b')).not.toContain('0000');
    expect(printableGlyph(font, 0x6f22)).toBe(font.glyphOf(0x25a1));
  });

  it('refuses text it was not made for, instead of printing something else', async () => {
    const subset = await embedFontSubset(read('Regular'), 'abc');
    expect(() => subset.encode('abcd')).toThrow('"d"');
  });

  it('is the same for the same text and small', async () => {
    const make = async (): Promise<Buffer> =>
      Buffer.concat(
        (await embedFontSubset(read('Bold'), VIETNAMESE.join(''))).fontObjects(1).map((object) => object.body),
      );
    const first = await make();
    expect(first.equals(await make())).toBe(true);
    expect(first.length).toBeLessThan(30_000);
  });

  it('composes decomposed letters and drops what has no shape', () => {
    expect(normaliseForPrint('Ngu\u0079e\u0302\u0303n\u200b\u00a0V\u0103n\u0000')).toBe('Nguyễn Văn');
  });

  it('refuses what is not a font', async () => {
    expect(() => readTrueType(Buffer.from('%PDF-1.7 not a font'))).toThrow('not a TrueType font');
  });
});
