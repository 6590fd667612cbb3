/**
 * @file The QR code of a citizen's card: `number|old number|name|ddMMyyyy|sex|address|ddMMyyyy issued`, UTF-8. The card of
 * 2024 adds fields after these; they are ignored. A code that contradicts itself is refused, never repaired.
 */
import type { Applicant, ApplicantField, FieldSource } from '../../preload/types.ts';
import { Failure } from '../rooms/failure.ts';
import { FIRST_COUNTRY_CODE, OLD_PROVINCES } from './province-codes.ts';

const MIN_FIELDS = 6;
/** A card's code has about 200 characters, the 2024 card's a few more; what is far longer is no card. */
const MOST_CHARACTERS = 1_500;
/** As the applicant's record holds it. */
const MOST_ADDRESS = 500;

/** @throws Failure `identity-code-unreadable`, with what does not fit as detail (never the person's data) */
export function parseIdentityCode(payload: string): Applicant {
  if (payload.length > MOST_CHARACTERS) throw unreadable(`${payload.length} characters`);
  const fields = payload
    .normalize('NFC')
    .replace(/^\uFEFF/, '')
    .trim()
    .split('|')
    .map((field) => field.trim().replace(/\s+/g, ' '));
  if (fields.length < MIN_FIELDS) throw unreadable(`${fields.length} fields`);
  const [idNumber = '', oldIdNumber = '', fullName = '', birth = '', sexWord = '', address = '', issued = ''] = fields;
  if (oldIdNumber !== '' && !/^\d{9}(\d{3})?$/.test(oldIdNumber)) throw unreadable('old number');
  if (!/^[\p{L}\p{M}][\p{L}\p{M}' .-]{0,199}$/u.test(fullName)) throw unreadable('name');
  const birthDate = parseDate(birth);
  if (birthDate === null) throw unreadable('birth date');
  const sex = parseSex(sexWord);
  if (sex === null) throw unreadable('sex');
  const idIssuedOn = issued === '' ? null : parseDate(issued);
  if (issued !== '' && idIssuedOn === null) throw unreadable('date of issue');
  if (address.length > MOST_ADDRESS || /\p{Cc}/u.test(address)) throw unreadable('address');
  const fault = faultOfPersonalNumber(idNumber, { birthDate, sex });
  if (fault !== null) throw unreadable(fault);
  const values: Partial<Record<ApplicantField, string | null>> = {
    fullName,
    idNumber,
    oldIdNumber: oldIdNumber || null,
    birthDate,
    sex,
    address: address || null,
    idIssuedOn,
  };
  const sources = Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null)
      .map(([name]) => [name, 'qr' satisfies FieldSource]),
  ) as Partial<Record<ApplicantField, FieldSource>>;
  return {
    kind: 'person',
    fullName,
    idNumber,
    oldIdNumber: oldIdNumber || null,
    birthDate,
    sex,
    address: address || null,
    phone: null,
    email: null,
    idIssuedOn,
    sources,
  };
}

/** What is wrong with a 12-digit personal number, or null. Structure: place of registration 3, century and sex 1, year 2, serial 6. */
export function faultOfPersonalNumber(
  number: string,
  known: { readonly birthDate?: string | null; readonly sex?: 'male' | 'female' | null } = {},
): string | null {
  if (!/^\d{12}$/.test(number)) return 'number is not 12 digits';
  const place = number.slice(0, 3);
  if (!OLD_PROVINCES.has(place) && Number(place) < FIRST_COUNTRY_CODE) return `no place of registration ${place}`;
  const centuryAndSex = Number(number[3]);
  const year = 1900 + Math.floor(centuryAndSex / 2) * 100 + Number(number.slice(4, 6));
  if (known.birthDate && Number(known.birthDate.slice(0, 4)) !== year) return 'year of birth does not fit the number';
  if (known.sex && (centuryAndSex % 2 === 0 ? 'male' : 'female') !== known.sex) return 'sex does not fit the number';
  return null;
}

/** `ddMMyyyy` → ISO date; day and month 00 (only the year is known) → `YYYY`; null when it is no date. */
function parseDate(text: string): string | null {
  const match = /^(\d{2})(\d{2})(\d{4})$/.exec(text);
  if (!match) return null;
  const [, day = '', month = '', year = ''] = match;
  if (Number(year) < 1880 || Number(year) > 2399) return null;
  if (day === '00' && month === '00') return year;
  const iso = `${year}-${month}-${day}`;
  const parsed = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(iso) ? iso : null;
}

function parseSex(word: string): 'male' | 'female' | null {
  const folded = word.toLowerCase();
  if (folded === 'nam') return 'male';
  return folded === 'nữ' || folded === 'nu' ? 'female' : null;
}

function unreadable(detail: string): Failure {
  return new Failure('identity-code-unreadable', detail);
}
