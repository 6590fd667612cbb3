/** @file Field values of a recognised page, by the rules of its document type. */
import type { Box } from '../../../preload/types.ts';
import { cutColumn } from './columns.ts';
import type { DocumentType, LabelRule } from './document-types.ts';
import { editDistance, squeeze } from './fuzzy.ts';
import { unionBox } from './geometry.ts';
import { findLabel, findLabelWithoutColon, isColumnGap, isItemMark, type LabelMatch } from './labels.ts';
import { textOf, type TextLine } from './lines.ts';
import { asOneOf } from './listed-names.ts';
import { findByPlace, isDateline } from './placed-fields.ts';
import { rightOf, tokenise, type Token, type TokenPage } from './tokens.ts';
import { readTyped, type Reading, type ReaderKind } from './typed-readers.ts';

/** Boxes are pixels of the prepared page; the recogniser maps them to the stored image. */
export interface ReadField {
  readonly name: string;
  readonly value: string;
  readonly confidence: number;
  readonly box: Box | null;
}

/** A field with what is needed to look at its ink again. */
export interface InkField extends ReadField {
  /** How it was read; a value found by its place is read as what stands there. */
  readonly kind: ReaderKind;
  /** False when it was read but fails its own rules. */
  readonly isSure: boolean;
  /** The words it was made of, in reading order. */
  readonly words: readonly FieldWord[];
  /** The only values there are. */
  readonly oneOf?: readonly string[];
  /** Other readings of the same ink, most likely first. */
  readonly candidates?: readonly string[];
}

export interface FieldWord {
  readonly text: string;
  /** 0–100. */
  readonly confidence: number;
  /** Pixels of the prepared page. */
  readonly box: Box;
}

/** Space between words and the slack of ragged lines, in shares of the line pitch. */
const SPACE_SHARE = 0.6;
const UNSURE_CONFIDENCE = 40;
/** Looked at again after the values that are there. */
const UNREAD_CONFIDENCE = 84;

export function readFields(lines: readonly TextLine[], type: DocumentType): ReadField[] {
  return findFields(lines, type)
    .filter(({ value }) => value !== '')
    .map(({ name, value, confidence, box }) => ({ name, value, confidence, box }));
}

/**
 * With an empty value where something stands behind a label that is none of its kind: perhaps the ink says more at a second
 * look, which leaves the others out.
 */
export function findFields(lines: readonly TextLine[], type: DocumentType): InkField[] {
  const whole = contextOf(tokenise(lines), type);
  const fields: InkField[] = [];
  for (const [index, section] of type.sections.entries()) {
    const columnLines = section.column && cutColumn(lines, whole.page.pitchPx, section.column);
    if (columnLines === null) continue;
    const { page, ranges, stops } = columnLines ? contextOf(tokenise(columnLines), type) : whole;
    const range = ranges[index];
    if (!range) continue;
    let from = range.from;
    for (const rule of section.fields) {
      if ('find' in rule) {
        fields.push(...findByPlace(page, rule));
        continue;
      }
      const found = readLabelled(page, rule, from, range.to, stops);
      if (!found) continue;
      if (found.field.value === '') {
        if (!rule.confirms) fields.push(found.field);
        continue;
      }
      from = found.next;
      if (rule.confirms) confirm(fields, found.field);
      else fields.push(found.field);
    }
  }
  return fields;
}

