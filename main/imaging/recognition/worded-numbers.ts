/**
 * @file Numbers and dates written in Vietnamese words, as official papers repeat what their digits say. Compared unaccented,
 * so that a lost mark costs nothing.
 */
import { foldedWords } from '../../dossiers/fold-text.ts';

const DIGITS: ReadonlyMap<string, number> = new Map([
  ['khong', 0],
  ['mot', 1],
  ['hai', 2],
  ['ba', 3],
  ['bon', 4],
  ['tu', 4],
  ['nam', 5],
  ['lam', 5],
  ['nham', 5],
  ['sau', 6],
  ['bay', 7],
  ['tam', 8],
  ['chin', 9],
]);
const SCALES: ReadonlyMap<string, number> = new Map([
  ['nghin', 1e3],
  ['ngan', 1e3],
  ['trieu', 1e6],
  ['ty', 1e9],
  ['ti', 1e9],
]);
const FILLERS = new Set(['linh', 'le']);
const MAX_WORDS = 60;

/** `['hai', 'nghin', 'khong', 'tram', 'hai', 'muoi', 'lam']` → 2025. `null` for what is no number. */
export function numberOfWords(words: readonly string[]): number | null {
  if (words.length === 0 || words.length > MAX_WORDS) return null;
  let total = 0;
  let group = 0;
  let digit: number | null = null;
  for (const word of words) {
    const value = DIGITS.get(word);
    const scale = SCALES.get(word);
    if (value !== undefined) {
      // Two digits in a row are a number read figure by figure, which papers do not do.
      if (digit !== null) return null;
      digit = value;
    } else if (word === 'muoi') {
      group += (digit ?? 1) * 10;
      digit = null;
    } else if (word === 'tram') {
      if (digit === null) return null;
      group += digit * 100;
      digit = null;
    } else if (scale !== undefined) {
      const counted = group + (digit ?? 0);
      total = scale === 1e9 ? (total + counted) * scale : total + counted * scale;
      group = 0;
      digit = null;
    } else if (!FILLERS.has(word)) return null;
  }
  return total + group + (digit ?? 0);
}

function isNumberWord(word: string): boolean {
  return DIGITS.has(word) || SCALES.has(word) || FILLERS.has(word) || word === 'muoi' || word === 'tram';
}

/** The number that stands first in the words, with the word after it: `Một trăm nghìn đồng` → 100000 and `dong`. */
export function firstNumber(text: string): { value: number; next: string | undefined } | null {
  const words = foldedWords(text);
  const start = words.findIndex(isNumberWord);
  if (start < 0) return null;
  const length = words.slice(start).findIndex((word) => !isNumberWord(word));
  const end = length < 0 ? words.length : start + length;
  const value = numberOfWords(words.slice(start, end));
  return value === null ? null : { value, next: words[end] };
}

/**
 * `Ngày mười chín tháng mười một năm hai nghìn không trăm hai mươi bốn` → `2024-11-19`. "Năm" is the year as well as five:
 * the last one that leaves a month before it and a year behind it is taken for the year.
 */
export function dateOfWords(text: string): string | null {
  const words = foldedWords(text);
  const dayAt = words.indexOf('ngay');
  const monthAt = words.indexOf('thang', dayAt + 1);
  if (dayAt < 0 || monthAt < 0) return null;
  const day = numberOfWords(words.slice(dayAt + 1, monthAt).filter((word) => word !== 'mung' && word !== 'mong'));
  if (day === null) return null;
  for (let yearAt = monthAt + 2; yearAt <= monthAt + 4; yearAt++) {
    if (words[yearAt] !== 'nam') continue;
    const month = numberOfWords(words.slice(monthAt + 1, yearAt));
    const year = firstNumber(words.slice(yearAt + 1).join(' '))?.value;
    // "Tháng năm năm …": with the first "năm" for the year, five thousand would follow.
    if (month === null || month < 1 || month > 12 || year === undefined || year < 1880 || year > 2100) continue;
    return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  }
  return null;
}
