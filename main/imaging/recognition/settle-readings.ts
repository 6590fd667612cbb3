/**
 * @file Several readings of the same ink become one value: what most of them say, what obeys its rules, what is spelled as
 * something. Where they differ the confidence is low, and what the others said stands beside it.
 */
import type { FieldWord, InkField } from './fields.ts';
import { unionBox } from './geometry.ts';
import { isEthnicGroup } from './listed-names.ts';
import { strangenessOf } from './person-names.ts';
import { isSyllable } from './syllables.ts';
import { readTyped, type ReaderKind } from './typed-readers.ts';

/** What a person must confirm: never above the limit below which officers are asked to look. */
const CHANGED_CEILING = 75;
export const CONTESTED_CEILING = 60;

/** One reading of the same ink, as words. */
export interface Version {
  readonly words: readonly { readonly text: string; readonly confidence: number }[];
}

interface Choice {
  readonly version: Version;
  readonly value: string;
  readonly isSure: boolean;
  readonly score: number;
  readonly support: number;
  readonly confidence: number;
}

/**
 * @param versions the first reading, and those of the second look
 * @returns the field with the value that most speaks for; the others are its candidates
 */
export function settle(field: InkField, versions: readonly Version[]): InkField {
  if (versions.length === 1) return field;
  const choices = rank(field.kind, [...versions, ...blend(versions)], versions);
  const best = choices[0];
  if (!best) return field;
  const others = [...new Set(choices.map((choice) => choice.value))].filter((value) => value !== best.value);
  const isChanged = best.value !== field.value;
  const isContested = best.support < versions.length / 2 + 0.01;
  const confidence = Math.min(
    isContested ? CONTESTED_CEILING : isChanged ? CHANGED_CEILING : 100,
    best.isSure ? 100 : Math.min(field.isSure ? 100 : field.confidence, CONTESTED_CEILING),
    Math.round(others.length === 0 ? Math.max(best.confidence, field.confidence) : best.confidence),
  );
  const candidates = (isChanged ? [...new Set([field.value, ...others])] : others).filter((value) => value !== '');
  return {
    ...field,
    value: best.value,
    isSure: best.isSure,
    confidence,
    words: isChanged && best.isSure ? wordsOf(field, best.version) : field.words,
    ...(candidates.length > 0 ? { candidates: candidates.slice(0, 3) } : {}),
  };
}

function wordsOf(field: InkField, version: Version): readonly FieldWord[] {
  if (field.value !== '') return inPlace(field.words, version);
  // What was no value before was cut up wrongly: the pieces become one word.
  const box = unionBox(field.words.map((word) => word.box));
  return box === null ? field.words : [{ text: textOf(version), confidence: meanOf(version), box }];
}

/** The words of a version at the places of the first reading, with the marks that stood around them. */
function inPlace(places: readonly FieldWord[], version: Version): readonly FieldWord[] {
  if (version.words.length !== places.length) return places;
  return places.map((place, at) => {
    const bare = (text: string): string => text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
    const text = bare((version.words[at] as Version['words'][number]).text);
    return { ...place, text: place.text.replace(bare(place.text), () => text) };
  });
}

/** Word by word, when all versions have as many: each may have lost a mark in another place. */
function blend(versions: readonly Version[]): Version[] {
  const [first] = versions;
  if (!first || first.words.length < 2 || versions.some((other) => other.words.length !== first.words.length))
    return [];
  const words = first.words.map((_, at) => {
    const spellings = versions.map((version) => version.words[at] as Version['words'][number]);
    const weightOf = (text: string): number =>
      spellings.reduce((sum, spelling) => sum + (spelling.text === text ? spelling.confidence : 0), 0) +
      (isSyllable(text.replace(/[^\p{L}]/gu, '')) ? 30 : 0);
    return spellings.reduce((best, spelling) => (weightOf(spelling.text) > weightOf(best.text) ? spelling : best));
  });
  return [{ words }];
}

/** Every value that some version gives, likeliest first. */
function rank(kind: ReaderKind, offered: readonly Version[], versions: readonly Version[]): Choice[] {
  const seen = new Map<string, Choice>();
  for (const version of offered) {
    const reading = readTyped(kind, textOf(version));
    if (!reading || seen.has(reading.value)) continue;
    const supporters = versions.map((other) => shareOfWords(reading.value, kind, other));
    const support = supporters.filter((share) => share === 1).length;
    const trust =
      supporters.reduce((sum, share, at) => sum + share * meanOf(versions[at] as Version), 0) / versions.length;
    const oddity = kind === 'name' ? 12 * strangenessOf(reading.value) : 8 * misspellings(kind, reading.value);
    seen.set(reading.value, {
      version,
      value: reading.value,
      isSure: reading.isSure,
      score: trust - oddity - (reading.isSure ? 0 : 40),
      support,
      confidence: Math.max(meanOf(version), ...versions.filter((_, at) => supporters[at] === 1).map(meanOf)),
    });
  }
  // Words can be right against every rule of spelling; digits that break theirs cannot.
  const byRule = kind === 'name' || kind === 'text' ? 0 : 1;
  return [...seen.values()].sort((a, b) => byRule * (Number(b.isSure) - Number(a.isSure)) || b.score - a.score);
}

function shareOfWords(value: string, kind: ReaderKind, version: Version): number {
  const other = readTyped(kind, textOf(version))?.value;
  if (other === value) return 1;
  if (other === undefined) return 0;
  const mine = value.split(' ');
  const theirs = other.split(' ');
  if (mine.length !== theirs.length || mine.length === 1) return 0;
  return Math.min(0.95, mine.filter((word, at) => word === theirs[at]).length / mine.length);
}

/** Words in small letters that no Vietnamese syllable is, and letters run together with digits. None in what is no text. */
export function misspellings(kind: ReaderKind, text: string): number {
  if (kind !== 'text' && (kind !== 'ethnicity' || isEthnicGroup(text))) return 0;
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) =>
      /\p{Ll}/u.test(word) && /\p{L}{2}/u.test(word) ? !isKnownSpelling(word) : /\p{L}\d\p{L}|^\d\p{Ll}/u.test(word),
    ).length;
}

function isKnownSpelling(word: string): boolean {
  return isSyllable(word) || /^[\x20-\x7e]+$/.test(word);
}

function meanOf(version: Version): number {
  const letters = version.words.reduce((sum, word) => sum + word.text.length, 0);
  const weighted = version.words.reduce((sum, word) => sum + word.text.length * word.confidence, 0);
  const least = Math.min(...version.words.map((word) => word.confidence));
  return (weighted / Math.max(1, letters) + least) / 2;
}

export function textOf(version: Version): string {
  return version.words.map((word) => word.text).join(' ');
}
