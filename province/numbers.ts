/**
 * @file Official dossier codes `<agency>-YYMMDD-XXXX` (Thông tư 01/2018/TT-VPCP, Điều 19): one sequence for each agency and
 * day, given out here and nowhere else, in blocks for counters that may be cut off later.
 */
import { prepareOnce, type Rows } from './database.ts';
import type { Device } from './devices.ts';
import { Problem } from './problem.ts';

export interface Lease {
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
  readonly date: string;
}

export const LAST_OF_DAY = 9_999;
const DAYS_AHEAD = 7;
const DAY_MS = 86_400_000;

export interface Numbers {
  /** The same key gets the same block for ever. @throws Problem 422 when the key was used for something else. */
  readonly lease: (device: Device, key: string, date: string, count: number) => Lease;
  /** Inside a transaction: the next number of today, for a dossier that came with a provisional code. */
  readonly take: (unit: string) => string;
  /** Whether the unit was ever given this code. */
  readonly isLeased: (unit: string, code: string) => boolean;
}

/** @param utcOffsetMinutes the office's clock; Vietnam has had +07:00 without summer time since 1975. */
export function openNumbers(rows: Rows, nowMs: () => number, utcOffsetMinutes = 420): Numbers {
  const sql = prepareOnce(rows);
  const dateOf = (ms: number): string => new Date(ms + utcOffsetMinutes * 60_000).toISOString().slice(0, 10);
  const next = sql('SELECT next FROM number_day WHERE unit = ? AND date = ?');
  const advance = sql(
    'INSERT INTO number_day (unit, date, next) VALUES (?, ?, ?) ON CONFLICT (unit, date) DO UPDATE SET next = excluded.next',
  );
  function reserve(unit: string, date: string, count: number): number {
    const first = (next.get(unit, date) as { next: number } | undefined)?.next ?? 1;
    if (first + count - 1 > LAST_OF_DAY)
      throw new Problem(409, 'day-full', `no ${count} numbers are left for ${unit} on ${date}`);
    advance.run(unit, date, first + count);
    return first;
  }

  return {
    lease: (device, requestKey, date, count) =>
      rows.transaction((): Lease => {
        const key = `${device.unit}\n${device.id}\n${requestKey}`; // two counters may choose the same key
        const known = sql('SELECT date, count, first, last FROM lease WHERE key = ?').get(key) as
          { date: string; count: number; first: number; last: number } | undefined;
        if (known) {
          if (known.date !== date || known.count !== count) {
            throw new Problem(422, 'key-reused', 'this Idempotency-Key was used for another request');
          }
          return { prefix: prefixOf(device.unit, date), from: known.first, to: known.last, date };
        }
        if (date < dateOf(nowMs()) || date > dateOf(nowMs() + DAYS_AHEAD * DAY_MS)) {
          throw new Problem(
            422,
            'date-refused',
            `numbers are given for today and ${DAYS_AHEAD} days ahead, not for ${date}`,
          );
        }
        const from = reserve(device.unit, date, count);
        const to = from + count - 1;
        sql(
          'INSERT INTO lease (key, unit, device, date, count, first, last, leased_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ).run(key, device.unit, device.id, date, count, from, to, new Date(nowMs()).toISOString());
        return { prefix: prefixOf(device.unit, date), from, to, date };
      })(),

    take(unit) {
      const date = dateOf(nowMs());
      return formatCode(unit, date, reserve(unit, date, 1));
    },

    isLeased(unit, code) {
      const match = /^(.+)-(\d{2})(\d{2})(\d{2})-(\d{4})$/.exec(code);
      if (!match || match[1] !== unit) return false;
      const date = `20${match[2]}-${match[3]}-${match[4]}`;
      const number = Number(match[5]);
      return (
        sql('SELECT 1 FROM lease WHERE unit = ? AND date = ? AND first <= ? AND last >= ?').get(
          unit,
          date,
          number,
          number,
        ) !== undefined
      );
    },
  };
}

export function formatCode(unit: string, date: string, number: number): string {
  return `${prefixOf(unit, date)}${String(number).padStart(4, '0')}`;
}

function prefixOf(unit: string, date: string): string {
  return `${unit}-${date.slice(2).replaceAll('-', '')}-`;
}
