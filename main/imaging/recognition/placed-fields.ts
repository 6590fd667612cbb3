/** @file Fields found by where they stand on an official paper: heading, dateline, signature, and the household table. */
import type { Box } from '../../../preload/types.ts';
import type { PlaceRule } from './document-types.ts';
import type { InkField } from './fields.ts';
import { allowedErrors, editDistance, squeeze } from './fuzzy.ts';
import { overlapX, unionBox } from './geometry.ts';
import { gapBetween, textOf, type TextLine } from './lines.ts';
import type { OcrWord } from './ocr-rows.ts';
import type { TokenPage } from './tokens.ts';
import { readTyped, type ReaderKind } from './typed-readers.ts';

/** A gap this share of the line pitch is more than a space between words. */
const COLUMN_GAP_SHARE = 0.65;
/** And wider than this many letters: a typewriter's space behind a comma is wide, however near its lines stand. */
const COLUMN_GAP_LETTERS = 2;

/** Neighbouring words of one line without a wide gap: a cell, or one side of a two-column heading. */
interface Segment {
  readonly words: readonly OcrWord[];
  readonly line: number;
  readonly box: Box;
  readonly text: string;
}

export function findByPlace(page: TokenPage, rule: PlaceRule): InkField[] {
  const segments = cutSegments(page.lines, page.pitchPx);
  switch (rule.find) {
    case 'authority':
      return asFields(rule.name, 'text', findAuthority(page, segments));
    case 'dateline-first':
    case 'dateline-last':
      return findDateline(rule.name, segments, rule.find === 'dateline-last');
    case 'signer':
      return asFields(rule.name, 'name', findSigner(segments, rule.titles, page.pitchPx)?.name);
    case 'signer-title':
      return asFields(rule.name, 'text', findSigner(segments, rule.titles, page.pitchPx)?.title);
    case 'members':
      return findMembers(page);
  }
}

function cutSegments(lines: readonly TextLine[], pitchPx: number): Segment[] {
  return lines.flatMap((line, index) => {
    const groups: OcrWord[][] = [];
    for (const word of line.words) {
      const last = groups.at(-1)?.at(-1);
      if (last && gapBetween(last, word) <= widestSpace(last, pitchPx)) groups.at(-1)?.push(word);
      else groups.push([word]);
    }
    return groups.map((words) => toSegment(words, index));
  });
}

function widestSpace({ text, box }: OcrWord, pitchPx: number): number {
  return Math.max(pitchPx * COLUMN_GAP_SHARE, (COLUMN_GAP_LETTERS * box[2]) / Math.max(2, text.length));
}

function toSegment(words: readonly OcrWord[], line: number): Segment {
  return { words, line, box: unionBox(words.map((word) => word.box)) ?? [0, 0, 0, 0], text: textOf(words) };
}

/** The capitals at the top left, above the line of the number. */
function findAuthority(page: TokenPage, segments: readonly Segment[]): Segment | undefined {
  const middle = (page.textLeft + page.textRight) / 2;
  const number = segments.find(
    (segment) => segment.line < 8 && /^s[oốồổ]+\s*:/iu.test(segment.text) && segment.box[0] < middle,
  );
  if (!number) return undefined;
  const above = segments.filter(
    (segment) => segment.line < number.line && centreX(segment) < middle && isCapitals(segment.text),
  );
  return above.length === 0
    ? undefined
    : toSegment(
        above.flatMap((segment) => segment.words),
        0,
      );
}

/** A place in capitals, a comma and a date, with nothing after it. The year may be missing: it slips to the next line. */
const DATELINE =
  /\p{Lu}\p{L}*(?: \p{Lu}\p{L}*){0,4},\.? ?ng\p{L}y ?(?:\S{1,2} th\p{L}ng \S{1,2} n\p{L}[mn](?: \S{4})?|\S{1,2}\/\S{1,2}\/\S{4}|)$/u;

/** Whether a line is nothing but place and date, which no value runs on over. */
export function isDateline(text: string): boolean {
  return DATELINE.exec(text.replace(/^Làm tại:? /u, ''))?.index === 0;
}

/** "<place>, ngày … tháng … năm …" standing by itself; the year may have slipped to the next line. */
function findDateline(name: string, segments: readonly Segment[], isLast: boolean): InkField[] {
  const found: InkField[] = [];
  for (const segment of segments) {
    const dateline = DATELINE.exec(segment.text);
    if (!dateline) continue;
    const below = segments.filter(
      (other) =>
        other.line === segment.line + 1 &&
        overlapX(other.box, segment.box) > 0 &&
        /^(?:\d{4}|\d{1,2}\/\d{1,2}\/\d{4})$/.test(other.text),
    );
    const own = segment.words.slice(
      dateline.index === 0 ? 0 : segment.text.slice(0, dateline.index).trim().split(' ').length,
    );
    const words = [...own, ...below.flatMap((other) => other.words)];
    const date = readTyped('date', textOf(words));
    if (date) found.push(field(name, 'date', date.value, words, date.isSure));
  }
  const chosen = isLast ? found.at(-1) : found[0];
  return chosen ? [chosen] : [];
}

