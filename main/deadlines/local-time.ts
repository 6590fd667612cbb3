/** @file Wall-clock arithmetic at a fixed offset from UTC. Vietnam has had one zone, +07:00, without summer time since 1975. */
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `2026-11-21T15:04:05+07:00`: ISO 8601 to the second with the office's offset. */
export function formatLocal(epochMs: number, utcOffsetMinutes: number): string {
  const wall = new Date(epochMs + utcOffsetMinutes * MINUTE_MS).toISOString().slice(0, 19);
  return wall + formatOffset(utcOffsetMinutes);
}

export function formatOffset(utcOffsetMinutes: number): string {
  const sign = utcOffsetMinutes < 0 ? '-' : '+';
  const minutes = Math.abs(utcOffsetMinutes);
  return `${sign}${pad2(Math.floor(minutes / 60))}:${pad2(minutes % 60)}`;
}

/** `YYYY-MM-DD` of that moment on the office's wall calendar. */
export function localDate(epochMs: number, utcOffsetMinutes: number): string {
  return new Date(epochMs + utcOffsetMinutes * MINUTE_MS).toISOString().slice(0, 10);
}

/** Minutes since local midnight, with fractions for seconds. */
export function localMinuteOfDay(epochMs: number, utcOffsetMinutes: number): number {
  const wallMs = epochMs + utcOffsetMinutes * MINUTE_MS;
  return (((wallMs % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** 0 = Sunday … 6 = Saturday. */
export function weekday(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay();
}

/** `HH:MM` → minutes since midnight. */
export function parseClock(clock: string): number {
  const [hours, minutes] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}

/** ISO 8601 with offset for a wall-clock minute of a local date. */
export function atMinuteOfDay(date: string, minuteOfDay: number, utcOffsetMinutes: number): string {
  const seconds = Math.round(minuteOfDay * 60);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(pad2).join(':');
  return `${date}T${clock}${formatOffset(utcOffsetMinutes)}`;
}

function pad2(value: number): string {
  return String(value).padStart(2, '0');
}
