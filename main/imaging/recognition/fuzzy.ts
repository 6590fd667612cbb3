/** @file Comparing recognised text with known phrases: unaccented, without spaces, with a share of wrong letters allowed. */
import { foldText } from '../../dossiers/fold-text.ts';

/** Share of letters that may be wrong in a title or label. */
export const MAX_ERROR_SHARE = 0.15;

/** `Họ, chữ đệm, tên` → `hochudemten`: recognition joins and splits words, so spaces say nothing. */
export function squeeze(text: string): string {
  return foldText(text).replaceAll(' ', '');
}

/** Levenshtein distance, given up (returning `limit + 1`) as soon as it must exceed `limit`. */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const value = Math.min(substituted, (previous[j] as number) + 1, (current[j - 1] as number) + 1);
      current.push(value);
      if (value < least) least = value;
    }
    if (least > limit) return limit + 1;
    previous = current;
  }
  return previous[b.length] as number;
}

/** Letters that may differ from a phrase of this length: none up to 6, then 15 %. */
export function allowedErrors(length: number): number {
  return length <= 6 ? 0 : Math.floor(length * MAX_ERROR_SHARE);
}

/** The best distance between `phrase` and any beginning of `text`; `null` when none is close enough. Both squeezed. */
export function matchBeginning(text: string, phrase: string): number | null {
  const limit = allowedErrors(phrase.length);
  let best: number | null = null;
  for (let length = phrase.length - limit; length <= Math.min(text.length, phrase.length + limit); length++) {
    const distance = editDistance(text.slice(0, length), phrase, limit);
    if (distance <= limit && (best === null || distance < best)) best = distance;
  }
  return best;
}
