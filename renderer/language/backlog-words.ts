/** @file How far a series is, in one sentence; for the screens and for the command line. */
import type { BacklogProgress } from '../../preload/backlog-types.ts';
import { formatDay } from './format.ts';
import { vi } from './vi.ts';
import { fill } from './words.ts';

export interface ProgressWords {
  readonly reached: string;
  readonly overdue: string;
  readonly open: string;
  readonly openWithoutPace: string;
}

/** `12.400`, `61,5`. */
export function formatCount(count: number): string {
  return count.toLocaleString('vi-VN');
}

/** "Còn N bản ghi, cần M bản ghi mỗi ngày làm việc đến dd/MM/yyyy". */
export function backlogSentence(
  { state, remaining, perDay, done, target }: BacklogProgress,
  targetDate: string,
  words: ProgressWords = vi.backlogProgress,
): string {
  const values = {
    remaining: formatCount(remaining),
    perDay: formatCount(perDay ?? 0),
    done: formatCount(done),
    target: formatCount(target),
    date: formatDay(targetDate),
  };
  if (state === 'reached') return fill(words.reached, values);
  if (state === 'overdue') return fill(words.overdue, values);
  return fill(perDay === null ? words.openWithoutPace : words.open, values);
}
