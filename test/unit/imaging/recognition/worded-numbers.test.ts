import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOfWords, firstNumber, numberOfWords } from '../../../../main/imaging/recognition/worded-numbers.ts';
import { foldedWords } from '../../../../main/dossiers/fold-text.ts';

const DIGITS = ['không', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín'];

/** How a Vietnamese clerk writes a number below a thousand; `isInner` when higher groups stand before it. */
function spellGroup(value: number, isInner: boolean): string {
  const [hundreds, tens, ones] = [Math.floor(value / 100), Math.floor(value / 10) % 10, value % 10];
  const parts: string[] = [];
  if (hundreds > 0 || isInner) parts.push(`${DIGITS[hundreds]} trăm`);
  if (tens > 1) parts.push(`${DIGITS[tens]} mươi`);
  else if (tens === 1) parts.push('mười');
  else if (ones > 0 && parts.length > 0) parts.push('linh');
  if (ones === 5 && tens > 0) parts.push('lăm');
  else if (ones === 1 && tens > 1) parts.push('mốt');
  else if (ones > 0) parts.push(DIGITS[ones] as string);
  return parts.join(' ');
}

function spell(value: number): string {
  if (value === 0) return 'không';
  const scales = [
    [1e9, ' tỷ'],
    [1e6, ' triệu'],
    [1e3, ' nghìn'],
    [1, ''],
  ] as const;
  const parts: string[] = [];
  for (const [scale, word] of scales) {
    const group = Math.floor(value / scale) % 1000;
    if (group > 0) parts.push(spellGroup(group, parts.length > 0) + word);
  }
  return parts.join(' ');
}

describe('numbers in words', () => {
  it('reads back every amount a clerk could have written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999 }), (value) => {
        expect(numberOfWords(foldedWords(spell(value)))).toBe(value);
      }),
    );
  });

  it.each([
    ['hai nghìn không trăm hai mươi lăm', 2025],
    ['hai nghìn lẻ năm', 2005],
    ['hai ngàn hai mươi mốt', 2021],
    ['mười', 10],
    ['một nghìn chín trăm chín mươi tư', 1994],
    ['hai không hai lăm', null],
    ['trăm đồng', null],
    ['', null],
  ])('%s is %s', (text, value) => {
    expect(numberOfWords(foldedWords(text))).toBe(value);
  });

  it('stops at the unit and names it', () => {
    expect(firstNumber('Tám trăm năm mươi triệu đồng chẵn')).toEqual({ value: 850_000_000, next: 'dong' });
    expect(firstNumber('không rõ')).toEqual({ value: 0, next: 'ro' });
    expect(firstNumber('chẵn')).toBeNull();
  });

  it('gives up on more words than any number has', () => {
    expect(numberOfWords(Array.from({ length: 61 }, () => 'linh'))).toBeNull();
  });
});

describe('dates in words', () => {
  const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

  it('reads back every day, the fifth of May too', () => {
    const write = (iso: string): string => {
      const [year = 0, month = 0, day = 0] = iso.split('-').map(Number);
      return `Ngày ${spell(day)} tháng ${spell(month)} năm ${spell(year)}`;
    };
    expect(dateOfWords(write('2005-05-05'))).toBe('2005-05-05');
    fc.assert(
      fc.property(days, (day) => {
        const iso = day.toISOString().slice(0, 10);
        expect(dateOfWords(write(iso))).toBe(iso);
      }),
    );
  });

  it.each([
    ['Sáu giờ ba mươi phút, ngày mùng một tháng năm năm hai nghìn không trăm hai mươi lăm', '2025-05-01'],
    ['Ngày mười tháng tư năm một nghìn chín trăm bảy mươi', '1970-04-10'],
    ['ngày hai tháng ba', null],
    ['Ngày mười tháng mười ba năm hai nghìn', null],
    ['không rõ', null],
  ])('%s is %s', (text, date) => {
    expect(dateOfWords(text)).toBe(date);
  });
});
