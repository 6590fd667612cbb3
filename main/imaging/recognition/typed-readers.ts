/**
 * @file Readers of one kind of value each. Digits misread as letters are repaired where only digits can stand; names of
 * people are never changed, other words only in the marks of what the law lists. `isSure` is false when the value was read but fails its own rules.
 */
import { foldText } from '../../dossiers/fold-text.ts';
import { faultOfPersonalNumber } from '../../people/identity-code.ts';
import { asEthnicGroup, withListedProvinces } from './listed-names.ts';
import { dateOfWords, firstNumber } from './worded-numbers.ts';

export type ReaderKind =
  | 'text'
  | 'name'
  | 'date'
  | 'date-time'
  | 'year'
  | 'personal-number'
  | 'phone'
  | 'email'
  | 'money'
  | 'document-number'
  | 'sex'
  | 'number'
  | 'birth-date'
  | 'date-in-words'
  | 'money-in-words'
  | 'identity-number'
  | 'tax-code'
  | 'parcel-number'
  | 'area'
  | 'ethnicity';

export interface Reading {
  readonly value: string;
  readonly isSure: boolean;
  /** Where in the text it was found, so that its words can be shown. */
  readonly start: number;
  readonly end: number;
}

const DIGIT_LOOKALIKES: Readonly<Record<string, string>> = {
  O: '0',
  o: '0',
  Q: '0',
  D: '0',
  Ø: '0',
  ø: '0',
  l: '1',
  I: '1',
  i: '1',
  '|': '1',
  '¡': '1',
  '!': '1',
  Z: '2',
  z: '2',
  S: '5',
  s: '5',
  b: '6',
  G: '6',
  B: '8',
  g: '9',
  q: '9',
};
const DIGIT = '[0-9OoQDØølIi|¡!ZzSsbGBgq]';

/** What Tesseract takes digits for, given back; for places where only digits can stand. */
export function repairDigits(text: string): string {
  return [...text].map((character) => DIGIT_LOOKALIKES[character] ?? character).join('');
}

/** Reads a value of the given kind at or near the beginning of `text`; `null` when there is none. */
export function readTyped(kind: ReaderKind, text: string): Reading | null {
  return READERS[kind](text);
}

const READERS: Readonly<Record<ReaderKind, (text: string) => Reading | null>> = {
  text: readText,
  name: readName,
  date: readDate,
  'date-time': readDateTime,
  year: (text) =>
    readPattern(text, new RegExp(`(?<!${DIGIT})${DIGIT}{4}(?!${DIGIT})`), (match) => {
      const year = repairDigits(match);
      return { value: year, isSure: Number(year) >= 1880 && Number(year) <= 2100 };
    }),
  'personal-number': readPersonalNumber,
  phone: (text) =>
    readPattern(text, new RegExp(`(?<![0-9])(?:\\+84|0)(?:[ .]?${DIGIT}){8,10}(?![0-9])`), (match) => {
      const digits = repairDigits(match).replace(/[ .]/g, '').replace(/^\+84/, '0');
      return { value: digits, isSure: /^0[235789]\d{8,9}$/.test(digits) };
    }),
  email: readEmail,
  money: (text) =>
    readPattern(
      text,
      new RegExp(`[0-9lOo]{1,3}(?:[.,]${DIGIT}{3})+|(?<![0-9])\\d{4,12}(?![0-9])|(?<![0-9])0(?=\\s*đồng)`),
      (match) => {
        const digits = repairDigits(match).replace(/[.,]/g, '');
        return { value: String(Number(digits)), isSure: /^\d+$/.test(digits) };
      },
    ),
  'document-number': (text) =>
    readPattern(
      text,
      /[\p{L}\d][\p{L}\d./-]*\d[\p{L}\d./-]*(?: \d{3}){0,3}|[\p{Lu}]{1,3} \d{3} ?\d{2,6}/u,
      (match) => ({
        value: match.replace(/[.,;:-]+$/, ''),
        isSure: true,
      }),
    ),
  sex: (text) => {
    const match = /^\s*(nam|nu)/.exec(foldText(text));
    return match ? { value: match[1] === 'nam' ? 'Nam' : 'Nữ', isSure: true, ...firstWords(text, 1) } : null;
  },
  number: (text) =>
    readPattern(text, new RegExp(`(?<![\\p{L}\\d])\\d${DIGIT}*(?:[.,]${DIGIT}+)*(?!\\p{L})`, 'u'), (match) => ({
      value: repairDigits(match),
      isSure: true,
    })),
  'birth-date': readBirthDate,
  'date-in-words': (text) => {
    const value = dateOfWords(text);
    return value === null ? null : { value, isSure: isDate(value), start: 0, end: text.length };
  },
  'money-in-words': (text) => {
    const found = firstNumber(text);
    return found && { value: String(found.value), isSure: found.next === 'dong', start: 0, end: text.length };
  },
  'identity-number': (text) => readPersonalNumber(text) ?? readOldIdentityNumber(text),
  'tax-code': (text) =>
    readPattern(text, new RegExp(`(?<![0-9])${DIGIT}{10}(?:${DIGIT}{2}|-${DIGIT}{3})?(?![0-9])`), (match) => ({
      value: repairDigits(match),
      isSure: true,
    })),
  // Sheets of survey maps carry letters ("DC 12"), split parcels a second number ("45-1").
  'parcel-number': (text) =>
    readPattern(text, /^[\s:.–-]*(?:\p{Lu}{1,4}[ .-]?)?\d+(?:[-/]\d+)?[a-z]?(?!\p{L})/u, (match) => ({
      value: match.replace(/^[\s:.–-]+/, ''),
      isSure: true,
    })),
  area: readArea,
  ethnicity: (text) => {
    const reading = readText(text);
    return reading && { ...reading, value: asEthnicGroup(reading.value) };
  },
};

