/**
 * @file The number a record has in its book. Two papers with the same number and year in one series are taken for the same
 * record until a person says otherwise: `Số: 057/2004`, `57/2004` and `57 / 2004` are one.
 */

const FIRST_YEAR = 1_850;

/** The number as it is compared: unaccented, no blanks, no leading zeros; a year at its end is the year's own. */
export function normaliseNumber(text: string): string {
  const plain = text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replace(/[đĐ]/g, 'D')
    .toUpperCase()
    .replace(/^\s*SO\b/, '')
    .replace(/[^A-Z0-9/-]/g, '')
    .replace(/^[/-]+|[/-]+$/g, '')
    .replace(/\/(1[89]|20)\d\d$/, '');
  return plain.replace(/(^|[/-])0+(?=\d)/g, '$1');
}

/** The year in a number (`57/2004`), a date (`2004-12-02`, `02/12/2004`) or a year alone; null where there is none. */
export function yearIn(text: string, latest: number): number | null {
  const years = [...text.matchAll(/(?<!\d)(\d{4})(?!\d)/g)].map((match) => Number(match[1]));
  return years.findLast((year) => year >= FIRST_YEAR && year <= latest) ?? null;
}

/** What two papers of one record have in common; null when the number is not known. */
export function recordIdentity(number: string | null, year: number | null): string | null {
  const plain = number === null ? '' : normaliseNumber(number);
  return plain === '' ? null : `${plain}|${year ?? ''}`;
}
