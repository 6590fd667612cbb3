/**
 * @file Official numbers from blocks that the province leased, consumed in the sealing transaction; provisional ones when
 * no block is left. Never `max()+1`: a number is taken from a row that the same transaction moves on.
 */
import { createHmac } from 'node:crypto';
import { isWorkingDay } from '../deadlines/calendar.ts';
import { addDays } from '../deadlines/local-time.ts';
import { codePrefix, isOfficialCode, officialCode, provisionalCode } from '../dossiers/dossier-code.ts';
import { Failure } from '../rooms/failure.ts';
import {
  appendAudit,
  inTransaction,
  nowMs,
  readSetting,
  toLocalDate,
  writeSetting,
  type StoreContext,
} from './context.ts';

const BLOCK_SIZE = 50;
const REFILL_BELOW = 20;
const DAYS_AHEAD = 2;
const PROVISIONAL_COUNTER = 'last-provisional-number';

export type TakenCode =
  { readonly code: string; readonly provisional: null } | { readonly code: null; readonly provisional: string };

/** Inside the sealing transaction. @param date `YYYY-MM-DD` of reception */
export function takeCode(context: StoreContext, date: string): TakenCode {
  const block = context
    .sql('SELECT key, next FROM number_block WHERE date = ? AND next <= last AND is_closed = 0 ORDER BY first LIMIT 1')
    .get(date) as { key: string; next: number } | undefined;
  if (block) {
    context.sql('UPDATE number_block SET next = next + 1 WHERE key = ?').run(block.key);
    return { code: officialCode(context.settings.agencyCode, date, block.next), provisional: null };
  }
  const number = Number(readSetting(context, PROVISIONAL_COUNTER) ?? 0) + 1;
  writeSetting(context, PROVISIONAL_COUNTER, String(number));
  return { code: null, provisional: provisionalCode(context.settings.counterId, number) };
}

/** Blocks to ask for: today and the next two days that are worked. The key is the same until its block has arrived. */
export function wantedNumbers(context: StoreContext): { date: string; count: number; key: string }[] {
  const today = toLocalDate(context, nowMs(context));
  closePastBlocks(context, today);
  const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, ahead) => addDays(today, ahead));
  return days.flatMap((date) => {
    if (date !== today && !mayWork(context, date)) return [];
    const { blocks, left } = context
      .sql('SELECT count(*) AS blocks, coalesce(sum(last - next + 1), 0) AS left FROM number_block WHERE date = ?')
      .get(date) as { blocks: number; left: number };
    if (left >= REFILL_BELOW) return [];
    return [{ date, count: BLOCK_SIZE, key: `${storeMark(context)}:${date}:${blocks + 1}` }];
  });
}

/**
 * Names this very store: a counter set up again under its old name must not be given the block of the lost store, whose
 * numbers stand on papers that people hold.
 */
function storeMark(context: StoreContext): string {
  const mark = createHmac('sha256', context.storeKey).update('number leases').digest('hex').slice(0, 16);
  return `${context.settings.counterId}:${mark}`;
}

/** The end of the calendar is no reason to stop asking for numbers. */
function mayWork(context: StoreContext, date: string): boolean {
  return !context.calendar.years.has(Number(date.slice(0, 4))) || isWorkingDay(date, context.calendar);
}

export interface NumberBlock {
  readonly date: string;
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
  readonly key: string;
}

/**
 * Repeating an arrival changes nothing.
 * @throws Failure `province-refused` for a block that is not of this agency and day, or overlaps one that is here already
 */
export function storeNumbers(context: StoreContext, block: NumberBlock): null {
  const { agencyCode } = context.settings;
  const isOurs =
    `${block.prefix.replace(/-$/, '')}-` === codePrefix(agencyCode, block.date) &&
    isOfficialCode(officialCode(agencyCode, block.date, block.from));
  if (!isOurs || block.from < 1 || block.to < block.from) {
    throw new Failure(
      'province-refused',
      `not a block of ${agencyCode} on ${block.date}: ${block.prefix}${block.from}–${block.to}`,
    );
  }
  inTransaction(context, () => {
    if (context.sql('SELECT 1 FROM number_block WHERE key = ?').get(block.key)) return;
    const overlap = context
      .sql('SELECT key FROM number_block WHERE date = ? AND first <= ? AND last >= ?')
      .get(block.date, block.to, block.from);
    if (overlap)
      throw new Failure('province-refused', `numbers ${block.from}–${block.to} of ${block.date} were leased before`);
    context
      .sql('INSERT INTO number_block (key, date, prefix, first, last, next) VALUES (?, ?, ?, ?, ?, ?)')
      .run(block.key, block.date, codePrefix(agencyCode, block.date), block.from, block.to, block.from);
    appendAudit(context, nowMs(context), {
      kind: 'numbers-leased',
      data: { date: block.date, from: block.from, to: block.to },
    });
  });
  return null;
}

/** Numbers of past days were never given to anyone: the audit says so, which explains the gap. */
function closePastBlocks(context: StoreContext, today: string): void {
  const past = context
    .sql('SELECT key, date, next, last FROM number_block WHERE date < ? AND is_closed = 0')
    .all(today) as { key: string; date: string; next: number; last: number }[];
  if (past.length === 0) return;
  inTransaction(context, () => {
    for (const block of past) {
      context.sql('UPDATE number_block SET is_closed = 1 WHERE key = ?').run(block.key);
      if (block.next > block.last) continue;
      appendAudit(context, nowMs(context), {
        kind: 'numbers-unused',
        data: { date: block.date, from: block.next, to: block.last },
      });
    }
  });
}
