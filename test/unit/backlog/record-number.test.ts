import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseNumber, recordIdentity, yearIn } from '../../../main/backlog/record-number.ts';
import { formatRecordCode, recordFileName, SeriesCode } from '../../../main/backlog/series.ts';

describe('the number of a record', () => {
  it.each(['57/2004', 'Số: 057/2004', '57 / 2004', '0057/2004', 'so 57/2004'])('%s is the same number', (text) => {
    expect(normaliseNumber(text)).toBe('57');
  });

  it.each([
    ['57a/2004', '57A'],
    ['12/TP-KS', '12/TP-KS'],
    ['BĐ 012345', 'BD012345'],
    ['Quyển 02-015', 'QUYEN02-15'],
    ['---', ''],
  ])('%s is compared as %s', (text, expected) => {
    expect(normaliseNumber(text)).toBe(expected);
  });

  it('finds the year in a number, a day or by itself, and in nothing else', () => {
    expect(yearIn('57/2004', 2026)).toBe(2004);
    expect(yearIn('2004-12-02', 2026)).toBe(2004);
    expect(yearIn('02/12/1998', 2026)).toBe(1998);
    expect(yearIn('038324011586', 2026)).toBeNull();
    expect(yearIn('57/2099', 2026)).toBeNull();
    expect(yearIn('', 2026)).toBeNull();
  });

  it('has no identity without a number: two unnumbered records are no duplicates', () => {
    expect(recordIdentity(null, 2004)).toBeNull();
    expect(recordIdentity(' ', 2004)).toBeNull();
    expect(recordIdentity('57/2004', 2004)).toBe(recordIdentity('Số 057', 2004));
    expect(recordIdentity('57', 2004)).not.toBe(recordIdentity('57', 2005));
  });

  it('is compared in letters and digits alone, whatever was typed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30, unit: 'grapheme' }), (text) => {
        expect(normaliseNumber(text)).toMatch(/^[A-Z0-9/-]*$/);
      }),
    );
  });
});

describe('the code of a record', () => {
  it('sorts as text in the order of its numbers, and names its file', () => {
    expect(formatRecordCode('KS', 123)).toBe('KS.000123');
    expect(recordFileName('KS.000123', 1)).toBe('KS.000123.pdf');
    expect(recordFileName('KS.000123', 3)).toBe('KS.000123-r3.pdf');
  });

  it.each(['ks', 'K S', '../X', '', '1A', 'ABCDEFGHIJK'])('refuses %j as the code of a series', (code) => {
    expect(SeriesCode.safeParse(code).success).toBe(false);
  });
});
