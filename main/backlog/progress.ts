/** @file How far a series is from the share it must reach, and how much a working day that takes. */
import type { BacklogProgress } from '../../preload/backlog-types.ts';
import { isWorkingDay, type Calendar } from '../deadlines/calendar.ts';
import { addDays } from '../deadlines/local-time.ts';

const RECENT_DAYS = 10;
/** No target lies further ahead; the count of days ends here. */
const MOST_DAYS = 3_700;

export interface ProgressFacts {
  readonly total: number;
  readonly targetPercent: number;
  readonly targetDate: string;
  readonly done: number;
  readonly composing: number;
  readonly signed: number;
  /** Records finished by day (ISO), of the last weeks. */
  readonly doneByDay: ReadonlyMap<string, number>;
}

/** @param today ISO day of the office's calendar; it counts as a day on which work can be done */
export function progressOf(facts: ProgressFacts, today: string, calendar: Calendar): BacklogProgress {
  const { total, targetPercent, targetDate, done, composing, signed } = facts;
  // Percent with two decimals, counted in whole numbers: 30 % of 10 is 3 and not 3.0000000000000004 rounded up.
  const target = Math.ceil((total * Math.round(targetPercent * 100)) / 10_000);
  const remaining = Math.max(0, target - done);
  const workingDays = countWorkingDays(today, targetDate, calendar);
  const isPast = today > targetDate;
  const state = remaining === 0 ? 'reached' : isPast ? 'overdue' : 'open';
  const perDay =
    state === 'open' && workingDays !== null && workingDays > 0 ? Math.ceil(remaining / workingDays) : null;
  return {
    total,
    target,
    done,
    composing,
    signed,
    remaining,
    workingDays,
    perDay,
    recentPerDay: recentPace(facts.doneByDay, today, calendar),
    state,
  };
}

/** Both ends counted; 0 when `to` is past; null when a year on the way has no calendar. */
export function countWorkingDays(from: string, to: string, calendar: Calendar): number | null {
  let count = 0;
  let day = from;
  for (let step = 0; day <= to; step++, day = addDays(day, 1)) {
    if (step > MOST_DAYS || !isKnown(day, calendar)) return null;
    if (isWorkingDay(day, calendar)) count++;
  }
  return count;
}

/** Records of the last working days that are over, a day; with one decimal. */
function recentPace(doneByDay: ReadonlyMap<string, number>, today: string, calendar: Calendar): number | null {
  let sum = 0;
  let days = 0;
  for (let day = addDays(today, -1); days < RECENT_DAYS; day = addDays(day, -1)) {
    if (!isKnown(day, calendar)) return null;
    // What was done on a Sunday was done, too: it counts for the working day before.
    sum += doneByDay.get(day) ?? 0;
    if (isWorkingDay(day, calendar)) days++;
  }
  return Math.round((sum * 10) / RECENT_DAYS) / 10;
}

/** The first day that {@link progressOf} looks at. */
export function firstRecentDay(today: string): string {
  return addDays(today, -60);
}

function isKnown(day: string, calendar: Calendar): boolean {
  return calendar.years.has(Number(day.slice(0, 4)));
}