function readText(text: string): Reading | null {
  const value = text
    .replace(/\s+/g, ' ')
    .replace(/^[\s:;,.–-]+/, '')
    .replace(/[\s;,.:|]+$/, '');
  return value === ''
    ? null
    : { value: withListedProvinces(restorePlaceWords(value)), isSure: true, start: 0, end: text.length };
}

/**
 * The printed word for the kind of a place stands before its name and has one spelling: `tính Hưng Yên` can only be `tỉnh`,
 * `Chỉ nhánh` only a `Chi nhánh`.
 * The name of a village or commune is never touched.
 */
function restorePlaceWords(text: string): string {
  return text
    .replace(
      /(^|, ?)(t[iíìỉĩị]nh|x[aáàảãạ]|ph[uư][oơớờởỡợ]ng|th[oôốồổỗộ]n)(?= \p{Lu})/gu,
      (whole, before: string, word: string) => {
        const known = PLACE_WORDS[foldText(word)];
        return known === undefined ? whole : `${before}${known}`;
      },
    )
    .replace(/(?<!\p{L})([Cc])h[íìỉĩị](?= nhánh(?!\p{L}))/gu, '$1hi');
}

const PLACE_WORDS: Readonly<Record<string, string>> = { tinh: 'tỉnh', xa: 'xã', phuong: 'phường', thon: 'thôn' };

