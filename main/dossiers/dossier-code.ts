/**
 * @file Dossier codes. Official: `<agency code>-YYMMDD-XXXX` by local date (TT 01/2018 Đ19), only from numbers the province
 * leased. Without one a provisional `T-<counter>-<n>`, marked as such until the province answers.
 */
const OFFICIAL = /^(?:\d{3}\.\d{2}\.\d{2,3}\.)?[A-Y]\d{2}(?:\.\d{2,3}){0,4}-\d{6}-\d{4,5}$/;

export function isOfficialCode(code: string): boolean {
  return OFFICIAL.test(code);
}

/** @param date `YYYY-MM-DD` on the office's calendar */
export function officialCode(agencyCode: string, date: string, number: number): string {
  return `${codePrefix(agencyCode, date)}${String(number).padStart(4, '0')}`;
}

export function codePrefix(agencyCode: string, date: string): string {
  return `${agencyCode}-${date.slice(2).replaceAll('-', '')}-`;
}

export function provisionalCode(counterId: string, number: number): string {
  return `T-${counterId}-${number}`;
}
