/**
 * @file When a dossier is due. BLDS 2015 Đ147: the first day is not counted; Đ148: a period ends with its last day and
 * rolls forward over days off. The appointment's hour is the office's closing hour.
 */
import type { TimeUnit } from '../../preload/types.ts';
import { isWorkingDay, nextWorkingDay, previousWorkingDay, rollForward, type Calendar } from './calendar.ts';
import { addDays, atMinuteOfDay, localDate, localMinuteOfDay, parseClock } from './local-time.ts';

export interface DueDate {
  /** `YYYY-MM-DD`, office calendar. */
  readonly date: string;
  /** ISO 8601 with the office's offset. */
  readonly dueAt: string;
}

export interface DueDateQuestion {
  /** ISO 8601 with offset: when the dossier was complete and valid. */
  readonly receivedAt: string;
  readonly value: number;
  readonly unit: TimeUnit;
  /** `HH:MM`; same-day matters received after it are due on the next working day (Luật Hộ tịch Đ5.3). */
  readonly cutoff: string | null;
  readonly calendar: Calendar;
}

export function dueDate({ receivedAt, value, unit, cutoff, calendar }: DueDateQuestion): DueDate {
  const receivedMs = Date.parse(receivedAt);
  if (Number.isNaN(receivedMs)) throw new RangeError(`not a moment: ${receivedAt}`);
  const received = localDate(receivedMs, calendar.utcOffsetMinutes);
  switch (unit) {
    case 'same-day':
      return endOf(
        sameDay(received, localMinuteOfDay(receivedMs, calendar.utcOffsetMinutes), cutoff, calendar),
        calendar,
      );
    case 'working-day':
      return endOf(addWorkingDays(received, value, calendar), calendar);
    case 'calendar-day':
      return endOf(rollForward(addDays(received, value), calendar), calendar);
    case 'working-hour':
      return addWorkingHours(received, localMinuteOfDay(receivedMs, calendar.utcOffsetMinutes), value, calendar);
  }
}

export interface SupplementQuestion extends DueDateQuestion {
  readonly requestedAt: string;
  readonly completedAt: string;
  /** `restart`: counted afresh (NĐ 61/2018 Đ19.4). `pause`: waiting time is taken out, as the 766 index counts. */
  readonly rule: 'restart' | 'pause';
}

/** The due date after the citizen completed the dossier at `completedAt`. Both rules are kept beside each other. */
export function dueDateAfterSupplement(question: SupplementQuestion): DueDate {
  const { calendar, unit, value, rule, completedAt } = question;
  if (rule === 'restart' || unit === 'same-day') return dueDate({ ...question, receivedAt: completedAt });
  const from = Date.parse(question.receivedAt);
  const until = Date.parse(question.requestedAt);
  if (unit === 'working-hour') {
    const used = workingMinutesBetween(from, until, calendar) / 60;
    return dueDate({ ...question, receivedAt: completedAt, value: Math.max(0, value - used) });
  }
  const first = localDate(from, calendar.utcOffsetMinutes);
  const last = localDate(until, calendar.utcOffsetMinutes);
  let used = 0;
  for (let day = addDays(first, 1); day <= last; day = addDays(day, 1)) {
    if (unit === 'calendar-day' || isWorkingDay(day, calendar)) used++;
  }
  return dueDate({ ...question, receivedAt: completedAt, value: Math.max(0, value - used) });
}

/** Last day for the letter of apology (Mẫu 04): at least one day before the due date, on a working day (NĐ 61/2018 Đ19.9). */
export function apologyDeadline(dueOn: string, calendar: Calendar): string {
  return previousWorkingDay(dueOn, calendar);
}

function sameDay(received: string, minuteOfDay: number, cutoff: string | null, calendar: Calendar): string {
  if (!isWorkingDay(received, calendar)) return rollForward(received, calendar);
  return cutoff !== null && minuteOfDay > parseClock(cutoff) ? nextWorkingDay(received, calendar) : received;
}

function addWorkingDays(received: string, days: number, calendar: Calendar): string {
  let day = received;
  for (let counted = 0; counted < days; counted++) day = nextWorkingDay(day, calendar);
  return days === 0 ? rollForward(received, calendar) : day;
}

function addWorkingHours(received: string, minuteOfDay: number, hours: number, calendar: Calendar): DueDate {
  let remaining = hours * 60;
  let day = received;
  let now = minuteOfDay;
  for (;;) {
    if (isWorkingDay(day, calendar)) {
      for (const [from, to] of calendar.hours) {
        const start = Math.max(from, now);
        if (start > to) continue;
        if (remaining <= to - start)
          return { date: day, dueAt: atMinuteOfDay(day, start + remaining, calendar.utcOffsetMinutes) };
        remaining -= to - start;
      }
    }
    day = addDays(day, 1);
    now = 0;
  }
}

function workingMinutesBetween(fromMs: number, untilMs: number, calendar: Calendar): number {
  const offset = calendar.utcOffsetMinutes;
  const last = localDate(untilMs, offset);
  let minutes = 0;
  for (let day = localDate(fromMs, offset); day <= last; day = addDays(day, 1)) {
    if (!isWorkingDay(day, calendar)) continue;
    const open = day === localDate(fromMs, offset) ? localMinuteOfDay(fromMs, offset) : 0;
    const close = day === last ? localMinuteOfDay(untilMs, offset) : 24 * 60;
    for (const [from, to] of calendar.hours) minutes += Math.max(0, Math.min(to, close) - Math.max(from, open));
  }
  return minutes;
}

function endOf(date: string, calendar: Calendar): DueDate {
  const closing = calendar.hours.at(-1)?.[1] ?? 24 * 60 - 1;
  return { date, dueAt: atMinuteOfDay(date, closing, calendar.utcOffsetMinutes) };
}
