import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createObjectList,
  pdfDate,
  pdfName,
  pdfNumber,
  pdfText,
  serialisePdf,
  xmpDate,
} from '../../../main/pdf/objects.ts';
import { buildSrgbProfile } from '../../../main/pdf/srgb-profile.ts';
import { buildXmp, readCustomProperties } from '../../../main/pdf/xmp.ts';

describe('PDF syntax', () => {
  it.each([
    ['Sig', '/Sig'],
    ['A B', '/A#20B'],
    ['1#2(3)', '/1#232#283#29'],
    ['Dấu', '/D#E1#BA#A5u'],
  ])('writes the name %s as %s', (name, written) => {
    expect(pdfName(name)).toBe(written);
  });

  it.each([
    ['plain', '(plain)'],
    ['a(b)\\c', '(a\\(b\\)\\\\c)'],
    ['Ẩn', '<FEFF1EA8006E>'],
  ])('writes the text %s as %s', (text, written) => {
    expect(pdfText(text)).toBe(written);
  });

  it('writes numbers without exponents and never as minus zero', () => {
    expect([1, 1.5, 1e-7, -1e-7, 595.2756, 1 / 3, 1e12].map(pdfNumber)).toEqual([
      '1',
      '1.5',
      '0',
      '0',
      '595.2756',
      '0.3333',
      '1000000000000',
    ]);
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => /^-?\d+(\.\d+)?$/.test(pdfNumber(value))),
    );
    expect(() => pdfNumber(Number.NaN)).toThrow(RangeError);
  });

  it.each([
    ['2026-11-21T09:10:05+07:00', "(D:20261121091005+07'00')", '2026-11-21T09:10:05+07:00'],
    ['2026-11-21T02:10:05.123Z', '(D:20261121021005Z)', '2026-11-21T02:10:05Z'],
    ['2026-11-21T02:10Z', '(D:20261121021000Z)', '2026-11-21T02:10:00Z'],
  ])('writes the moment %s as %s and %s', (iso, pdf, xmp) => {
    expect(pdfDate(iso)).toBe(pdf);
    expect(xmpDate(iso)).toBe(xmp);
  });

  it.each(['2026-11-21', '2026-11-21T09:10:05', '2026-13-41T09:10:05Z', 'today'])('refuses %s as a moment', (text) => {
    expect(() => pdfDate(text)).toThrow(RangeError);
  });

  it('puts every object where the cross-reference says', () => {
    const list = createObjectList();
    const root = list.add('<</Type /Catalog>>');
    const info = list.reserve();
    list.add('(third)');
    list.set(info, '<<>>');
    const file = serialisePdf(list, root, info).toString('latin1');
    const table = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    expect(file.slice(table, table + 9)).toBe('xref\n0 4\n');
    const offsets = [...file.slice(table).matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    expect(offsets.map((at) => file.slice(at, at + 7))).toEqual(['1 0 obj', '2 0 obj', '3 0 obj']);
  });

  it('refuses to write a file with a hole in its numbers', () => {
    const list = createObjectList();
    list.reserve();
    list.add('null');
    expect(() => serialisePdf(list, 1, 2)).toThrow('object 1 is missing');
  });
});

describe('The colour profile', () => {
  it('is an ICC display profile for RGB (bytes 12–39 of the header)', () => {
    const profile = buildSrgbProfile();
    expect(profile.readUInt32BE(0)).toBe(profile.length);
    expect(profile.toString('latin1', 12, 24)).toBe('mntrRGB XYZ ');
    expect(profile.toString('latin1', 36, 40)).toBe('acsp');
  });

  it('adds its primaries up to the white point', () => {
    const profile = buildSrgbProfile();
    const tags = new Map<string, number>();
    for (let index = 0; index < profile.readUInt32BE(128); index++) {
      tags.set(profile.toString('latin1', 132 + index * 12, 136 + index * 12), profile.readUInt32BE(136 + index * 12));
    }
    const read = (tag: string): number[] =>
      [8, 12, 16].map((at) => profile.readInt32BE((tags.get(tag) ?? 0) + at) / 65536);
    const sum = [0, 1, 2].map((axis) =>
      ['rXYZ', 'gXYZ', 'bXYZ'].reduce((total, tag) => total + (read(tag)[axis] ?? 0), 0),
    );
    for (const [axis, value] of sum.entries()) expect(value).toBeCloseTo([0.9642, 1, 0.8249][axis] ?? 0, 3);
  });
});

describe('Document properties', () => {
  it('turns Vietnamese keys into XML names and leaves empty ones out', () => {
    const properties = readCustomProperties({
      'Mã hồ sơ': 'H56',
      dossierCode: 'X',
      '2nd': 'y',
      '***': 'z',
      'Đơn vị': '  ',
      'owner id': '1',
    });
    expect([...properties]).toEqual([
      ['MaHoSo', 'H56'],
      ['dossierCode', 'X'],
      ['nd', 'y'],
      ['ownerId', '1'],
    ]);
  });

  it('escapes what XML reserves and drops what it cannot hold', () => {
    const xmp = buildXmp({
      title: 'A < B & \u0000"C" \ud800',
      author: null,
      creatorTool: 't',
      producer: 'p',
      language: 'vi-VN',
      createdAt: '2026-11-21T09:10:05+07:00',
      custom: new Map([['note', '<x>']]),
    }).toString('utf8');
    expect(xmp).toContain('>A &lt; B &amp; "C" <');
    expect(xmp).toContain('<hoso:note>&lt;x&gt;</hoso:note>');
    expect(xmp).toContain('<pdfaProperty:name>note</pdfaProperty:name>');
  });
});
