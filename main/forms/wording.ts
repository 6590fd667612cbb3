/** @file How dates, times, money and counts are written on Vietnamese papers. All times are Vietnam's (UTC+7, no DST). */
import type { ChecklistItem, Procedure } from '../../preload/types.ts';

const VIETNAM_OFFSET_MS = 7 * 3600 * 1000;

interface WallClock {
  readonly day: string;
  readonly month: string;
  readonly year: string;
  readonly hour: string;
  readonly minute: string;
}

function toVietnam(iso: string): WallClock {
  const moment = new Date(Date.parse(iso) + VIETNAM_OFFSET_MS);
  if (Number.isNaN(moment.getTime())) throw new RangeError(`${iso} is not a time`);
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    day: two(moment.getUTCDate()),
    month: two(moment.getUTCMonth() + 1),
    year: String(moment.getUTCFullYear()).padStart(4, '0'),
    hour: two(moment.getUTCHours()),
    minute: two(moment.getUTCMinutes()),
  };
}

/** `21/11/2026` */
export function writeDate(iso: string): string {
  const { day, month, year } = toVietnam(iso);
  return `${day}/${month}/${year}`;
}

/** `09 giờ 10 phút, ngày 21/11/2026` */
export function writeMoment(iso: string): string {
  const { hour, minute } = toVietnam(iso);
  return `${hour} giờ ${minute} phút, ngày ${writeDate(iso)}`;
}

/** `ngày 05 tháng 02 năm 2026`: days under 10 and months under 3 get a zero (NĐ 30/2020, phụ lục I, II.4). */
export function writeLongDate(iso: string): string {
  const { day, month, year } = toVietnam(iso);
  return `ngày ${day} tháng ${Number(month) < 3 ? month : Number(month)} năm ${year}`;
}

/** `1.250.000 đồng` */
export function writeMoney(vnd: number): string {
  return `${String(Math.trunc(vnd)).replace(/\B(?=(\d{3})+$)/g, '.')} đồng`;
}

/** `03`: counts under ten get a zero, so that nobody can put a digit before them. */
export function writeCount(count: number): string {
  return String(count).padStart(2, '0');
}

/** The legal time as the receipt states it; `null` when the procedure publishes none. */
export function writeLegalTime(time: Procedure['time']): string | null {
  if (time === null) return null;
  const value = Number.isInteger(time.value) ? writeCount(time.value) : String(time.value).replace('.', ',');
  switch (time.unit) {
    case 'same-day':
      return 'trong ngày làm việc';
    case 'working-day':
      return `${value} ngày làm việc`;
    case 'calendar-day':
      return `${value} ngày`;
    case 'working-hour':
      return `${value} giờ làm việc`;
  }
}

const PAPER_FORMS: Readonly<Record<NonNullable<ChecklistItem['form']>, string>> = {
  original: 'bản chính',
  'certified-copy': 'bản sao chứng thực',
  'plain-copy': 'bản chụp',
  electronic: 'bản điện tử',
  presented: 'xuất trình',
  'replaced-by-data': 'dữ liệu thay giấy',
};

export function writePaperForm(form: NonNullable<ChecklistItem['form']>): string {
  return PAPER_FORMS[form];
}
