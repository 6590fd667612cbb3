/**
 * @file Names that the law or a form lists: provinces, ethnic groups, choices. One that was read with other marks than any of
 * them has is written as listed. Names of people and of villages have no list and stay as read.
 */
import { foldText } from '../../dossiers/fold-text.ts';
import { ETHNIC_GROUPS } from '../../people/ethnic-groups.ts';
import { OLD_PROVINCES } from '../../people/province-codes.ts';
import { splitTone } from './syllables.ts';

/** By their letters without marks; none of two that differ by marks alone. */
function byLetters(names: readonly string[]): ReadonlyMap<string, string> {
  const listed = new Map<string, string>();
  for (const name of names) if (!listed.has(foldText(name))) listed.set(foldText(name), name);
  return listed;
}

const PROVINCES = byLetters([
  'Huế',
  ...[...OLD_PROVINCES.values()].map((name) => name.replace('TP. ', '')).filter((name) => !name.includes('–')),
]);
/** Of the shortest (Co, Mạ, Lự) a longer name may be the beginning: `Cơ Tu`. */
const GROUPS = byLetters(ETHNIC_GROUPS.filter((name) => name.length > 2));
/** On papers of other years. */
const FORMER_SPELLINGS: ReadonlySet<string> = new Set(['Đăk Lăk', 'Đăk Nông', 'Dak Lak', 'Dak Nong']);
const LONGEST_PROVINCE = 3;

export function isEthnicGroup(text: string): boolean {
  return ETHNIC_GROUPS.includes(text);
}

/** `Tây` → `Tày`; what is none of them stays, for foreigners have others. */
export function asEthnicGroup(text: string): string {
  return asListed(text, GROUPS);
}

/** `xã Ea Kar, tỉnh Dák Lắk` → `…, tỉnh Đắk Lắk`, old provinces and new. */
export function withListedProvinces(text: string): string {
  return text.replace(
    /((?<!\p{L})(?:[Tt]ỉnh|TỈNH|[Tt]hành phố|THÀNH PHỐ|TP\.?) )(\p{Lu}\p{L}*(?: \p{Lu}\p{L}*)*)/gu,
    (whole, kind: string, names: string) => {
      const words = names.split(' ');
      for (let count = Math.min(words.length, LONGEST_PROVINCE); count > 0; count--) {
        const name = words.slice(0, count).join(' ');
        // "Huệ Minh" is no Huế: of one word only when nothing goes on behind it.
        if (count === 1 && words.length > 1) break;
        if (PROVINCES.has(foldText(name))) return [kind + asListed(name, PROVINCES), ...words.slice(count)].join(' ');
      }
      return whole;
    },
  );
}

/** @param values the only ones there are, no two of them with the same letters */
export function asOneOf(text: string, values: readonly string[]): string {
  return asListed(text, byLetters(values));
}

/** As listed, unless it is only its tone that stands on another letter (`Khánh Hoà`): papers have both. */
function asListed(text: string, listed: ReadonlyMap<string, string>): string {
  const name = listed.get(foldText(text));
  if (name === undefined || spelling(name) === spelling(text) || FORMER_SPELLINGS.has(text)) return text;
  return text.length > 1 && text === text.toUpperCase() ? name.toUpperCase() : name;
}

function spelling(name: string): string {
  const syllables = name.split(/[\s’'–-]+/u).map((syllable) => {
    const split = splitTone(syllable);
    return split ? `${split.letters} ${split.tone}` : syllable.toLowerCase();
  });
  return syllables.join(' ');
}
