import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  writeCount,
  writeDate,
  writeLegalTime,
  writeLongDate,
  writeMoment,
  writeMoney,
} from '../../../main/forms/wording.ts';

describe('Wording of official papers', () => {
  it.each([
    ['2026-11-21T02:10:05Z', '21/11/2026', '09 giờ 10 phút, ngày 21/11/2026'],
    ['2026-11-21T17:00:00Z', '22/11/2026', '00 giờ 00 phút, ngày 22/11/2026'],
    ['2026-12-31T16:59:59Z', '31/12/2026', '23 giờ 59 phút, ngày 31/12/2026'],
    ['2027-01-01T08:05:00+07:00', '01/01/2027', '08 giờ 05 phút, ngày 01/01/2027'],
    ['2026-11-21T23:30:00-05:00', '22/11/2026', '11 giờ 30 phút, ngày 22/11/2026'],
  ])('writes %s as the clock on the wall in Vietnam shows it', (iso, date, moment) => {
    expect(writeDate(iso)).toBe(date);
    expect(writeMoment(iso)).toBe(moment);
  });

  it.each([
    ['2026-02-05T05:00:00+07:00', 'ngày 05 tháng 02 năm 2026'],
    ['2026-03-05T05:00:00+07:00', 'ngày 05 tháng 3 năm 2026'],
    ['2026-11-21T05:00:00+07:00', 'ngày 21 tháng 11 năm 2026'],
  ])('writes the long date of %s by NĐ 30/2020: zero before days under 10 and months under 3', (iso, text) => {
    expect(writeLongDate(iso)).toBe(text);
  });

  it.each([
    [0, '0 đồng'],
    [500, '500 đồng'],
    [8000, '8.000 đồng'],
    [1_250_000, '1.250.000 đồng'],
    [12_345_678_901, '12.345.678.901 đồng'],
  ])('writes %i as %s', (vnd, text) => {
    expect(writeMoney(vnd)).toBe(text);
  });

  it('never changes the digits of an amount and groups them by three', () => {
    fc.assert(
      fc.property(fc.nat(), (vnd) => {
        const written = writeMoney(vnd).replace(' đồng', '');
        expect(written.replaceAll('.', '')).toBe(String(vnd));
        expect(written).toMatch(/^\d{1,3}(\.\d{3})*$/);
      }),
    );
  });

  it.each([
    [{ value: 3, unit: 'working-day', cutoff: null, text: '' }, '03 ngày làm việc'],
    [{ value: 30, unit: 'calendar-day', cutoff: null, text: '' }, '30 ngày'],
    [{ value: 1, unit: 'same-day', cutoff: '15:00', text: '' }, 'trong ngày làm việc'],
    [{ value: 24, unit: 'working-hour', cutoff: null, text: '' }, '24 giờ làm việc'],
    [{ value: 0.5, unit: 'working-day', cutoff: null, text: '' }, '0,5 ngày làm việc'],
    [null, null],
  ] as const)('writes the legal time %o as %s', (time, text) => {
    expect(writeLegalTime(time)).toBe(text);
  });

  it('refuses a time that is none', () => {
    expect(() => writeDate('hôm nay')).toThrow(RangeError);
    expect(writeCount(7)).toBe('07');
  });
});
