/**
 * @file New people, numbers, dates and places on the papers of `test/fixtures/papers`, so that recognition is judged on pages
 * nobody has looked at. What the lines say and what the fields must be change together.
 */
import type { DocumentType } from '../../../main/imaging/recognition/document-types.ts';

export interface Paper {
  readonly type: string;
  readonly lines: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

const SURNAMES =
  'Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Đoàn Mai Trịnh Lưu Tống Lương Chử Quách Kiều Nông Vi Giàng Lò Hà Tạ Từ Đào Thái Châu Cao'.split(
    ' ',
  );
const MIDDLE = 'Văn Thị Đức Ngọc Minh Hữu Quốc Thanh Xuân Đình Bảo Kim Diệu Hồng Công Trọng Mỹ Phương Như Quỳnh'.split(
  ' ',
);
const GIVEN =
  'Hằng Thủy Tuấn Dũng Hải Quỳnh Trưởng Khuyên Nguyệt Huyền Diễm Vượng Thưởng Bổng Đỉnh Lộc Kỳ Mỵ Ẩn Ánh Yến Nghĩa Thảo Vy Giàu Sửu Khuê Thoa Toàn Phượng Chiến Thắng Nhẫn Ngoãn Hậu Liễu Cường Bình Tuyết Nhàn Ưu Ước Đạt Phúc Hiếu Luyến Trúc Oanh Khải Sỹ Tâm Nga'.split(
    ' ',
  );
/** Seldom met, and on no list of the program. */
const RARE = 'Thuyên Phiệt Khoát Nhíu Páo Sếnh Thoòng Rin Chuyên Ngoạt Diệm Hoằng Lẫm Bưởi Khuông Đáng'.split(' ');
const PLACES =
  'Hoằng Sơn|Nga Phượng|Yên Định|Vĩnh Lộc|Cẩm Thủy|Triệu Lộc|Thiệu Hóa|Nông Cống|Mường Chanh|Ngọc Lặc|Đông Tiến|Hậu Lộc|Quỳnh Lưu|Diễn Kỷ|Bát Xát|Tủa Chùa|Sủng Máng|Krông Pắc|Phước Hữu|Gò Quao|Mỹ Xuyên|Ô Môn'.split(
    '|',
  );
const PROVINCES =
  'Nghệ An|Hà Tĩnh|Quảng Trị|Đắk Lắk|Lâm Đồng|Tuyên Quang|Thái Nguyên|Phú Thọ|Bắc Ninh|Hưng Yên|Vĩnh Long|Điện Biên|Gia Lai'.split(
    '|',
  );
const PLACES_OF_FIXTURES = ['Tân Phú', 'Quảng Lưu', 'Thượng Nung'];
const PROVINCE_OF_FIXTURES = 'Thanh Hóa';
const REGISTRATION_PLACES = '001 004 019 022 026 031 038 042 048 066 079 089 092 096'.split(' ');

export type Random = () => number;

/** Mulberry32: the same seed gives the same pages on every machine. */
export function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

/**
 * @param rules say which fields are people
 * @param rareShare how many of the given names are ones that lists of names lack
 */
export function varyPaper(paper: Paper, rules: DocumentType, random: Random, rareShare = 0): Paper {
  const swaps = [
    ...swapsOfNames(paper, rules, random, rareShare),
    ...swapsOfPlaces(random),
    ...swapsOfNumbers(paper, random),
  ];
  const swapped = applySwaps([...paper.lines, ...Object.values(paper.fields)], swaps);
  const lines = swapped.slice(0, paper.lines.length);
  const fields = Object.fromEntries(
    Object.keys(paper.fields).map((name, index) => [name, swapped[paper.lines.length + index] as string]),
  );
  return varyDates({ type: paper.type, lines, fields }, random);
}

type Swap = readonly [from: string, to: string];

/** All at once, longest first, so that what one swap wrote is not taken for another's. */
function applySwaps(texts: readonly string[], swaps: readonly Swap[]): string[] {
  const table = new Map(swaps);
  const escaped = [...table.keys()]
    .sort((a, b) => b.length - a.length)
    .map((from) => from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\d])(?:${escaped.join('|')})(?![\\p{L}\\d])`, 'gu');
  return texts.map((text) => text.replace(pattern, (found) => table.get(found) ?? found));
}

function swapsOfNames(paper: Paper, rules: DocumentType, random: Random, rareShare: number): Swap[] {
  const isName = new Set(
    rules.sections
      .flatMap((section) => section.fields)
      .filter((rule) => ('find' in rule ? rule.find === 'signer' : rule.read === 'name'))
      .map((rule) => rule.name),
  );
  const names = Object.entries(paper.fields)
    .filter(([field]) => isName.has(field) || /^member\d+Name$/.test(field))
    .map(([, name]) => titleCase(name));
  return [...new Set(names)].flatMap((name) => {
    const given = rareShare > 0 && random() < rareShare ? RARE : GIVEN;
    const words = [pick(random, SURNAMES), pick(random, MIDDLE), pick(random, given)];
    if (random() < 0.4) words.splice(2, 0, pick(random, GIVEN));
    const fresh = words.join(' ');
    return [
      [name, fresh],
      [name.toUpperCase(), fresh.toUpperCase()],
    ] as Swap[];
  });
}

function titleCase(name: string): string {
  return name
    .split(' ')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join(' ');
}

function swapsOfPlaces(random: Random): Swap[] {
  const swaps: Swap[] = [];
  for (const place of PLACES_OF_FIXTURES) swaps.push([place, pick(random, PLACES)]);
  swaps.push([PROVINCE_OF_FIXTURES, pick(random, PROVINCES)]);
  return swaps.flatMap(([from, to]) => [
    [from, to],
    [from.toUpperCase(), to.toUpperCase()],
  ]);
}

/** Century, sex and year of a personal number stay: dates of birth stay in their year, too. */
function swapsOfNumbers(paper: Paper, random: Random): Swap[] {
  const text = [...paper.lines, ...Object.values(paper.fields)].join('\n');
  const digits = (count: number): string =>
    Array.from({ length: count }, () => String(Math.floor(random() * 10))).join('');
  const swaps: Swap[] = [];
  for (const [number] of text.matchAll(/(?<!\d)\d{12}(?!\d)/g))
    swaps.push([number, `${pick(random, REGISTRATION_PLACES)}${number.slice(3, 6)}${digits(6)}`]);
  for (const [number] of text.matchAll(/(?<!\d)0\d{3} \d{3} \d{3}(?!\d)/g)) {
    const fresh = `0${pick(random, ['3', '7', '8', '9'])}${digits(8)}`;
    swaps.push([number, fresh.replace(/^(\d{4})(\d{3})/, '$1 $2 ')], [number.replaceAll(' ', ''), fresh]);
  }
  return swaps;
}

/** Each date moves within its year, however it is written; papers that spell a date out keep all of theirs. */
function varyDates(paper: Paper, random: Random): Paper {
  if (paper.lines.some((line) => /tháng (?:giêng|một|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)/iu.test(line))) return paper;
  const moved = new Map<string, readonly [day: number, month: number]>();
  const moveOf = (year: string, month: string, day: string): readonly [number, number] => {
    const key = `${year}-${Number(month)}-${Number(day)}`;
    const known = moved.get(key) ?? [1 + Math.floor(random() * 28), 1 + Math.floor(random() * 12)];
    moved.set(key, known);
    return known;
  };
  const like = (written: string, value: number): string =>
    written.startsWith('0') || written.length === 2 ? String(value).padStart(2, '0') : String(value);
  const lines = paper.lines.map((line) =>
    line
      .replace(/(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4})(?!\d)/g, (_, day: string, month: string, year: string) => {
        const [newDay, newMonth] = moveOf(year, month, day);
        return `${like(day, newDay)}/${like(month, newMonth)}/${year}`;
      })
      .replace(/(\d{1,2}) tháng (\d{1,2}) năm (\d{4})/g, (_, day: string, month: string, year: string) => {
        const [newDay, newMonth] = moveOf(year, month, day);
        return `${like(day, newDay)} tháng ${like(month, newMonth)} năm ${year}`;
      }),
  );
  const fields = Object.fromEntries(
    Object.entries(paper.fields).map(([name, value]) => {
      const iso = /^(\d{4})-(\d{2})-(\d{2})(.*)$/.exec(value);
      if (!iso) return [name, value];
      const [, year = '', month = '', day = '', rest = ''] = iso;
      const [newDay, newMonth] = moved.get(`${year}-${Number(month)}-${Number(day)}`) ?? [Number(day), Number(month)];
      return [name, `${year}-${String(newMonth).padStart(2, '0')}-${String(newDay).padStart(2, '0')}${rest}`];
    }),
  );
  return { ...paper, lines, fields };
}
