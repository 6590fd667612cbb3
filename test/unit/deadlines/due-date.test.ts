import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWorkingDay, loadCalendar, nextWorkingDay } from '../../../main/deadlines/calendar.ts';
import { apologyDeadline, dueDate, dueDateAfterSupplement } from '../../../main/deadlines/due-date.ts';
import { addDays, formatLocal, localDate } from '../../../main/deadlines/local-time.ts';
import type { TimeUnit } from '../../../preload/types.ts';

const resources = new URL('../../../resources', import.meta.url).pathname;
const calendar = loadCalendar(resources);
const withoutMakeUpDays = loadCalendar(resources, { worksMakeUpDays: false });

const due = (
  receivedAt: string,
  value: number,
  unit: TimeUnit,
  over: { cutoff?: string; calendar?: typeof calendar } = {},
) => dueDate({ receivedAt, value, unit, cutoff: over.cutoff ?? null, calendar: over.calendar ?? calendar });

describe('the worked examples of the regulations', () => {
  test.each<[number, string, number, TimeUnit, string]>([
    [1, '2026-11-20T09:10:00+07:00', 3, 'working-day', '2026-11-26'],
    [2, '2026-11-21T09:00:00+07:00', 3, 'working-day', '2026-11-26'],
    [3, '2026-02-12T09:00:00+07:00', 5, 'working-day', '2026-02-26'],
    [5, '2026-08-24T09:00:00+07:00', 7, 'working-day', '2026-09-07'],
    [6, '2026-01-08T09:00:00+07:00', 3, 'working-day', '2026-01-12'],
    [7, '2026-12-30T09:00:00+07:00', 30, 'calendar-day', '2027-01-29'],
    [8, '2027-01-07T09:00:00+07:00', 30, 'calendar-day', '2027-02-12'],
    [9, '2026-04-11T09:00:00+07:00', 15, 'calendar-day', '2026-04-28'],
    [10, '2026-04-21T09:00:00+07:00', 20, 'working-day', '2026-05-22'],
    [11, '2026-10-05T09:00:00+07:00', 25, 'working-day', '2026-11-09'],
  ])('%i: received %s, %i %s', (_number, receivedAt, value, unit, expected) => {
    expect(due(receivedAt, value, unit)).toEqual({ date: expected, dueAt: `${expected}T17:30:00+07:00` });
  });

  test.each([
    ['14:59:00', '2026-11-20'],
    ['15:00:00', '2026-11-20'],
    ['15:01:00', '2026-11-23'],
  ])('4: a same-day matter received at %s', (time, expected) => {
    expect(due(`2026-11-20T${time}+07:00`, 1, 'same-day', { cutoff: '15:00' }).date).toBe(expected);
  });

  test('6: an office that does not work the make-up Saturday', () => {
    expect(due('2026-01-08T09:00:00+07:00', 3, 'working-day', { calendar: withoutMakeUpDays }).date).toBe('2026-01-13');
  });

  test.each([
    ['restart', '2026-11-11'],
    ['pause', '2026-11-10'],
  ] as const)('12: a supplement under the %s rule', (rule, expected) => {
    const answer = dueDateAfterSupplement({
      receivedAt: '2026-11-02T09:00:00+07:00',
      requestedAt: '2026-11-03T10:00:00+07:00',
      completedAt: '2026-11-06T10:00:00+07:00',
      value: 3,
      unit: 'working-day',
      cutoff: null,
      calendar,
      rule,
    });
    expect(answer.date).toBe(expected);
  });

  test.each([
    [13, '2026-11-20T09:10:00+07:00', 24, '2026-11-26T09:10:00+07:00'],
    [14, '2026-11-23T16:00:00+07:00', 8, '2026-11-25T16:00:00+07:00'],
  ])('%i: received %s, %i working hours', (_number, receivedAt, value, expected) => {
    expect(due(receivedAt, value, 'working-hour').dueAt).toBe(expected);
  });

  test('15: the letter of apology', () => {
    expect(apologyDeadline('2026-11-26', calendar)).toBe('2026-11-25');
  });
});

describe('calendars', () => {
  test.each([
    [2025, 250],
    [2026, 249],
    [2027, 249],
  ])('%i has %i working days', (year, expected) => {
    let count = 0;
    for (let day = `${year}-01-01`; day.startsWith(String(year)); day = addDays(day, 1))
      if (isWorkingDay(day, calendar)) count++;
    expect(count).toBe(expected);
  });

  test('refuse a year that nobody has decided yet instead of guessing', () => {
    expect(() => due('2027-12-30T09:00:00+07:00', 5, 'working-day')).toThrow(/not-found/);
  });
});

describe('whatever is received', () => {
  const moment = fc.integer({
    min: Date.parse('2025-01-01T00:00:00+07:00'),
    max: Date.parse('2027-09-30T00:00:00+07:00'),
  });
  const iso = (ms: number): string => formatLocal(ms, 420);

  test('is due on a working day, not before its reception, and later when it takes longer', () => {
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom<TimeUnit>('same-day', 'working-day', 'calendar-day', 'working-hour'),
        fc.integer({ min: 1, max: 40 }),
        (ms, unit, value) => {
          const answer = due(iso(ms), value, unit, { cutoff: '15:00' });
          expect(isWorkingDay(answer.date, calendar)).toBe(true);
          expect(answer.date >= localDate(ms, 420)).toBe(true);
          expect(due(iso(ms), value + 1, unit, { cutoff: '15:00' }).dueAt >= answer.dueAt).toBe(true);
        },
      ),
    );
  });

  test('n + 1 working days end on the working day after n', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 40 }), (ms, value) => {
        expect(due(iso(ms), value + 1, 'working-day').date).toBe(
          nextWorkingDay(due(iso(ms), value, 'working-day').date, calendar),
        );
      }),
    );
  });

  test('has the same due date in whichever offset its moment is written', () => {
    fc.assert(
      fc.property(moment, (ms) => {
        expect(due(new Date(Math.floor(ms / 1000) * 1000).toISOString(), 3, 'working-day')).toEqual(
          due(iso(ms), 3, 'working-day'),
        );
      }),
    );
  });
});
