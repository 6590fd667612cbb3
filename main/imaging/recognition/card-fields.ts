/**
 * @file What the rules of labels miss on a card: labels side by side above their values (2024), an address that goes on under
 * its own label, the expiry in a column of its own under the portrait (2021). By place and by what the personal number says.
 */
import { faultOfPersonalNumber } from '../../people/identity-code.ts';
import type { ReadField } from './fields.ts';
import { foldText } from '../../dossiers/fold-text.ts';
import { unionBox } from './geometry.ts';
import { textOf, type TextLine } from './lines.ts';
import type { OcrWord } from './ocr-rows.ts';
import { readTyped } from './typed-readers.ts';

const DATE = /\b(\d{2})[/.-](\d{2})[/.-](\d{4})\b/;
const SURE_ENOUGH = 50;

/** The fields that were read, and those that only a card has in its way. @param lines of one card, level and upright */
export function completeCardFields(read: readonly ReadField[], lines: readonly TextLine[]): ReadField[] {
  // A scrap of the pattern beside the label is no name: people have a family name and one of their own.
  const fields = read.filter(({ name, value }) => name !== 'fullName' || /\p{L}{2,}\s+\p{L}/u.test(value));
  const has = (name: string): boolean => fields.some((field) => field.name === name);
  const number = fields.find((field) => field.name === 'idNumber')?.value;
  const added: ReadField[] = [];
  const dates = lines.flatMap((line) => datesOf(line));
  const expiry = dates.find(({ label }) => /expiry|het han|gia tri/.test(label));
  if (!has('expiresOn') && expiry) added.push(expiry.field('expiresOn'));
  if (!has('birthDate') && number !== undefined) {
    const birth = dates.find(
      (date) => date !== expiry && faultOfPersonalNumber(number, { birthDate: date.value }) === null,
    );
    if (birth) added.push(birth.field('birthDate'));
  }
  if (!has('fullName') && number !== undefined) {
    const name = nameBelow(lines, number);
    if (name) added.push(name);
  }
  if (!has('sex') && number !== undefined) {
    const sex = lines.map(sexOf).find((found) => found !== null);
    if (sex) added.push(sex);
  }
  return [...fields.map((field) => (field.name === 'permanentAddress' ? withNextLine(field, lines) : field)), ...added];
}

/** Cards print nothing else in capitals below the number. */
function nameBelow(lines: readonly TextLine[], number: string): ReadField | null {
  const at = lines.findIndex(({ words }) => textOf(words).replaceAll(/\D/g, '').includes(number));
  for (const { words } of at < 0 ? [] : lines.slice(at + 1)) {
    const capitals = words.filter(
      ({ text, confidence }) => /^\p{Lu}+$/u.test(text) && text.length > 1 && confidence >= SURE_ENOUGH,
    );
    if (capitals.length < 2) continue;
    const confidence = Math.min(...capitals.map((word) => word.confidence));
    return { name: 'fullName', value: textOf(capitals), confidence, box: unionBox(capitals.map(({ box }) => box)) };
  }
  return null;
}

interface DateOnCard {
  readonly value: string;
  /** What stands before it on its line, folded. */
  readonly label: string;
  readonly field: (name: string) => ReadField;
}

function datesOf({ words }: TextLine): DateOnCard[] {
  return words.flatMap((word, index) => {
    const match = DATE.exec(word.text);
    const value = match && readTyped('date', match[0])?.value;
    if (!value) return [];
    const label = foldText(textOf(words.slice(0, index)));
    return [{ value, label, field: (name) => ({ name, value, confidence: word.confidence, box: word.box }) }];
  });
}

/** `Nam` or `Nữ` by itself: the other `Nam` of a card stands behind `Việt`. */
function sexOf({ words }: TextLine): ReadField | null {
  const index = words.findIndex(
    ({ text, confidence }, at) =>
      /^(nam|nữ)$/i.test(text.normalize('NFC')) &&
      confidence >= SURE_ENOUGH &&
      foldText(words[at - 1]?.text ?? '') !== 'viet' &&
      !/giao|quan/.test(foldText(textOf(words.slice(0, at)))),
  );
  const word = words[index];
  if (!word) return null;
  const value = /^nam$/i.test(word.text) ? 'Nam' : 'Nữ';
  return { name: 'sex', value, confidence: word.confidence, box: word.box };
}

/** The rest of an address stands on the next line, under its label or under its beginning. */
function withNextLine(field: ReadField, lines: readonly TextLine[]): ReadField {
  const { box } = field;
  if (!box) return field;
  const [x, y, width, height] = box;
  const own = lines.findIndex(({ words }) =>
    words.some((word) => Math.abs(word.box[1] - y) < height / 2 && word.box[0] >= x - 2 && word.box[0] < x + width),
  );
  const line = lines[own];
  if (!line) return field;
  const labelLeft = line.words.find((word) => word.box[0] > x - 22 * line.heightPx)?.box[0] ?? x;
  const next = lines.slice(own + 1).find(({ words }) => words.some((word) => word.box[0] >= labelLeft - line.heightPx));
  if (!next || next.baselineY - line.baselineY > 2.2 * line.heightPx) return field;
  const more = next.words.filter((word) => word.box[0] >= labelLeft - line.heightPx);
  const text = textOf(more);
  if (!isRestOfAddress(text, more)) return field;
  return {
    ...field,
    value: `${field.value.replace(/,$/, '')}, ${text}`,
    confidence: Math.min(field.confidence, ...more.map((word) => word.confidence)),
    box: unionBox([box, ...more.map((word) => word.box)]),
  };
}

function isRestOfAddress(text: string, words: readonly OcrWord[]): boolean {
  return (
    !text.includes('/') &&
    !DATE.test(text) &&
    /\p{Lu}\p{Ll}/u.test(text) &&
    words.every((word) => word.confidence >= SURE_ENOUGH)
  );
}