/** Up to the first mark that cannot stand in a name. What looks unlike a name, or runs into a digit, is unsure, never mended. */
function readName(text: string): Reading | null {
  const match = /^[\s:;,.–-]*((?:[^,;:.()\d]|(?<=\s\p{Lu})\.)+)/u.exec(text);
  const name = match?.[1]
    ?.replace(/^(?:ông|bà|anh|chị)\s+(?=\p{Lu})/iu, '')
    .trim()
    .replace(/\s+/g, ' ');
  if (!name) return null;
  const words = name.split(' ');
  const runsIntoDigit = /\p{L}\d/u.test(text.slice((match?.[0].length ?? 0) - 1, (match?.[0].length ?? 0) + 1));
  const isSure =
    !runsIntoDigit &&
    words.length >= 2 &&
    words.length <= 7 &&
    words.every((word) => /^\p{Lu}[\p{L}\p{M}'-]*$/u.test(word));
  return { value: name, isSure, start: 0, end: match?.[0].length ?? text.length };
}

function readDate(text: string): Reading | null {
  const numeric = new RegExp(
    `(?<![0-9])(${DIGIT}{1,2})\\s?[/.-]\\s?(${DIGIT}{1,2})\\s?[/.-]\\s?(${DIGIT}{4})(?![0-9])`,
  ).exec(text);
  const worded = new RegExp(
    `(?:ng\\p{L}y\\s*)?(?<![0-9])(${DIGIT}{1,2})\\s*th\\p{L}ng\\s*(${DIGIT}{1,2})\\s*n\\p{L}[mn]\\s*(${DIGIT}{4})`,
    'iu',
  ).exec(text);
  const match = numeric && (!worded || numeric.index < worded.index) ? numeric : worded;
  if (!match) return null;
  const [day = '', month = '', year = ''] = match.slice(1).map(repairDigits);
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return { value: iso, isSure: isDate(iso), start: match.index, end: match.index + match[0].length };
}

/** `16 giờ 30 phút, ngày 13 tháng 8 năm 2025` → `2025-08-13T16:30`; the date alone when no hour is given. */
function readDateTime(text: string): Reading | null {
  const date = readDate(text);
  if (!date) return null;
  const hour = /(\d{1,2})\s*(?:gi[oờởơ]+|h)\s*(\d{1,2})?/iu.exec(text.slice(0, date.start));
  if (!hour) return date;
  const clock = `${(hour[1] ?? '').padStart(2, '0')}:${(hour[2] ?? '0').padStart(2, '0')}`;
  return {
    ...date,
    value: `${date.value}T${clock}`,
    isSure: date.isSure && Number(hour[1]) < 24 && Number(hour[2] ?? 0) < 60,
    start: hour.index,
  };
}

/** Twelve digits, perhaps with spaces between; checked against the structure of a personal number. */
function readPersonalNumber(text: string): Reading | null {
  const pattern = new RegExp(`(?<![0-9A-Za-z])${DIGIT}(?:[ .]?${DIGIT}){11}(?![0-9])`, 'g');
  let weak: Reading | null = null;
  for (const match of text.matchAll(pattern)) {
    if ((match[0].match(/\d/g) ?? []).length < 8) continue;
    const value = repairDigits(match[0]).replace(/[ .]/g, '');
    const reading = {
      value,
      // The fourth digit says the century: nobody is born after 2099 yet.
      isSure: faultOfPersonalNumber(value) === null && (value[3] as string) <= '3',
      start: match.index,
      end: match.index + match[0].length,
    };
    if (reading.isSure) return reading;
    weak ??= reading;
  }
  return weak;
}

/** A whole date, or the year alone: people born long ago have no more. */
function readBirthDate(text: string): Reading | null {
  return readDate(text) ?? READERS.year(text);
}

/** Nine digits of the identity papers before 2016. They have no structure to check. */
function readOldIdentityNumber(text: string): Reading | null {
  return readPattern(text, new RegExp(`(?<![0-9A-Za-z])\\d(?:[ .]?${DIGIT}){8}(?![ .]?[0-9])`), (match) => ({
    value: repairDigits(match).replace(/[ .]/g, ''),
    isSure: true,
  }));
}

/** Square metres without marks between thousands: `1.250,5 m²` → `1250,5`. */
function readArea(text: string): Reading | null {
  return readPattern(
    text,
    new RegExp(
      `(?<![\\p{L}\\d])\\d${DIGIT}{0,2}(?:\\.${DIGIT}{3})+(?:,${DIGIT}+)?(?!\\d)|(?<![\\p{L}\\d])\\d${DIGIT}*(?:[.,]${DIGIT}+)?(?!\\p{L})`,
      'u',
    ),
    (match) => {
      const digits = repairDigits(match);
      const isGrouped = /^\d{1,3}(?:\.\d{3})+(?:,\d+)?$/.test(digits);
      return { value: isGrouped ? digits.replaceAll('.', '') : digits.replace('.', ','), isSure: true };
    },
  );
}

/** Typewriter faces stand so far apart that a domain comes in pieces ("examp le. vn"): put together up to its known end. */
const EMAIL_IN_PIECES = /([\w.+-]+) ?@ ?([\w-]+(?: ?\.? ?[\w-]+){0,4}? ?\. ?(?:vn|com|net|org|info))(?!\w| ?\. ?\w)/i;

/** The characters of an address around the `@`; a bracket that the `@` itself was partly read as is left out. */
function readEmail(text: string): Reading | null {
  const whole = /([\w.+-]+)[([{]?@[)\]}]?([\w-]+(?:\.[\w-]+)+)/.exec(text);
  const match = whole ?? EMAIL_IN_PIECES.exec(text);
  if (!match) return null;
  return {
    value: `${match[1]}@${match[2]?.replaceAll(' ', '')}`.toLowerCase(),
    isSure: whole !== null,
    start: match.index,
    end: match.index + match[0].length,
  };
}

function readPattern(
  text: string,
  pattern: RegExp,
  read: (match: string) => { value: string; isSure: boolean },
): Reading | null {
  const match = pattern.exec(text);
  return match ? { ...read(match[0]), start: match.index, end: match.index + match[0].length } : null;
}

function firstWords(text: string, count: number): { start: number; end: number } {
  const match = new RegExp(`^\\s*(?:\\S+\\s*){${count}}`).exec(text);
  return { start: 0, end: match?.[0].length ?? text.length };
}

export function isDate(iso: string): boolean {
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) && iso >= '1880' && iso < '2101';
}
