/** Signatures show and carry the time of Vietnam, which has had no other offset since 1975 (NĐ 30/2020, PL I, II.7). */
const OFFSET_MS = 7 * 3_600_000;

/** `2026-11-21T09:10:05+07:00`. @throws RangeError when `iso` is no time. */
export function toVietnamTime(iso: string): string {
  const instant = Date.parse(iso);
  if (Number.isNaN(instant)) throw new RangeError(`${iso} is not an ISO 8601 time`);
  return `${new Date(instant + OFFSET_MS).toISOString().slice(0, 19)}+07:00`;
}

/** `D:20261121091005+07'00'` as milliseconds; undefined when it is no PDF date (ISO 32000-2, 7.9.4). */
export function readPdfDate(text: string): number | undefined {
  const match = /^D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:(Z|[+-])(?:(\d{2})'?(?:(\d{2})'?)?)?)?$/.exec(
    text,
  );
  if (!match) return undefined;
  const [
    ,
    year,
    month = '01',
    day = '01',
    hour = '00',
    minute = '00',
    second = '00',
    sign,
    zoneHour = '00',
    zoneMinute = '00',
  ] = match;
  const zone = sign === '+' || sign === '-' ? `${sign}${zoneHour}:${zoneMinute}` : 'Z';
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return Number.isNaN(instant) ? undefined : instant;
}
