/** @file Dates, money and sizes as an officer reads them; always Vietnam's time, whatever the PC is set to. */
const PARTS = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Asia/Ho_Chi_Minh',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function partsOf(iso: string): Record<string, string> | null {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return null;
  return Object.fromEntries(PARTS.formatToParts(time).map((part) => [part.type, part.value]));
}

/** `21/11/2026 09:12`. */
export function formatDateTime(iso: string): string {
  const p = partsOf(iso);
  return p ? `${p['day']}/${p['month']}/${p['year']} ${p['hour']}:${p['minute']}` : iso;
}

/** `09:12`. */
export function formatTime(iso: string): string {
  const p = partsOf(iso);
  return p ? `${p['hour']}:${p['minute']}` : iso;
}

/** The time alone when it is today, else date and time. */
export function formatWhen(iso: string, now: Date): string {
  const day = formatDateTime(iso).slice(0, 10);
  return day === formatDateTime(now.toISOString()).slice(0, 10) ? formatTime(iso) : formatDateTime(iso);
}

/** `YYYY-MM-DD` or `YYYY` as `dd/MM/yyyy` or `yyyy`; a full time stamp as its day. */
export function formatDay(iso: string): string {
  const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso);
  if (day) return `${day[3]}/${day[2]}/${day[1]}`;
  if (/^\d{4}$/.test(iso)) return iso;
  return formatDateTime(iso).slice(0, 10);
}

/**
 * What an officer types as a day: `19/11/1984`, `19-11-84` is refused, `19111984` and `1984` are understood.
 * @returns ISO day or year; `null` when empty; `undefined` when it is no date.
 */
export function parseDay(text: string): string | null | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  if (/^(19|20)\d{2}$/.test(trimmed)) return trimmed;
  const found = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(trimmed) ?? /^(\d{2})(\d{2})(\d{4})$/.exec(trimmed);
  if (!found) return undefined;
  const [day, month, year] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1900 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.toISOString().slice(0, 10);
}

/** `1.250.000`. */
export function formatAmount(amount: number): string {
  return String(Math.round(amount)).replaceAll(/\B(?=(\d{3})+$)/g, '.');
}

/** `đ` after the grouped number. */
export function formatMoney(amountVnd: number): string {
  return `${formatAmount(amountVnd)} đ`;
}

/** `1,2 MB`: decimal comma, two significant steps. */
export function formatBytes(sizeBytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace('.', ',')} ${units[unit]}`;
}

/** Lower case without diacritics: `nguyen van an` finds `Nguyễn Văn Ẩn`. */
export function foldText(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{Diacritic}/gu, '')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'd')
    .toLowerCase();
}
