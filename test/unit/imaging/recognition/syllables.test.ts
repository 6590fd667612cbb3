import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { familiarityOfName, nearbyNames } from '../../../../main/imaging/recognition/person-names.ts';
import { isSyllable, splitTone } from '../../../../main/imaging/recognition/syllables.ts';

describe('Vietnamese syllables', () => {
  it.each(
    'nguyễn quốc giếng giết gìn gì khuỷu nghiêng quỳnh hòa hoà thủy thuỷ kỳ lý mỵ y út ủy oanh chử yến quýt'.split(' '),
  )('%s exists', (word) => expect(isSyllable(word)).toBe(true));

  it.each('läk bổống glàng thườc kẩm nghôn cẻ ngiêng krông iến yn dĐiệu h9 quuc aa bb'.split(' '))(
    '%s cannot exist',
    (word) => expect(isSyllable(word)).toBe(false),
  );

  it('knows every syllable with marks in the catalogue of procedures', () => {
    const catalogue = readFileSync(
      new URL('../../../../resources/procedures/procedures.json', import.meta.url),
      'utf8',
    );
    const words = new Set(
      catalogue
        .normalize('NFC')
        .match(/(?<!\p{L})\p{L}?\p{Ll}+(?!\p{L})/gu)
        ?.map((word) => word.toLowerCase()),
    );
    const marked = [...words].filter((word) => word.length > 1 && /[^\x20-\x7e]/.test(word));
    expect(marked.length).toBeGreaterThan(400);
    expect(marked.filter((word) => !isSyllable(word))).toEqual([]);
  });

  it('takes the tone off wherever it is written, and nothing else', () => {
    expect(splitTone('HÒA')).toEqual(splitTone('hoà'));
    expect(splitTone('Đường')).toEqual({ letters: 'đương', tone: 'grave' });
    expect(splitTone('ấ\u0309')).toBeNull();
  });

  it('says something of any text without failing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => void isSyllable(text)));
  });
});

describe('names of people', () => {
  it.each([
    ['NGUYỄN THỊ HOA', 'usual'],
    ['Vừ A Páo', 'possible'],
    ['Y Bhăm Niê', 'foreign'],
    ['NGUYÊN THỊ HOA', 'possible'],
    ['GLÀNG VĂN SỬU', 'foreign'],
  ])('%s is %s', (name, familiarity) => expect(familiarityOfName(name)).toBe(familiarity));

  it('offers the names a mark may be missing from, in the same letters', () => {
    expect(nearbyNames('NGUYÊN THỊ HOA')).toEqual(['NGUYỄN THỊ HOA']);
    expect(nearbyNames('Huynh Văn Tám')).toEqual(['Huỳnh Văn Tám']);
    expect(nearbyNames('ĐỒ MINH KHUÊ')).toContain('ĐỖ MINH KHUÊ');
  });

  it('offers nothing for a name it knows, and nothing it does not know', () => {
    expect(nearbyNames('Trần Văn Bình')).toEqual([]);
    expect(nearbyNames('Ksor H Bơ')).toEqual([]);
  });
});
