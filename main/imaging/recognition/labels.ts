/** @file Where the labels of a form stand on a page: compared unaccented, with some letters wrong, with or without their colon. */
import { allowedErrors, editDistance, squeeze } from './fuzzy.ts';
import type { Token, TokenPage } from './tokens.ts';

export interface LabelMatch {
  readonly start: number;
  /** First token of the value. */
  readonly end: number;
}

/** The first place in `[from, to)` where the label stands. Labels are compared unaccented with 15 % of wrong letters. */
export function findLabel(
  page: TokenPage,
  label: string,
  from: number,
  to: number,
  hasColon: boolean,
): LabelMatch | null {
  const wanted = squeeze(label);
  let best: (LabelMatch & { distance: number }) | null = null;
  for (let start = from; start < (best?.end ?? to); start++) {
    // A word before the label can pass for wrong letters of it ("Hóa Họ, chữ đệm …"): a later start may fit better.
    const match = matchLabelAt(page, wanted, start, to, hasColon);
    if (match && (!best || match.distance < best.distance)) best = { start, ...match };
  }
  return best;
}

/**
 * A label whose colon was lost: at the beginning of its line, letter for letter, no longer label of this form, and followed
 * by what a value begins with.
 */
export function findLabelWithoutColon(
  page: TokenPage,
  label: string,
  from: number,
  to: number,
  stops: ReadonlySet<number>,
): LabelMatch | null {
  const wanted = squeeze(label);
  if (wanted.length < MIN_BARE_LABEL) return null;
  for (let start = from; start < to; start++) {
    if (stops.has(start) || !beginsItem(page, start)) continue;
    let joined = '';
    for (let end = start; end < to && joined.length < wanted.length; end++) {
      const token = page.tokens[end] as Token;
      if (token.line !== page.tokens[start]?.line) break;
      joined += token.plain;
      const next = page.tokens[end + 1];
      if (joined === wanted && next && next.line === token.line && /^[\p{Lu}\d]/u.test(next.text))
        return { start, end: end + 1 };
    }
  }
  return null;
}

/** Shorter ones ("Tên", "Số") stand in sentences, too. */
const MIN_BARE_LABEL = 8;

/** Whether a token is the first of its line but for the mark of an item, or stands behind a wide gap. */
function beginsItem(page: TokenPage, at: number): boolean {
  const token = page.tokens[at] as Token;
  const before = page.tokens[at - 1];
  if (!before || before.line !== token.line) return true;
  return isItemMark(before) || isColumnGap(page, before, token);
}

function matchLabelAt(
  page: TokenPage,
  wanted: string,
  start: number,
  to: number,
  hasColon: boolean,
): { end: number; distance: number } | null {
  const first = page.tokens[start] as Token;
  if (first.plain === '' || !couldBegin(first.plain, wanted)) return null;
  const limit = allowedErrors(wanted.length);
  let joined = '';
  let best: { end: number; distance: number } | null = null;
  for (let end = start; end < to && joined.length <= wanted.length + limit; end++) {
    const token = page.tokens[end] as Token;
    joined += token.plain;
    const distance = editDistance(joined, wanted, limit);
    const isClosed = !hasColon || token.endsWithColon || page.tokens[end + 1]?.text === ':';
    if (distance <= limit && isClosed && (!best || distance < best.distance)) best = { end: end + 1, distance };
    if (token.endsWithColon) break;
  }
  return best;
}

/** Cheap refusal: a label begins with a word that shares its first letters, or nearly. */
function couldBegin(plain: string, wanted: string): boolean {
  const length = Math.min(plain.length, 3, wanted.length);
  return editDistance(plain.slice(0, length), wanted.slice(0, length)) <= (wanted.length <= 6 ? 0 : 1);
}

/** `2.`, `3.1.`, `a)`, `[06].`, `-`: the mark before the next item. `[` alone is what "I." is often read as. */
export function isItemMark(token: Token): boolean {
  return /^(?:\d{1,2}(?:\.\d)*[.)]|\[(?:\d{1,2}\])?[.)]?|[a-zđ]\)|[-–+•|]|[IVX]+\.)$/u.test(token.text);
}

export function isColumnGap(page: TokenPage, before: Token, token: Token): boolean {
  return token.box[0] - (before.box[0] + before.box[2]) > page.pitchPx * 1.6;
}