/** The last of the titles on the page, and the first name below it in the same column. */
function findSigner(
  segments: readonly Segment[],
  titles: readonly string[],
  pitchPx: number,
): { title: Segment; name: Segment } | undefined {
  const wanted = titles.map(squeeze);
  const candidates = segments.filter((segment) => {
    const text = squeeze(segment.text);
    return wanted.some(
      (title) => editDistance(text, title, allowedErrors(title.length)) <= allowedErrors(title.length),
    );
  });
  for (const title of candidates.toReversed()) {
    const name = segments.find(
      (segment) =>
        segment.box[1] > title.box[1] &&
        segment.box[1] - title.box[1] < pitchPx * 9 &&
        overlapX(segment.box, title.box) > 0 &&
        Math.abs(centreX(segment) - centreX(title)) < pitchPx * 5 &&
        isPersonName(segment.text),
    );
    if (name) return { title, name };
  }
  return undefined;
}

function isPersonName(text: string): boolean {
  const words = text.replace(/[.,;]+$/, '').split(' ');
  return words.length >= 2 && words.length <= 6 && words.every((word) => /^\p{Lu}\p{Ll}+$/u.test(word));
}

/** Rows of the household table: each has a personal number; the columns follow from it. Names may wrap to the next line. */
function findMembers(page: TokenPage): InkField[] {
  const fields: InkField[] = [];
  const header = page.lines.findIndex(
    (line) => squeeze(textOf(line.words)).includes('ngaysinh') && squeeze(textOf(line.words)).includes('sodinhdanh'),
  );
  if (header < 0) return [];
  let member = 0;
  for (let index = header + 1; index < page.lines.length; index++) {
    const words = (page.lines[index] as TextLine).words;
    const number = words.findIndex((word) => /^\d{12}$/.test(word.text));
    const birth = words.findIndex((word) => readTyped('date', word.text) !== null);
    if (number < 0 || birth < 0 || birth > number) continue;
    member += 1;
    const name = words.slice(0, birth).filter((word) => /\p{L}/u.test(word.text));
    const right = words[birth]?.box[0] ?? 0;
    const wrapped = (page.lines[index + 1]?.words ?? []).filter(
      (word) => word.box[0] + word.box[2] < right && /^\p{Lu}\p{Ll}*$/u.test(word.text),
    );
    const isWrapped = wrapped.length > 0 && wrapped.length === page.lines[index + 1]?.words.length;
    const fullName = isWrapped ? [...name, ...wrapped] : name;
    const prefix = `member${member}`;
    if (fullName.length > 0)
      fields.push(field(`${prefix}Name`, 'name', textOf(fullName), fullName, isPersonName(textOf(fullName))));
    const born = words[birth];
    const date = born ? readTyped('date', born.text) : null;
    if (born && date) fields.push(field(`${prefix}BirthDate`, 'date', date.value, [born], date.isSure));
    const sexWord = words.slice(birth + 1, number);
    const sex = readTyped('sex', textOf(sexWord));
    if (sex) fields.push(field(`${prefix}Sex`, 'sex', sex.value, sexWord, true));
    const idWord = words[number];
    const id = idWord ? readTyped('personal-number', idWord.text) : null;
    if (idWord && id) fields.push(field(`${prefix}IdNumber`, 'personal-number', id.value, [idWord], id.isSure));
    const relation = words.slice(number + 1).filter((word) => /\p{L}/u.test(word.text));
    if (relation.length > 0) fields.push(field(`${prefix}Relation`, 'text', textOf(relation), relation, true));
  }
  return fields;
}

function asFields(name: string, kind: ReaderKind, segment: Segment | undefined): InkField[] {
  return segment ? [field(name, kind, segment.text.replace(/[\s.,;:]+$/, ''), segment.words, true)] : [];
}

function field(name: string, kind: ReaderKind, value: string, words: readonly OcrWord[], isSure: boolean): InkField {
  const mean = words.reduce((sum, word) => sum + word.confidence, 0) / Math.max(1, words.length);
  return {
    name,
    value,
    confidence: Math.round(isSure ? mean : Math.min(mean, 60)),
    box: unionBox(words.map((word) => word.box)),
    kind,
    isSure,
    words,
  };
}

function isCapitals(text: string): boolean {
  return /\p{Lu}{2}/u.test(text) && !/\p{Ll}{2}/u.test(text);
}

function centreX(segment: Segment): number {
  return segment.box[0] + segment.box[2] / 2;
}
