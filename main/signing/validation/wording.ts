/** @file Times and differences of time as an officer reads them. */
import { toVietnamTime } from '../vietnam-time.ts';

/** `2026-11-21T09:10:05+07:00`. */
export function vietnamTime(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 - 7 * 3_600_000
    ? toVietnamTime(new Date(ms).toISOString())
    : String(ms);
}

/** `15 phút`, `3 giờ`, `2 ngày`: never more precise than anybody needs. */
export function minutesOf(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  if (minutes < 120) return `${minutes} phút`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} giờ` : `${Math.round(hours / 24)} ngày`;
}
