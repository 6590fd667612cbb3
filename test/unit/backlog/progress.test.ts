import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countWorkingDays, progressOf, type ProgressFacts } from '../../../main/backlog/progress.ts';
import { isWorkingDay, loadCalendar } from '../../../main/deadlines/calendar.ts';
import { addDays } from '../../../main/deadlines/local-time.ts';
import { RESOURCES } from '../store/store-kit.ts';

const calendar = loadCalendar(RESOURCES);
const FRIDAY = '2026-11-20';
const facts = (over: Partial<ProgressFacts> = {}): ProgressFacts => ({
  total: 1_000,
  targetPercent: 30,
  targetDate: '2026-11-27',
  done: 0,
  composing: 0,
  signed: 0,
  doneByDay: new Map(),
  ...over,
});

describe('progress', () => {
  it('counts today and the target day, week-ends and days off not', () => {
    expect(calendar.daysOff).toContain('2026-11-24');
    expect(countWorkingDays(FRIDAY, '2026-11-27', calendar)).toBe(5);
    expect(countWorkingDays(FRIDAY, FRIDAY, calendar)).toBe(1);
    expect(countWorkingDays('2026-11-21', '2026-11-22', calendar)).toBe(0);
    expect(countWorkingDays('2026-11-28', '2026-11-27', calendar)).toBe(0);
  });

  it('leaves out the days that the calendar takes off', () => {
    const [from, to] = ['2026-08-31', '2026-09-04'];
    const days = [0, 1, 2, 3, 4].map((step) => addDays(from, step));
    const worked = days.filter((day) => isWorkingDay(day, calendar)).length;
    expect(worked).toBeLessThan(5);
    expect(countWorkingDays(from, to, calendar)).toBe(worked);
  });

  it('says how many are left and how many a working day', () => {
    expect(progressOf(facts({ done: 60 }), FRIDAY, calendar)).toMatchObject({
      target: 300,
      remaining: 240,
      workingDays: 5,
      perDay: 48,
      state: 'open',
    });
  });

  it('rounds both the share and the pace up: a record less is not the share', () => {
    expect(progressOf(facts({ total: 1_001, done: 294 }), FRIDAY, calendar)).toMatchObject({
      target: 301,
      remaining: 7,
      perDay: 2,
    });
    expect(progressOf(facts({ total: 10 }), FRIDAY, calendar).target).toBe(3);
  });

  it('is reached with the last record of the share, and stays so when the day is past', () => {
    expect(progressOf(facts({ done: 300 }), '2026-12-24', calendar)).toMatchObject({ state: 'reached', perDay: null });
    expect(progressOf(facts({ done: 299 }), '2026-12-24', calendar)).toMatchObject({ state: 'overdue', perDay: null });
  });

  it('names no pace for years whose days off nobody has decided', () => {
    expect(progressOf(facts({ targetDate: '2031-06-30' }), FRIDAY, calendar)).toMatchObject({
      workingDays: null,
      perDay: null,
      state: 'open',
      remaining: 300,
    });
  });

  it('averages the last ten working days that are over; work on a Sunday counts', () => {
    const doneByDay = new Map([
      ['2026-11-19', 30],
      ['2026-11-15', 20],
      ['2026-11-20', 999],
    ]);
    expect(progressOf(facts({ doneByDay }), FRIDAY, calendar).recentPerDay).toBe(5);
  });

  it('never asks for less a day than would bring the share in time', () => {
    const days = fc.integer({ min: 0, max: 400 }).map((step) => addDays(FRIDAY, step));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000_000 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 0, max: 2_000_000 }),
        days,
        (total, targetPercent, done, targetDate) => {
          const progress = progressOf(facts({ total, targetPercent, done, targetDate }), FRIDAY, calendar);
          expect(progress.target * 100).toBeGreaterThanOrEqual(total * targetPercent);
          expect((progress.target - 1) * 100).toBeLessThan(total * targetPercent);
          expect(progress.remaining).toBe(Math.max(0, progress.target - done));
          if (progress.perDay !== null && progress.workingDays !== null) {
            expect(progress.perDay * progress.workingDays).toBeGreaterThanOrEqual(progress.remaining);
            expect((progress.perDay - 1) * progress.workingDays).toBeLessThan(progress.remaining);
          }
        },
      ),
    );
  });
});
