/** @file When two spellings are one name, one date, one address: what scribes, keyboards and machines write differently. */
import { foldText } from '../dossiers/fold-text.ts';

const TONES = /[\u0300\u0301\u0303\u0309\u0323]/gu;
/** ICAO 9303-5: a name longer than the line is cut. */
const ZONE_NAME_LENGTH = 27;

/** `HÒA` and `Hoà`, `NFD` and `NFC`: the tone belongs to the syllable, wherever it is written. */
export function sameName(a: string, b: string): boolean {
  return spelling(a) === spelling(b);
}

function spelling(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .split(/[\s.'’-]+/)
    .filter((word) => word !== '')
    .map((word) => word.replace(TONES, '') + (word.match(TONES)?.[0] ?? ''))
    .join(' ');
}

/** A zone writes no marks and may have had no room for the end. */
export function sameAsZoneName(name: string, zoneName: string): boolean {
  const [full, zone] = [foldText(name), foldText(zoneName)];
  return full === zone || (zone.length >= ZONE_NAME_LENGTH && full.startsWith(zone));
}

/** A year alone says nothing against a day in it. */
export function sameDate(a: string, b: string): boolean {
  return a.length < 10 || b.length < 10 ? a.slice(0, 4) === b.slice(0, 4) : a === b;
}

/** Print that was read by recognition: a mark or a letter of a long address may be wrong without the address being another. */
const ADDRESS_ERRORS = 0.12;

export function sameAddress(a: string, b: string): boolean {
  const [first, second] = [foldText(a), foldText(b)];
  return distance(first, second) <= ADDRESS_ERRORS * Math.max(first.length, second.length);
}

/** Levenshtein, for texts of a few hundred letters. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
