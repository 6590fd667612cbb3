/**
 * @file The machine-readable zone on the back of a citizen's card: ICAO 9303-5, TD1, three lines of 30 characters. Every
 * check digit must hold, and what Vietnam writes twice must agree; a zone that does not is nobody's.
 */
import { faultOfPersonalNumber } from './identity-code.ts';

export const MRZ_LINES = 3;
export const MRZ_COLUMNS = 30;

export interface MachineReadableZone {
  /** 12 digits. */
  readonly idNumber: string;
  /** ISO date. */
  readonly birthDate: string;
  readonly sex: 'male' | 'female';
  /** ISO date; null for cards without an end (`991231`). */
  readonly expiresOn: string | null;
  /** As printed: capitals without marks, `NGUYEN VAN A`. Says how a name is spelt, not how it is written. */
  readonly plainName: string;
}

export type MachineReadableZoneResult =
  | { readonly ok: true; readonly zone: MachineReadableZone }
  /** Names of the checks that failed, never the person's data. */
  | { readonly ok: false; readonly faults: readonly string[] };

const WEIGHTS = [7, 3, 1] as const;

/** ICAO 9303-3, 4.9: digits count as themselves, letters as 10–35, the filler as 0. */
export function checkDigit(text: string): string {
  let sum = 0;
  for (const [index, character] of [...text].entries()) {
    const value = character === '<' ? 0 : Number.parseInt(character, 36);
    sum += value * (WEIGHTS[index % 3] ?? 0);
  }
  return String(sum % 10);
}

/** @param lines three lines of 30 characters `A–Z 0–9 <` */
export function parseMachineReadableZone(lines: readonly string[]): MachineReadableZoneResult {
  const [first = '', second = '', third = ''] = lines;
  if (lines.length !== MRZ_LINES || lines.some((line) => !/^[A-Z0-9<]{30}$/.test(line)))
    return { ok: false, faults: ['three lines of 30 characters'] };
  const documentNumber = first.slice(5, 14);
  const optional = first.slice(15, 29);
  const birth = second.slice(0, 6);
  const expiry = second.slice(8, 14);
  const idNumber = optional.slice(0, 12);
  const sex = second[7];
  const faults: string[] = [];
  const require = (isRight: boolean, name: string): void => void (isRight || faults.push(name));
  require(first.startsWith('IDVNM') && second.slice(15, 18) === 'VNM', 'issued by Vietnam');
  require(checkDigit(documentNumber) === first[14], 'check digit of the document number');
  require(checkDigit(optional) === first[29], 'check digit of the personal number');
  require(checkDigit(birth) === second[6], 'check digit of the birth date');
  require(checkDigit(expiry) === second[14], 'check digit of the expiry date');
  const composite = first.slice(5, 30) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29);
  require(checkDigit(composite) === second[29], 'composite check digit');
  require(/^\d{12}<<$/.test(optional), 'form of the personal number');
  require(documentNumber === idNumber.slice(3), 'document number as the end of the personal number');
  require(sex === 'M' || sex === 'F', 'sex');
  require(/^[A-Z]+(?:<[A-Z]+)*(?:<<[A-Z]+(?:<[A-Z]+)*)?<*$/.test(third), 'form of the name');
  if (faults.length > 0) return { ok: false, faults };
  const person = { birthDate: toDate(birth, centuryOf(idNumber)), sex: sex === 'M' ? 'male' : 'female' } as const;
  if (person.birthDate === null) return { ok: false, faults: ['birth date'] };
  const known = { birthDate: person.birthDate, sex: person.sex };
  const fault = faultOfPersonalNumber(idNumber, known);
  if (fault !== null) return { ok: false, faults: [fault] };
  const expiresOn = expiry === '991231' ? null : toDate(expiry, '20');
  if (expiry !== '991231' && expiresOn === null) return { ok: false, faults: ['expiry date'] };
  const plainName = third.replace(/<+$/, '').replaceAll(/<+/g, ' ');
  return { ok: true, zone: { idNumber, ...known, expiresOn, plainName } };
}

/** The fourth digit of the personal number tells century and sex: 0–1 the 20th, 2–3 the 21st … */
function centuryOf(idNumber: string): string {
  return String(19 + Math.floor(Number(idNumber[3]) / 2));
}

function toDate(text: string, century: string): string | null {
  const iso = `${century}${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4, 6)}`;
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== iso ? null : iso;
}
