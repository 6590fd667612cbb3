/**
 * @file What a handheld reader typed: an identity card, a receipt, a sheet of ours, VNeID's own code. Readers mangle Vietnamese in
 * known ways; what can be put right for certain is, and said; what cannot is refused with its reason, never guessed.
 */

export type WedgeText =
  | { readonly kind: 'identity'; readonly text: string; readonly isRepaired: boolean }
  /** The code of the dossier whose receipt (Mẫu 01) was read. */
  | { readonly kind: 'receipt'; readonly code: string }
  /** `composed`: a Vietnamese keyboard changed it. `garbled`: marks are lost. */
  | { readonly kind: 'separator' | 'vneid' | 'composed' | 'garbled' | 'unknown' };

/** A card's code has 200 characters; VNeID's are the longest that are met at a counter. */
const MOST_CHARACTERS = 4_000;
/** AIM identifiers that some readers put in front: `]Q1`, `]d2`. */
const PREFIX = /^\][A-Za-z][0-9A-Za-z]/;
/** Opaque and long: nothing a counter prints. */
const OPAQUE = /^[\w+/=.~-]{64,}$/;
const PROCEDURE = /^\d\.\d{6}$/;
/** Letters that Vietnamese names and addresses are written with, and what stands between them. */
const VIETNAMESE = /^[A-Za-zÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9\d\s.,;:'’"/()&+#*_@ªº–-]*$/u;
const MARKED = /[^\p{ASCII}]/u;
const LEAST_PARTS = 6;

/** @param isComposed a composition or corrections of a keyboard program came between the keys */
export function readWedgeText(raw: string, isComposed = false): WedgeText {
  if (raw.length > MOST_CHARACTERS) return { kind: 'unknown' };
  const wide = withoutZeros(raw);
  const text = clean(wide);
  if (text.startsWith('QMC-TACH|')) return { kind: 'separator' };
  const parts = text.split('|');
  const receipt = receiptCode(parts);
  if (receipt !== null) return { kind: 'receipt', code: receipt };
  if (/vneid/i.test(text) || OPAQUE.test(text)) return { kind: 'vneid' };
  // The number stands first and has no letters: whatever was done to the rest, it says what was read.
  if (!/^\d{9}(\d{3})?$/.test(parts[0] ?? '') || parts.length < LEAST_PARTS)
    return { kind: isComposed ? 'composed' : 'unknown' };
  if (isComposed) return { kind: 'composed' };
  const isWide = wide !== raw;
  if (isWritten(text)) return { kind: 'identity', text, isRepaired: isWide };
  const repaired = repair(wide);
  if (repaired !== null && isWritten(clean(repaired)))
    return { kind: 'identity', text: clean(repaired), isRepaired: true };
  return { kind: 'garbled' };
}

/** True for text that could only be a card's: a paste is taken out of a field for nothing less. */
export function isIdentityText(text: string): boolean {
  return (
    text.length <= MOST_CHARACTERS &&
    /^(\][A-Za-z]\w)?\s*\d{12}\|(\d{9}|\d{12}|)\|[^|\n]{2,}\|\d{8}\|[^|\n]+\|/.test(text)
  );
}

/** Ends of lines, tabs, byte order marks, identifiers; marks that stand apart from their letters are put onto them. */
function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\ufeff]/gu, ' ')
    .trim()
    .replace(PREFIX, '')
    .normalize('NFC')
    .split('|')
    .map((part) => part.trim().replace(/\s+/g, ' '))
    .join('|');
}

/** Name and address in Vietnamese letters, with marks somewhere: nobody's card is without a single one. */
function isWritten(text: string): boolean {
  const [, , name = '', , sex = '', address = ''] = text.split('|');
  const words = `${name} ${address}`;
  return VIETNAMESE.test(words) && !words.includes('?') && MARKED.test(`${words}${sex}`) && /^(nam|nữ)$/i.test(sex);
}

function receiptCode(parts: readonly string[]): string | null {
  const [code = '', procedure = '', owner = '', title = '', ...more] = parts;
  const isReceipt =
    more.length === 0 && PROCEDURE.test(procedure) && title !== '' && /^(\d{9}|\d{12}|\d{10}|\d{13}|)$/.test(owner);
  return isReceipt && /^[\w.\-/]{4,60}$/.test(code) ? code : null;
}

/** UTF-16 typed byte by byte: a zero beside every letter. */
function withoutZeros(text: string): string {
  if (!text.includes('\0') || [...text].some((letter) => letter > '\u00ff')) return text;
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  const label = bytes[1] === 0 ? 'utf-16le' : 'utf-16be';
  return decode(label, bytes.length % 2 === 0 ? bytes : bytes.subarray(0, -1)) ?? text;
}

const PAGES = ['windows-1252', 'windows-1258', 'iso-8859-1'] as const;

/** UTF-8 that was typed as if each byte were a letter of an older code page: taken back byte by byte. */
function repair(text: string): string | null {
  for (const page of PAGES) {
    const bytes = bytesIn(page, text);
    const decoded = bytes && decode('utf-8', bytes);
    if (decoded && decoded !== text) return decoded;
  }
  return null;
}

function decode(label: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

const tables = new Map<string, ReadonlyMap<string, number>>();

function bytesIn(page: (typeof PAGES)[number], text: string): Uint8Array | null {
  const table = tables.get(page) ?? tableOf(page);
  tables.set(page, table);
  const bytes = new Uint8Array(text.length);
  for (const [index, letter] of [...text].entries()) {
    const byte = table.get(letter);
    if (byte === undefined) return null;
    bytes[index] = byte;
  }
  return bytes.subarray(0, [...text].length);
}

function tableOf(page: (typeof PAGES)[number]): ReadonlyMap<string, number> {
  const letters = Array.from({ length: 256 }, (_, byte): [string, number] => [
    // What browsers call ISO 8859-1 is Windows 1252; the true one is the bytes themselves.
    page === 'iso-8859-1' ? String.fromCharCode(byte) : new TextDecoder(page).decode(Uint8Array.of(byte)),
    byte,
  ]);
  return new Map(letters);
}
