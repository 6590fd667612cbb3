/**
 * @file Which days the office works. Calendars are data (`resources/calendars/<year>.json`), because the Prime Minister
 * decides Tết and National Day each year and days are swapped by decree (BLLĐ 2019 Đ112, NQ 28/2026/QH16).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Failure } from '../rooms/failure.ts';
import { addDays, parseClock, weekday } from './local-time.ts';

const DayEntry = z.strictObject({ date: z.iso.date(), name: z.string() });
const CalendarYear = z.strictObject({
  year: z.int(),
  source: z.string(),
  /** `unsure` years hold assumptions that a decree may still change. */
  certainty: z.enum(['sure', 'likely', 'unsure']),
  daysOff: z.array(DayEntry),
  /** Days at a week-end that are worked in exchange for a day off. */
  makeUpDays: z.array(DayEntry),
});
const Clock = z.string().regex(/^\d{2}:\d{2}$/);
const OfficeHours = z.strictObject({
  utcOffsetMinutes: z.int(),
  hours: z.array(z.tuple([Clock, Clock])).min(1),
  worksMakeUpDays: z.boolean(),
});

export interface Calendar {
  readonly years: ReadonlySet<number>;
  readonly daysOff: ReadonlySet<string>;
  readonly makeUpDays: ReadonlySet<string>;
  readonly utcOffsetMinutes: number;
  /** Working intervals of a day, in minutes since midnight, ascending. */
  readonly hours: readonly (readonly [from: number, to: number])[];
}

/** Reads every year's file and the office hours. `worksMakeUpDays` overrides what `office-hours.json` says. */
export function loadCalendar(resourcesFolder: string, options: { readonly worksMakeUpDays?: boolean } = {}): Calendar {
  const folder = join(resourcesFolder, 'calendars');
  const office = OfficeHours.parse(JSON.parse(readFileSync(join(folder, 'office-hours.json'), 'utf8')));
  const years = readdirSync(folder)
    .filter((name) => /^\d{4}\.json$/.test(name))
    .map((name) => CalendarYear.parse(JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  const worksMakeUpDays = options.worksMakeUpDays ?? office.worksMakeUpDays;
  return {
    years: new Set(years.map((year) => year.year)),
    daysOff: new Set(years.flatMap((year) => year.daysOff.map((day) => day.date))),
    makeUpDays: new Set(worksMakeUpDays ? years.flatMap((year) => year.makeUpDays.map((day) => day.date)) : []),
    utcOffsetMinutes: office.utcOffsetMinutes,
    hours: office.hours.map(([from, to]) => [parseClock(from), parseClock(to)] as const),
  };
}

/** @throws Failure `not-found` for a year without a calendar: a guess would stand on a legal receipt. */
export function isWorkingDay(date: string, calendar: Calendar): boolean {
  if (!calendar.years.has(Number(date.slice(0, 4))))
    throw new Failure('not-found', `no holiday calendar for ${date.slice(0, 4)}`);
  if (calendar.makeUpDays.has(date)) return true;
  if (calendar.daysOff.has(date)) return false;
  const day = weekday(date);
  return day !== 0 && day !== 6;
}

/** The date itself when it is worked, else the next working day (BLDS 2015 Đ148.5). */
export function rollForward(date: string, calendar: Calendar): string {
  let day = date;
  while (!isWorkingDay(day, calendar)) day = addDays(day, 1);
  return day;
}

export function nextWorkingDay(date: string, calendar: Calendar): string {
  return rollForward(addDays(date, 1), calendar);
}

export function previousWorkingDay(date: string, calendar: Calendar): string {
  let day = addDays(date, -1);
  while (!isWorkingDay(day, calendar)) day = addDays(day, -1);
  return day;
}
