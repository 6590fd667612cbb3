import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIdentityCode } from '../../../main/people/identity-code.ts';
import { separatorText } from '../../../main/dossiers/separator.ts';
import { isIdentityText, readWedgeText } from '../../../renderer/app/wedge-text.ts';

const CARD = '038324011586|123456789|Phạm Ngọc Thảo Vy|19112024|Nữ|Thôn Phú Đa, xã Quảng Lưu, tỉnh Thanh Hóa|10052025';
const identity = (text: string, isRepaired: boolean) => ({ kind: 'identity', text, isRepaired });
const bytes = new TextEncoder().encode(CARD);
const typedAs = (page: string): string => new TextDecoder(page).decode(bytes);

describe('a card comes through', () => {
  test('as it is', () => expect(readWedgeText(CARD)).toEqual(identity(CARD, false)));

  test.each([
    ['line ends', `${CARD}\r\n`],
    ['a tab', `${CARD}\t`],
    ['a byte order mark', `\ufeff${CARD}`],
    ['a symbology identifier', `]Q3${CARD}`],
    ['start and end of text', `\u0002${CARD}\u0003`],
    ['marks apart from their letters', CARD.normalize('NFD')],
  ])('with %s', (_, text) => expect(readWedgeText(text)).toEqual(identity(CARD, false)));

  test.each([
    ['Windows 1252', typedAs('windows-1252')],
    ['Windows 1258', typedAs('windows-1258')],
    ['Latin 1', String.fromCharCode(...bytes)],
    ['UTF-16, little end first', String.fromCharCode(...Buffer.from(CARD, 'utf16le'))],
    ['UTF-16, big end first', String.fromCharCode(...Buffer.from(CARD, 'utf16le').swap16())],
  ])('mangled as %s, put right and said so', (_, text) => expect(readWedgeText(text)).toEqual(identity(CARD, true)));

  test('without an old number, and with the further fields of 2024', () => {
    const [number, , ...rest] = CARD.split('|');
    const text = [number, '', ...rest, 'Phạm Văn Ba', 'Lê Thị Tư', ''].join('|');
    expect(readWedgeText(text)).toEqual(identity(text, false));
    expect(parseIdentityCode(text)).toMatchObject({ oldIdNumber: null, fullName: 'Phạm Ngọc Thảo Vy' });
  });

  test('whoever it is: what every code page does to a name is undone exactly', () => {
    const syllable = fc.constantFrom('Nguyễn', 'Đặng', 'Thị', 'Ỷ', 'Hoà', 'Ơn', 'Thuý', 'Lưỡng', 'Quỳnh', 'Kiều', 'Ẵm');
    const words = fc.array(syllable, { minLength: 2, maxLength: 6 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(words, words, fc.constantFrom('windows-1252', 'windows-1258'), (name, address, page) => {
        const text = ['038187015329', '', name, '25121987', 'Nữ', address, '14082023'].join('|');
        const mangled = new TextDecoder(page).decode(new TextEncoder().encode(text));
        expect(readWedgeText(mangled)).toEqual(identity(text.normalize('NFC'), true));
      }),
    );
  });
});

describe('what cannot be taken is said by its reason', () => {
  test.each([
    ['marks became question marks', CARD.replaceAll(/[^\p{ASCII}]/gu, '?')],
    ['letters with marks are gone', CARD.replaceAll(/[^\p{ASCII}]/gu, '')],
    ['marks are gone', CARD.normalize('NFD').replaceAll(/\p{M}/gu, '').replaceAll('Đ', 'D').replaceAll('đ', 'd')],
    [
      'half of a letter',
      typedAs('windows-1252').replace('á', '').replace('Nữ'.slice(1), '').slice(0, -30) + 'Ã|10052025',
    ],
  ])('%s', (_, text) => expect(readWedgeText(text)).toEqual({ kind: 'garbled' }));

  test('a keyboard program put marks where the reader sent none', () => {
    expect(readWedgeText('038324011586|123456789|Phạm Ngơc|19112024|Nu|Thôn|1', true)).toEqual({ kind: 'composed' });
    expect(readWedgeText('', true)).toEqual({ kind: 'composed' });
  });

  test.each([
    ['separator', separatorText('1.004222#0')],
    ['vneid', `eyJhbGciOiJFUzI1NiJ9.${'a1B2c3D4'.repeat(12)}`],
    ['vneid', 'https://vneid.gov.vn/qr/9f3b'],
    ['unknown', 'https://example.vn/a|b|c'],
    ['unknown', '8934563138165'],
    ['unknown', `${CARD}${'x'.repeat(5_000)}`],
  ] as const)('%s', (kind, text) => expect(readWedgeText(text)).toEqual({ kind }));
});

test('a receipt names its dossier', () => {
  const receipt = 'H56.12-251122-0007|1.001193|038324011586|Giấy tiếp nhận hồ sơ và hẹn trả kết quả';
  expect(readWedgeText(receipt)).toEqual({ kind: 'receipt', code: 'H56.12-251122-0007' });
});

describe('a paste', () => {
  test('of a card is taken, of anything else is the officer’s', () => {
    expect(isIdentityText(CARD)).toBe(true);
    expect(isIdentityText(`${typedAs('windows-1252')}\r\n`)).toBe(true);
    for (const text of ['038324011586', 'a|b|c|d|e|f|g', 'Thôn Phú Đa | xã Quảng Lưu', `${CARD}`.slice(20)])
      expect(isIdentityText(text)).toBe(false);
  });
});

test('whatever is typed, an answer comes, and a card that is taken is in Vietnamese letters', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), fc.boolean(), (text, isComposed) => {
      const read = readWedgeText(`038187015329||${text}|25121987|Nam|${text}|14082023`, isComposed);
      if (read.kind === 'identity') expect(read.text).toBe(read.text.normalize('NFC'));
      else expect(['composed', 'garbled', 'unknown', 'vneid']).toContain(read.kind);
    }),
  );
});
