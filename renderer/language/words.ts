/** @file Filling sentences and choosing a language; shared by the screens and the command line, free of React. */
import { en } from './en.ts';
import { vi, type Words } from './vi.ts';
import { errorsEn } from './errors.en.ts';
import { errorsVi, type ErrorSentences } from './errors.vi.ts';

export type LanguageName = 'vi' | 'en';
export type { Words } from './vi.ts';

export const LANGUAGES: Readonly<Record<LanguageName, Words>> = { vi, en };
export const ERROR_LANGUAGES: Readonly<Record<LanguageName, ErrorSentences>> = { vi: errorsVi, en: errorsEn };

/** Puts values into `{name}` places. A place without a value stays visible, so that a mistake is seen in review. */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replaceAll(/\{([a-zA-Z]+)\}/g, (place, name: string) =>
    name in values ? String(values[name]) : place,
  );
}

/** A word from a group by a key that came as data; the key itself when the group has no such word. */
export function wordFor(group: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(group, key) ? (group[key] ?? key) : key;
}
