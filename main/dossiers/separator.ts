/**
 * @file Separator sheets: a printed page that tells the stack apart. Its QR code says where the pages behind it belong, until
 * the next one: under a component, to a type of document, or nowhere in particular (then it only starts a new paper).
 */

const MARK = 'QMC-TACH';
const VERSION = '1';
/** Component ids and document type codes are far shorter; more is somebody else's code. */
const MAX_TARGET = 100;

/** @param target id of a component, code of a document type, or empty for a plain sheet */
export function separatorText(target: string): string {
  return [MARK, VERSION, target].join('|');
}

/** What a code names as the place of the pages behind it, empty for a plain sheet; null when it is no separator's. */
export function parseSeparator(text: string): string | null {
  const [mark, version, target, ...more] = text.trim().split('|');
  if (mark !== MARK || version !== VERSION || target === undefined || more.length > 0) return null;
  const place = target.trim().normalize('NFC');
  return place.length > MAX_TARGET || /\p{Cc}/u.test(place) ? null : place;
}

/**
 * What the codes of one page say together; null when none of them is a separator's. A sheet bears the same code several
 * times; if they contradict each other it is still a sheet that separates, but no place can be believed.
 */
export function separatorOf(codes: readonly string[]): string | null {
  const places = new Set(codes.map(parseSeparator).filter((place) => place !== null));
  const [only, ...others] = places;
  if (only === undefined) return null;
  return others.length === 0 ? only : '';
}
