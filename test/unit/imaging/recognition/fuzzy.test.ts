import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedErrors, editDistance, matchBeginning, squeeze } from '../../../../main/imaging/recognition/fuzzy.ts';

describe('fuzzy comparison', () => {
  it('ignores accents, case, spaces and marks', () => {
    expect(squeeze('Họ, chữ đệm, tên:')).toBe('hochudemten');
    expect(squeeze('ĐĂNG  KÝ')).toBe('dangky');
  });

  it.each([
    ['GIẤY KHAI SINH', 'GIAY KHAI SINH', true],
    ['TỜ KHAI ĐĂNG KÝ KHAI SINH', 'TO KHAl DANG KY KHAI S1NH', true],
    ['TỜ KHAI ĐĂNG KÝ KHAI SINH', 'TỜ KHAI ĐĂNG KÝ KẾT HÔN', false],
    ['GIẤY CHỨNG SINH', 'GIẤY KHAI SINH', false],
    ['Số', 'Sô', true],
    ['Dân tộc', 'Dân tôc', true],
    ['Lệ phí', 'Lê phi', true],
    ['Email', 'Emall', false],
  ])('%s against %s: %s', (phrase, text, isMatch) => {
    expect(matchBeginning(squeeze(text), squeeze(phrase)) !== null).toBe(isMatch);
  });

  it('measures the same distance from both sides, and gives up only beyond the limit', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 12 }), (a, b, limit) => {
        const exact = editDistance(a, b);
        expect(editDistance(b, a)).toBe(exact);
        expect(exact === 0).toBe(a === b);
        expect(Math.min(editDistance(a, b, limit), limit + 1)).toBe(Math.min(exact, limit + 1));
      }),
    );
  });

  it('allows no wrong letter in short labels and 15 % in long ones', () => {
    expect([4, 6, 7, 20, 40].map(allowedErrors)).toEqual([0, 0, 1, 3, 6]);
  });
});