interface Context {
  readonly page: TokenPage;
  readonly ranges: readonly (Range | null)[];
  readonly stops: ReadonlySet<number>;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function contextOf(page: TokenPage, type: DocumentType): Context {
  return { page, ranges: sectionRanges(page, type), stops: labelStarts(page, type) };
}

/** What digits and words say must be the same; which of them was misread, a person decides. */
function confirm(fields: InkField[], again: InkField): void {
  const index = fields.findIndex((field) => field.name === again.name);
  const field = fields[index];
  if (!field) fields.push(again);
  else if (field.value === '') fields[index] = again;
  else if (field.value.slice(0, again.value.length) !== again.value)
    fields[index] = { ...field, confidence: Math.min(field.confidence, UNSURE_CONFIDENCE) };
}

function sectionRanges(page: TokenPage, type: DocumentType): (Range | null)[] {
  let from = 0;
  const starts = type.sections.map((section) => {
    if (section.start === undefined) return 0;
    for (const start of [section.start].flat()) {
      const match = findLabel(page, start, from, page.tokens.length, true) ?? findStartWithoutColon(page, start, from);
      if (!match) continue;
      // A column is read by itself: what follows it on the page may stand beside it.
      if (!section.column) from = match.start + 1;
      return match.start;
    }
    return null;
  });
  return starts.map((start, index) => {
    if (start === null) return null;
    const next = starts.slice(index + 1).find((later): later is number => later !== null && later > start);
    return { from: start, to: next ?? page.tokens.length };
  });
}

/** The beginning of a section whose colon was lost. Its last word tells "người mẹ" from "người yêu cầu" and must be there. */
function findStartWithoutColon(page: TokenPage, start: string, from: number): LabelMatch | null {
  const match = findLabel(page, start, from, page.tokens.length, false);
  const lastWord = squeeze(start.split(' ').at(-1) ?? '');
  const last = match && (page.tokens[match.end - 1] as Token).plain;
  if (!match || last === null) return null;
  return last.endsWith(lastWord) || editDistance(last, lastWord, 1) <= (lastWord.length > 3 ? 1 : 0) ? match : null;
}

/** Token positions at which some label of this form begins: a value ends there. */
function labelStarts(page: TokenPage, type: DocumentType): ReadonlySet<number> {
  const rules = type.sections
    .flatMap((section) => section.fields)
    .filter((rule): rule is LabelRule => 'labels' in rule);
  const starts = new Set<number>();
  const add = (label: string, hasColon: boolean): void => {
    for (let from = 0; ;) {
      const match = findLabel(page, label, from, page.tokens.length, hasColon);
      if (!match) return;
      starts.add(match.start);
      from = match.start + 1;
    }
  };
  for (const rule of rules) for (const label of rule.labels) add(label, rule.hasColon);
  for (const label of type.otherLabels) add(label, label.endsWith(':'));
  return starts;
}

function readLabelled(
  page: TokenPage,
  rule: LabelRule,
  from: number,
  to: number,
  stops: ReadonlySet<number>,
): { field: InkField; next: number } | null {
  let unread: InkField | null = null;
  for (const label of rule.labels) {
    const match =
      findLabel(page, label, from, to, rule.hasColon) ?? findLabelWithoutColon(page, label, from, to, stops);
    if (!match) continue;
    const value = valueTokens(page, match, to, stops, rule);
    const reading = readTyped(rule.read, textOf(value));
    if (reading) {
      const field = toField(rule.name, rule.read, reading, value);
      const chosen = rule.oneOf && { oneOf: rule.oneOf, value: asOneOf(field.value, rule.oneOf) };
      return { field: { ...field, ...chosen }, next: match.end };
    }
    unread ??= unreadField(rule, value);
  }
  return unread && { field: unread, next: from };
}

/** Kinds of values that are known by their form: what cannot be one was misread, or is none. */
const KNOWN_BY_FORM: ReadonlySet<ReaderKind> = new Set([
  'date',
  'birth-date',
  'personal-number',
  'identity-number',
  'phone',
  'email',
  'tax-code',
]);
const MOST_UNREAD_WORDS = 5;

function unreadField({ name, read }: LabelRule, value: readonly Token[]): InkField | null {
  const isLettered = ({ text }: Token): boolean => /[\p{L}\p{N}]/u.test(text);
  const ofLine = value.filter((token) => token.line === value[0]?.line);
  // With the marks between: they are pieces of the value, too.
  const words = ofLine.slice(ofLine.findIndex(isLettered), ofLine.findLastIndex(isLettered) + 1);
  if (!KNOWN_BY_FORM.has(read) || words.length === 0 || words.length > MOST_UNREAD_WORDS) return null;
  return {
    name,
    value: '',
    confidence: UNREAD_CONFIDENCE,
    box: unionBox(words.map(({ box }) => box)),
    kind: read,
    isSure: false,
    words: words.map(({ text, confidence, box }) => ({ text, confidence, box })),
  };
}

/** Words after the label: to the next label, to a wide gap, to the end of the line or over the lines it runs on. */
function valueTokens(
  page: TokenPage,
  match: LabelMatch,
  to: number,
  stops: ReadonlySet<number>,
  rule: LabelRule,
): Token[] {
  const value: Token[] = [];
  for (let at = match.end; at < to; at++) {
    const token = page.tokens[at] as Token;
    if (stops.has(at)) {
      // "3." before "Giới tính:" belongs to the label.
      while (value.length > 0 && isItemMark(value[value.length - 1] as Token)) value.pop();
      break;
    }
    const before = page.tokens[at - 1];
    if (before && before.line !== token.line) {
      const isWrapped = value.length === 0 || rule.runsOn;
      const isBelow = rule.isBelow && value.length === 0 && token.line === before.line + 1;
      if (!isBelow && (!isWrapped || !continues(page, before, token))) break;
    } else if (before && value.length > 0 && isColumnGap(page, before, token) && readTyped(rule.read, textOf(value))) {
      break;
    }
    value.push(token);
  }
  return value;
}

/** What the name of a place must follow, and such a name: words with capitals, nothing else on the line. */
const OPEN_END = /^(?:tỉnh|xã|phường|huyện|quận)$/u;
const PLACE_NAME = /^\p{Lu}\p{L}*(?: \p{Lu}\p{L}*){0,3}[.,;]?$/u;

/**
 * A line goes on in the next one when the next one's first word did not fit on it, or when it ends in "tỉnh" and the next is
 * the name of one; unless that word begins a new item.
 */
function continues(page: TokenPage, last: Token, next: Token): boolean {
  const line = page.lines[last.line];
  const below = page.lines[next.line];
  if (!line || !below || next.line !== last.line + 1) return false;
  const isFull = rightOf(line) + next.box[2] + page.pitchPx * SPACE_SHARE >= page.textRight;
  return (
    (isFull || (OPEN_END.test(last.text) && PLACE_NAME.test(textOf(below.words)))) &&
    below.baselineY - line.baselineY < page.pitchPx * 1.7 &&
    !isItemMark(next) &&
    !isDateline(textOf(below.words)) &&
    // A heading in capitals begins something else.
    !(isHeading(textOf(below.words)) && !isHeading(textOf(line.words)))
  );
}

function isHeading(text: string): boolean {
  return (text.match(/\p{Lu}/gu)?.length ?? 0) >= 12 && !/\p{Ll}{2}/u.test(text);
}

function toField(name: string, kind: ReaderKind, reading: Reading, tokens: readonly Token[]): InkField {
  const used = tokensBetween(tokens, reading.start, reading.end);
  const mean =
    used.reduce((sum, token) => sum + token.confidence * token.text.length, 0) /
    Math.max(
      1,
      used.reduce((sum, token) => sum + token.text.length, 0),
    );
  const least = Math.min(...used.map((token) => token.confidence));
  // One doubtful word makes the value doubtful: the officer looks at the whole snippet anyway.
  const confidence = Math.round((mean + (Number.isFinite(least) ? least : 0)) / 2);
  const ceiling = reading.isSure ? 100 : kind === 'name' ? 70 : UNSURE_CONFIDENCE;
  return {
    name,
    value: reading.value,
    confidence: Math.max(0, Math.min(confidence, ceiling)),
    box: unionBox(used.map((token) => token.box)),
    kind,
    isSure: reading.isSure,
    words: used.map((token) => ({ text: token.text, confidence: token.confidence, box: token.box })),
  };
}

/** The tokens that make up characters `[start, end)` of their text joined by spaces. */
function tokensBetween(tokens: readonly Token[], start: number, end: number): Token[] {
  let at = 0;
  return tokens.filter((token) => {
    const from = at;
    at += token.text.length + 1;
    return from < end && at - 1 > start;
  });
}
